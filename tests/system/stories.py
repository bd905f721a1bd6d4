#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Five real stories, served by nginx as RSS 2.0, RSS 1.0 and Atom: each alerts once at a webhook
receiver. A second and a third poll, and a changed ETag, do not alert."""
import json
import os
import shutil
import sys
from xml.sax.saxutils import escape

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402

SECRET = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


def html(text):
    return "".join("<p>%s</p>" % escape(p) for p in text.split("\n") if p.strip())


def rss2(items):
    return ('<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>One</title>'
            + "".join("<item>%s<link>%s</link><guid isPermaLink=\"false\">%s</guid><description>%s</description></item>"
                      % (("<title>%s</title>" % escape(i["title"])) if "title" in i else "",
                         i["link"], i["id"], escape(html(i["body"]))) for i in items)
            + "</channel></rss>")


def rss1(items):
    return ('<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
            'xmlns="http://purl.org/rss/1.0/" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
            '<channel rdf:about="http://two.example/"><title>Two</title></channel>'
            + "".join('<item rdf:about="%s"><title>%s</title><link>%s</link><content:encoded><![CDATA[%s]]></content:encoded></item>'
                      % (i["link"], escape(i.get("title", "")), i["link"], html(i["body"])) for i in items)
            + "</rdf:RDF>")


def atom(items):
    return ('<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Three</title><id>tag:3</id>'
            + "".join('<entry><id>tag:%s</id>%s<link href="%s"/><updated>%s</updated><content type="html">%s</content></entry>'
                      % (i["id"], ("<title>%s</title>" % escape(i["title"])) if "title" in i else "",
                         i["link"], i["published"], escape(html(i["body"]))) for i in items)
            + "</feed>")


def main():
    stories = os.path.join(world.SHARED, "stories")
    if not os.path.exists(stories):
        return world.skip("the five stories", "no shared stories here")
    if not shutil.which("nginx"):
        return world.skip("the five stories", "no nginx here")
    with open(stories + "/stories.jsonl", encoding="utf-8") as f:
        items = [json.loads(line) for line in f]
    with open(stories + "/expected.tsv", encoding="utf-8") as f:
        query = next(r.split("\t")[2] for r in f if r.startswith("embassy-relocation\t"))
    directory, report = world.Directory(), world.Report()
    nginx, hook = world.Nginx(directory), world.Hook(SECRET)
    feeds = {"one": rss2(items[:2]), "two": rss1(items[2:4]), "three": atom(items[4:])}
    for name, text in feeds.items():
        directory.write("www/" + name, text)
    directory.write("credentials/key", SECRET)
    directory.write("nightdesk.conf", 'daemon { state = "%s" }\npoll { private-networks = { 127.0.0.1/32 } host-gap = "0s" }\n'
                    % directory.file("state.db")
                    + "".join('feed %s { url = "%s" first-run = "alert" source = "%s" }\n' % (n, nginx.url(n), n)
                              for n in feeds)
                    + "watch embassy { query = '%s' notify = { hook } }\n" % query
                    + 'notify hook { type = "webhook" url = "%s" secret-credential = "key" }\n' % hook.url)
    code, log = world.once(directory)
    got = {g["data"]["item"]["link"] for g in hook.got}
    if not report.check(code == 0 and got == {i["link"] for i in items},
                        "each of the five stories alerts: %d did" % len(got)):
        print(log)
    report.check(len(hook.got) == 5 and not hook.bad_signatures, "each alerts once, with a signature")
    report.check(all(g["data"]["item"].get("title") for g in hook.got), "each has a title")
    report.check(all("<b>" in g["data"]["snippet"] for g in hook.got), "each marks the words that matched")
    for n in (2, 3):
        world.once(directory)
        report.check(len(hook.got) == 5, "poll %d does not alert" % n)
    report.check([line.split()[1] for line in nginx.access()[3:]] == ["304"] * 6, "polls 2 and 3 are answered 304")
    for name, text in feeds.items():
        directory.write("www/" + name, text + "<!-- edited -->")
        os.utime(directory.file("www/" + name), (2000000000, 2000000000))
    world.once(directory)
    report.check([line.split()[1] for line in nginx.access()[9:]] == ["200"] * 3 and len(hook.got) == 5,
                 "a new ETag with the same items alerts nothing")
    nginx.stop()
    directory.remove()
    return report.failed


sys.exit(main())
