#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Every address of the site, as listed in daemon/web/routes.c, against those who have no business there: foreign
hosts, scripts of other sites, other methods, hostile paths and queries; and no address lets the text of a feed become
markup, sets a cookie, leaks a secret or lacks its policy (research cases E45, E46, E48)."""
import html.parser
import json
import os
import re
import socket
import sys
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
SECRET = "hush-4711-token"
EVIL = ("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg onload=alert(1)>", "'><a href=javascript:alert(1)>x</a>",
        "<style>*{display:none}</style>", "<iframe src=//evil.example>", "{{7*7}}${7*7}<%= 7 %>", "</title><script src=//evil.example>",
        "&lt;script&gt;alert(1)&lt;/script&gt;", "<b style=position:fixed onclick=x>embassy</b>", "\u202eevil\u2066", "\x00\x1b[31m")
LINKS = ("javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:x", "http://a.example/\" onclick=\"alert(1)",
         "https://a.example/'><script>alert(1)</script>", "//evil.example/x", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "file:///etc/passwd")
# What no address answers with a document or an error of its own making.
NAMES = ("..", "%2e%2e", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..%5c..%5cwindows", "%00", "a%00b", "%", "%g0", "%0d%0aSet-Cookie:x=1", "%c0%ae%c0%ae",
         "%ff%fe", "x" * 4000, "%41" * 1500, "'%20OR%201=1--", "%3Cscript%3Ealert(1)%3C/script%3E", "*", "%2A", "-1", "0", "9" * 40, "..;", "~root",
         "$(id)", "%7B%7B7*7%7D%7D")
QUERIES = ("?" + "a=1&" * 900, "?q=" + "%27" * 1000, "?q=%00", "?q=%", "?limit=-1", "?limit=99999999999999999999", "?cursor=%27%20OR%201", "?since=-1d",
           "?since=9999999999999999d", "?q=" + "(" * 2000, "?q=*", "?q=%22", "?&&&=&=", "?limit", "?limit=1&limit=2", "?%6cimit=0", "?;", "?q=a%0d%0ab", "?a[]=1")


class Report(world.Report):
    """Prints what fails; the rest as one line for each address."""

    def __init__(self):
        super().__init__()
        self.fine = 0

    def check(self, ok, text):
        self.fine += bool(ok)
        return ok or super().check(ok, text)

    def summary(self, text):
        print("ok - %s: %d answers as they should be" % (text, self.fine), flush=True)
        self.fine = 0


class Page(html.parser.HTMLParser):
    """Notes what could run, or lead somewhere else than to the web."""

    def __init__(self, text):
        super().__init__()
        self.bad = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            target = name in ("href", "src", "action", "formaction", "xlink:href", "srcset", "poster", "data", "ping")
            if name.startswith("on") or name in ("style", "srcdoc"):
                self.bad.append("%s %s" % (tag, name))
            elif target and re.match(r"\s*[a-z]+:", (value or "").lower()) and not re.match(r"https?://", value.lower()):
                self.bad.append("%s %s=%s" % (tag, name, value))
            elif target and tag not in ("a",) and (value or "").lower().strip().startswith(("http:", "https:", "//")):
                self.bad.append("%s %s=%s" % (tag, name, value))
        if tag in ("style", "iframe", "object", "embed", "base") or (tag == "script" and not dict(attrs).get("src")):
            self.bad.append(tag)


class Site:
    def __init__(self, port):
        self.port = port

    def raw(self, request, most=1 << 22):
        """The answer to these bytes: status, headers, body. (0, {}, b"") if the connection is closed."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as s:
            s.sendall(request)
            data = b""
            while len(data) < most:
                head, _, body = data.partition(b"\r\n\r\n")
                length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
                if length and len(body) >= int(length.group(1)):
                    break
                if b"\r\n\r\n" in data and (request.startswith(b"HEAD") or head.startswith((b"HTTP/1.1 304", b"HTTP/1.1 204"))
                                            or b"text/event-stream" in head):
                    break
                try:
                    more = s.recv(65536)
                except (ConnectionResetError, socket.timeout):
                    more = b""
                if not more:
                    break
                data += more
        head, _, body = data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        words = lines[0].split(" ")
        headers = [line.partition(":")[::2] for line in lines[1:]]
        return (int(words[1]) if len(words) > 1 else 0, {k.lower(): v.strip() for k, v in headers}, body)

    def get(self, path, method="GET", **headers):
        headers = dict({"Host": "127.0.0.1:%d" % self.port}, **{k.replace("_", "-"): v for k, v in headers.items()})
        return self.raw(("%s %s HTTP/1.1\r\n%s\r\n" % (method, path, "".join("%s: %s\r\n" % h for h in headers.items()))).encode())


