#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Nothing in the repository knows a particular machine: no home directory, no work tree.
set -u
cd "$(dirname "$0")/../.." || exit 1
git rev-parse --git-dir >/dev/null 2>&1 || { echo "ok - no machine's paths # SKIP no git here"; exit 0; }
found=$(git grep -nIE '(^|[^[:alnum:]._~-])/(work|root|home/[a-z]+|Users)(/|\b)' -- \
	':!tests/rules/no-paths.sh' ':!tests/fuzz/corpus' | grep -vE '/home/(user|reporter|example)')
if [ -z "$found" ]; then
	echo "ok - no machine's paths"
else
	echo "$found"
	echo "not ok - no machine's paths"
fi
