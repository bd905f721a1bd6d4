#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# An operator is a row in each of two tables and its evaluation: adds "A SAME B" (a match of each in
# one text) to a copy of the tree, with a line in enum query_op, its two rows, and a file same.c.
# Then it is parsed, checked, indexed, evaluated, printed and explained. Needs a finished build.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${BUILD:-build}
tree=$(mktemp -d /tmp/nightdesk-operator.XXXXXX)
trap 'rm -rf "$tree"' EXIT

mkdir -p "$tree/$build" "$tree/desk"
cp -a Makefile daemon include conf "$tree" &&
	cp -a "$build/obj" "$build/lib" "$build/flags" "$tree/$build" || exit 1
cd "$tree" || exit 1

cat >daemon/watch/same.c <<'END'
/* SPDX-License-Identifier: MIT */
#include "near.h"
#include "operator.h"

void watch_pair_same(struct watch_pairing *p)
{
	for (uint32_t i = 0; i < p->left->n; i++)
		for (uint32_t j = 0; j < p->right->n; j++) {
			const struct watch_span *a = &p->left->v[i], *b = &p->right->v[j];
			struct watch_scratch *s = p->x.s;

			if (!watch_budget_spend(&s->budget, 1))
				return;
			if (watch_region_at(&s->item, a->first) == watch_region_at(&s->item, b->first) &&
				watch_spans_disjoint(&p->x, a, b) && !watch_pairing_mark(p, i, j))
				return;
		}
}
END
sed -i 's/^\tQUERY_OPS,/\tQUERY_SAME,\n&/' include/query/query.h
sed -i '/^const struct query_operator/,/^};/s/^};/\tOPERATOR(SAME, "SAME", CHAIN, .check = operator_check_operands),\n&/' \
	daemon/query/operator.c
sed -i 's/^watch_pair_fn /&watch_pair_same, /' daemon/watch/operator.h
sed -i 's/^};/\t[QUERY_SAME] = {.needs = WATCH_NEEDS_ALL,\n\t\tPOSITIONAL,\n\t\t.pair = watch_pair_same,\n\t\t.explain = watch_explain_place},\n&/' \
	daemon/watch/operator.c
if MAKEFLAGS= make -s BUILD="$build" "$build/nightdesk" >"$tree/log" 2>&1 && ! grep -q warning: "$tree/log"; then
	echo "ok - an operator is added by two rows and its evaluation"
else
	sed 's/^/# /' "$tree/log"
	echo "not ok - an operator is added by two rows and its evaluation"
fi

try() { # NAME PATTERN COMMAND…
	local name=$1 pattern=$2
	shift 2
	"$build/nightdesk" "$@" >"$tree/out" 2>&1
	if grep -q "$pattern" "$tree/out"; then
		echo "ok - $name"
	else
		sed 's/^/# /' "$tree/out"
		echo "not ok - $name"
	fi
}
printf 'An embassy\n\nIs being evacuated, from Kyiv.\n' >"$tree/apart.txt"
printf 'News\n\nThe embassy in Kyiv is being evacuated.\n' >"$tree/together.txt"
cat >"$tree/desk/nightdesk.conf" <<'END'
notify out { type = "stdout" }
watch w { query = 'LEAD/50(embassy SAME (kyiv OR kiev)) OR (a PARA b)' notify = { out } }
END
query='embassy SAME (kyiv OR kiev)'
try "the new operator matches, with its hits" 'embassy.*Kyiv' \
	match --query "$query" "$tree/together.txt"
try "the new operator says why it does not match" 'SAME (kyiv OR kiev): both occur, but' \
	match --all --query "$query" "$tree/apart.txt"
try "the new operator takes operands only" 'AND inside SAME' \
	match --query '(a AND b) SAME c' "$tree/apart.txt"
try "the new operator is printed" 'LEAD/50(embassy SAME (kyiv OR kiev)) OR (a PARA b)' \
	check --show -c "$tree/desk"
try "the new operator is found by an index" '^indexed  watch w' check --show -c "$tree/desk"
