#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The repository contains no paths of a particular machine: no home directory, no work tree. The paths of
# tests in docs/TESTING.md exist. Scripts are executable in git, so that a clone can run them.
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

# docs/TESTING.md, "Which test covers which fault": its files exist, and hold the cases that follow each.
# A name in backquotes that begins with a directory of tests/ is a file, any other a case.
missing=$(awk '/^## /{on = /covers which fault$/} on && /^\| E[0-9]/' docs/TESTING.md |
	while IFS='|' read -r _ id _ tests; do
		file=
		while IFS= read -r name; do
			case $name in
			unit/* | golden/* | scenario/* | fault/* | fuzz/* | system/* | soak/* | publishers/*)
				file=tests/$name
				[ -f "$file" ] || echo "$id: there is no $file"
				;;
			*)
				[ -z "$file" ] || [ ! -f "$file" ] || grep -qF -- "$name" "$file" ||
					echo "$id: $file has no $name"
				;;
			esac
		done < <(echo "$tests" | grep -o '`[^`]*`' | tr -d '`')
	done)
rows=$(grep -cE '^\| E[0-9]+ \|' docs/TESTING.md)
if [ -z "$missing" ] && [ "$rows" -eq 67 ]; then
	echo "ok - the tests that docs/TESTING.md names exist"
else
	echo "$missing"
	echo "not ok - the tests that docs/TESTING.md names exist: $rows faults"
fi

# By an interpreter line, or because tests/run starts all of that name.
plain=$({
	git grep -nI '^#!' -- ':!tests/fuzz/corpus' | sed -n 's/:1:#!.*//p'
	git ls-files 'tests/*/*.sh' 'tests/system/*.py' | grep -vE '^tests/(lib/|[a-z]*/[^/]*/)'
} | sort -u | xargs git ls-files -s | grep -v '^100755')
if [ -z "$plain" ]; then
	echo "ok - scripts are executable in git"
else
	echo "$plain"
	echo "not ok - scripts are executable in git"
fi
