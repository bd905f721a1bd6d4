#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Commands that read the database: after one run with a feed on loopback, a receiver that accepts and
# one that does not exist, lists and details as text and JSON. Times and ids are masked.
set -u
dir=$(mktemp -d) || exit 1
chmod 755 "$dir"
trap '[ -n "${server:-}" ] && kill "$server" 2>/dev/null; rm -rf "$dir"' EXIT
mkdir "$dir/www" "$dir/conf"

cat >"$dir/www/feed.xml" <<'X'
<?xml version="1.0"?>
<rss version="2.0"><channel><title>The Outlet</title><link>http://a.example/</link>
<item><guid>1</guid><title>Embassy moves</title><link>http://a.example/1?utm_source=rss</link>
<description>The embassy leaves on Monday&#x202e;</description></item>
<item><guid>2</guid><title>Rain</title><description>It falls.</description></item>
</channel></rss>
X
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
daemon { state = "$dir/nd.db" control = "$dir/c.sock" log = "error" }
poll { private-networks = "allow" }
feed outlet { url = "http://127.0.0.1:$(cat "$dir/port")/feed.xml" first-run = "alert" source = "outlet" }
feed quiet { url = "http://127.0.0.1:$(cat "$dir/port")/none.xml" }
notify out { type = "stdout" }
notify away { type = "webhook" url = "http://127.0.0.1:1/" }
watch moves { title = "Moves" query = 'embass*' priority = "urgent" notify = { out, away } }
watch near { query = 'embassy NEAR/1 monday' feeds = { quiet } notify = out }
X

nightdesk() {
	"$NIGHTDESK" "$@" -c "$dir/conf" 2>&1
}

mask() {
	sed -E -e "s#$dir#DIR#g" -e 's/127\.0\.0\.1:[0-9]{2,}/HOST/g' -e 's/al_[a-z2-7]{26}/al_ID/g' \
		-e 's/20[0-9]{2}-[0-9]{2}-[0-9]{2}[ T][0-9:]{8}(\.[0-9]+)?Z/TIME/g' \
		-e 's/"fetched_s":[0-9.e-]+/"fetched_s":S/'
}

# shellcheck source=tests/lib/check.sh
. tests/lib/check.sh

check "feeds before the first run" "\
outlet                    not read yet  never  0 items
quiet                     not read yet  never  0 items" "$(nightdesk feeds)"
mkdir "$dir/conf/feeds.d"
echo 'feed أخبار { url = "http://127.0.0.1:1/" }' >"$dir/conf/feeds.d/arabic.conf"
check "names in other scripts are aligned" "\
أخبار                     not read yet  never  0 items" "$(nightdesk feeds | grep أخبار)"
rm -r "$dir/conf/feeds.d"
check "alerts before the first run: no database" \
	"nightdesk: there is no database at DIR/nd.db; nightdesk makes it when it first runs" \
	"$(nightdesk alerts | mask)"
check "a missing configuration, and one that is a file" \
	"nightdesk: DIR/none: the configuration cannot be read: No such file or directory; name its directory with -c DIR 1 1 1
nightdesk: DIR/port: the configuration cannot be read: Not a directory; name its directory with -c DIR 1 1 1" "$(
	for c in none port; do
		printf '%s' "$("$NIGHTDESK" search x -c "$dir/$c" 2>&1 | mask)"
		for command in "search x" status reload; do
			# shellcheck disable=SC2086
			"$NIGHTDESK" $command -c "$dir/$c" >/dev/null 2>&1
			printf ' %s' $?
		done
		echo
	done)"
check "invalid limits" "2 2 2 2" "$(for n in -1 ' 1' 99999999999999999999 ''; do
	nightdesk alerts --limit "$n" >/dev/null
	echo $?
done | paste -sd ' ')"
nightdesk run --once >/dev/null
check "alerts list" "\
TIME  urgent  moves  Embassy moves  outlet
    al_ID  1 waiting" "$(nightdesk alerts | mask)"
