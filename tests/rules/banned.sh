#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Only the file that wraps a banned function (include/base/banned.h) may re-enable it, and no file
# evades the ban by using the name in parentheses or taking its address.
set -u
cd "$(dirname "$0")/../.." || exit 1

# Files that wrap a function.
allowed='
daemon/base/clock.c clock_gettime
daemon/cli/main.c getenv
'
names=$(sed -nE 's/^#define ([a-z_]+)\(\.\.\.\).*BANNED_.*/\1/p' include/base/banned.h)
[ "$(echo "$names" | wc -l)" -ge 20 ] || { echo "not ok - banned.h is not understood"; exit 1; }
pattern=$(echo "$names" | paste -sd'|')
bad=0
complain() {
	echo "$1"
	bad=1
}

while IFS=: read -r file line text; do
	name=$(echo "$text" | sed -E 's/^[[:space:]]*#[[:space:]]*undef[[:space:]]+([a-z_]+).*/\1/')
	echo "$allowed" | grep -qxF "$file $name" || complain "$file:$line: #undef $name"
done < <(grep -nHE "^[[:space:]]*#[[:space:]]*undef[[:space:]]+($pattern)\b" daemon/*/*.[ch] include/*/*.h |
	grep -v '^include/base/banned.h:')
while IFS= read -r entry; do
	[ -z "$entry" ] || grep -qE "#undef ${entry#* }\$" "${entry% *}" 2>/dev/null ||
		complain "${entry% *} wraps ${entry#* } no longer: take it off the list"
done <<<"$allowed"
# A function-like macro does not apply without arguments. (Members and variables may be named time.)
plain=$(echo "$names" | grep -vxE 'time|random|system' | paste -sd'|')
while IFS= read -r found; do
	complain "$found"
done < <(grep -nHE "\(($pattern)\)[[:space:]]*\(|(^|[^[:alnum:]_.>])($plain)[[:space:]]*[,;)]" daemon/*/*.c |
	grep -vE '^[^:]+:[0-9]+:[[:space:]]*(\*|/\*)')
[ $bad -eq 0 ] && echo "ok - banned functions stay banned" || echo "not ok - banned functions stay banned"
