#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A feed file in, its listing out, byte for byte: feeds/NAME.xml against feeds/NAME.expect, which is
# `parse --json` with a line break after each comma and bracket. UPDATE=1 writes the expectations.
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
