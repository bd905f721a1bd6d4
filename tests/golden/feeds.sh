#!/bin/bash
# SPDX-License-Identifier: MIT
# nightdesk feeds: OPML import and export.
set -u
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
c=$dir/conf
mkdir -p "$c/feeds.d"
echo 'feed known { url = "https://known.example/feed" }' >"$c/nightdesk.conf"

check() { # name, then a command that must succeed
	local name=$1
	shift
	if "$@" >"$dir/said" 2>&1; then
		echo "ok - $name"
	else
		echo "not ok - $name"
		sed 's/^/# /' "$dir/said"
	fi
}
same() { diff -u "$1" - ; }

cat >"$dir/list.opml" <<'END'
<?xml version="1.0" encoding="iso-8859-1"?>
<opml version="1.0"><head><title>Mine</title></head><body>
<outline text="News & Co"><outline text="Wires">
  <outline type="rss" text="Caf&#233; \ &quot;One&quot;" xmlUrl="https://one.example/feed?a=1&amp;b=2" language="fr"/>
</outline>
  <outline type="rss" text="Known again" xmlUrl="http://www.known.example/feed/"/>
  <outline type="rss" text="Same name" xmlUrl="https://two.example/feed"/>
  <outline type="rss" text="Same name" xmlUrl="https://three.example/feed"/>
  <outline type="rss" text="Правда" xmlUrl="https://www.pravda.example/rss"/>
</outline>
<outline text="Правда"><outline xmlUrl="https://two.example/feed"/></outline>
<outline type="rss" text="Local" xmlUrl="file:///etc/passwd"/>
<outline type="rss" text="Secret" xmlUrl="https://user:pw@four.example/feed"/>
<outline type="rss" text="Occupied" xmlUrl="https://five.example/feed"/>
END
echo '# mine' >"$c/feeds.d/occupied.conf"

"$NIGHTDESK" feeds import -c "$c" --dry-run "$dir/list.opml" >"$dir/dry" 2>&1
check "a dry run writes nothing" test "$(ls "$c/feeds.d" | wc -l)" = 1
"$NIGHTDESK" feeds import -c "$c" "$dir/list.opml" >"$dir/out" 2>&1
check "an import succeeds" test $? = 0
check "added and skipped feeds are reported" same "$dir/out" <<'END'
wrote feeds.d/cafe-one.conf  Café \ "One"
left out: line 6: Known again: it is there already, as known
wrote feeds.d/same-name.conf  Same name
wrote feeds.d/same-name-2.conf  Same name
wrote feeds.d/pravda-example.conf  Правда
left out: line 11: https://two.example/feed: it is in the list before; its groups were added there
left out: line 12: Local: its address is no http or https URL
left out: line 13: Secret: its address holds a password; write the feed by hand, with user and password-credential
wrote feeds.d/occupied-2.conf  Occupied
5 feeds added, 4 left out; nightdesk check reads them, nightdesk reload takes them up
END
check "a feed is written in the usual form" same "$c/feeds.d/cafe-one.conf" <<'END'
feed cafe-one {
  url    = "https://one.example/feed?a=1&b=2"
  title  = "Café \\ \"One\""
  groups = { news-co, wires }
  lang   = "fr"
}
END
check "groups of a repeated feed are joined" grep -q 'groups = { news-co, правда }' "$c/feeds.d/same-name.conf"
check "an existing file is not changed" grep -qx '# mine' "$c/feeds.d/occupied.conf"
check "the configuration is valid afterwards" "$NIGHTDESK" check -c "$c"
"$NIGHTDESK" feeds import -c "$c" "$dir/list.opml" >"$dir/again" 2>&1
check "a second import adds nothing" grep -q '^0 feeds added' "$dir/again"

"$NIGHTDESK" feeds export -c "$c" >"$dir/export.opml"
check "an export is well-formed" /usr/bin/python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$dir/export.opml"
mkdir -p "$dir/second"
echo 'feed other { url = "https://other.example/" }' >"$dir/second/nightdesk.conf"
"$NIGHTDESK" feeds import -c "$dir/second" "$dir/export.opml" >"$dir/out" 2>&1
check "an export is imported with its groups" grep -q 'groups = { news-co, wires }' "$dir/second/feeds.d/cafe-one.conf"
check "a missing feeds.d is created" test "$(ls "$dir/second/feeds.d" | wc -l)" = 6