id=$(nightdesk deliveries show 1 --json | sed 's/.*"alert":"\([^"]*\)".*/\1/')
check "alerts show; control characters are escaped" "\
alert      al_ID
raised     TIME
watch      Moves
priority   urgent
title      Embassy moves
link       http://a.example/1
feed       The Outlet
source     outlet
matched    title: Embassy   (embass*)
           body: embassy   (embass*)

The [[embassy]] leaves on Monday\\u{202e}

deliveries away: pending, again at TIME, last answer: http://127.0.0.1:1: cannot connect (Connection refused) (delivery 2)
           out: delivered at TIME, 1 attempt, last answer: written (delivery 1)" \
	"$(nightdesk alerts show "$id" | mask | sed 's#http://HOST:#http://127.0.0.1:#')"
check "explain traces an item" "\
title       Embassy moves
id          1
link        http://a.example/1
number      #1
feed        outlet  http://HOST/feed.xml
first seen  TIME, with the first body of its feed
watch       moves: matches
  title: Embassy   (embass*)
  body: embassy   (embass*)
  The [embassy] leaves on Monday\\u{202e}
  alert al_ID
watch       near: does not match
  its feed is not among those of the watch: feeds quiet
  embassy NEAR/1 monday: at the nearest 2 words lie between, 1 may
  only feed:quiet: the item's feed is outlet
alert       al_ID  moves  TIME
  away: pending, again at TIME, last answer: http://127.0.0.1:1: cannot connect (Connection refused) (delivery 2)
  out: delivered at TIME, 1 attempt, last answer: written (delivery 1)" \
	"$(nightdesk explain "$id" | mask)"
check "alerts as JSON: the webhook body and the deliveries" \
	'alert.created al_ID Embassy moves 1 1 0' \
	"$(nightdesk alerts --json --watch moves --since 1h | /usr/bin/python3 -c '
import json, sys
d = json.loads(sys.stdin.read())
n = d["deliveries"]
print(d["type"], d["data"]["id"], d["data"]["item"]["title"], n["delivered"], n["pending"], n["dead"])' | mask)"
check "a silence without its options" 2 "$(nightdesk silence add --watch moves >/dev/null; echo $?)"
check "a silence of an unknown watch" "nightdesk: there is no watch mvoes in DIR/conf; did you mean moves? 1" \
	"$(nightdesk silence add --watch mvoes --for 2h --why x | mask) $(nightdesk silence add --watch mvoes --for 2h --why x >/dev/null; echo $?)"
check "a silence of two lines, of no time, for ever" "2 2 2" "$(
	for o in "--why=$(printf 'a\nb') --for=2h" "--why=x --for=0" "--why=x --for=366d"; do
		nightdesk silence add --watch moves "${o%% --for*}" "--for${o##*--for}" >/dev/null
		echo $?
	done | paste -sd ' ')"
check "silences while no daemon runs" "no silences
1  moves  until TIME  by $(id -un): Maintenance, \\u{202e}
1  moves  until TIME  by $(id -un): Maintenance, \\u{202e}
silence 1 of moves is over
nightdesk: there is no silence 1
nightdesk: there is no silence x
no silences" "$(
	nightdesk silence
	nightdesk silence add --watch moves --for 2h --why "$(printf 'Maintenance, \342\200\256')" | mask
	nightdesk silence list | mask
	nightdesk silence remove 1
	nightdesk silence remove 1
	nightdesk silence remove x
	nightdesk silence)"
check "alerts of a watch without any" "no alerts" "$(nightdesk alerts --watch near)"
check "alerts of an unknown watch" "nightdesk: there is no watch mvoes in DIR/conf; did you mean moves? 1" \
	"$(nightdesk alerts --watch mvoes | mask) $(nightdesk alerts --watch mvoes >/dev/null; echo $?)"
