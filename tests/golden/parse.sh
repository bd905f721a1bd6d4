#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Output of `parse --json` for feed files, byte for byte: feeds/NAME.xml and feeds/NAME.expect, with a
# line break after each comma and bracket. UPDATE=1 rewrites the .expect files.
set -u
dir=$(dirname "$0")/feeds
for feed in "$dir"/*.xml; do
	name=$(basename "$feed" .xml)
	got=$("$NIGHTDESK" parse --json "$feed" 2>/dev/null | sed 's/,"/,\n"/g; s/[[{]/&\n/g')
	[ -n "${UPDATE:-}" ] && printf '%s\n' "$got" >"$dir/$name.expect"
	if printf '%s\n' "$got" | cmp -s - "$dir/$name.expect"; then
		echo "ok - parse $name"
	else
		echo "not ok - parse $name"
		printf '%s\n' "$got" | diff "$dir/$name.expect" - | sed 's/^/# /'
	fi
done
