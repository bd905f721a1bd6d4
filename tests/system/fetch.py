#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""nightdesk fetch and discover with a server on loopback: hops, type of the body, hints for the next
poll; and no unnecessary requests."""
import base64
import gzip
import json
import os
import ssl
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402

FEED = ('<?xml version="1.0"?><rss version="2.0"><channel><title>The Herald</title><ttl>90</ttl>'
        '<skipHours><hour>3</hour></skipHours><skipDays><day>Sunday</day></skipDays>'
        '<item><guid>1</guid><title>Sirens at dawn</title></item></channel></rss>').encode()
RSS = [("Content-Type", "application/rss+xml")]
HTML = [("Content-Type", "text/html")]
PAGES = {
    "/herald.xml": (200, RSS + [("ETag", '"v7"'), ("Cache-Control", "max-age=60, public")], FEED),
    "/moved": (301, [("Location", "/moved-again")], b""),
    "/moved-again": (302, [("Location", "herald.xml?from=there")], b""),
    "/herald.xml?from=there": (200, RSS, FEED),
    "/circle": (302, [("Location", "/circle")], b""),
    "/dir": (301, [("Location", "/dir/")], b""),
    "/dir/": (200, RSS, FEED),
    "/to-file": (302, [("Location", "file:///etc/passwd")], b""),
    "/busy": (429, [("Retry-After", "600")], b""),
    "/trouble": (500, [], b""),
    "/odd": (200, [("Content-Type", "text/html; note=\x1b[31m"), ("ETag", "\xe9")], FEED),
    "/": (200, HTML, b'<title>Herald</title><link rel="alternate" type="application/rss+xml" title="All news" href="herald.xml">'),
    "/bare/": (200, HTML, b"<title>Herald</title><p>No feeds on this page"),
    "/rss.xml": (200, RSS, FEED),
    "/odd%20%7Bx%7D?q=%C3%A9": (200, RSS, FEED),
    "/head/": (200, HTML + [("Link", "<https://cdn.example>; rel=preconnect"),
                            ("Link", '<news.xml>; rel="alternate"; type="application/rss+xml"; title="A, B"')],
               b"<base href=/other/><title>Herald</title>"),
    "/json/": (200, HTML, b'<link rel=alternate type=application/json href=data.json>'
               b'<link rel=alternate type=application/json href=all.json>'
               b'<link rel=alternate type=application/json href=/wp-json/wp/v2/pages/2>'),
    "/json/data.json": (200, [("Content-Type", "application/json")], b'{"id": 2, "title": "Herald"}'),
    "/json/all.json": (200, [("Content-Type", "application/json")],
                       b'{"version":"https://jsonfeed.org/version/1","title":"All","items":[{"id":"1","content_text":"x"}]}'),
    "/json/none/": (200, HTML, b'<link rel=alternate type=application/json href=../data.json>'),
}


class Server:
    """Serves pages and counts requests."""

    def __init__(self, pages):
        self.asked = []
        server = self

        class Handler(world.Handler):
            def do_GET(self):
                server.asked.append((self.path, self.headers.get("User-Agent"), self.headers.get("Authorization")))
                status, headers, body = pages.get(self.path, (404, HTML, b"nothing here"))
                if self.path == "/locked" and self.headers.get("Authorization"):
                    status, headers, body = 200, RSS, FEED
                elif self.path == "/locked":
                    status, headers = 401, [("WWW-Authenticate", 'Basic realm="x"')]
                self.answer(status, body, headers)

        self.server = world.Server(Handler)
        self.base = self.server.url

    def paths(self):
        paths, self.asked = [a[0] for a in self.asked], []
        return paths


def run(*args):
    done = subprocess.run([world.NIGHTDESK] + list(args), stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=60, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def fetches(report, server, conf):
    def fetch(path):
        return run("fetch", "-c", conf, server.base + path)

    def fetch_json(path):
        code, out, _ = run("fetch", "-c", conf, "--json", server.base + path)
        return code, json.loads(out)

    code, out, _ = fetch("/herald.xml")
    agent = server.asked[0][1]
    report.check(code == 0 and all(w in out for w in (
        "answered 200", "application/rss+xml", '"v7"', "max-age=60, public", "rss 2.0, utf-8, 1 item",
        "The Herald", "not at the hours (UTC) 3", "not on Sunday", "configured as  herald",
        "would be polled every 60 min")), "a feed is fetched and described")
    report.check(server.paths() == ["/herald.xml"] and agent.endswith("(desk@example.org)"),
                 "with one request, under the daemon's name")

    code, got = fetch_json("/moved")
    report.check(code == 0 and [h["status"] for h in got["hops"]] == [301, 302, 200] and
                 got["hops"][0]["location"] == "/moved-again" and
                 got["hops"][2]["url"].endswith("/herald.xml?from=there") and got["feed"]["items"] == 1,
                 "each hop of a redirect is shown")
    report.check(got["next"].pop("skipped_s", 1) > 0 and
                 got["next"] == {"configured_s": 300, "every_s": 3600, "why": "ttl", "conditional": False, "ttl_s": 5400,
                                 "skip_hours": [3], "skip_days": ["Sunday"]}, "and what it asks of those who poll")
    server.paths()

    for given in (server.base + "/odd {x}?q=é", "odd"):
        code, out, _ = run("fetch", "-c", conf, given)
        report.check(code == 0 and "configured as  odd" in out and server.paths() == ["/odd%20%7Bx%7D?q=%C3%A9"],
                     "%s is the configured feed" % given.removeprefix(server.base))

    for path, want, words in (
            ("/circle", 1, "redirected in a circle"),
            ("/to-file", 1, "no http or https address"),
            ("/busy", 75, "asked too often"),
            ("/trouble", 75, "trouble on its side"),
            ("/none", 1, "nothing is at this address"),
            ("/", 1, "nightdesk discover"),
            ("/locked", 0, None)):
        code, out, err = fetch(path)
        report.check(code == want and (words is None or words in err) and server.paths().count(path) <= 2,
                     "%s ends with %d and says why" % (path, want))
    report.check("not before 10 min" in fetch("/busy")[1], "Retry-After is reported")
    report.check("begins with    <title>Herald</title>" in fetch("/")[1], "the start of a document that is not a feed is shown")
    code, out, _ = fetch("/odd")
    report.check(code == 0 and "\x1b" not in out, "control characters of headers are escaped")
    code, _, err = run("fetch", "-c", conf, "http://127.0.0.1:%d/" % world.free_port())
    report.check(code == 75 and "cannot connect" in err, "a closed port is a temporary failure")
    report.check(run("fetch", "-c", conf, "ftp://a.example/x")[0] == 2 and run("fetch")[0] == 2,
                 "what is no address is not asked")
    server.paths()
    code, _, err = run("fetch", "-c", world.SHARED + "/none", server.base + "/herald.xml")
    report.check(code == 1 and server.paths() == [], "-c without a configuration is an error")


def intranet(report, server, conf):
    """private-networks is for the configured address; a redirect leads to the same host and port only."""
    other = Server({"/": (200, RSS, FEED)})
    port = server.server.server_address[1]
    code, out, _ = run("fetch", "-c", conf, server.base + "/dir")
    report.check(code == 0 and server.paths() == ["/dir", "/dir/"], "a redirect to the same host and port is followed")
    for place in (other.base + "/", "http://localhost:%d/herald.xml" % port,
                  "http://[::1]/", "http://127.0.0.2:%d/" % port,
                  "http://10.0.0.9:6379/", "http://169.254.169.254/latest/meta-data/", "http://[fe80::1]/",
                  "http://[::ffff:127.0.0.1]/", "http://0x7f.1:8080/", "http://2130706433/"):
        for status in (301, 302, 307):
            PAGES["/inside"] = (status, [("Location", place)], b"")
            code, out, err = run("fetch", "-c", conf, server.base + "/inside")
            server.paths()
            report.check(code == 69 and "not for where it redirects" in err,
                         "a redirect (%d) to %s is not followed" % (status, place))
    PAGES["/inside"] = (200, HTML, ('<link rel="alternate" type="application/json" href="%s/">' % other.base).encode())
    run("discover", "-c", conf, server.base + "/inside")
    report.check(other.paths() == [], "and nothing of it was asked")
    server.paths()


def default_rules(report, server):
    if os.path.exists("/etc/nightdesk"):
        world.skip("without a configuration nothing private is reached", "/etc/nightdesk is there")
        return
    code, _, err = run("fetch", server.base + "/herald.xml")
    report.check(code == 69 and "private-networks" in err and server.paths() == [],
                 "without a configuration nothing private is reached")


def discovers(report, server, conf):
    code, out, _ = run("discover", "-c", conf, server.base + "/")
    report.check(code == 0 and out == server.base + "/herald.xml  All news  (application/rss+xml)\n",
                 "the feed that a page names is listed")
    report.check(server.paths() == ["/"], "linked feeds are not requested")
    code, out, _ = run("discover", "-c", conf, server.base + "/herald.xml")
    report.check(code == 0 and "a feed itself" in out, "a feed is recognised")
    server.paths()
    code, out, _ = run("discover", "-c", conf, "--json", server.base + "/bare/")
    report.check(code == 0 and json.loads(out) == {
        "url": server.base + "/rss.xml", "title": "The Herald", "type": "application/rss+xml", "offer": "tried"},
        "of a page that names none the usual places are tried")
    report.check(server.paths() == ["/bare/", "/feed", "/rss.xml"], "guesses stop at the first feed")
    code, out, _ = run("discover", "-c", conf, "--json", server.base + "/head/")
    report.check(code == 0 and json.loads(out) == {
        "url": server.base + "/head/news.xml", "title": "A, B", "type": "application/rss+xml", "offer": "named"},
        "the Link header of an answer names feeds")
    server.paths()
    code, out, _ = run("discover", "-c", conf, server.base + "/json/")
    report.check(code == 0 and out == server.base + "/json/all.json  All  (application/json)\n",
                 "of alternates in JSON those that are feeds are listed")
    report.check(server.paths() == ["/json/", "/json/data.json", "/json/all.json"], "the API of WordPress is not requested")
    code, out, _ = run("discover", "-c", conf, server.base + "/json/none/")
    report.check(code == 0 and out.endswith(server.base + "/rss.xml  The Herald  (application/rss+xml)\n"),
                 "without one the usual places are tried")
    report.check(run("discover", "-c", conf, server.base + "/none")[0] == 1, "a missing page is reported")


def explains(report):
    """What the connection was, how long each phase took, and what to do when there is none."""
    files, body = world.Directory(), world.rss([(i, "title %d" % i) for i in range(400)])
    world.certify(files)
    packed = gzip.compress(body)
    secure = world.serve(lambda path: (301, b"", [("Location", "/feed")]) if path == "/moved" else
                         (200, packed, RSS + [("Content-Encoding", "gzip"), ("ETag", '"v1"'), ("Vary", "Accept-Encoding")]))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.file("crt"), files.file("key"))
    secure.socket = context.wrap_socket(secure.socket, server_side=True)
    url = secure.url.replace("http:", "https:")
    files.write("nightdesk.conf", 'poll { private-networks = allow host-gap = 0s ca-file = "%s" }' % files.file("crt"))
    code, out, _ = run("fetch", "-c", files.path, "--json", url + "/moved")
    got = json.loads(out)
    first = got["hops"][0]
    report.check(code == 0 and first["tls"]["connection"].startswith("TLSv1.") and first["tls"]["subject"] == "CN = test" and
                 first["tls"]["issuer"] == "CN = test" and first["tls"]["valid_from"] < first["tls"]["valid_until"],
                 "the connection and its certificate are described: %s" % first)
    report.check(all(first["time"][phase] >= 0 for phase in ("name_us", "connect_us", "tls_us", "first_byte_us", "body_us")) and
                 first["address"] == "127.0.0.1" and first["http"] == "1.0", "and each phase of the request")
    report.check(got["bytes"] == len(body) and got["transferred"] == len(packed) and
                 got["headers"]["content-encoding"] == "gzip" and got["headers"]["vary"] == "Accept-Encoding" and
                 got["next"]["conditional"] is True and got["next"]["why"] == "default", "and what the next poll is like")
    _, out, _ = run("fetch", "-c", files.path, url + "/feed")
    report.check(all(words in out for words in ("certificate  CN = test; by CN = test; valid until", "unless the site renews it",
                                                "packed (gzip): %d were transferred" % len(packed),
                                                "ETag: the next poll asks with it", "TLS ", "first byte",
                                                "every 5 min: the default (poll every)")), "for people too")
    files.write("nightdesk.conf", "poll { private-networks = allow host-gap = 0s }")
    for address, words in ((url, "ca-file on the feed"), ("http://nowhere.invalid", "getent hosts"),
                           ("http://127.0.0.1:%d" % world.free_port(), "firewall")):
        code, out, err = run("fetch", "-c", files.path, address + "/feed")
        report.check(code == 75 and words in err and "next poll" in out, "without an answer: what to do (%s)" % words)
        advice = json.loads(run("fetch", "-c", files.path, "--json", address + "/feed")[1])["error"]["advice"]
        report.check(words in advice, "for programs too")
    files.remove()


def of_robots(report, conf_of):
    robots = (b"User-agent: *\nDisallow: /private\nSitemap: https://www.paper.example/sitemap.xml # all\r\n"
              b"SITEMAP : /news/sitemap-news.xml.gz\nSitemap:\nSitemap: ftp://x.example/\nSitemap: /news/sitemap-news.xml.gz")
    server = Server({"/": (200, HTML, b"<p>nothing"), "/robots.txt": (200, [("Content-Type", "text/plain")], robots),
                     "/map.xml": (200, RSS, b"<urlset><url><loc>/a</loc></url></urlset>")})
    code, out, _ = run("discover", "-c", conf_of(server), "--json", server.base + "/")
    report.check(code == 0 and [json.loads(line) for line in out.splitlines()] == [
        {"url": server.base + "/news/sitemap-news.xml.gz", "offer": "sitemap"},
        {"url": "https://www.paper.example/sitemap.xml", "offer": "sitemap"}] and
        server.paths()[-1] == "/robots.txt", "a site without feeds has sitemaps, that of news first")
    code, out, _ = run("discover", "-c", conf_of(server), server.base + "/")
    report.check(code == 0 and 'type = "sitemap"' in out, "for people too")
    code, out, _ = run("discover", "-c", conf_of(server), server.base + "/map.xml")
    report.check(code == 0 and "a sitemap itself" in out, "a sitemap is recognised")


def poor(report, conf_of):
    server = Server({"/": (200, HTML, b"<p>nothing"), "/rss.xml": (503, [], b"")})
    code, _, err = run("discover", "-c", conf_of(server), server.base + "/")
    report.check(code == 1 and "offers no feed" in err and server.paths() == ["/", "/feed", "/rss.xml"],
                 "a server that has had enough is left alone")


def main():
    report, server, directory = world.Report(), Server(PAGES), world.Directory()

    def conf_of(s):
        directory.write("nightdesk.conf", """
            poll { private-networks = allow host-gap = 0s contact = "desk@example.org" }
            feed herald { url = "%(u)s/herald.xml" }
            feed odd { url = "%(u)s/odd {x}?q=é" }
            feed locked { url = "%(u)s/locked" user = u password-credential = locked }
            """ % {"u": s.base})
        directory.write("credentials/locked", "correct horse")
        return directory.path

    conf = conf_of(server)
    fetches(report, server, conf)
    intranet(report, server, conf)
    default_rules(report, server)
    discovers(report, server, conf)
    of_robots(report, conf_of)
    poor(report, conf_of)
    explains(report)
    auth = "Basic " + base64.b64encode(b"u:correct horse").decode()
    server.paths()
    run("fetch", "-c", conf_of(server), server.base + "/locked")
    report.check(server.asked[-1][2] == auth, "a feed that needs a login is requested with it")
    directory.remove()
    sys.exit(1 if report.failed else 0)


main()
