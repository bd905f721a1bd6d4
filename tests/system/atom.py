#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Alerts as Atom feeds: held against RFC 4287 and XML by Python's parser, read by nightdesk itself, in pages,
with ids that stay; what a feed said is never markup in them."""
import json
import os
import re
import sys
import urllib.error
import urllib.parse
import urllib.request
import uuid
import xml.etree.ElementTree

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402

ATOM = "{http://www.w3.org/2005/Atom}"
STAMP = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
HOSTILE = ("Embassy &lt;script&gt;alert(1)&lt;/script&gt; &amp;amp; \"more\"", "Embassy \ufffe\uffff\x85 \U0001f4f0",
           "Embassy ]]&gt; &lt;![CDATA[ x", "Embassy שלום عربى \u202e", "Embassy " + "x" * 2000)
LINKS = ("http://a.example/1?a=b&amp;c=&quot;d&quot;", "https://a.example/2", "javascript:alert(1)", "", "HTTP://a.example/5")
# RFC 4287 §4.1.1, §4.1.2: how often a child may and must occur.
FEED = {"id": (1, 1), "title": (1, 1), "updated": (1, 1), "author": (0, 99), "link": (1, 99), "generator": (0, 1),
        "entry": (0, 999), "category": (0, 99)}
ENTRY = {"id": (1, 1), "title": (1, 1), "updated": (1, 1), "published": (0, 1), "author": (1, 99), "link": (1, 99),
         "category": (0, 99), "summary": (0, 1)}


def rfc4287(feed):
    """Returns what is wrong with it."""
    wrong = []

    def children(element, rules):
        counts = {}
        for child in element:
            counts[child.tag] = counts.get(child.tag, 0) + 1
        for name, (least, most) in rules.items():
            if not least <= counts.pop(ATOM + name, 0) <= most:
                wrong.append("%s in %s" % (name, element.tag))
        wrong.extend("%s in %s" % (tag, element.tag) for tag in counts)

    def common(element):
        if not STAMP.match(element.findtext(ATOM + "updated", "")):
            wrong.append("updated")
        if uuid.UUID(element.findtext(ATOM + "id", "")[len("urn:uuid:"):]).variant != uuid.RFC_4122:
            wrong.append("id")
        alternates = [(link.get("type"), link.get("hreflang")) for link in element.findall(ATOM + "link")
                      if link.get("rel", "alternate") == "alternate"]
        if len(alternates) != len(set(alternates)) or not all(link.get("href") for link in element.findall(ATOM + "link")):
            wrong.append("links")

    children(feed, FEED)
    common(feed)
    if feed.tag != ATOM + "feed" or not any(link.get("rel") == "self" for link in feed.findall(ATOM + "link")):
        wrong.append("self")
    for entry in feed.findall(ATOM + "entry"):
        children(entry, ENTRY)
        common(entry)
        if not entry.findtext(ATOM + "author/" + ATOM + "name") or not entry.findtext(ATOM + "title"):
            wrong.append("author or title")
    ids = [entry.findtext(ATOM + "id") for entry in feed.findall(ATOM + "entry")]
    return wrong + (["ids"] if len(ids) != len(set(ids)) else [])


class Reader:
    def __init__(self, base):
        self.base = base

    def get(self, path, headers=()):
        try:
            with urllib.request.urlopen(urllib.request.Request(self.base + path, headers=dict(headers)), timeout=30) as a:
                return a.status, a.headers, a.read()
        except urllib.error.HTTPError as a:
            return a.code, a.headers, a.read()

    def pages(self, path):
        """Follows rel=next from page to page; returns the documents."""
        found = []
        while path:
            code, headers, body = self.get(path)
            assert code == 200 and headers["Content-Type"].startswith("application/atom+xml"), (path, code, body)
            feed = xml.etree.ElementTree.fromstring(body)
            found.append(feed)
            follow = [link.get("href") for link in feed.findall(ATOM + "link") if link.get("rel") == "next"]
            path = urllib.parse.urljoin(path, follow[0]) if follow else None
        return found


def entries(pages):
    return [entry for feed in pages for entry in feed.findall(ATOM + "entry")]


def check_feed(report, reader, path, alerts):
    pages = reader.pages(path + "?limit=2")
    report.check(len(pages) == (len(alerts) + 1) // 2, "%s in pages: %d" % (path, len(pages)))
    found = entries(pages)
    for feed in pages:
        wrong = rfc4287(feed)
        report.check(not wrong, "is as RFC 4287 says: %s" % wrong)
    pages_of = [urllib.parse.urljoin(path, link.get("href")) for entry in found for link in entry.findall(ATOM + "link")
                if "/al_" in link.get("href")]
    report.check(pages_of == ["/alerts/" + a["data"]["id"] for a in alerts], "each alert once, with its page, the newest first")
    whole = entries(reader.pages(path))
    report.check([e.findtext(ATOM + "id") for e in whole] == [e.findtext(ATOM + "id") for e in found], "under the same ids")
    for entry in found:
        title, summary = entry.findtext(ATOM + "title"), entry.findtext(ATOM + "summary", "")
        links = [link.get("href") for link in entry.findall(ATOM + "link") if link.get("rel") == "alternate"]
        report.check(not re.search(r"<(?!b>|/b>|br>)", summary) and "javascript" not in links[0], "%s: no markup but marks" % title[:20])
    code, headers, _ = reader.get(path)
    report.check(reader.get(path, {"If-None-Match": headers["ETag"]})[0] == 304, "and is not sent twice")
    return {e.findtext(ATOM + "id") for e in found}


def check_parse(report, desk, reader, alerts):
    path = desk.file("alerts.atom")
    with open(path, "wb") as f:
        f.write(reader.get("/alerts.atom")[2])
    parsed = json.loads(desk.directory_free("parse", "--json", path))
    report.check(parsed["parse"] == "ok" and parsed["format"] == "atom" and parsed["well_formed"] and "problems" not in parsed
                 or not parsed.get("problems"), "nightdesk reads it: %s" % parsed.get("problems"))
    report.check(len(parsed["items"]) == len(alerts), "all of it")
    article = next(i for i in parsed["items"] if i.get("link", "").startswith("http://a.example/1"))
    report.check(article["title"].startswith("Embassy") and "mbassy" in article["summary"], "with links to the articles")


class Desk(world.Desk):
    def directory_free(self, *words):
        """A command that has no -c."""
        return world.subprocess.run([world.NIGHTDESK, *words], capture_output=True, timeout=60, check=True).stdout


def main():
    report, desk, port = world.Report(), Desk(), world.free_port()
    items = "".join("<item><guid>%d</guid><title>%s</title>%s<description>The embassy &lt;b onclick=x&gt;%d&lt;/b&gt; &amp;lt;i&amp;gt;"
                    "</description></item>" % (n, title, "<link>%s</link>" % link if link else "", n)
                    for n, (title, link) in enumerate(zip(HOSTILE, LINKS)))
    server = world.serve(lambda path: ("<rss version='2.0'><channel><title>Out &amp;lt; let</title>%s</channel></rss>" % items).encode())
    desk.configure('poll { private-networks = "allow" }\nfeed a { url = "%s" first-run = "alert" }\n'
                   "watch посольство { title = 'E & <b>' query = 'embassy' notify = { out } }\n"
                   "watch none { query = 'nothing' notify = { out } }\n"
                   'notify out { type = "file" path = "%s" }\n' % (server.url, desk.file("out")), 'status = "127.0.0.1:%d"' % port)
    desk.run()

    def alerts():
        return [json.loads(line) for line in desk.ask("alerts", "--json")[1].split("\n") if line]

    report.check(world.until(lambda: len(alerts()) == len(HOSTILE)), "alerts are raised")
    reader = Reader("http://127.0.0.1:%d" % port)
    ids = check_feed(report, reader, "/alerts.atom", alerts())
    watch = "/watches/" + urllib.parse.quote("посольство") + ".atom"
    report.check(check_feed(report, reader, watch, alerts()) == ids, "the feed of the watch has the same entries")
    check_parse(report, desk, reader, alerts())
    empty = reader.pages("/watches/none.atom")[0]
    report.check(not rfc4287(empty) and not entries([empty]), "a watch without alerts has an empty feed")
    feeds = [reader.pages(p)[0].findtext(ATOM + "id") for p in ("/alerts.atom", watch, "/watches/none.atom")]
    report.check(len(set(feeds)) == 3, "each feed has its own id")
    for path, status in (("/watches/nowhere.atom", 404), ("/watches/.atom", 404), ("/alerts.atom?limit=0", 400),
                         ("/alerts.atom?wrong=1", 400), ("/alerts.atom?cursor=x", 400)):
        report.check(reader.get(path)[0] == status, "%s: %d" % (path, status))
    report.check(desk.stop() == 0, "the daemon stops")
    desk.run()
    again = {e.findtext(ATOM + "id") for e in entries(reader.pages("/alerts.atom"))}
    report.check(again == ids and reader.pages("/alerts.atom")[0].findtext(ATOM + "id") == feeds[0], "ids stay over a restart")
    desk.stop()
    if report.failed:
        print(reader.base, desk.log()[-3000:])
    else:
        desk.directory.remove()
    return report.failed


sys.exit(main())
