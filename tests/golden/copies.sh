#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# nightdesk stories: the lines for each kind of relation, and, where $SHARED has judged items, how
# many copies and stories are found. UPDATE=1 rewrites what is expected: review the difference.
: "${NIGHTDESK:=build/nightdesk}" "${SHARED:=../shared}"
here=$(dirname "$0")/copies
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

check_output() { # NAME OPTION...
	name=$1
	shift
	"$NIGHTDESK" stories "$@" "$here/items.jsonl" >"$dir/out" 2>&1
	[ -z "${UPDATE:-}" ] || cp "$dir/out" "$here/$name"
	if diff -u "$here/$name" "$dir/out"; then
		echo "ok - $name"
	else
		echo "not ok - $name"
	fi
}

check_output items.out
check_output items.json --json

signal=$SHARED/signal
if ! [ -r "$signal/dev/wire.jsonl" ]; then
	echo "ok - judged copies and stories # SKIP no $signal"
	exit 0
fi

# NAME KEY LEAST [OPTION...]: the value at KEY of the score, such as copies.precision.
check_score() {
	set=$1 key=$2 least=$3
	shift 3
	"$NIGHTDESK" stories --json "$@" "$signal/dev/$set.jsonl" >"$dir/$set.out"
	value=$(python3 "$signal/tools/score_signal.py" "$signal/dev/$set.jsonl" "$dir/$set.out" \
		--json | python3 -c '
import json, sys
x = json.load(sys.stdin)
for k in sys.argv[1].split("."):
    x = x[k]
print("%.4f" % x)' "$key")
	if python3 -c 'import sys; sys.exit(float(sys.argv[1]) < float(sys.argv[2]))' \
		"$value" "$least"; then
		echo "ok - $set: $key is $value"
	else
		echo "not ok - $set: $key is $value, not $least"
	fi
}

check_score wire copies.precision .98
check_score wire copies.recall .95
check_score wire sources.given_exact .90
check_score real-leads copies.precision .95
check_score real-leads copies.recall .85
check_score near-duplicates copies.precision 1
check_score near-duplicates copies.recall 1
learn=(--learn "$signal/dev/real-leads.jsonl")
check_score events-lead events.b3_f .71 "${learn[@]}"
check_score events-headlines events.b3_f .73 "${learn[@]}"
check_score events-ecbplus events.b3_f .82 "${learn[@]}"
wrong=$(python3 "$signal/tools/score_signal.py" "$signal/dev/wire.jsonl" "$dir/wire.out" --json |
	python3 -c 'import json, sys
w = json.load(sys.stdin)["copies"]["wrongly_folded"]
print(sum(int(v.split("/")[0]) for k, v in w.items() if k.startswith("correction-")))')
[ "$wrong" -le 4 ] && echo "ok - wire: $wrong corrections folded" ||
	echo "not ok - wire: $wrong corrections folded, more than 4"
