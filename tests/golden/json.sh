#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Output for programs, byte for byte: of every command with --json, and the body of a webhook,
# compared with tests/golden/json/NAME.out. The daemon polls a feed on a loopback port and sends
# to a receiver there. Values that differ between runs (ids, times, ports, sizes of the
# database) are masked. The last line of each file is the exit status. UPDATE=1 rewrites the
# files: review the difference before committing.
set -u
dir=$(mktemp -d) || exit 1
chmod 755 "$dir"
trap 'kill ${server:-} ${daemon:-} 2>/dev/null; rm -rf "$dir"' EXIT
here=$PWD/tests/golden/json
mkdir "$dir/www" "$dir/conf" "$dir/conf/credentials"
chmod 700 "$dir/conf/credentials"

cat >"$dir/www/feed.xml" <<'X'
<?xml version="1.0"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel><title>The Outlet</title><link>http://a.example/</link><description>News</description>
<language>en-gb</language><copyright>The Outlet Ltd</copyright><generator>CMS 1</generator><ttl>7</ttl>
<skipHours><hour>3</hour></skipHours><skipDays><day>Sunday</day></skipDays>
<atom:link rel="hub" href="http://hub.example/"/><atom:link rel="self" href="http://a.example/feed.xml"/>
<category>World</category><image><url>http://a.example/i.png</url></image>
<item><guid>1</guid><title>Embassy "moves" &amp; stays</title><link>http://a.example/1</link>
<dc:creator>A. Author</dc:creator><pubDate>Sat, 12 Feb 2022 10:00:00 GMT</pubDate>
<category>Politics</category><category>Kyiv &#x1f4f0;</category>
<enclosure url="http://a.example/1.mp3" type="audio/mpeg" length="7"/>
<source url="http://b.example/feed">The Other</source>
<description>The embassy &lt;b&gt;leaves&lt;/b&gt; on Monday&#x202e; \ at 5 &amp;lt; 6</description>
<content:encoded>&lt;p&gt;The embassy &lt;b&gt;leaves&lt;/b&gt; on Monday&#x202e; \ at 5 &amp;lt; 6.&lt;/p&gt;&lt;p&gt;More follows.&lt;/p&gt;</content:encoded></item>
<item><guid>2</guid><title>Rain</title><description>It falls.</description></item>
<item><guid>3</guid><description>An embassy without a title</description></item>
</channel></rss>
X
cat >"$dir/www/page.html" <<'X'
<title>Page</title><link rel=alternate type=application/rss+xml title="News &amp; more" href=feed.xml>
<a href="/atom/">All articles</a>
X
echo '<p>nothing' >"$dir/www/bare.html"
cat >"$dir/server.py" <<'X'
import http.server, os, sys

class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args): pass
    def version_string(self): return "test"
    def do_GET(self):
        if self.path == "/moved":
            self.send_response(301)
            self.send_header("Location", "/feed.xml")
            self.end_headers()
        elif self.path == "/busy":
            self.send_response(503)
            self.send_header("Retry-After", "7200")
            self.end_headers()
        else:
            super().do_GET()
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.path == "/refuses":
            answer = b'no "good" \\ here\x01\xff'
            self.send_response(400)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)
            return
        open("../hook", "ab").write(body + b"\n")
        self.send_response(204)
        self.end_headers()

os.chdir(sys.argv[1] + "/www")
s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
open("../port.new", "w").write(str(s.server_port))
os.rename("../port.new", "../port")
s.serve_forever()
X
touch -d 2022-02-12T11:00:00Z "$dir"/www/*
/usr/bin/python3 "$dir/server.py" "$dir" &
server=$!
for _ in $(seq 100); do [ -e "$dir/port" ] && break; sleep 0.05; done
base=http://127.0.0.1:$(cat "$dir/port")

cat >"$dir/conf/nightdesk.conf" <<X
daemon { state = "$dir/nd.db" control = "$dir/c.sock" log = "error" }
poll { private-networks = "allow" host-gap = "0s" }
feed outlet { url = "$base/feed.xml" first-run = "alert" source = "outlet" title = "Outlet" lang = "en" }
feed empty { url = "$base/none.xml" }
notify hook { type = "webhook" url = "$base/hook" }
notify refuses { type = "webhook" url = "$base/refuses" }
notify away { type = "webhook" url = "http://127.0.0.1:1/" }
watch moves { title = "Moves" query = 'embass*' priority = "urgent" notify = { hook, away }
	test { match = "The embassy" } test { no-match = "Rain" } test { match = "Snow" } }
watch near { query = 'embassy NEAR/1 monday' feeds = { empty } }
watch kept { query = 'embassy' exclude = 'leaves' notify = refuses }
X
sed 's/test { match = "Snow" }//' "$dir/conf/nightdesk.conf" >"$dir/sound"

mask() {
	sed -E -e "s#$dir#DIR#g" -e 's/127\.0\.0\.1:[0-9]{2,}/HOST/g' -e 's/al_([a-z2-7]{26}|test[0-9]+)/al_ID/g' \
		-e 's/20(2[3-9]|[3-9][0-9])-[0-9]{2}-[0-9]{2}[ T][0-9:]{8}(\.[0-9]+)?Z/TIME/g' \
		-e 's/20(2[3-9]|[3-9][0-9])-[0-9]{2}-[0-9]{2}/DAY/g' \
		-e 's/"(fetched_s|published_s|ms|wire_bytes|pid|uptime_s|memory_bytes|descriptors|descriptors_max|sending|failures|seconds|items_per_second)":[0-9.e+-]+/"\1":N/g' \
		-e 's/"(callbacks|busy_us|cpu_us|longest_us|longest_cpu_us|lag_max_us|name_us|connect_us|first_byte_us|body_us)":[0-9]+/"\1":N/g' -e 's/"(longest|longest_cpu)":"[^"]*"/"\1":"X"/g' \
		-e 's/"address":"127.0.0.1","port":[0-9]+/"address":"127.0.0.1","port":N/g' -e 's/,"skipped_s":[0-9]+//' \
		-e 's/"interval_s":[0-9]+,"interval_why":"(skip|ttl)"/"interval_s":N,"interval_why":"skip"/' \
		-e "s/\"author\":\"$(id -un)\"/\"author\":\"USER\"/" -e 's/"bounds":\[[0-9,]*\],"counts":\[[0-9,]*\],"sum":[0-9]+/N/g' -e 's/"database":\{"bytes":[0-9]+,"wal_bytes":[0-9]+/"database":{"bytes":N,"wal_bytes":N/' \
		-e 's/("sha256":")[0-9a-f]{64}("\},"documents")/\1HASH\2/' -e 's/"date":"[^"]*"/"date":"DATE"/'
}

golden() { # name; reads what there is from standard input
	mask >"$dir/out"
	[ -z "${UPDATE:-}" ] || cp "$dir/out" "$here/$1.out"
	if cmp -s "$dir/out" "$here/$1.out"; then
		echo "ok - $1"
	else
		echo "not ok - $1"
		diff "$here/$1.out" "$dir/out" | sed 's/^/# /'
	fi
}

run() { # name, then the arguments of nightdesk
	local name=$1
	shift
	{ "$NIGHTDESK" "$@" 2>"$dir/err"; echo "exit $?"; } >"$dir/raw"
	{ cat "$dir/raw"; sed 's/^/stderr: /' "$dir/err"; } | golden "$name"
}
c=(--json -c "$dir/conf")

run check check "${c[@]}"
run check-show check --show "${c[@]}"
# Of receivers only two types, so that a new one changes nothing here.
"$NIGHTDESK" check --keys --json |
	sed '/"receiver":"\(webhook\|smtp\)"/b;/"receiver"/d;s/"words":\["webhook"[^]]*\]/"words":["…"]/' |
	golden check-keys
echo 'feed x { url = 1 ulr = 2 }' >"$dir/conf/feeds.conf"
mkdir "$dir/conf/feeds.d" && mv "$dir/conf/feeds.conf" "$dir/conf/feeds.d/"
run check-errors check "${c[@]}"
rm -r "$dir/conf/feeds.d"
cp "$dir/sound" "$dir/conf/nightdesk.conf"

run parse parse --json "$dir/www/feed.xml" --url http://a.example/feed.xml
run parse-many parse --json "$dir/www/bare.html" "$dir/www/page.html"
printf '%s\n' '{"id": 7, "title": "Embassy", "body": "leaves \"now\" \\ here", "link": "http://a.example/7"}' \
	'{"id": "8", "title": "Rain"}' >"$dir/items.jsonl"
run match match --json --query 'embassy NEAR/3 leaves OR title:embassy' "$dir/items.jsonl"
run match-all match --json --all --watchlists "$dir/conf" "$dir/items.jsonl"
run fetch fetch "${c[@]}" "$base/moved"
run fetch-configured fetch "${c[@]}" "$base/feed.xml"
run fetch-busy fetch "${c[@]}" "$base/busy"
run fetch-page fetch "${c[@]}" "$base/bare.html"
run fetch-nobody fetch "${c[@]}" http://127.0.0.1:1/
run discover discover "${c[@]}" "$base/page.html"
run discover-guess discover --json --url http://a.example/ "$dir/www/bare.html"
run discover-feed discover --json "$dir/www/feed.xml"
run feeds-new feeds list "${c[@]}"
cat >"$dir/list.opml" <<X
<opml version="2.0"><body><outline text="Group"><outline text="The &quot;Post&quot;" xmlUrl="http://p.example/feed"/>
<outline xmlUrl="http://q.example/feed"/></outline>
<outline text="Known" xmlUrl="$base/feed.xml"/><outline text="Odd" xmlUrl="gopher://x"/></body></opml>
X
run feeds-import feeds import --dry-run "$dir/list.opml" "${c[@]}"
run status-never status "${c[@]}"

"$NIGHTDESK" run --once -c "$dir/conf" || echo "not ok - run --once"
golden webhook < <(mask <"$dir/hook" | sort) # they arrive in any order
run alerts alerts "${c[@]}"
id=$("$NIGHTDESK" deliveries show 1 "${c[@]}" | sed 's/.*"alert":"\([^"]*\)".*/\1/')
run alerts-show alerts show "$id" "${c[@]}"
run alerts-evidence alerts show "$id" --evidence "${c[@]}"
run alerts-none alerts --watch near "${c[@]}"
run deliveries deliveries "${c[@]}"
run deliveries-show deliveries show 2 "${c[@]}"
run deliveries-drop deliveries drop 2 "${c[@]}"
run deliveries-dropped deliveries show 2 "${c[@]}"
run deliveries-retry deliveries retry 2 "${c[@]}"
run deliveries-stopped deliveries --state stopped --since 1h "${c[@]}"
run feeds-list feeds "${c[@]}"
run feeds-show feeds show outlet "${c[@]}"
run search search "${c[@]}" embassy '"leaves on"'
run search-author search "${c[@]}" fall*
run explain explain "${c[@]}" '#1'
run explain-watch explain --watch kept "${c[@]}" '#2'
run backtest backtest "${c[@]}"
sed "s/query = 'embass\*'/query = 'fall*'/" "$dir/sound" >"$dir/other.conf"
mkdir "$dir/other" && mv "$dir/other.conf" "$dir/other/nightdesk.conf"
run backtest-against backtest --samples 0 --against "$dir/other" "${c[@]}"
run test-notify test-notify "${c[@]}" hook
run test-notify-refused test-notify "${c[@]}" refuses
run test-notify-away test-notify "${c[@]}" away
golden webhook-test < <(tail -n 1 "$dir/hook")
echo 'watch odd { query = "a" feeds = { none } }' >"$dir/conf/broken.conf" && mkdir "$dir/conf/feeds.d" && mv "$dir/conf/broken.conf" "$dir/conf/feeds.d/"
run feeds-broken feeds "${c[@]}"
run explain-broken explain "${c[@]}" '#2'
rm -r "$dir/conf/feeds.d"
run status-stopped status "${c[@]}"
run reload-stopped reload "${c[@]}"
run feeds-poll-stopped feeds poll "${c[@]}"

sed -i 's/Embassy "moves"/Embassy "leaves"/; s/on Monday/on Tuesday/' "$dir/www/feed.xml"
"$NIGHTDESK" run --once -c "$dir/conf" || echo "not ok - run --once again"
run explain-edited explain "${c[@]}" '#1'

# The running daemon, with its own database; its polls end before it is queried.
rm "$dir"/nd.db*
"$NIGHTDESK" run -c "$dir/conf" 2>"$dir/log" &
daemon=$!
for _ in $(seq 200); do
	"$NIGHTDESK" status "${c[@]}" 2>/dev/null |
		grep -q '"pending":2,"held":0,"delivered":2,.*"dead":1.*"polls":{"done":2' && break
	sleep 0.1
done
run status status "${c[@]}"
run reload reload "${c[@]}"
run deliveries-drop-running deliveries drop 2 "${c[@]}"
run deliveries-retry-running deliveries retry 2 "${c[@]}"
run deliveries-retry-all deliveries retry --notify away --state pending "${c[@]}"
run silence-add-running silence add --watch moves --for 2h --why 'a "reason"' "${c[@]}"
run silence-list-running silence "${c[@]}"
run silence-remove-running silence remove 1 "${c[@]}"
run silence-none-running silence remove 1 "${c[@]}"
run deliveries-none-running deliveries retry 99 "${c[@]}"
echo 'watch odd { query = "a" feeds = { none } }' >>"$dir/conf/nightdesk.conf"
run reload-refused reload "${c[@]}"
run status-refused status "${c[@]}"
run test-notify-running test-notify "${c[@]}" hook
run test-notify-unknown test-notify "${c[@]}" nobody
run feeds-poll feeds poll "${c[@]}" outlet nobody
