#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The repository contains no paths of a particular machine: no home directory, no work tree.
set -u
cd "$(dirname "$0")/../.." || exit 1
git rev-parse --git-dir >/dev/null 2>&1 || { echo "ok - no paths of a machine # SKIP no git here"; exit 0; }
found=$(git grep -nIE '(^|[^[:alnum:]._~-])/(work|root|home/[a-z]+|Users)(/|\b)' -- \
	':!tests/rules/no-paths.sh' ':!tests/fuzz/corpus' | grep -vE '/home/(user|reporter|example)')
if [ -z "$found" ]; then
	echo "ok - no paths of a machine"
else
	echo "$found"
	echo "not ok - no paths of a machine"
fi
