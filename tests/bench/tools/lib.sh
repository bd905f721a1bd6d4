# SPDX-License-Identifier: MIT
# Sourced by the benchmarks: workloads, generated once per build directory, and measurements.

data=$BUILD/bench
mkdir -p "$data"

# workload NAME ARGS…: the directory or file of workload.py ARGS, generated if missing.
workload() {
	if [ ! -e "$data/$1.made" ]; then
		rm -rf "${data:?}/$1"
		tests/bench/tools/workload.py "$2" "$data/$1" "${@:3}" && touch "$data/$1.made"
	fi
	echo "$data/$1"
}

# cpu COMMAND…: user and system seconds of the command and its children.
cpu() {
	/usr/bin/env bash -c 'TIMEFORMAT="%U %S"; { time "$@" >/dev/null 2>&1; } 2>&1' _ "$@" |
		awk '{ printf "%.4f\n", $1 + $2 }'
}

# median_of N FUNCTION ARGS…: the median of N figures.
median_of() {
	local of=$1 # seen by the function, so not a name that it may use
	shift
	for _ in $(seq "$of"); do "$@"; done | sort -n | sed -n "$(((of + 1) / 2))p"
}

# instructions COMMAND…: instructions counted by callgrind; equal in every run.
instructions() {
	valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null |
		sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}

# untried DATABASE: all that waits is due and was not tried.
untried() {
	python3 -c 'import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as db:
    db.execute("UPDATE deliveries SET next_at = created, attempts = 0, answer = NULL")' "$1"
}

ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }
