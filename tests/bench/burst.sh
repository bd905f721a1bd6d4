#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What: a flash alert in a burst. One feed brings 2,000 items at once for 16 webhooks, which nginx answers with
# 204; ten other feeds bring a flash alert every two seconds meanwhile. How long it takes from the moment a flash
# alert is raised until each webhook has it, of those raised while the burst is delivered; three runs.
set -eu
. tests/bench/tools/lib.sh
command -v nginx >/dev/null || PATH=$PATH:/usr/sbin
command -v nginx >/dev/null || { echo "skipped: there is no nginx"; exit 0; }
for _ in 1 2 3; do tests/bench/tools/burst.py; done
