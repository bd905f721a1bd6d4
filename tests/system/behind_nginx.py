#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""docs/guide/proxy.md as it is written: its two configurations, with ports, files and addresses of the test, in a
real nginx and the real daemon. TLS, login, sub-path, guards, metrics, and the stream of events as it comes."""
import base64
import http.client
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402

GUIDE = "docs/guide/proxy.md"
LOGIN = {"Authorization": "Basic " + base64.b64encode(b"desk:open sesame").decode()}


def blocks(kind):
    with open(GUIDE, encoding="utf-8") as f:
        return "\n".join(re.findall(r"^```%s\n(.*?)^```$" % kind, f.read(), re.M | re.S))


def replace(text, pairs):
    for old, new in pairs:
        if old not in text:
            raise SystemExit("not ok - %s has %s" % (GUIDE, old))
        text = text.replace(old, new)
    return text


def start_daemon(desk, feeds, port):
    keys = re.search(r"daemon \{(.*?)\n\}", blocks("conf"), re.S).group(1)
    desk.configure('feed a { url = "%s/a" first-run = "alert" }\npoll { every = "1s" host-gap = "0s" private-networks = "allow" }\n'
                   "watch snow { query = 'snow' notify = { out } }\nnotify out { type = \"file\" path = \"%s\" }\n"
                   % (feeds.url, desk.file("alerts")), replace(keys, [("127.0.0.1:8440", "127.0.0.1:%d" % port)]))
    desk.run()
    world.wait_port(port)


class Proxy:
    def __init__(self, directory, behind):
        self.port, self.plain = world.free_port(), world.free_port()
        world.certify(directory)
        password = subprocess.run(["openssl", "passwd", "-apr1", "open sesame"], capture_output=True, check=True, text=True).stdout
        directory.write("users", "desk:" + password)
        d = directory.path
        servers = replace(blocks("nginx"), [
            ("127.0.0.1:8440", "127.0.0.1:%d" % behind), ("listen 80;", "listen 127.0.0.1:%d;" % self.plain),
            ("listen 443 ", "listen 127.0.0.1:%d " % self.port), ("/etc/ssl/desk.crt", d + "/crt"), ("/etc/ssl/desk.key", d + "/key"),
            ("/etc/nginx/nightdesk.users", d + "/users"), ("allow 127.0.0.1;", "allow 127.0.0.2;")])
        directory.write("nginx.conf", """
            daemon off; worker_processes 1; user root; pid %(d)s/nginx.pid; error_log %(d)s/nginx.err;
            events { worker_connections 512; }
            http { access_log off; gzip on; gzip_types *; gzip_min_length 1;
                client_body_temp_path %(d)s/t1; proxy_temp_path %(d)s/t2; fastcgi_temp_path %(d)s/t3;
                uwsgi_temp_path %(d)s/t4; scgi_temp_path %(d)s/t5;
                %(s)s
            }""" % {"d": d, "s": servers})
        self.process = subprocess.Popen(["nginx", "-c", directory.file("nginx.conf"), "-p", d, "-e", directory.file("nginx.err")],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        world.wait_port(self.port)

    def connect(self, source="127.0.0.1"):
        trust = ssl.create_default_context()
        trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=20, context=trust, source_address=(source, 0))

    def ask(self, path, headers=None, method="GET", host="desk.example.org", source="127.0.0.1"):
        c = self.connect(source)
        try:
            c.request(method, path, headers={"Host": host, **(headers or {})})
            answer = c.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            c.close()


def login(report, proxy):
    report.check(proxy.ask("/nightdesk/api/v1/status")[0] == 401, "nothing without the login")
    report.check(proxy.ask("/nightdesk/api/v1/events")[0] == 401, "no stream either")
    status, headers, body = proxy.ask("/nightdesk/api/v1/status", LOGIN)
    report.check(status == 200 and '"running":true' in body, "the status below the path, by TLS: %d" % status)
    report.check("default-src 'none'" in headers["Content-Security-Policy"], "with its policy")
    report.check(proxy.ask("/nightdesk/healthz", LOGIN)[2] == "ok\n", "the health as well")
    page_below_path(report, proxy)
    status, headers, _ = proxy.ask("/nightdesk")
    report.check(status == 301 and headers["Location"].endswith("/nightdesk/"), "without its slash the path leads to it")
    c = http.client.HTTPConnection("127.0.0.1", proxy.plain, timeout=20)
    c.request("GET", "/nightdesk/?x=1", headers={"Host": "desk.example.org"})
    answer = c.getresponse()
    report.check(answer.status == 301 and answer.headers["Location"] == "https://desk.example.org/nightdesk/?x=1", "without TLS to TLS")
    c.close()


def page_below_path(report, proxy):
    """Each link of the page leads to something below the path."""
    status, _, page = proxy.ask("/nightdesk/", LOGIN)
    links = set(re.findall(r'(?:href|src|action)="([^"#?]+)', page))
    own = {urllib.parse.urljoin("/nightdesk/", link) for link in links if not re.match("[a-z]+:", link)}
    report.check(status == 200 and any("/assets/" in link for link in own), "the page comes, with %d links" % len(own))
    own.discard("/nightdesk/metrics")  # for Prometheus alone
    bad = [link for link in sorted(own) if not link.startswith("/nightdesk/") or proxy.ask(link, LOGIN)[0] != 200]
    report.check(not bad, "each leads to a page below the path: %s" % (bad or "yes"))


def guards(report, proxy):
    for headers, want in (({"Origin": "https://desk.example.org"}, 200), ({"Origin": "https://evil.example"}, 403),
                          ({"Sec-Fetch-Site": "cross-site"}, 403), ({"Sec-Fetch-Site": "same-origin"}, 200)):
        report.check(proxy.ask("/nightdesk/healthz", {**LOGIN, **headers})[0] == want, "%s: %d" % (headers, want))
    report.check(proxy.ask("/nightdesk/healthz", LOGIN, host="evil.example")[0] == 421, "a foreign name is refused")
    report.check(proxy.ask("/nightdesk/healthz", LOGIN, method="POST")[0] == 405, "nothing is changed through it")
    report.check(proxy.ask("/nightdesk/metrics", LOGIN)[0] == 403, "metrics are for the address of Prometheus, whatever the login")
    status, headers, body = proxy.ask("/nightdesk/metrics", source="127.0.0.2")
    report.check(status == 200 and "\nnightdesk_polls_total " in body, "which needs none: %d" % status)


def stream(report, proxy, posted):
    """An alert arrives through nginx while the stream is open."""
    c = proxy.connect()
    c.request("GET", "/nightdesk/api/v1/events", headers={"Host": "desk.example.org", "Accept-Encoding": "gzip", **LOGIN})
    answer = c.getresponse()
    report.check(answer.status == 200 and answer.headers["Content-Type"].startswith("text/event-stream")
                 and not answer.headers.get("Content-Encoding"), "a stream, not compressed: %d" % answer.status)
    posted.append(("2", "Snow in the mountains"))
    begun, seen = time.monotonic(), b""
    while b"Snow in the mountains" not in seen and time.monotonic() < begun + 15:
        seen += answer.readline()
    report.check(b"Snow in the mountains" in seen, "an alert comes through it as it is raised: %.1f s" % (time.monotonic() - begun))
    c.close()


def by_socket(report, proxy, desk, port):
    """The other way of the guide: nginx by a unix socket."""
    path = desk.file("page.sock")
    desk.directory.write("nightdesk.conf", open(desk.file("nightdesk.conf"), encoding="utf-8").read().replace("127.0.0.1:%d" % port, "unix:" + path))
    report.check(desk.ask("reload")[0] == 0, "a reload to a unix socket")
    with open(GUIDE, encoding="utf-8") as f:
        server = re.search("`(server unix:)/run/nightdesk-status.sock;`", f.read()).group(1)
    text = open(desk.file("nginx.conf"), encoding="utf-8").read()
    desk.directory.write("nginx.conf", replace(text, [("server 127.0.0.1:%d;" % port, "%s%s;" % (server, path))]))
    proxy.process.send_signal(signal.SIGHUP)
    report.check(world.until(lambda: proxy.ask("/nightdesk/healthz", LOGIN)[2] == "ok\n"), "nginx goes on there")


def main():
    if not shutil.which("nginx") or not shutil.which("openssl"):
        world.skip("behind nginx", "no nginx or openssl here")
        return 0
    posted = [("1", "Calm")]
    report, desk, feeds = world.Report(), world.Desk(), world.serve(lambda path: world.rss(list(posted)))
    port = world.free_port()
    start_daemon(desk, feeds, port)
    proxy = Proxy(desk.directory, port)
    login(report, proxy)
    guards(report, proxy)
    stream(report, proxy, posted)
    by_socket(report, proxy, desk, port)
    proxy.process.terminate()
    proxy.process.wait()
    report.check(desk.stop() == 0, "it stops")
    if report.failed:
        print(desk.log()[-3000:])
        with open(desk.file("nginx.err"), encoding="utf-8") as f:
            print(f.read()[-2000:])
    desk.directory.remove()
    return report.failed


sys.exit(main())
