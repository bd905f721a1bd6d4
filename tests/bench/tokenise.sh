#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What: tokenising: words in normal form with their hashes, on one core; compared with libunistring's
# word breaks alone (no folding, no hash) on the same text in the same run, and other scripts compared
# with Latin. Generated words; then instructions per byte of Latin text, by callgrind.
set -eu
program=$BUILD/tests/bench/tokenise
"$program"
command -v valgrind >/dev/null || exit 0
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
refs() { # of N passes over 2 MiB; the difference of two leaves out all that happens once
	valgrind --tool=callgrind --callgrind-out-file=/dev/null "$program" --repeat "$1" \
		--only "$2" 2>&1 | sed -nE 's/.*refs: *//p' | tr -d ,
}
for script in latin cyrillic han; do
	echo "$script: $((($(refs 3 "$script") - $(refs 1 "$script")) * 10 / (2 * 2097152))) tenths of an instruction a byte"
done
