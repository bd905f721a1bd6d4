#!/bin/sh
# SPDX-License-Identifier: MIT
# The entity table in the tree is the output of its generator.
if daemon/feed/entity_table.py | cmp -s - daemon/feed/entity_table.c; then
	echo "ok - entity_table.c is the output of entity_table.py"
else
	echo "not ok - entity_table.c differs: daemon/feed/entity_table.py > daemon/feed/entity_table.c"
fi