sed "s/watch moves/watch moved/" "$dir/conf/nightdesk.conf" >"$dir/renamed"
cp "$dir/conf/nightdesk.conf" "$dir/named" && cp "$dir/renamed" "$dir/conf/nightdesk.conf"
check "alerts of a removed watch" 2 "$(nightdesk alerts --watch moves | wc -l)"
echo "watch" >>"$dir/conf/nightdesk.conf"
check "alerts with an invalid configuration" \
	"nightdesk: 2 errors in the configuration of DIR/conf, see nightdesk check; used is the last one without errors, loaded TIME
nightdesk: there is no watch mvoes in DIR/conf; did you mean moves?" "$(nightdesk alerts --watch mvoes | mask)"
check "search with an invalid configuration" \
	"nightdesk: nothing was ever read of a feed outlot; did you mean outlet?" \
	"$(nightdesk search --feed outlot x | tail -n 1)"
cp "$dir/named" "$dir/conf/nightdesk.conf"
check "search" "\
TIME  outlet  Embassy moves
    The [embassy] [leaves on Monday]\\u{202e}
    http://a.example/1" "$(nightdesk search EMBASSY '"leaves on mon*"' --since 1h --feed outlet | mask)"
check "search in an unknown feed" \
	"nightdesk: nothing was ever read of a feed outlot; did you mean outlet? 1" \
	"$(nightdesk search embassy --feed outlot) $(nightdesk search embassy --feed outlot >/dev/null; echo $?)"
check "search without results" "nothing found" "$(nightdesk search embassy rain)"
check "search with invalid terms" \
	"nightdesk search: a search allows * at the end of a word only, and no ?: *rain 2" \
	"$(nightdesk search '*rain' | sed -n 1p) $(nightdesk search '*rain' >/dev/null; echo $?)"
check "search as JSON" "2 outlet Rain 2 body falls It falls." \
	"$(nightdesk search --json --limit 1 fall* | /usr/bin/python3 -c '
import json, sys
d = json.loads(sys.stdin.read())
print(d["number"], d["feed"], d["item"]["title"], d["item"]["id"], d["hits"][0]["field"], d["hits"][0]["text"], d["snippet"])')"
cp -r "$dir/conf" "$dir/new"
sed -i "s/query = 'embass\*'/query = 'fall*'/" "$dir/new/nightdesk.conf"
rate() { sed -E 's/in [0-9.]+ s, [0-9]+ items/in S s, N items/'; }
day=$(date -u +%Y-%m-%d)
check "backtest" "\
moves: 1 alert
  by day   DAY 1
  by feed  outlet 1
  TIME  outlet  Embassy moves
      The [embassy] leaves on Monday\\u{202e}
2 items, first seen DAY to DAY, in S s, N items a second" "$(nightdesk backtest --watch moves --since 1h --samples 1 | mask | rate | sed "s/$day/DAY/g")"
check "backtest against another configuration" "\
lost   moves  TIME  outlet  Embassy moves
      The [embassy] leaves on Monday\\u{202e}
gained moves  TIME  outlet  Rain
      It [falls].
moves: 0 kept, 1 gained, 1 lost
2 items, first seen DAY to DAY, in S s, N items a second" "$(nightdesk backtest --watch moves --against "$dir/new" | mask | rate | sed "s/$day/DAY/g")"
check "backtest of all lists watches without alerts" "\
moves: 1 alert
  by day   DAY 1
  by feed  outlet 1
