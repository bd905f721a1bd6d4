#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What: slow and hanging receivers. 700 alerts to a webhook that takes 200 ms for each, as a part of its window
# (8) by that time; and 100 alerts a second, published by 20 feeds, to three webhooks while none, one, and 80
# others hang: from the publication to the receipt. The test of the same name, longer and with the real limits.
set -eu
. tests/bench/tools/lib.sh
env EXACT=1 SECONDS=$((22 * BENCH_SCALE)) python3 tests/system/receivers_load.py || true
