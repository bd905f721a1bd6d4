#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The peer feedparser: every file named, one process. Prints documents and items."""
import sys

import feedparser

documents = items = 0
for name in sys.argv[1:]:
    with open(name, "rb") as f:
        found = feedparser.parse(f.read())
    documents += bool(found.version)
    items += len(found.entries)
print(documents, "documents,", items, "items")