def routes():
    """The patterns of the table."""
    with open(os.path.join(ROOT, "daemon", "web", "routes.c"), encoding="utf-8") as f:
        return re.findall(r'^\t\{"(/[^"]*)"', f.read(), re.MULTILINE)


def fill(pattern, names):
    """An address of that pattern, with a name that there is."""
    for start, name in names.items():
        if pattern.startswith(start) and "*" in pattern:
            return pattern.replace("*", urllib.parse.quote(name))
    return pattern.replace("*", "x")


def check_guards(report, site, path):
    code, headers, body = site.get(path)
    streams = "text/event-stream" in headers.get("content-type", "")
    policy = headers.get("content-security-policy", "")
    report.check(code == 200 and policy.startswith("default-src 'none'") and "frame-ancestors 'none'" in policy
                 and "unsafe" not in policy and headers.get("x-content-type-options") == "nosniff"
                 and headers.get("referrer-policy") == "no-referrer" and "set-cookie" not in headers
                 and "access-control-allow-origin" not in headers and headers.get("cache-control") in ("no-store", "no-cache"),
                 "%s: %d, with its policy: %s" % (path, code, headers))
    report.check(SECRET.encode() not in body, "%s: no secret" % path)
    got = [site.get(path, Host=host)[0] for host in ("evil.example", "127.0.0.1.evil.example", "localhost@evil.example")]
    report.check(got == [421] * 3, "%s: foreign hosts get 421: %s" % (path, got))
    got = [site.get(path, Origin="https://evil.example")[0], site.get(path, Origin="null")[0],
           site.get(path, Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="no-cors")[0]]
    report.check(got == [403] * 3, "%s: scripts of other sites get 403: %s" % (path, got))
    got = [site.get(path, method)[0] for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "FOO")]
    report.check(set(got) <= {405, 400, 501} and got[0] == 405, "%s: other methods are refused: %s" % (path, got))
    code, headers, nothing = site.get(path, "HEAD")
    report.check(code == (405 if streams and code == 405 else 200) and nothing == b"" or streams, "%s: HEAD %d" % (path, code))
    return body, headers


def check_inert(report, path, body, headers):
    kind = headers.get("content-type", "").split(";")[0]
    if kind == "text/html":
        bad = Page(body.decode()).bad
        report.check(not bad, "%s: what a feed says is no markup: %s" % (path, bad[:5]))
    elif kind == "application/atom+xml":
        report.check(b"<script" not in body.lower() and b'href="javascript' not in body.lower(), "%s: nor here" % path)
    else:
        report.check(kind in ("application/json", "text/plain", "text/css", "text/javascript", "image/svg+xml", "image/png",
                              "text/event-stream", "application/openmetrics-text"), "%s is of a type that runs nothing: %s" % (path, kind))


def check_names(report, site, pattern):
    """Below each address with a name: hostile ones."""
    for name in NAMES:
        code, headers, body = site.get(pattern.replace("*", name))
        good = code in (400, 404, 414, 431) or (code == 200 and pattern.startswith("/search"))
        page = Page(body.decode(errors="replace")).bad if headers.get("content-type", "").startswith("text/html") else []
        report.check(good and "set-cookie" not in headers and not page and b"root:" not in body,
                     "%s: %d %s" % (pattern.replace("*", name)[:80], code, page))


def check_queries(report, site, path):
    for query in QUERIES:
        code, headers, body = site.get(path + query)
        page = Page(body.decode(errors="replace")).bad if headers.get("content-type", "").startswith("text/html") else []
        report.check(code in (200, 400, 404, 414) and not page, "%s: %d %s" % ((path + query)[:80], code, page))
        if code == 400 and path.startswith("/api/") and body:
            report.check(len(json.loads(body)["error"]) > 10, "and says why: %s" % json.loads(body)["error"][:80])


