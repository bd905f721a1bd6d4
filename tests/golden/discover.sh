#!/bin/bash
# SPDX-License-Identifier: MIT
# nightdesk discover: the feeds of a page.
set -u
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT

check() { # name, expected exit, expected output on standard input, then arguments
	local name=$1 want=$2
	shift 2
	cat >"$dir/want"
	"$NIGHTDESK" discover "$@" >"$dir/have" 2>&1
	if [ $? = "$want" ] && diff -u "$dir/want" "$dir/have" >"$dir/diff"; then
		echo "ok - $name"
	else
		echo "not ok - $name"
		sed 's/^/# /' "$dir/diff"
	fi
}

cat >"$dir/page.html" <<'END'
<title>Page</title><a href="/feed/">All articles</a>
<link rel=alternate type=application/rss+xml title="News" href=rss.xml>
END
check "linked feeds come first" 0 --url https://a.example/x/ "$dir/page.html" <<'END'
https://a.example/x/rss.xml  News  (application/rss+xml)
https://a.example/feed/  All articles
END
check "JSON" 0 --json --url https://a.example/x/ "$dir/page.html" <<'END'
{"url":"https://a.example/x/rss.xml","title":"News","type":"application/rss+xml","offer":"named"}
{"url":"https://a.example/feed/","title":"All articles","offer":"linked"}
END
echo '<p>nothing' >"$dir/bare.html"
check "a page without feeds ends with 1" 1 "$dir/bare.html" <<END
nightdesk: $dir/bare.html: the page offers no feed; with --url, common addresses of feeds are listed
END
echo '<rss version="2.0"><channel><title>T</title><item><title>x</title></item></channel></rss>' >"$dir/feed.xml"
check "a feed is recognised" 0 "$dir/feed.xml" <<'END'
This is a feed itself; nightdesk parse shows it.
END
check "a missing file is reported" 1 "$dir/none" <<END
nightdesk: $dir/none: No such file or directory
END
cat >"$dir/saved.html" <<'END'
<link rel=alternate type=application/rss+xml title="Comments" href=comments.xml>
<link rel=alternate type=application/rss+xml title="News" href=rss.xml>
<link rel=alternate type=application/json href=//cdn.example/all>
<a href=https://b.example/feed>elsewhere</a>
END
check "relative links of a file need its address" 0 "$dir/saved.html" <<END
rss.xml  News  (application/rss+xml)  (relative)
//cdn.example/all  (application/json)  (relative)
https://b.example/feed  elsewhere
comments.xml  Comments  (application/rss+xml)  (relative)
nightdesk: $dir/saved.html: 3 relative links: give the address of the page with --url
END
check "relative links of a file, JSON" 0 --json "$dir/saved.html" <<END
{"relative":"rss.xml","title":"News","type":"application/rss+xml","offer":"named"}
{"relative":"//cdn.example/all","type":"application/json","offer":"possible"}
{"url":"https://b.example/feed","title":"elsewhere","offer":"linked"}
{"relative":"comments.xml","title":"Comments","type":"application/rss+xml","offer":"named"}
nightdesk: $dir/saved.html: 3 relative links: give the address of the page with --url
END
check "with the address they are absolute" 0 --url https://a.example/x/ "$dir/saved.html" <<END
https://a.example/x/rss.xml  News  (application/rss+xml)
https://cdn.example/all  (application/json)  (perhaps)
https://b.example/feed  elsewhere
https://a.example/x/comments.xml  Comments  (application/rss+xml)
END
echo '<link rel=feed href=rss.xml>' >"$dir/relative.html"
check "relative links alone end with 1" 1 "$dir/relative.html" <<END
rss.xml  (relative)
nightdesk: $dir/relative.html: 1 relative link: give the address of the page with --url
END
