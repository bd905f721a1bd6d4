#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Calls between files run in no circle: of two files, one is above the other. nm shows which file
# uses a symbol that another defines.
set -u
cd "$(dirname "$0")/../.." || exit 1
objects=${BUILD:-build}/obj
[ -d "$objects" ] || { echo "ok - calls between files run in no circle # SKIP not built"; exit 0; }

for source in daemon/*/*.c; do # objects of deleted sources may remain
	name=${source#daemon/}
	echo "$objects/${name%.c}.o"
done | xargs nm -A | awk '
BEGIN {
	# Uses that do not count, as "USER" or "USER USED".
	# A table of functions is a list of what is above it; those functions look up its other rows.
	skip["io/send"] = skip["query/operator"] = skip["watch/operator"] = 1
	# Recursive parsers: a bracket contains an expression.
	skip["dialect/value dialect/expression"] = skip["query/operand query/parse"] = 1
}
{
	file = $1; sub(/^.*\/obj\//, "", file); sub(/\.o:.*$/, "", file)
	if ($(NF - 1) == "U") { user[++n] = file; symbol[n] = $NF }
	else if ($(NF - 1) ~ /^[A-Z]$/) { home[$NF] = file; files++ }
}
# Repeatedly removes files that use no remaining one; each of the rest uses one of the rest.
END {
	for (i = 1; i <= n; i++) {
		from = user[i]; to = home[symbol[i]]
		if (to != "" && !(from in skip) && !((from " " to) in skip)) edge[from] = edge[from] " " i
	}
	do {
		gone = 0
		for (file in edge) {
			k = split(edge[file], e, " "); next_use[file] = 0
			for (; k; k--) if (home[symbol[e[k]]] in edge) next_use[file] = e[k]
			if (!next_use[file]) { delete edge[file]; gone = 1 }
		}
	} while (gone)
	for (file in edge) {
		while (!(file in seen)) { seen[file] = 1; file = home[symbol[next_use[file]]] }
		first = file
		do {
			i = next_use[file]; to = home[symbol[i]]
			print file " uses " symbol[i] " of " to
			file = to
		} while (file != first)
		break
	}
	print (files && first == "" ? "ok" : "not ok") " - calls between files run in no circle"
	exit !(files && first == "")
}'
