#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Every header compiles alone: it includes the headers that it uses.
set -u
cd "$(dirname "$0")/../.." || exit 1
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
export dir flags CC="${CC:-gcc}"
flags="-Iinclude -D_GNU_SOURCE -std=gnu11 -Wall -Wextra $(pkg-config --cflags libxml-2.0 jansson)"

one() {
	# Twice, which also tests the include guard.
	printf '#include "%s"\n#include "%s"\n' "$PWD/$1" "$PWD/$1" >"$dir/$(echo "$1" | tr / _).c"
	# shellcheck disable=SC2086
	$CC $flags -Werror -fsyntax-only "$dir/$(echo "$1" | tr / _).c" 2>&1 ||
		echo "not ok - $1 does not compile alone"
}
export -f one
# Skipped if no header is newer than the last successful run.
stamp=${BUILD:-build}/rules-headers
if [ -e "$stamp" ] && [ -z "$(find include daemon tests/rules/headers.sh -newer "$stamp" -type f)" ]; then
	echo "ok - every header compiles alone (none changed since)"
	exit 0
fi
touch "$dir/now"
ls include/*/*.h daemon/*/*.h | xargs -P "$(nproc)" -I{} bash -c 'one {}' >"$dir/out"
if [ -s "$dir/out" ]; then
	cat "$dir/out"
else
	mkdir -p "${stamp%/*}" && cp -p "$dir/now" "$stamp"
	echo "ok - every header compiles alone"
fi
