#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What: matching the queries of a newsroom. Items of English prose are matched with the 200 queries of
# newsroom.txt (NEAR, wildcards, phrases, title:, NOT), compared with tokenising alone in the same run;
# then instructions per byte, by callgrind.
# Items are from $SHARED/bench/gen_match.py.
set -eu
. tests/bench/tools/lib.sh
make_them=${SHARED:-../shared}/bench/gen_match.py
[ -f "$make_them" ] || { echo "SKIP: there is no $make_them"; exit 0; }
n=$((5000 * BENCH_SCALE))
dir=$data/newsroom-$n
if [ ! -e "$dir.made" ]; then
	python3 "$make_them" "$dir" "$n" 10 >/dev/null
	touch "$dir.made"
fi
queries=tests/bench/newsroom.txt
"$BUILD/tests/bench/match" "$dir" 1000 --repeat 9 "$queries"
command -v valgrind >/dev/null || exit 0
# The same items twice: the difference excludes compilation and other one-time costs.
cp "$dir/items.txt" "$dir/once.txt"
bytes=$(wc -c <"$dir/once.txt")
once=$(instructions "$BUILD/tests/bench/match" "$dir" 1000 --only "$queries")
cat "$dir/once.txt" "$dir/once.txt" >"$dir/items.txt"
both=$(instructions "$BUILD/tests/bench/match" "$dir" 1000 --only "$queries")
mv "$dir/once.txt" "$dir/items.txt"
awk -v a="$once" -v b="$both" -v n="$bytes" 'BEGIN { printf "%.1f instructions a byte\n", (b - a) / n }'
