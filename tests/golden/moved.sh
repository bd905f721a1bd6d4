#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What people are told of a feed that its publisher moved for good, and of one that leads to another
# feed now: after three runs, by check and feeds show, as text and JSON. Ports and times are masked.
set -u
dir=$(mktemp -d) || exit 1
chmod 755 "$dir"
trap 'kill ${server:-} 2>/dev/null; rm -rf "$dir"' EXIT
mkdir "$dir/conf"
cat >"$dir/server.py" <<'X'
import http.server, os, sys

FEED = b"""<rss version="2.0"><channel><title>%s</title><item><guid>%s</guid><title>x</title></item></channel></rss>"""
there = os.path.join(sys.argv[1], "moved")

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *args): pass
    def do_GET(self):
        to = {"/old": "/new", "/sold": "/bets"}.get(self.path)
        if to and os.path.exists(there):
            self.send_response(301)
            self.send_header("Location", to)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        name = b"Bets" if self.path == "/bets" else b"News"
        body = FEED % (name, name)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
open(sys.argv[1] + "/port.new", "w").write(str(s.server_port))
os.rename(sys.argv[1] + "/port.new", sys.argv[1] + "/port")
s.serve_forever()
X
/usr/bin/python3 "$dir/server.py" "$dir" &
server=$!
for _ in $(seq 1200); do [ -e "$dir/port" ] && break; sleep 0.05; done
port=$(cat "$dir/port")

cat >"$dir/conf/nightdesk.conf" <<X
daemon { state = "$dir/nd.db" control = "" log = "error" }
poll { private-networks = "allow" host-gap = "0s" }
feed moved { url = "http://127.0.0.1:$port/old" }
feed sold { url = "http://127.0.0.1:$port/sold" }
feed here { url = "http://127.0.0.1:$port/here" }
notify out { type = "stdout" }
watch w { query = 'nothing' notify = out }
X

nightdesk() {
	"$NIGHTDESK" "$@" -c "$dir/conf" 2>&1 | sed -E -e "s#$dir#DIR#g" -e "s/127\.0\.0\.1:$port/HOST/g" \
		-e 's/20[0-9]{2}-[0-9]{2}-[0-9]{2}[ T][0-9:]{8}(\.[0-9]+)?Z/TIME/g'
}
# shellcheck source=tests/lib/check.sh
. tests/lib/check.sh

nightdesk run --once >/dev/null
touch "$dir/moved"
for _ in 1 2; do nightdesk run --once >/dev/null; done
check "a redirect that was seen twice" \
	"redirects  to http://HOST/new, for good; adopted after three good polls" \
	"$(nightdesk feeds show moved | grep -E '^(moved|redirects)')"
nightdesk run --once >/dev/null
check "feeds show of a feed that moved" \
	"moved to   http://HOST/new, for good: it is polled there; write this address into its url" \
	"$(nightdesk feeds show moved | grep -E '^(moved|redirects)')"
check "feeds show of one that leads to another feed" \
	"redirects  to http://HOST/bets, where another feed is: is that still the one you want?" \
	"$(nightdesk feeds show sold | grep -E '^(moved|redirects)')"
check "feeds show of the others" "" "$(nightdesk feeds show here | grep -E '^(moved|redirects)')"
check "feeds show as JSON" \
	'"moved_to":"http://HOST/new","moved":"adopted","adopted":"http://HOST/new"' \
	"$(nightdesk feeds show moved --json | grep -oE '"moved_to.*"adopted":"[^"]*"')"
check "check" "\
nightdesk.conf:3:6: warning: the url of feed moved redirects for good to \"http://HOST/new\"
  write that address into its url; until then it is polled there
nightdesk.conf:4:6: warning: the url of feed sold redirects for good to \"http://HOST/bets\"
  another feed is there, so it is not adopted: look whether that is still the one you want, and edit its url" \
	"$(nightdesk check | grep -A1 redirects)"
check "check as JSON" "2" "$(nightdesk check --json | grep -oE '"warnings":[0-9]+' | grep -oE '[0-9]+')"
sed -i "s#/old#/new#" "$dir/conf/nightdesk.conf"
check "check after the edit" "1" "$(nightdesk check | grep -c redirects)"