mkdir -p "$dir/maps"
: >"$dir/maps/nightdesk.conf"
echo '<opml><body><outline type="sitemap" text="Paper" xmlUrl="https://paper.example/news.xml.gz"/></body></opml>' >"$dir/maps.opml"
"$NIGHTDESK" feeds import -c "$dir/maps" "$dir/maps.opml" >"$dir/out" 2>&1
check "a sitemap is written with its type" same "$dir/maps/feeds.d/paper.conf" <<'END'
feed paper {
  url    = "https://paper.example/news.xml.gz"
  type   = "sitemap"
  title  = "Paper"
}
END
"$NIGHTDESK" feeds export -c "$dir/maps" >"$dir/export.opml"
check "and exported with it" grep -q 'type="sitemap".*xmlUrl="https://paper.example/news.xml.gz"' "$dir/export.opml"
check "it is valid" "$NIGHTDESK" check -c "$dir/maps"

# Whatever a list holds, what is written passes check.
cat >"$dir/odd.py" <<'END'
import sys
titles = ["\u00e4" * 400, "x" * 299 + "\u20ac", "bell &#7; del &#127; nul &#0; nel &#x85;", "&#7;", "ends with \\\\",
          "&quot;a&quot; 'b' `c` \u201cd\u201d \u00abe\u00bb '' \\&quot;", "line&#10;break&#9;tab",
          "} feed x { url = &quot;y&quot; }", "\U0001f4f0", "-foo", ".hidden", "Taken", "taken", "feed", "../../etc/passwd",
          "&#x202e;rtl &#xfeff;", "", "   ", "#", "'", "&quot;", "a, b", "\\", "\\n", "{", "}"]
addresses = ["https://a.example/x|y{z}`^", "https://a.example/a b", "https://b\u00fccher.example/\u00fc", "https://a.example/" + "x" * 9000,
             "https://a.example/" + "x" * 7990, "https://a.example:99999/", "http://[::1]/f", "https://user@b.example/f",
             "feed:https://c.example/f", "FEED://d.example/f", "HTTPS://E.example/F", "http://", "https://xn--/", "https://q..example/x",
             "https://-r.example/", "https://h.example/\\x", "https://l.example/?q=&quot;x&quot;&amp;y=&lt;z&gt;",
             "https://m.example/it's", "https://p.example/&#127;x", "javascript:1", "newsletter:1@a.example", "itpc://n.example/x",
             "https://taken.example/feed", "https://u:p@z.example/r", "http://www.z.example/r/", "https://z.example/r"]
feeds = [(t, "https://h%d.example/rss" % i) for i, t in enumerate(titles)] + [("U", a) for a in addresses]
print("<opml><body>")
for group in ["News", "news!", "\u2026", "\U0001f4f0 Top", "-x", "'", "&quot;"]:
    print('<outline text="%s">' % group)
for title, address in feeds:
    print('<outline type="rss" text="%s" xmlUrl="%s" language="en_US"/>' % (title, address))
for k in range(150):
    print('<outline text="group %d"><outline text="Multi" xmlUrl="https://multi.example/rss"/></outline>' % k)
END
PYTHONUTF8=1 /usr/bin/python3 "$dir/odd.py" >"$dir/odd.opml"
mkdir -p "$dir/odd"
echo 'feed taken { url = "https://taken.example/feed" }' >"$dir/odd/nightdesk.conf"
check "a list of odd feeds is imported" "$NIGHTDESK" feeds import -c "$dir/odd" "$dir/odd.opml"
check "what is written passes check" "$NIGHTDESK" check -c "$dir/odd"
check "nearly all of them are taken" test "$(ls -A "$dir/odd/feeds.d" | wc -l)" = 40 # not [::1]
odd_has() { grep -qF "$1" "$dir/odd/feeds.d/"*.conf; }
check "a long title is truncated between characters" grep -qxE '  title  = "(ä){150}"' "$dir"/odd/feeds.d/aaaa*.conf
check "a title of 299 bytes and a sign is truncated before it" grep -qxE '  title  = "x{299}"' "$dir"/odd/feeds.d/xxxx*.conf
check "quotes are escaped" odd_has "title  = \"\\\"a\\\" 'b' \`c\` “d” «e» '' \\\\\\\"\""
check "signs in an address are encoded" odd_has 'https://a.example/x%7Cy%7Bz%7D%60%5E'
check "the feed scheme is replaced" odd_has 'url    = "http://d.example/f"'
check "groups are unique after their names are made" odd_has 'groups = { news, 📰-top, x }'
check "a feed has at most 100 groups" odd_has ', group-96 }'
check "a feed that is left out hides no other" odd_has 'url    = "http://www.z.example/r/"'
check "not more than one of them is written" test "$(grep -l z.example "$dir"/odd/feeds.d/* | wc -l)" = 1