1 watch has no alerts: near
2 items, first seen DAY to DAY, in S s, N items a second" "$(nightdesk backtest --samples 0 | mask | rate | sed "s/$day/DAY/g")"
check "backtest against the same" "\
2 watches have the same alerts in both, 1 alert: moves, near
2 items, first seen DAY to DAY, in S s, N items a second" "$(nightdesk backtest --against "$dir/conf" | mask | rate | sed "s/$day/DAY/g")"
check "backtest of no items" "\
2 watches have no alerts: moves, near
0 items in S s, N items a second" "$(nightdesk backtest --since 0s | mask | rate)"
check "backtest as JSON" "gained moves Rain
lost moves Embassy moves
moves 1 0 1 1 {'outlet': 1} []
2 2 0 False" "$(nightdesk backtest --json --watch moves --against "$dir/new" | /usr/bin/python3 -c '
import json, sys
d = [json.loads(line) for line in sys.stdin]
print("\n".join(sorted("%s %s %s" % (o["change"], o["watch"], o["item"]["title"]) for o in d if "change" in o)))
for o in d:
    if "alerts" in o:
        print(o["watch"], o["alerts"], o["kept"], o["gained"], o["lost"], o["feeds"], o["samples"])
    if "items" in o:
        print(o["items"], o["looked_at"], o["of_unknown_feeds"], o["narrowed"])')"
mkdir "$dir/other"
printf 'daemon { state = "%s/other/x.db" }\nwatch w { query = "x" }\n' "$dir" >"$dir/other/nightdesk.conf"
echo "this is another file, not a database" >"$dir/other/x.db"
check "a file that is not a database" "65 65 65" "$(
	for c in "backtest" "search x" "explain x"; do
		$NIGHTDESK $c -c "$dir/other" >/dev/null 2>&1
		echo $?
	done | paste -sd ' ')"
check "backtest of an unknown watch" "nightdesk: there is no watch mover in DIR/conf; did you mean moves? 1" \
	"$(nightdesk backtest --watch mover | mask) $(nightdesk backtest --watch mover >/dev/null; echo $?)"
check "deliveries list" "\
2  pending  TIME  away  Embassy moves  http://127.0.0.1:1: cannot connect (Connection refused)
1  delivered  TIME  out  Embassy moves  written" "$(nightdesk deliveries | mask)"
check "deliveries by state" "1  delivered  TIME  out  Embassy moves  written" \
	"$(nightdesk deliveries --state delivered | mask)"
check "drop and retry without a daemon; a delivered one is unchanged" "\
delivery 2 to away is dropped
2  dead  TIME  away  Embassy moves  dropped by hand
delivery 2 to away is tried again when nightdesk next runs
2  pending  TIME  away  Embassy moves
nightdesk: delivery 1 was delivered: there is nothing to try again
exit 1
nightdesk: there is no delivery 1x
exit 1" "$(nightdesk deliveries drop 2; nightdesk deliveries --state dead | mask
	nightdesk deliveries retry 2; nightdesk deliveries --state pending | mask
	nightdesk deliveries retry 1; echo "exit $?"; nightdesk deliveries drop 1x; echo "exit $?")"
check "feeds, the worst first" "quiet failing
outlet fine" "$(nightdesk feeds | awk '{print $1, $2}')"
check "feeds in a state" "quiet failing" "$(nightdesk feeds list --state failing | awk '{print $1, $2}')"
check "unknown deliveries, alerts and feeds" "nightdesk: there is no delivery 99 1
nightdesk: there is no alert al_x 1
nightdesk: there is no feed x in the configuration 1
nightdesk: there is no feed outlt; did you mean outlet?
nightdesk: nothing was ever read of a feed Outlet; did you mean outlet? 1" \
	"$(echo "$(nightdesk deliveries show 99) $(nightdesk deliveries show 99 >/dev/null; echo $?)"
	echo "$(nightdesk alerts show al_x) $(nightdesk alerts show al_x >/dev/null; echo $?)"
	echo "$(nightdesk feeds show x) $(nightdesk feeds show x >/dev/null; echo $?)"
	nightdesk feeds show outlt
	echo "$(nightdesk search --feed Outlet x) $(nightdesk search --feed Outlet x >/dev/null; echo $?)")"

sed -i 's/Embassy moves/Embassy stays/; s/on Monday/on Tuesday/' "$dir/www/feed.xml"
nightdesk run --once >/dev/null
check "explain shows what an edit changed" "\
edited      TIME
  title      was: Embassy moves
             is:  Embassy stays
  text       was: The embassy leaves on Monday\\u{202e}
             is:  The embassy leaves on Tuesday\\u{202e}
