#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Files have at most 500 lines, functions 80, lines 100 columns; every file that can have a comment
# starts with its licence.
set -u
cd "$(dirname "$0")/../.." || exit 1

awk '
function complain(text) { print FILENAME ":" FNR ": " text; bad++ }
FNR == 1 { lines[FILENAME] = 0; begin = 0 }
{ lines[FILENAME] = FNR }
/^{/ { begin = FNR }
/^}/ { if (begin && FNR - begin - 1 > 80) complain("function of " FNR - begin - 1 " lines"); begin = 0 }
{
	line = $0; columns = 0
	if (length(line) > 40 && line !~ /https?:/) {
		gsub(/[\200-\277]/, "", line)
		for (i = 1; i <= length(line); i++)
			columns += substr(line, i, 1) == "\t" ? 8 - columns % 8 : 1
		if (columns > 100) complain("line of " columns " columns")
	}
}
END {
	for (f in lines)
		if (lines[f] > 500) { print f ": " lines[f] " lines"; bad++ }
	print (bad ? "not ok" : "ok") " - files, functions and lines are short"
}' daemon/*/*.[ch] include/*/*.h tests/*/*.[ch] tests/*/*/*.[ch]

# Code: by suffix or by an interpreter line.
missing=$({
	find daemon include tests packaging systemd .ci -type f \( -name '*.[ch]' -o -name '*.sh' \
		-o -name '*.py' -o -name '*.awk' -o -name '*.service' -o -name '*.txt' \) \
		! -path 'tests/fuzz/corpus/*' ! -path 'tests/golden/*/*' ! -path daemon/feed/entities.txt
	grep -lIE '^#!' -r tests packaging .ci --exclude-dir=corpus
	echo Makefile
} | sort -u | xargs awk 'FNR <= 3 && /SPDX-License-Identifier: MIT/ { ok[FILENAME] = 1 }
	{ seen[FILENAME] = 1 } END { for (f in seen) if (!ok[f]) print f ": no SPDX line on top" }')
if [ -z "$missing" ]; then
	echo "ok - every file names its licence"
else
	echo "$missing"
	echo "not ok - every file names its licence"
fi
