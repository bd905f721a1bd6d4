#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What: deliveries. 2,000 alerts that wait in the outbox, sent by `nightdesk run --once` to one webhook
# and to 16, which nginx answers with 204, compared with libcurl that only posts bodies of that size
# (8 in flight, and 16 kept connections), and with SQLite that only commits a row for each, 8 rows a
# commit, on the same disk. From the first request to the last, by the log of nginx; medians of 3.
# Then instructions for each delivery.
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
	"$NIGHTDESK" run --once -c "$dir/conf" >/dev/null 2>&1
	awk -v want=$((n * $1)) 'NR == 1 { first = $1 } { last = $1 } END {
		if (NR != want) print "only " NR " of " want > "/dev/stderr"
		printf "%.0f\n", NR / (last - first + 0.000001) }' "$dir/hook.log"
}
posts() {
	"$BUILD/tests/bench/tools/floor_post" "$1" $((n * 4)) "$bytes" "http://127.0.0.1:$port/hook" |
		awk -v n=$((n * 4)) '{ printf "%.0f\n", n / $1 }'
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
one=$(median_of 3 deliver 1)
post=$(median_of 3 posts "$window")
mark=$(median_of 3 marks)
many=$(median_of 3 deliver 16)
post16=$(median_of 3 posts 16)
floor=$(least "$post" "$mark")
echo "one webhook:  $one a second; libcurl $post, SQLite $mark: $(ratio "$one" "$floor") of the slower (aim: 0.5)"
echo "16 webhooks:  $many a second; libcurl $post16: $(ratio "$many" "$post16") of it (aim: 0.2)"

if [ -z "${QUICK:-}" ] && command -v valgrind >/dev/null; then
	fresh 16 "http://127.0.0.1:$port/hook"
	all=$(instructions "$NIGHTDESK" run --once -c "$dir/conf")
	none=$(instructions "$NIGHTDESK" run --once -c "$dir/conf")
	awk -v a="$all" -v b="$none" -v n=$((n * 16)) 'BEGIN {
		printf "instructions: %.0f for each delivery to 16 webhooks (aim: 140,000)\n", (a - b) / n }'
fi
