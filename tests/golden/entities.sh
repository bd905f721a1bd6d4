#!/bin/sh
# SPDX-License-Identifier: MIT
# The entity table in the tree is what its generator writes.
if packaging/entity-table | cmp -s - daemon/feed/entity_table.c; then
	echo "ok - entity_table.c is what packaging/entity-table writes"
else
	echo "not ok - entity_table.c differs: packaging/entity-table > daemon/feed/entity_table.c"
fi
