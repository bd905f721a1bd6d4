#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What: feeds to items. `nightdesk parse --count` (charset, gate, XML, dates, links, keys, HTML to
# text) over RSS and Atom documents, beside the bare SAX2 push parser of libxml2 that only copies
# fields, as whole processes: CPU seconds (median of 5, one after the other in turn), instructions
# per byte (callgrind, a tenth of the documents), and memory. sfeed, one process a document, where
# it is installed.
set -eu
. tests/bench/lib.sh
dir=$(workload feeds-parse feeds $((300 * BENCH_SCALE)) 20 100 560 1)
files=("$dir"/*.xml)
few=("${files[@]:0:30}")
bytes=$(cat "${files[@]}" | wc -c)
few_bytes=$(cat "${few[@]}" | wc -c)
floor=$BUILD/tests/bench/floor_sax2
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
/usr/bin/env bash -c 'exec "$@" >/dev/null' _ /usr/bin/time -f 'memory: %M KiB' "$NIGHTDESK" parse --count "${files[@]}" 2>&1 || true
if command -v sfeed >/dev/null; then
	sfeed_all() { for f in "${files[@]}"; do sfeed <"$f" >/dev/null; done; }
	TIMEFORMAT='%U %S'
	sfeed_s=$({ time sfeed_all; } 2>&1 | awk '{ print $1 + $2 }')
	echo "sfeed, one process a document: $(ratio "$sfeed_s" "$ours_s") times our CPU"
fi
