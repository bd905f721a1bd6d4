#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What: polling 1,000 feeds of nginx on loopback with 1,000 watches, beside libcurl's multi interface on
# libevent that only downloads them. `nightdesk run --once`: all new (fetched, parsed, matched, stored),
# with 64 at once; all unchanged (304), with 64 and with one at once. The cost of a run with one feed and
# the same items is subtracted. Then the daemon in its own rhythm, unchanged feeds at about 33 a second,
# beside libcurl at that pace. CPU seconds of all threads and wall-clock time, medians of 5, alternating.
set -eu
. tests/bench/tools/lib.sh
command -v nginx >/dev/null || PATH=$PATH:/usr/sbin
command -v nginx >/dev/null || { echo "skipped: there is no nginx"; exit 0; }
n=$((1000 * BENCH_SCALE))
www=$(workload "feeds-poll-$n" feeds "$n" 8 24 600 2)
watches=$(workload watches-1000 watches 1000 7)
dir=$(mktemp -d)
port=${BENCH_PORT:-18437}
daemon=
cat >"$dir/nginx.conf" <<END
daemon off; master_process off; pid $dir/pid; error_log $dir/error.log;
events { worker_connections 4096; }
http {
	access_log off; default_type application/xml; keepalive_requests 1000000;
	client_body_temp_path $dir/1; proxy_temp_path $dir/2; fastcgi_temp_path $dir/3;
	uwsgi_temp_path $dir/4; scgi_temp_path $dir/5;
	server { listen 127.0.0.1:$port; root $(realpath "$www"); }
}
END
nginx -c "$dir/nginx.conf" 2>/dev/null &
server=$!
trap 'kill $server $daemon 2>/dev/null; wait $server $daemon 2>/dev/null; rm -rf "$dir"' EXIT
for _ in $(seq 50); do [ -s "$dir/pid" ] && break; sleep 0.1; done

# conf NAME FEEDS PARALLEL EVERY
names=("$www"/*.xml)
conf() {
	mkdir -p "$dir/$1"
	cp -r "$watches/watchlists.d" "$dir/$1/"
	cat >"$dir/$1/nightdesk.conf" <<END
daemon { state = "$dir/$1.db" control = "$dir/$1.sock" log = "error" }
poll { host-gap = "0s" per-host = 64 parallel = $3 every = "$4" private-networks = "allow" }
notify stdout { type = "stdout" }
END
	for i in $(seq 0 $(($2 - 1))); do
		echo "feed f$i { url = \"http://127.0.0.1:$port/$(basename "${names[i]}")\" }"
	done >>"$dir/$1/nightdesk.conf"
}
conf all "$n" 64 1h
conf single "$n" 1 1h
conf one 1 64 1h
conf paced 1000 64 30s

# measure CONF: "wall cpu"
measure() {
	local TIMEFORMAT='%R %U %S'
	{ time "$NIGHTDESK" run --once -c "$dir/$1" >/dev/null 2>&1; } 2>&1 |
		awk '{ printf "%.4f %.4f\n", $1, $2 + $3 }'
}
url="http://127.0.0.1:$port/$(basename "${names[0]}" | sed 's/[0-9]\{5\}/%05d/')"
floor() { # PARALLEL NAME
	"$BUILD/tests/bench/tools/floor_curl" "$1" "$n" "$url" |
		awk -v name="$2" '{ print "floor-" name $1, $2, $3 }' >>"$dir/runs"
}
middle() { sort -n | sed -n 3p; }
: >"$dir/runs"
for _ in 1 2 3 4 5; do
	rm -f "$dir"/*.db*
	floor 64 ""
	echo "start $(measure one)" >>"$dir/runs"
	echo "ours-new $(measure all)" >>"$dir/runs"
	cp "$dir/all.db" "$dir/single.db"
	cp "$dir/all.db" "$dir/paced.db"
	cp "$dir/all.db" "$dir/one.db" # the start looks at its items
	echo "start-known $(measure one)" >>"$dir/runs"
	echo "ours-304 $(measure all)" >>"$dir/runs"
	floor 1 single-
	echo "ours-single-304 $(measure single)" >>"$dir/runs"
done
get() { awk -v k="$1" -v c="$2" '$1 == k { print $c }' "$dir/runs" | middle; }
for round in new 304 single-304; do
	start=start-known
	[ $round != new ] || start=start
	awk -v r="$round" -v n="$n" -v fw="$(get floor-$round 2)" -v fc="$(get floor-$round 3)" \
		-v ow="$(get ours-$round 2)" -v oc="$(get ours-$round 3)" \
		-v sw="$(get $start 2)" -v sc="$(get $start 3)" 'BEGIN {
		printf "%-10s floor %6.0f polls per CPU second, nightdesk %6.0f: %.2f of the floor; by wall clock %.2f\n",
			r, n / fc, n / (oc - sc), fc / (oc - sc), fw / (ow - sw) }'
done

# The daemon in its own rhythm.
used() { awk '{ s += $1 } END { print s / 1e9 }' /proc/"$daemon"/task/*/schedstat; }
polls() {
	"$NIGHTDESK" status -c "$dir/paced" --json |
		python3 -c 'import json, sys; print(json.load(sys.stdin)["polls"]["done"])'
}
"$NIGHTDESK" run -c "$dir/paced" >/dev/null 2>&1 &
daemon=$!
sleep 45
read -r p0 c0 <<<"$(polls) $(used)"
sleep 30
read -r p1 c1 <<<"$(polls) $(used)"
echo "memory of the daemon: $(awk '/VmRSS/ { printf "%.1f MiB", $2 / 1024 }' "/proc/$daemon/status")"
"$BUILD/tests/bench/tools/floor_curl" 64 1000 "$url" 33 |
	awk -v p=$((p1 - p0)) -v c0="$c0" -v c1="$c1" '$1 == "304" { f = $3 / $5; o = (c1 - c0) / p
		printf "in rhythm  floor %.0f us of CPU a poll, nightdesk %.0f: %.2f of the floor\n",
			f * 1e6, o * 1e6, f / o }'