watch       moves: matches
  TIME: an edit of an item that matched raised no alert (on-update = quiet)" \
	"$(nightdesk explain http://a.example/1 --watch moves | sed -n '/^edited/,/moves: matches/p; /on-update/p' | mask)"
complete() { # WORD…, the first is the command
	"$NIGHTDESK" complete -- "$1" -c "$dir/conf" "${@:2}" 2>&1 | mask
}
check "completion offers the newest alerts, deliveries and items" "\
al_ID	Embassy moves
show al_ID	Embassy moves
1	out: Embassy moves
#1	Embassy stays" \
	"$(complete explain al_; echo "show $(complete alerts show '')"; complete deliveries drop 1
	complete explain '#1')"
check "explain as JSON" "1 1 moves True True quiet False feeds 2" \
	"$(nightdesk explain '#1' --json | /usr/bin/python3 -c '
import json, sys
d = json.loads(sys.stdin.read())
m, n = d["watches"]
print(d["item"]["number"], len(d["edits"]), m["watch"], m["match"], m["alert"] == d["alerts"][0]["id"], "quiet",
      n["match"], n["stopped_by"], len(d["alerts"][0]["deliveries"]))')"
check "explain of unknown watches and items" "nightdesk: there is no watch x in DIR/conf 1
nightdesk: there is no item #99 1" \
	"$(echo "$(nightdesk explain 1 --watch x | mask) $(nightdesk explain 1 --watch x >/dev/null; echo $?)"
	echo "$(nightdesk explain '#99') $(nightdesk explain '#99' >/dev/null; echo $?)")"

# A pattern that exceeds its budget is reported.
/usr/bin/python3 - "$dir/www/feed.xml" <<'X'
import sys
feed = open(sys.argv[1]).read()
item = "<item><guid>long</guid><title>Long</title><description>" + 65536 * "a" + "</description></item>"
open(sys.argv[1], "w").write(feed.replace("</channel>", item + "</channel>"))
X
echo "watch bomb { query = '/\\w{0,200}\\w{0,200}[!?]/' }" >>"$dir/conf/nightdesk.conf"
nightdesk run --once >/dev/null
/usr/bin/python3 -c '
import json
for i in range(12): print(json.dumps({"id": str(i), "body": 65536 * "a"}))' >"$dir/long.jsonl"
"$NIGHTDESK" match --count --query '/\w{0,200}\w{0,200}[!?]/ OR never' "$dir/long.jsonl" 2>&1 |
	grep 'ran over' | mask >"$dir/overruns"
check "match reports the first ten, and counts all" \
	"nightdesk: DIR/long.jsonl: watch query ran over its budget on item 9: it does not match, or lacks hits
nightdesk: watches ran over their budgets 12 times in all
11" "$(tail -n 2 "$dir/overruns"; grep -c . "$dir/overruns")"
check "backtest reports the watch that exceeded its budget" \
	"bomb: 0 alerts
  ran over its budget 1 time; that counts as no match" "$(nightdesk backtest | grep -A 1 '^bomb:')"
check "backtest reports it in JSON" "bomb 1 1" "$(nightdesk backtest --json | /usr/bin/python3 -c '
import json, sys
d = [json.loads(line) for line in sys.stdin]
print(*["%s %d" % (o["watch"], o["overruns"]) for o in d if o.get("overruns") and "watch" in o], d[-1]["overruns"])')"

# A closed standard output must not be another file.
sed -i 's#</channel>#<item><guid>3</guid><title>Embassies</title></item></channel>#' "$dir/www/feed.xml"
timeout -k 1 60 "$NIGHTDESK" run --once -c "$dir/conf" >&- 2>&-
check "a closed standard output is reported" \
	"0 pending out Embassies standard output: Bad file descriptor" \
	"$? $(nightdesk deliveries --state pending | awk '$5 == "out" {$1 = $3 = $4 = ""; print}' | tr -s ' ' | sed 's/^ //')"

