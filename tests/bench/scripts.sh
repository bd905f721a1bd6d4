#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What: text in other scripts matched with 1,000 watches of words and phrases from that text, compared
# with Latin text in the same run, on one core. Real text (English, Cyrillic, Chinese,
# Amharic and Tigrinya) comes from $SHARED/corpus and is compared with real Latin text with other
# item lengths; generated text with generated Latin, 200 words per item in each.
set -eu
. tests/bench/tools/lib.sh
shared=${SHARED:-../shared}
news=$shared/corpus/news/throughput/masakhanews.jsonl
dir=$data/scripts
files=
if [ -f "$news" ] && [ -d "$shared/corpus/real" ]; then
	if [ ! -e "$dir.made" ]; then
		"$NIGHTDESK" parse --json "$shared"/corpus/real/*.xml 2>/dev/null |
			tests/bench/tools/scripts_text.py "$dir" "$news"
		touch "$dir.made"
	fi
	files="$dir/latin $dir/cyrillic $dir/han $dir/ethiopic"
else
	echo "SKIP of real text: there is no $news"
fi
# shellcheck disable=SC2086
"$BUILD/tests/bench/scripts" --repeat 9 $files
