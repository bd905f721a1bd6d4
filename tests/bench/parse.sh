#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What: parsing. `nightdesk parse --count` (charset, checks, XML, dates, links, keys, HTML to text) on
# RSS and Atom documents, compared with libxml2's SAX2 push parser that only copies fields, as whole
# processes: CPU seconds (median of 5, alternating), instructions per byte (callgrind, a tenth of the
# documents), and memory. Then the feeds captured in $SHARED/corpus/real, a body that equals the last
# one, and the installed peers: sfeed, one process per document; gofeed and python-feedparser
# (300 documents), one process for all. BENCH_SCALE=7 is 2,100 documents, 165 MB; with the default a
# ninth of our time is the start of the process.
set -eu
. tests/bench/tools/lib.sh
n=$((300 * BENCH_SCALE))
dir=$(workload "feeds-parse-$n" feeds "$n" 20 100 560 1)
files=("$dir"/*.xml)
few=("${files[@]:0:30}")
bytes=$(cat "${files[@]}" | wc -c)
few_bytes=$(cat "${few[@]}" | wc -c)
floor=$BUILD/tests/bench/tools/floor_sax2
"$NIGHTDESK" parse --count "${files[@]}"
floor_s=$(median_of 5 cpu "$floor" "${files[@]}")
ours_s=$(median_of 5 cpu "$NIGHTDESK" parse --count "${files[@]}")
awk -v b="$bytes" -v f="$floor_s" -v o="$ours_s" 'BEGIN {
	printf "floor     %8.0f MB/s\nnightdesk %8.0f MB/s   %.2f of the floor\n", b / f / 1e6, b / o / 1e6, f / o }'
if command -v valgrind >/dev/null; then
	one_f=$(instructions "$floor" "${few[0]}") all_f=$(instructions "$floor" "${few[@]}")
	one_o=$(instructions "$NIGHTDESK" parse --count "${few[0]}")
	all_o=$(instructions "$NIGHTDESK" parse --count "${few[@]}")
	first=$(wc -c <"${few[0]}")
	awk -v b=$((few_bytes - first)) -v f=$((all_f - one_f)) -v o=$((all_o - one_o)) 'BEGIN {
		printf "instructions a byte: floor %.1f, nightdesk %.1f, %.2f times the floor\n", f / b, o / b, o / f }'
fi
real=("${SHARED:-../shared}"/corpus/real/*.xml)
if [ -f "${real[0]}" ]; then
	floor_s=$(median_of 5 cpu "$floor" "${real[@]}")
	ours_s=$(median_of 5 cpu "$NIGHTDESK" parse --count "${real[@]}")
	awk -v n="${#real[@]}" -v f="$floor_s" -v o="$ours_s" 'BEGIN {
		printf "%d captured feeds: %.2f of the floor\n", n, f / o }'
fi
/usr/bin/env bash -c 'exec "$@" >/dev/null' _ /usr/bin/time -f 'memory: %M KiB' "$NIGHTDESK" parse --count "${files[@]}" 2>&1 || true
"$BUILD/tests/bench/again" "${files[@]}"

middle() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
# peer NAME RUNS BYTES COMMAND…: its CPU time for that many bytes and ours for all, alternating.
peer() {
	local name=$1 runs=$2 its_bytes=$3
	shift 3
	: >"$data/peer" && : >"$data/ours"
	for _ in $(seq "$runs"); do
		cpu "$@" >>"$data/peer"
		cpu "$NIGHTDESK" parse --count "${files[@]}" >>"$data/ours"
	done
	awk -v name="$name" -v p="$(middle <"$data/peer")" -v o="$(middle <"$data/ours")" \
		-v pb="$its_bytes" -v ob="$bytes" 'BEGIN {
		printf "%s: %.1f MB/s, %.1f times our CPU\n", name, pb / p / 1e6, p / pb / (o / ob) }'
}
if command -v sfeed >/dev/null; then
	peer "sfeed, one process per document" 3 "$bytes" \
		bash -c 'for f in "$@"; do sfeed <"$f"; done' _ "${files[@]}"
else
	echo "sfeed: SKIP, it is not installed"
fi
go_path=/usr/share/gocode
if command -v go >/dev/null && [ -d $go_path/src/github.com/mmcdole/gofeed ]; then
	GO111MODULE=off GOPATH=$go_path GOFLAGS='' GOCACHE=$(realpath "$data")/go-cache \
		go build -o "$data/gofeed" ./tests/bench/tools/peers/gofeed
	GOMAXPROCS=1 peer "gofeed, one process" 3 "$bytes" "$data/gofeed" "${files[@]}"
else
	echo "gofeed: SKIP, golang-go and golang-github-mmcdole-gofeed-dev are not installed"
fi
if /usr/bin/python3 -c 'import feedparser' 2>/dev/null; then
	first=("${files[@]:0:300}")
	peer "feedparser, one process" 3 "$(cat "${first[@]}" | wc -c)" \
		tests/bench/tools/peers/python_feedparser.py "${first[@]}"
else
	echo "feedparser: SKIP, python3-feedparser is not installed"
fi
