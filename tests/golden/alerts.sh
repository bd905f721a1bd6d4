#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Alerts are listed by what is chosen, acknowledged without a daemon, and followed.
set -u
dir=$(mktemp -d) || exit 1
chmod 755 "$dir"
trap '[ -n "${server:-}" ] && kill "$server" 2>/dev/null; rm -rf "$dir"' EXIT
mkdir "$dir/www" "$dir/conf"

feed() { # ITEM…
	printf '<rss version="2.0"><channel><title>The Outlet</title>\n'
	for title; do printf '<item><guid>%s</guid><title>%s</title></item>\n' "$title" "$title"; done
	printf '</channel></rss>\n'
}
feed "Embassy moves" "Consulate closes" >"$dir/www/feed.xml"
/usr/bin/python3 -c '
import http.server, os, sys
os.chdir(sys.argv[1] + "/www")
h = http.server.SimpleHTTPRequestHandler
h.log_message = lambda *a: None
s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), h)
open("../port.new", "w").write(str(s.server_port))
os.rename("../port.new", "../port")
s.serve_forever()' "$dir" &
server=$!
for _ in $(seq 1200); do [ -e "$dir/port" ] && break; sleep 0.05; done
cat >"$dir/conf/nightdesk.conf" <<X
daemon { state = "$dir/nd.db" control = "$dir/c.sock" log = "error" timezone = "UTC" }
poll { private-networks = "allow" }
feed outlet { url = "http://127.0.0.1:$(cat "$dir/port")/feed.xml" first-run = "alert" }
notify out { type = "file" path = "$dir/out" }
notify away { type = "webhook" url = "http://127.0.0.1:1/" }
watch embassy { query = 'embassy' priority = "urgent" notify = { out, away } }
watch consulate { query = 'consulate' priority = "low" notify = out }
X

nightdesk() {
	timeout 60 "$NIGHTDESK" "$@" -c "$dir/conf" 2>&1
}

mask() {
	sed -E -e 's/al_[a-z2-7]{26}/al_ID/g' -e 's/20[0-9]{2}-[0-9]{2}-[0-9]{2}[ T][0-9:]{8}(\.[0-9]+)?Z/TIME/g'
}

# shellcheck source=tests/lib/check.sh
. tests/lib/check.sh

watches() { # of lines of JSON
	sed -n 's/.*"watch":{"name":"\([a-z]*\)".*/\1/p' "$@"
}

chosen() { # OPTION…
	nightdesk alerts --json "$@" | watches | sort | paste -sd ' '
}

nightdesk run --once >/dev/null
id=$(nightdesk alerts --json --watch embassy | sed 's/.*"data":{"id":"\([^"]*\)".*/\1/')
check "by priority: of this one, or a higher one" ";embassy;embassy;consulate embassy" \
	"$(for p in flash urgent normal low; do chosen --priority $p; done | paste -sd ';')"
check "by the state of a delivery" "consulate embassy;embassy;" \
	"$(for s in delivered pending dead; do chosen --state $s; done | paste -sd ';')"
check "acknowledged: once" "\
alert al_ID is acknowledged by Anna
alert al_ID was acknowledged by Anna at TIME
exit 0" "$(nightdesk alerts ack "$id" --by Anna | mask; nightdesk alerts ack "$id" | mask
	nightdesk alerts ack "$id" >/dev/null; echo "exit $?")"
check "by default, by the user" "alert al_ID is acknowledged by $(id -un)" \
	"$(nightdesk alerts ack "$(nightdesk alerts --json --watch consulate |
		sed 's/.*"data":{"id":"\([^"]*\)".*/\1/')" | mask)"
check "the list says by whom, and show when" "\
TIME  urgent  embassy  Embassy moves  outlet
    al_ID  1 waiting  acknowledged by Anna
taken      TIME by Anna" "$(nightdesk alerts --watch embassy | mask
	nightdesk alerts show "$id" | mask | grep taken)"
check "as JSON" 'Anna False {"by":"Anna","at":"TIME"}' "$(
	nightdesk alerts ack "$id" --json | /usr/bin/python3 -c '
import json, sys
d = json.loads(sys.stdin.read())
print(d["by"], d["first"], end=" ")'
	nightdesk alerts show "$id" --json | sed 's/.*"acknowledged":\({[^}]*}\).*/\1/' | mask)"
check "those that nobody acknowledged" "no alerts" "$(nightdesk alerts --unacknowledged)"
check "nothing to acknowledge" "nightdesk: there is no alert al_x
exit 1 2 2" "$(nightdesk alerts ack al_x; a=$?
	nightdesk alerts ack >/dev/null; b=$?
	nightdesk alerts ack "$id" --by "$(printf 'a\nb')" >/dev/null; echo "exit $a $b $?")"

follow() { # FILE OPTION…; sets $followed
	"$NIGHTDESK" alerts tail --json -c "$dir/conf" "${@:2}" >"$1" &
	followed=$!
	for _ in $(seq 1200); do
		ls -l /proc/$followed/fd 2>&1 | grep -q 'nd\.db$' && break
		sleep 0.05
	done
}
follow "$dir/all" --since 1h
all=$followed
follow "$dir/new"
new=$followed
follow "$dir/urgent" --priority urgent
urgent=$followed
check "tail ends with the reader of its output" "one of embassy consulate" \
	"$(timeout 60 "$NIGHTDESK" alerts tail --json --since 1h -c "$dir/conf" | sed q | watches |
		sed -E 's/^(embassy|consulate)$/one of embassy consulate/')"
# The server compares whole seconds.
sleep 1
feed "Embassy moves" "Consulate closes" "Consulate opens" "Embassy burns" >"$dir/www/feed.xml"
nightdesk run --once >/dev/null
for _ in $(seq 1200); do
	[ "$(cat "$dir/all" "$dir/new" "$dir/urgent" | wc -l)" -ge 12 ] && break
	sleep 0.05
done
check "tail prints what came since then, acknowledgements and new alerts, each once" \
	"6;embassy consulate consulate embassy;embassy embassy" \
	"$(wc -l <"$dir/all");$(watches "$dir/new" | paste -sd ' ');$(watches "$dir/urgent" | paste -sd ' ')"
check "of these an acknowledgement" '"alert.acknowledged" "Anna"' \
	"$(sed -n '1s/.*"type":\("[^"]*"\).*"by":\("[^"]*"\).*/\1 \2/p' "$dir/urgent")"
kill -INT $all
wait $all
code=$?
kill $new $urgent
wait $new
check "tail ends when it is interrupted" "0 0" "$code $?"
wait $urgent
check "what a new alert has not yet is no option of tail" "--state belongs to list --unacknowledged belongs to list" \
	"$(for o in "--state dead" --unacknowledged; do
		# shellcheck disable=SC2086 # two words
		nightdesk alerts tail $o | grep -o -e '--[a-z]* belongs to list'
	done | paste -sd ' ')"
check "tail of an unknown watch" "nightdesk: there is no watch embasy in DIR; did you mean embassy? 1" \
	"$(nightdesk alerts tail --watch embasy | sed "s#$dir/conf#DIR#") $(
		nightdesk alerts tail --watch embasy >/dev/null; echo $?)"
