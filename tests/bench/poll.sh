#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What: polling. `nightdesk run --once` with 1,000 feeds of nginx on loopback, 64 in parallel: first all
# new (fetched, parsed, matched, stored), then all unchanged (304), compared with libcurl's multi
# interface on libevent that only downloads them. The cost of a process without feeds is subtracted.
# CPU seconds of all threads and wall-clock time, medians of 5, alternating.
set -eu
. tests/bench/tools/lib.sh
command -v nginx >/dev/null || PATH=$PATH:/usr/sbin
command -v nginx >/dev/null || { echo "skipped: there is no nginx"; exit 0; }
n=$((1000 * BENCH_SCALE))
www=$(workload feeds-poll feeds "$n" 8 24 600 2)
dir=$(mktemp -d)
port=${BENCH_PORT:-18437}
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
trap 'kill $server 2>/dev/null; wait $server 2>/dev/null; rm -rf "$dir"' EXIT
for _ in $(seq 50); do [ -s "$dir/pid" ] && break; sleep 0.1; done

# conf NAME FEEDS
names=("$www"/*.xml)
conf() {
	mkdir -p "$dir/$1"
	cat >"$dir/$1/nightdesk.conf" <<END
daemon { state = "$dir/$1.db" control = "$dir/$1.sock" log = "error" }
poll { host-gap = "0s" per-host = 64 parallel = 64 private-networks = "allow" }
watch w { query = 'embassy' notify = { o } }
notify o { type = "stdout" }
END
	for i in $(seq 0 $(($2 - 1))); do
		echo "feed f$i { url = \"http://127.0.0.1:$port/$(basename "${names[i]}")\" }"
	done >>"$dir/$1/nightdesk.conf"
}
conf all "$n"
conf one 1

# measure CONF: "wall cpu"
measure() {
	local TIMEFORMAT='%R %U %S'
	{ time "$NIGHTDESK" run --once -c "$dir/$1" >/dev/null 2>&1; } 2>&1 |
		awk '{ printf "%.4f %.4f\n", $1, $2 + $3 }'
}
pattern=$(basename "${names[0]}" | sed 's/[0-9]\{5\}/%05d/')
middle() { sort -n | sed -n 3p; }
: >"$dir/runs"
for _ in 1 2 3 4 5; do
	"$BUILD/tests/bench/tools/floor_curl" 64 "$n" "http://127.0.0.1:$port/$pattern" |
		awk '{ print "floor-" $1, $2, $3 }' >>"$dir/runs"
	rm -f "$dir"/*.db*
	echo "start $(measure one)" >>"$dir/runs"
	echo "ours-new $(measure all)" >>"$dir/runs"
	echo "ours-304 $(measure all)" >>"$dir/runs"
done
get() { awk -v k="$1" -v c="$2" '$1 == k { print $c }' "$dir/runs" | middle; }
for round in new 304; do
	awk -v r="$round" -v n="$n" -v fw="$(get floor-$round 2)" -v fc="$(get floor-$round 3)" \
		-v ow="$(get ours-$round 2)" -v oc="$(get ours-$round 3)" \
		-v sw="$(get start 2)" -v sc="$(get start 3)" 'BEGIN {
		printf "%s: floor %6.0f polls per CPU second, nightdesk %6.0f: %.2f of the floor\n",
			r, n / fc, n / (oc - sc), fc / (oc - sc)
		printf "     floor %6.0f polls a second,      nightdesk %6.0f: %.2f of the floor\n",
			n / fw, n / (ow - sw), fw / (ow - sw) }'
done
/usr/bin/time -f 'memory: %M KiB' "$NIGHTDESK" run --once -c "$dir/all" 2>&1 >/dev/null | tail -1 || true
