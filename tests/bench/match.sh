#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What: matching. Items in memory are matched with 1,000, 10,000 and 100,000 watches, compared with
# tokenising alone and with Hyperscan on the literals of the watches (no Boolean logic) in the same
# run; then instructions per byte, by callgrind.
# Items and watches are English prose from $SHARED/bench/gen_match.py.
set -eu
. tests/bench/tools/lib.sh
make_them=${SHARED:-../shared}/bench/gen_match.py
[ -f "$make_them" ] || { echo "SKIP: there is no $make_them"; exit 0; }
n=$((5000 * BENCH_SCALE))
dir=$data/match-$n-100000
if [ ! -e "$dir.made" ]; then
	python3 "$make_them" "$dir" "$n" 100000 >/dev/null
	touch "$dir.made"
fi
for watches in 1000 10000 100000; do
	"$BUILD/tests/bench/match" "$dir" "$watches" --repeat 9
done
command -v valgrind >/dev/null || exit 0
# The same items twice: the difference excludes compilation and other one-time costs.
twice=$dir-twice
mkdir -p "$twice"
cp "$dir/watches.tsv" "$twice"
few=$((n / 5))
head -n "$few" "$dir/items.txt" >"$twice/once.txt"
bytes=$(wc -c <"$twice/once.txt")
for watches in 1000 10000 100000; do
	cp "$twice/once.txt" "$twice/items.txt"
	once=$(instructions "$BUILD/tests/bench/match" "$twice" "$watches" --only)
	cat "$twice/once.txt" "$twice/once.txt" >"$twice/items.txt"
	both=$(instructions "$BUILD/tests/bench/match" "$twice" "$watches" --only)
	awk -v w="$watches" -v a="$once" -v b="$both" -v n="$bytes" 'BEGIN {
		printf "%d watches: %.1f instructions a byte\n", w, (b - a) / n }'
done
