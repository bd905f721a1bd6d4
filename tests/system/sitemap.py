#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Sitemaps from a real web server: an index whose sitemaps are packed files and packed transfers, read again with
validators."""
import datetime
import gzip
import hashlib
import json
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402

NEWS = ('<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">%s</urlset>')
ENTRY = ('<url><loc>https://paper.example/%s</loc><news:news><news:publication><news:name>The Paper</news:name>'
         '<news:language>en</news:language></news:publication><news:publication_date>%s</news:publication_date>'
         '<news:title>%s</news:title></news:news></url>')
NOW = datetime.datetime.now(datetime.timezone.utc)
EXTRA = """
    location /packed/ { gzip on; gzip_types *; gzip_min_length 1; gzip_proxied any; }
    location ~ \\.gz$ { default_type application/gzip; }
"""


def news(*titles):
    return (NEWS % "".join(ENTRY % (t.replace(" ", "-"), (NOW - datetime.timedelta(hours=1)).isoformat(), t)
                           for t in titles)).encode()


def index(server, *names):
    return ("<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>%s</sitemapindex>" % "".join(
        "<sitemap><loc>%s</loc><lastmod>%s</lastmod></sitemap>" % (server.url(n), NOW.isoformat()) for n in names))


def write(directory, name, body, age):
    """With a time of change of its own, from which nginx makes Last-Modified and ETag."""
    path = directory.write("www/" + name, body)
    os.utime(path, (NOW.timestamp() - age,) * 2)


def items(directory):
    out = world.Desk(directory).ask("search", "--json", "embassy")[1]
    return sorted(json.loads(line)["item"]["title"] for line in out.splitlines())


def sitemaps(report):
    directory = world.Directory()
    server = world.Nginx(directory, EXTRA)
    write(directory, "index.xml", index(server, "news.xml.gz", "packed/more.xml", "missing.xml"), 60)
    write(directory, "news.xml.gz", gzip.compress(news("Embassy opens", "Weather")), 60)
    write(directory, "packed/more.xml", news("Embassy garden"), 60)
    directory.write("nightdesk.conf", """
        daemon { state = "%s" }
        poll { private-networks = allow host-gap = 0s }
        watch embassy { query = 'embassy' notify = { out } }
        notify out { type = "file" path = "%s" }
        feed paper { url = "%s" type = "sitemap" }
        """ % (directory.file("state.db"), directory.file("alerts"), server.url("index.xml")))

    code, log = world.once(directory)
    report.check(code == 0 and items(directory) == ["Embassy garden", "Embassy opens"],
                 "an index and its packed sitemaps are read" + (log if code else ""))
    report.check(not os.path.exists(directory.file("alerts")) or os.path.getsize(directory.file("alerts")) == 0,
                 "the first time quietly")
    first = len(server.access())
    report.check(first == 4 and all(line.split(" ")[2] == "-" for line in server.access()),
                 "each is asked once, without validators: %s" % server.access())

    write(directory, "news.xml.gz", gzip.compress(news("Embassy closes", "Embassy opens", "Weather")), 30)
    code, log = world.once(directory)
    asked = [line.split(" ")[:3] for line in server.access()[first:]]
    status = {path: code for path, code, _ in asked}
    report.check(status == {"/index.xml": "304", "/news.xml.gz": "200", "/packed/more.xml": "304"} and
                 all(etag != "-" for _, _, etag in asked),
                 "the second time with the validators of each, and not again what is not there: %s" % asked)
    with open(directory.file("alerts"), encoding="utf-8") as f:
        data = [json.loads(line)["data"] for line in f]
    alerts = [d["item"]["title"] for d in data]
    report.check(code == 0 and alerts == ["Embassy closes"], "a new entry alerts: %s" % alerts)
    _, out, _ = world.Desk(directory).ask("alerts", "show", data[0]["id"], "--evidence", "--json")
    document = json.loads(out)["documents"][0]
    report.check(document["urls"] == [server.url("news.xml.gz")] and
                 document["sha256"] == hashlib.sha256(news("Embassy closes", "Embassy opens", "Weather")).hexdigest(),
                 "whose evidence is the sitemap that it came with: %s" % document)
    code, out, _ = world.Desk(directory).ask("fetch", "--json", "paper")
    got = json.loads(out)
    report.check(code == 0 and got["feed"]["format"] == "sitemap", "fetch understands the index")
    code, out, _ = world.Desk(directory).ask("fetch", server.url("news.xml.gz"))
    report.check(code == 0 and "sitemap 0.9, utf-8, 3 items" in out, "and a packed sitemap")
    server.stop()
    if not report.failed:
        directory.remove()


def main():
    if not shutil.which("nginx"):
        world.skip("sitemaps", "no nginx here")
        return
    report = world.Report()
    sitemaps(report)
    sys.exit(1 if report.failed else 0)


main()
