#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Real text by script: scripts_text.py DIR NEWS <ITEMS

ITEMS are the JSON lines of `nightdesk parse --json`, NEWS is a file of JSON lines with title, summary
and lang. DIR gets the files latin, cyrillic, han and ethiopic: one item per line: title, tab, body.
An item belongs to a script if 70 % of its letters do.
"""
import json
import os
import sys

SCRIPTS = {
    "latin": ((0x41, 0x24F),),
    "cyrillic": ((0x400, 0x52F),),
    "han": ((0x4E00, 0x9FFF),),
    "ethiopic": ((0x1200, 0x139F),),
}
BODY_MAX = 4000  # letters, so that long pages do not dominate
LETTERS_MIN = 40
FILE_MAX = 1500000


def script_of(text):
    letters = [ord(c) for c in text if c.isalpha()]
    if len(letters) < LETTERS_MIN:
        return None
    for name, ranges in SCRIPTS.items():
        inside = sum(any(low <= c <= high for low, high in ranges) for c in letters)
        if inside > 0.7 * len(letters):
            return name
    return None


def items(news):
    for line in sys.stdin:
        for item in json.loads(line).get("items", ()):
            yield item.get("title", ""), item.get("content") or item.get("summary") or ""
    with open(news, encoding="utf-8") as f:
        for line in f:
            item = json.loads(line)
            if item["lang"] in ("amh", "tir"):
                yield item["title"], item["summary"]


def main():
    directory, news = sys.argv[1:]
    os.makedirs(directory, exist_ok=True)
    out = {name: open(f"{directory}/{name}", "w", encoding="utf-8") for name in SCRIPTS}
    seen = set()
    for title, body in items(news):
        name = script_of(body)
        line = " ".join(title.split()) + "\t" + " ".join(body.split())[:BODY_MAX] + "\n"
        if name and line not in seen and out[name].tell() < FILE_MAX:
            seen.add(line)
            out[name].write(line)
    for f in out.values():
        f.close()


main()
