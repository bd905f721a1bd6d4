#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# DESIGN.md walks through the room watch file by file: it names each, and none that is not there.
set -u
cd "$(dirname "$0")/../.." || exit 1

named=$(sed -n '/^## The room watch/,/^## Text to words/p' docs/DESIGN.md | grep -o '`[a-z_]*`' |
	tr -d '`' | sort -u)
there=$(ls daemon/watch/*.c | sed 's#.*/##; s/\.c$//' | sort -u)
missing=$(comm -13 <(echo "$named") <(echo "$there"))
gone=$(for f in $(comm -23 <(echo "$named") <(echo "$there")); do
	[ -f "include/watch/$f.h" ] || echo "$f"
done)
if [ -z "$missing$gone" ]; then
	echo "ok - DESIGN.md names the files of the room watch"
else
	echo "not named:" $missing "; not there:" $gone
	echo "not ok - DESIGN.md names the files of the room watch"
fi
