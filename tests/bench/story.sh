#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What: finding copies and stories. Processor time, steps (entries of the indexes looked at, words
# compared) and memory of the window for an item, for leads of 30 words and texts of 200, in full
# windows of 5,000, 20,000 and 100,000 items; compared with only splitting the same texts into words.
# Invented words by Zipf's law; the median of 3.
set -eu
. tests/bench/tools/lib.sh
for words in 30 200; do
	for n in 5000 20000 100000; do
		printf '%s words, %s items: ' "$words" "$n"
		for _ in 1 2 3; do "$BUILD/tests/bench/story" "$words" "$n"; done | sort -n | sed -n 2p
	done
done