# Modes: who reads nightdesk.conf reads what is written, whatever the umask.
modes() { # mode of nightdesk.conf, wanted modes of feeds.d and the file
	local c=$dir/mode
	rm -rf "$c"
	mkdir -p "$c"
	echo 'feed known { url = "https://known.example/feed" }' >"$c/nightdesk.conf"
	chmod "$1" "$c/nightdesk.conf"
	[ "$(id -u)" = 0 ] && chown 12:34 "$c/nightdesk.conf"
	(umask 077; echo '<outline text="mine" xmlUrl="https://x.example/"/>' |
		"$NIGHTDESK" feeds import -c "$c" - >/dev/null) || return 1
	[ "$(stat -c %a "$c/feeds.d" "$c/feeds.d/mine.conf" | tr '\n' ' ')" = "$2 $3 " ] &&
		[ "$(stat -c %u:%g "$c/feeds.d" "$c/feeds.d/mine.conf" | sort -u)" = "$(stat -c %u:%g "$c/nightdesk.conf")" ]
}
check "a readable configuration stays readable" modes 644 755 644
check "a configuration for a group stays readable by it" modes 640 750 640
check "a private configuration stays private" modes 600 700 600
# Who cannot give the file the group that reads nightdesk.conf writes none.
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	mkdir -p "$dir/group/feeds.d"
	echo 'feed known { url = "https://known.example/feed" }' >"$dir/group/nightdesk.conf"
	chown -R 12:34 "$dir/group"
	chmod 640 "$dir/group/nightdesk.conf"
	chmod 755 "$dir"
	cp "$NIGHTDESK" "$dir/program"
	foreign() {
		echo '<outline text="mine" xmlUrl="https://x.example/"/>' |
			setpriv --reuid=12 --regid=12 --groups="$1" "$dir/program" feeds import -c "$dir/group" -
	}
	foreign 12 >"$dir/out" 2>&1
	check "an import that the group could not read is refused" \
		test "$? $(ls -A "$dir/group/feeds.d") $(grep -c 'with the owner and group of nightdesk.conf' "$dir/out")" = "77  1"
	check "a member of the group imports for it" foreign 34
	check "the file is of the group" test "$(stat -c %u:%g:%a "$dir/group/feeds.d/mine.conf")" = 12:34:640
else
	echo "ok - an import by another user # SKIP needs root and setpriv"
fi

{
	echo '<opml><body>'
	for i in $(seq 5000); do
		echo "<outline type='rss' text='Feed number $i' xmlUrl='https://f$i.example/rss'/>"
	done
} >"$dir/many.opml" # and cut off
mkdir -p "$dir/many"
: >"$dir/many/nightdesk.conf"
check "5,000 feeds are imported" timeout 120 "$NIGHTDESK" feeds import -c "$dir/many" "$dir/many.opml"
check "the 5,000 feeds are valid" "$NIGHTDESK" check -c "$dir/many"
check "each of the 5,000 feeds has its file" test "$(ls "$dir/many/feeds.d" | wc -l)" = 5000

echo '<rss version="2.0"><channel/></rss>' >"$dir/feed.xml"
"$NIGHTDESK" feeds import -c "$c" "$dir/feed.xml" >"$dir/said" 2>&1
check "a feed is not accepted as a list of feeds" test $? = 1
"$NIGHTDESK" feeds import -c "$c" "$dir/none.opml" >"$dir/said" 2>&1
check "a missing file is reported" test $? = 1
"$NIGHTDESK" feeds import -c "$c" >"$dir/said" 2>&1
check "import needs a file" test $? = 2
"$NIGHTDESK" feeds import -c "$c" --json "$dir/list.opml" >"$dir/json" 2>&1
check "JSON" /usr/bin/python3 -c 'import json, sys
for line in open(sys.argv[1]): assert "left_out" in json.loads(line)' "$dir/json"
