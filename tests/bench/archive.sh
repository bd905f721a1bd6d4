#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What: the archive. Items taken in, then indexed (batches, the longest, what it adds to the file),
# searched without and with the index, and run through by 1,000 watches and by one of them: whole,
# and narrowed by the index.
set -eu
cd "$(dirname "$0")/../.."
. tests/bench/tools/lib.sh
feeds=$(workload "archive-feeds-$BENCH_SCALE" feeds $((250 * BENCH_SCALE)) 40 44 1500 7)
watches=$(workload archive-watches watches 1000 7)
"$BUILD/tests/bench/archive" "$feeds" "$watches"
