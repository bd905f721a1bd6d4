#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What: deliveries by syslog. 2,000 alerts that wait in the outbox, sent by `nightdesk run --once` to one receiver
# that keeps the connection open and reads at once, over UDP, TCP and TLS. From the first message to the last,
# by the receiver; medians of 3. Each result is stored and synced before the next eight are sent.
set -eu
. tests/bench/tools/lib.sh
alerts=2000
port=${BENCH_PORT:-18441}
dir=$(mktemp -d "$data/syslog.XXXXXX")
dir=$(realpath "$dir")
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/www" "$dir/conf" "$dir/authorities"
python3 - "$alerts" >"$dir/www/feed.xml" <<'EOF'
import sys
print('<rss version="2.0"><channel><title>Feed</title>')
for i in range(int(sys.argv[1])):
    print('<item><guid isPermaLink="false">g%d</guid><title>Embassy story %d</title><link>http://a.example/%d</link>'
          '<description>The embassy moves, they say. %s</description></item>' % (i, i, i, "Some more text here. " * 20))
print('</channel></rss>')
EOF
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=bench -addext \
	subjectAltName=IP:127.0.0.1 -keyout "$dir/key" -out "$dir/authorities/ca-certificates.crt" 2>/dev/null
cp "$dir/authorities/ca-certificates.crt" "$dir/authorities/a.pem"
openssl rehash "$dir/authorities" 2>/dev/null

# conf SERVER
conf() {
	cat >"$dir/conf/nightdesk.conf" <<EOF
daemon { state = "$dir/state.db" control = "$dir/control" log = "error" flood-items = 0 flood-alerts = 0 }
poll { host-gap = "0s" private-networks = "allow" }
feed a { url = "http://127.0.0.1:$((port + 1))/feed.xml" first-run = "alert" }
watch w { query = 'embassy' notify = { log } }
notify log { type = "syslog" server = "$1" }
EOF
}

# The outbox before its deliveries.
(cd "$dir/www" && exec python3 -m http.server --bind 127.0.0.1 $((port + 1)) >/dev/null 2>&1) &
server=$!
trap 'kill $server 2>/dev/null; wait $server 2>/dev/null || true; rm -rf "$dir"' EXIT
for _ in $(seq 50); do (: >"/dev/tcp/127.0.0.1/$((port + 1))") 2>/dev/null && break; sleep 0.1; done
conf tcp://127.0.0.1:9
"$NIGHTDESK" run --once -c "$dir/conf" >/dev/null 2>&1 || true
untried "$dir/state.db"
mkdir "$dir/before"
mv "$dir"/state.db* "$dir/before"

# once SCHEME: messages a second
once() {
	local trusting=() files=()

	rm -f "$dir"/state.db* "$dir/rate"
	cp "$dir"/before/* "$dir"
	conf "$1://127.0.0.1:$port"
	if [ "$1" = tls ]; then
		files=("$dir/authorities/ca-certificates.crt" "$dir/key")
		trusting=(unshare --map-root-user --mount sh -c
			'mount --bind "$1" /etc/ssl/certs && shift && exec "$@"' sh "$dir/authorities")
	fi
	tests/bench/tools/syslog_receiver.py "$1" "$port" "$alerts" "${files[@]}" >"$dir/rate" &
	local receiver=$!
	until [ -s "$dir/rate" ]; do sleep 0.05; done
	"${trusting[@]}" "$NIGHTDESK" run --once -c "$dir/conf" >/dev/null 2>&1
	for _ in $(seq 50); do kill -0 "$receiver" 2>/dev/null || break; sleep 0.1; done
	kill "$receiver" 2>/dev/null || true
	wait "$receiver" 2>/dev/null || true
	sed -n 2p "$dir/rate"
}

for scheme in udp tcp tls; do
	aim=3,000
	[ "$scheme" != udp ] || aim=5,000
	printf '%s: %s a second (aim: %s)\n' "$scheme" "$(median_of 3 once "$scheme")" "$aim"
done
