#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What: deliveries. 2,000 alerts that wait in the outbox, sent by `nightdesk run --once` to one webhook
# and to 16, which nginx answers with 204, compared with libcurl that only posts bodies of that size
# (8 in flight, and 16 kept connections), and with SQLite that only commits a row for each, 8 rows a
# commit, on the same disk. From the first request to the last, by the log of nginx. Medians of 5 rounds:
# each measures all of them, and the ratios are of one round. Then CPU time and instructions for each delivery.
set -eu
. tests/bench/tools/lib.sh
command -v nginx >/dev/null || PATH=$PATH:/usr/sbin
command -v nginx >/dev/null || { echo "skipped: there is no nginx"; exit 0; }
n=2000
window=8
dir=$(mktemp -d "$data/deliver.XXXXXX")
dir=$(realpath "$dir")
port=${BENCH_PORT:-18439}
mkdir "$dir/www"
python3 - "$n" >"$dir/www/feed.xml" <<'END'
import sys
print('<rss version="2.0"><channel><title>Feed</title>')
for i in range(int(sys.argv[1])):
    print('<item><guid isPermaLink="false">g%d</guid><title>Embassy story %d</title><link>http://a.example/%d</link>'
          '<description>The embassy moves, they say. %s</description></item>' % (i, i, i, "Some more text here. " * 20))
print('</channel></rss>')
END
cat >"$dir/nginx.conf" <<END
daemon off; master_process off; pid $dir/pid; error_log $dir/error.log;
events { worker_connections 4096; }
http {
	log_format at '\$msec \$request_length';
	access_log off; default_type application/xml; keepalive_requests 100000000;
	client_body_temp_path $dir/1; proxy_temp_path $dir/2; fastcgi_temp_path $dir/3;
	uwsgi_temp_path $dir/4; scgi_temp_path $dir/5;
	server {
		listen 127.0.0.1:$port;
		location / { root $dir/www; }
		location /hook { access_log $dir/hook.log at; return 204; }
	}
}
END
nginx -c "$dir/nginx.conf" 2>/dev/null &
server=$!
trap 'kill $server 2>/dev/null; wait $server 2>/dev/null; rm -rf "$dir"' EXIT
for _ in $(seq 50); do [ -s "$dir/pid" ] && break; sleep 0.1; done

# conf RECEIVERS URL
conf() {
	local names
	names=$(seq -f 'r%.0f' -s ', ' "$1")
	cat <<END
daemon { state = "$dir/state.db" control = "$dir/control" log = "error" flood-items = 0 flood-alerts = 0 }
poll { host-gap = "0s" private-networks = "allow" }
feed a { url = "http://127.0.0.1:$port/feed.xml" first-run = "alert" }
watch w { query = 'embassy' notify = { $names } }
END
	seq -f "notify r%.0f { type = \"webhook\" url = \"$2\" }" "$1"
}

# outbox RECEIVERS: a database whose deliveries wait, as state-N.db
outbox() {
	mkdir -p "$dir/conf"
	conf "$1" "http://127.0.0.1:9/" >"$dir/conf/nightdesk.conf"
	rm -f "$dir"/state.db*
	"$NIGHTDESK" run --once -c "$dir/conf" >/dev/null 2>&1 || true
	untried "$dir/state.db"
	mv "$dir/state.db" "$dir/state-$1.db"
	[ ! -e "$dir/state.db-wal" ] || mv "$dir/state.db-wal" "$dir/state-$1.db-wal"
}

# fresh RECEIVERS URL: the outbox before its deliveries
fresh() {
	conf "$1" "$2" >"$dir/conf/nightdesk.conf"
	rm -f "$dir"/state.db*
	cp "$dir/state-$1.db" "$dir/state.db"
	[ ! -e "$dir/state-$1.db-wal" ] || cp "$dir/state-$1.db-wal" "$dir/state.db-wal"
}

# deliver RECEIVERS: deliveries a second
deliver() {
	fresh "$1" "http://127.0.0.1:$port/hook"
	: >"$dir/hook.log"
	cpu "$NIGHTDESK" run --once -c "$dir/conf" | awk -v n=$((n * $1)) '{ print $1 / n * 1e6 }' >"$dir/cpu-ours"
	awk -v want=$((n * $1)) 'NR == 1 { first = $1 } { last = $1 } END {
		if (NR != want) print "only " NR " of " want > "/dev/stderr"
		printf "%.0f\n", NR / (last - first + 0.000001) }' "$dir/hook.log"
}
posts() {
	"$BUILD/tests/bench/tools/floor_post" "$1" $((n * 4)) "$bytes" "http://127.0.0.1:$port/hook" |
		awk -v n=$((n * 4)) '{ printf "%.0f\n", n / $1; print $2 / n * 1e6 >"'"$dir/cpu-floor"'" }'
}
marks() {
	rm -f "$dir"/floor.db*
	"$BUILD/tests/bench/tools/floor_marks" "$window" $((n * 4)) "$dir/floor.db" |
		awk -v n=$((n * 4)) '{ printf "%.0f\n", n / $1 }'
}
least() { printf '%s\n' "$@" | sort -n | head -n 1; }

outbox 1
outbox 16
deliver 1 >/dev/null
bytes=$(awk '{ s += $2 } END { printf "%.0f", s / NR }' "$dir/hook.log")
for _ in 1 2 3 4 5; do
	one=$(deliver 1) post=$(posts "$window") mark=$(marks) many=$(deliver 16) post16=$(posts 16)
	floor=$(least "$post" "$mark")
	echo "$one $post $mark $many $post16 $(ratio "$one" "$floor") $(ratio "$many" "$post16")" \
		"$(cat "$dir/cpu-ours")" "$(cat "$dir/cpu-floor")"
done >"$dir/rounds"
# column N: the median of it
column() { awk -v c="$1" '{ print $c }' "$dir/rounds" | sort -n | sed -n 3p; }
echo "one webhook:  $(column 1) a second; libcurl $(column 2), SQLite $(column 3): $(column 6) of the slower (aim: 0.5)"
echo "16 webhooks:  $(column 4) a second; libcurl $(column 5): $(column 7) of it (aim: 0.2)"
printf 'CPU time:     %.0f µs for each of these, user and system; libcurl %.0f\n' "$(column 8)" "$(column 9)"

if [ -z "${QUICK:-}" ] && command -v valgrind >/dev/null; then
	fresh 16 "http://127.0.0.1:$port/hook"
	all=$(instructions "$NIGHTDESK" run --once -c "$dir/conf")
	none=$(instructions "$NIGHTDESK" run --once -c "$dir/conf")
	awk -v a="$all" -v b="$none" -v n=$((n * 16)) 'BEGIN {
		printf "instructions: %.0f for each delivery to 16 webhooks (aim: 140,000)\n", (a - b) / n }'
fi