# A document with more items than are taken.
{
	echo '<rss version="2.0"><channel>'
	for i in $(seq 2003); do
		echo "<item><guid>$i</guid><title>Item $i</title><pubDate>$((i % 28 + 1)) Jan $((2000 + i / 100)) 00:00 GMT</pubDate></item>"
	done
	echo '</channel></rss>'
} >"$dir/www/many.xml"
mkdir "$dir/many"
cat >"$dir/many/nightdesk.conf" <<X
daemon { state = "$dir/many.db" control = "$dir/many.sock" log = "warn" }
poll { private-networks = "allow" }
feed many { url = "http://127.0.0.1:$(cat "$dir/port")/many.xml" }
X
many() { "$NIGHTDESK" "$@" -c "$dir/many" 2>&1; }
check "the log says that items are left out" "event=items-left-out feed=many items=3 taken=2000" \
	"$(many run --once | grep -o 'event=items-left-out.* taken=2000')"
check "feeds show says that items are left out" \
	"left out   3 of its last body, which has more than 2000; the newest by date were taken, without dates the first and the last" \
	"$(many feeds show many | grep 'left out')"
echo 'budget b { domains = { 127.0.0.1 } parallel = 3 gap = 90s }' >>"$dir/many/nightdesk.conf"
check "feeds show names the budget" \
	"budget     b: 3 at once, 90 s apart, for all feeds of its domains" "$(many feeds show many | grep budget)"
check "feeds says that items are left out" \
	"many                      stale         TIME  2000 items, 3 left out  newest item of TIME" \
	"$(many feeds | mask)"
check "feeds says that items are left out, JSON" 3 \
	"$(many feeds --json | /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["left_out"])')"
check "status says that items are left out" \
	"left out    old items of 1 feed with more items than are taken of one document" "$(many status | grep 'left out')"
check "status says that items are left out, JSON" 1 \
	"$(many status --json | /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["feeds"]["over_limit"])')"

# The configuration that was kept.
echo 'watch odd {' >>"$dir/many/nightdesk.conf"
check "the time of the last load is local" "+09:00" \
	"$(TZ=Asia/Tokyo many feeds | sed -n 's/.*, loaded 20.*\(+[0-9:]*\)$/\1/p')"

# Lists on terminals.
mkdir "$dir/wide"
{
	echo '<rss version="2.0"><channel><title>W</title>'
	echo '<item><guid>1</guid><title>大使館が移転 Embassy moves to another quarter of the capital, its staff follows by the end of the month</title></item>'
	echo '<item><guid>2</guid><title>Embassy stays</title></item></channel></rss>'
} >"$dir/www/wide.xml"
cat >"$dir/wide/nightdesk.conf" <<X
daemon { state = "$dir/wide.db" control = "$dir/wide.sock" log = "error" }
poll { private-networks = "allow" }
feed the-evening-outlet-of-the-northern-harbour { url = "http://127.0.0.1:$(cat "$dir/port")/wide.xml" first-run = "alert" }
feed أخبار { url = "http://127.0.0.1:$(cat "$dir/port")/none.xml" }
notify away { type = "webhook" url = "http://127.0.0.1:1/" }
watch relocations-of-missions { query = 'embass*' notify = away }
X
"$NIGHTDESK" run --once -c "$dir/wide" >/dev/null 2>&1
CONF=$dir/wide python3 tests/golden/stored_terminal.py

# Backups of files that are not there.
check "there is no such backup" \
	"1 nightdesk: cannot read DIR/none: No such file or directory" \
	"$(text=$(nightdesk restore "$dir/none"); echo "$? $text" | mask)"
check "there is no such directory for a backup" \
	"1 nightdesk: cannot create DIR/none/copy.part: No such file or directory" \
	"$(text=$(nightdesk backup "$dir/none/copy"); echo "$? $text" | mask)"
check "another file is no backup" "65 nightdesk: DIR/www/feed.xml is not a nightdesk database, or it is damaged" \
	"$(text=$(nightdesk restore "$dir/www/feed.xml"); echo "$? $text" | mask)"
check "a directory is no backup" "65 nightdesk: DIR/many is not a file" \
	"$(text=$(nightdesk restore "$dir/many"); echo "$? $text" | mask)"
