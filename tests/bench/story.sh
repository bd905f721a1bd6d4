#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What: finding copies and stories. Time and index memory of `nightdesk stories` for an item, for leads
# of 30 words and texts of 200, in windows of 5,000 and 20,000 items (times BENCH_SCALE); compared with
# only reading the same items, cutting them into words and counting these (--learn) in the same run.
# Invented words by Zipf's law.
set -eu
. tests/bench/tools/lib.sh
story_learn() { cpu "$NIGHTDESK" stories --count --learn "$1" "$data/story-one"; }
story_seconds() { "$NIGHTDESK" stories --count "$1" | sed -n 's/.*stories, \([0-9.]*\) s,.*/\1/p'; }
one=$(workload story-one stories 1 30 1)
[ -s "$one" ]
for words in 30 200; do
	for n in $((5000 * BENCH_SCALE)) $((20000 * BENCH_SCALE)); do
		file=$(workload "story-$n-$words" stories "$n" "$words" 1)
		bytes=$("$NIGHTDESK" stories --count "$file" | sed -n 's/.* s, \([0-9]*\) bytes$/\1/p')
		all=$(median_of 3 story_seconds "$file")
		learn=$(median_of 3 story_learn "$file")
		awk -v words="$words" -v n="$n" -v s="$all" -v l="$learn" -v b="$bytes" 'BEGIN {
			printf "%d words, %d items: %.1f us an item, of which %.1f are reading and " \
				"counting words; %.0f bytes\n", words, n, s / n * 1e6, l / n * 1e6, b / n }'
	done
done
