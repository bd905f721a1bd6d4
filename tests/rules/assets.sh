#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The page is light and loads nothing from elsewhere: all assets have at most 60 KiB as they are and
# name no other site. No code of the room writes an inline style or script, which the policy of its
# answers forbids.
set -u
cd "$(dirname "$0")/../.." || exit 1

say() { # NAME WHAT-WAS-FOUND: ok if nothing was
	if [ -z "$2" ]; then
		echo "ok - $1"
	else
		echo "not ok - $1"
		printf '%s\n' "$2" | sed 's/^/# /'
	fi
}

bytes=$(cat daemon/web/assets/* | wc -c)
say "all assets have at most 60 KiB" "$([ "$bytes" -le 61440 ] || echo "$bytes bytes")"
say "assets load nothing from elsewhere" "$(grep -nE \
	'(url\(|@import|import|src=|href=|from) *["'\'']?(https?:)?//' daemon/web/assets/*)"
say "no inline style or script" "$(grep -nE \
	'( style=|<style|<script>|[" ]on[a-z]+=\\")' daemon/web/*.c daemon/web/assets/*)"
say "each is in the table of assets.c" "$(for asset in daemon/web/assets/*; do
	grep -q "\"${asset##*/}\"" daemon/web/assets.c || echo "$asset"
done)"
