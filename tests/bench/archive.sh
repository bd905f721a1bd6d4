#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What: the archive. Items are stored, then indexed (batches, the longest one, growth of the file),
# searched without and with the index, and matched with 1,000 watches and with one of them: all items,
# and those that the index returns.
set -eu
cd "$(dirname "$0")/../.."
. tests/bench/tools/lib.sh
feeds=$(workload "archive-feeds-$BENCH_SCALE" feeds $((250 * BENCH_SCALE)) 40 44 1500 7)
watches=$(workload archive-watches watches 1000 7)
"$BUILD/tests/bench/archive" "$feeds" "$watches"