def check_requests(report, site):
    """What is no request, or could be read in two ways."""
    host = b"Host: 127.0.0.1\r\n"
    refused = {
        b"GET http://evil.example/api/v1/alerts HTTP/1.1\r\n" + host + b"\r\n": (400, 421),
        b"GET /api/v1/alerts HTTP/1.1\r\n\r\n": (400,),
        b"GET /api/v1/alerts HTTP/1.1\r\n" + host + host + b"\r\n": (400,),
        b"GET /api/v1/alerts HTTP/1.1\r\n" + host + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n": (400,),
        b"GET /api/v1/alerts HTTP/1.1\r\n" + host + b"Content-Length: 5\r\n\r\nhello": (400,),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n": (0, 400, 405, 501, 505),
        b"GET /api/v1/alerts HTTP/1.1\r\n" + host + b"X: " + b"x" * 20000 + b"\r\n\r\n": (0, 400, 413, 431),
        b"GET /" + b"a" * 20000 + b" HTTP/1.1\r\n" + host + b"\r\n": (0, 400, 404, 414),
        b"GET //api/v1/alerts HTTP/1.1\r\n" + host + b"\r\n": (400, 404, 421),  # "//api" names a host
        b"GET /api/v1/../v1/alerts HTTP/1.1\r\n" + host + b"\r\n": (400, 404),
        b"GET /api/v1/alerts/ HTTP/1.1\r\n" + host + b"\r\n": (404,),
        b"GET /API/V1/ALERTS HTTP/1.1\r\n" + host + b"\r\n": (404,),
        b"GET /api/v1/alerts\x01 HTTP/1.1\r\n" + host + b"\r\n": (0, 400, 404),
        b"GET /api/v1/alerts#x HTTP/1.1\r\n" + host + b"\r\n": (200, 400, 404),
        b"CONNECT evil.example:443 HTTP/1.1\r\n" + host + b"\r\n": (0, 400, 405, 501),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 64 + b"\r\n\r\n": (0, 400),
    }
    for request, codes in refused.items():
        code, headers, _ = site.raw(request)
        report.check(code in codes and "set-cookie" not in headers, "%r: %d" % (request[:60], code))


def main():
    report, desk, port = Report(), world.Desk(), world.free_port()
    items = "".join("<item><guid>guid-%d</guid><title>embassy %s</title><link>%s</link><description>embassy %s</description>"
                    "<author>%s</author><category>%s</category></item>" % ((n,) + tuple(
                        x.replace("\x00", "").replace("\x1b", "").replace("&", "&amp;").replace("<", "&lt;")
                        for x in (evil, LINKS[n % len(LINKS)], evil, evil, evil)))
                    for n, evil in enumerate(EVIL))
    server = world.serve(lambda path: ("<rss version='2.0'><channel><title>%s</title>%s</channel></rss>"
                                       % (EVIL[0].replace("<", "&lt;"), items)).encode())
    desk.configure('poll { private-networks = "allow" }\n'
                   'feed a { url = "%s/?token=%s" first-run = "alert" title = \'<script>alert(1)</script>\' }\n'
                   "watch w { title = '<img src=x onerror=alert(1)>' query = 'embassy' notify = { out, away } }\n"
                   'notify out { type = "file" path = "%s" }\nnotify away { type = "webhook" url = "http://127.0.0.1:1/%s" }\n'
                   % (server.url, SECRET, desk.file("out"), SECRET), 'status = "127.0.0.1:%d"' % port)
    desk.run()

    def alerts():
        return [json.loads(line) for line in desk.ask("alerts", "--json")[1].split("\n") if line]

    report.check(world.until(lambda: len(alerts()) == len(EVIL)), "alerts are raised")
    site = Site(port)
    names = {"/alerts/": alerts()[0]["data"]["id"], "/api/v1/alerts/": alerts()[0]["data"]["id"], "/feeds/": "a", "/api/v1/feeds/": "a",
             "/watches/": "w", "/api/v1/watches/": "w", "/items/": "#1", "/api/v1/items/": "1", "/deliveries/": "1", "/api/v1/deliveries/": "1",
             "/assets/": "page.css"}
    patterns = routes()
    report.check(len(patterns) >= 20 and "/api/v1/alerts" in patterns, "the table of addresses is read: %d" % len(patterns))
    for pattern in patterns:
        path = fill(pattern, names)
        body, headers = check_guards(report, site, path)
        check_inert(report, path, body, site.get(path)[1])
        if "text/event-stream" not in site.get(path)[1].get("content-type", ""):
            check_queries(report, site, path)
        if "*" in pattern:
            check_names(report, site, pattern)
        report.summary(pattern)
    check_requests(report, site)
    report.summary("requests that are none")
    report.check(site.get("/healthz")[0] == 200 and desk.ask("status")[0] in (0, 1), "the daemon is well")
    report.check(SECRET not in desk.log(), "and no secret is in its log")
    report.check(desk.stop() == 0, "it stops")
    if report.failed:
        print(desk.log()[-2000:])
    else:
        desk.directory.remove()
    return report.failed


sys.exit(main())
