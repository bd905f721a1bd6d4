#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What: taking polls in. The desk (known or new, store, match, feed state; one synced transaction for
# 50 new items of 1 KB) beside bare SQLite that runs the same inserts and look-ups: items a second,
# without a watch and with one that reads every text; polls that bring nothing new; kept keys that
# a poll is held against.
set -eu
"$BUILD/tests/bench/store" $((9 * BENCH_SCALE))
