#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What: storing polls. The desk (find new items, store, match, feed state; one synced transaction for
# 50 new items of 1 KB) compared with plain SQLite that runs the same inserts and look-ups: items per
# second, without a watch and with one that reads every text; polls without new items; stored keys
# scanned by a poll.
set -eu
"$BUILD/tests/bench/store" $((9 * BENCH_SCALE))
