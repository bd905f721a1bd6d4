#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# All C files are formatted with clang-format; `make format` does it.
set -u
cd "$(dirname "$0")/../.." || exit 1
command -v clang-format >/dev/null || { echo "ok - formatting # SKIP no clang-format"; exit 0; }
# Checks only files that changed since the last successful run.
stamp=${BUILD:-build}/rules-format
now=$(mktemp) || exit 1
trap 'rm -f "$now"' EXIT
since=()
if [ -e "$stamp" ] && ! [ .clang-format -nt "$stamp" ]; then since=(-newer "$stamp"); fi
out=$(find daemon include tests -name '*.[ch]' -type f "${since[@]}" -print0 |
	xargs -0r clang-format --dry-run -Werror 2>&1)
if [ -z "$out" ]; then
	mkdir -p "${stamp%/*}" && cp -p "$now" "$stamp"
	echo "ok - all C files are formatted by clang-format"
else
	echo "$out" | sed -nE 's/^([^:]+:[0-9]+):[0-9]+: error.*/\1/p' | awk -F: '!seen[$1]++' | head -n 40
	echo "not ok - all C files are formatted by clang-format (make format)"
fi
