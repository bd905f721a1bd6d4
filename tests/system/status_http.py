#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Metrics and health by HTTP: promtool reads them, foreign hosts and sites do not; hostile clients beside it."""
import email.utils
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402

PATHS = ("/healthz", "/readyz", "/metrics", "/api/v1/status", "/", "/?wall=1", "/alerts", "/watches", "/feeds", "/feeds/a", "/search?q=calm", "/items/%231",
         "/assets/page.css")


def get(port, path, headers=None, method="GET"):
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        c.request(method, path, headers=headers or {})
        r = c.getresponse()
        return r.status, dict(r.getheaders()), r.read().decode()
    finally:
        c.close()


def configure(desk, feeds, listen, keys=""):
    desk.configure('feed a { url = "%s/a" first-run = "alert" }\npoll { every = "1s" host-gap = "0s" private-networks = "allow" }\n'
                   "watch snow { query = 'snow' notify = { out } }\nnotify out { type = \"file\" path = \"%s\" }\n"
                   % (feeds.url, desk.file("alerts")),
                   'status = "%s" %s' % (listen, keys))


def answers(report, port):
    for path in PATHS:
        status, headers, body = get(port, path)
        report.check(status == 200 and "default-src 'none'" in headers["Content-Security-Policy"], "%s: %d" % (path, status))
        status, head, nothing = get(port, path, method="HEAD")
        report.check(status == 200 and nothing == "" and int(head["Content-Length"]) > 0, "%s: a HEAD has no body" % path)
    report.check(get(port, "/healthz")[2] == "ok\n" and get(port, "/readyz")[2] == "ready\n", "in one word each")
    report.check(get(port, "/nothing")[0] == 404 and get(port, "/metrics", method="POST")[0] == 405, "and nothing else, read-only")
    for path, want, words in (("/feeds/none", 404, "There is no feed none"), ("/alerts/al_x", 404, "There is no alert"), ("/x/y", 404, "nothing at this"),
                              ("/alerts?since=soon", 400, "Since is a time"), ("/items/%zz", 400, "malformed"), ("/api/v1/x", 404, '{"error":')):
        status, headers, body = get(port, path)
        report.check(status == want and words in body, "%s: %d" % (path, status))
    tag = get(port, "/assets/page.css")[1]["ETag"]
    report.check(get(port, "/assets/page.css", {"If-None-Match": tag})[0] == 304, "an asset has an entity tag")
    one = json.loads(get(port, "/api/v1/status?x=1")[2])
    report.check(one["running"] is True and one["feeds"]["configured"] == 1, "the status document is that of the command")


def prometheus(report, port):
    text = get(port, "/metrics")[2]
    wanted = ("nightdesk_polls_total ", "nightdesk_loop_callback_seconds_bucket{le=\"+Inf\"} ", "nightdesk_loop_callback_seconds_sum ",
              "nightdesk_started_timestamp_seconds 1", "nightdesk_troubles{kind=\"disk-full\"} 0", "nightdesk_build_info{version=")
    for name in wanted:
        report.check("\n" + name in text, name)
    if not shutil.which("promtool"):
        world.skip("promtool", "not installed")
        return
    done = subprocess.run(["promtool", "check", "metrics"], input=text.encode(), capture_output=True, check=False)
    report.check(done.returncode == 0, "promtool check metrics: %s" % (done.stdout + done.stderr).decode())


def delays(report, port, desk):
    """An item, from its own date to the yes of a receiver, in the histograms."""
    world.until(lambda: "\nnightdesk_deliveries_sent_total 1\n" in get(port, "/metrics")[2])
    text = get(port, "/metrics")[2]
    values = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    for name in ("item_match", "publish_to_seen", "poll", "seen_to_delivered"):
        count, total = (float(values["nightdesk_%s_seconds_%s" % (name, part)]) for part in ("count", "sum"))
        report.check(count >= 1 and total < 60, "%s: %d events, %f s" % (name, count, total))
    text = desk.ask("status")[1]
    report.check("half of the alerts arrived within" in text and ", 99 % within" in text, "the command says it in words")
    one = json.loads(get(port, "/api/v1/status")[2])["items"]["publish_to_seen"]
    report.check(len(one["counts"]) == len(one["bounds"]) + 1 and sum(one["counts"]) == 1, "in the status document too")
    report.check(one["sum"] >= 2000, "counted from the date of the item: %d ms" % one["sum"])


def strangers(report, port):
    for host, want in (("evil.example", 421), ("127.0.0.1.evil.example", 421), ("desk.example.org", 200), ("localhost:%d" % port, 200)):
        report.check(get(port, "/metrics", {"Host": host})[0] == want, "Host %s: %d" % (host, want))
    report.check(get(port, "/metrics", {"Origin": "https://evil.example"})[0] == 403, "a script of another site is refused")
    report.check(get(port, "/metrics", {"Sec-Fetch-Site": "cross-site"})[0] == 403, "by Fetch Metadata as well")


def strange_requests(report, port):
    """What no client of ours sends, byte for byte, and the status of the answer."""
    host = b"Host: localhost\r\n"
    for name, request, want in (
            ("an absolute address of another host", b"GET http://evil.example/metrics HTTP/1.1\r\n" + host, 421),
            ("two hosts", b"GET /healthz HTTP/1.1\r\n" + host + b"Host: evil.example\r\n", 400),
            ("no host", b"GET /healthz HTTP/1.1\r\n", 400),
            ("two lengths", b"GET /healthz HTTP/1.1\r\n" + host + b"Content-Length: 0\r\nContent-Length: 5\r\n", 400),
            ("a length and a coding", b"GET /healthz HTTP/1.1\r\n" + host + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", 400),
            ("a header of 10 KB", b"GET /healthz HTTP/1.1\r\n" + host + b"X: " + b"x" * 10000 + b"\r\n", 400),
            ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n", 400)):
        with socket.create_connection(("127.0.0.1", port), timeout=30) as s:
            s.sendall(request + b"\r\n")
            answer = s.recv(64)
            report.check(answer.startswith(b"HTTP/1.1 %d " % want), "%s: %r" % (name, answer[:15]))


def crowd(report, port, desk):
    """1,000 connections that send nothing, or a byte now and then; a scrape is answered beside them."""
    sockets = []
    for n in range(1000):
        s = socket.socket()
        s.setblocking(False)
        s.connect_ex(("127.0.0.1", port))
        sockets.append(s)
    stop = threading.Event()

    def drip():
        while not stop.is_set():
            for s in sockets[::3]:
                try:
                    s.send(b"G")
                except OSError:
                    pass
            time.sleep(0.2)

    threading.Thread(target=drip, daemon=True).start()
    begun = time.time()
    report.check(get(port, "/healthz")[0] == 200, "an answer among 1,000 hostile connections")
    report.check(time.time() - begun < 30, "after %.1f s" % (time.time() - begun))
    report.check(desk.ask("status")[0] == 0, "the control socket answers as well")
    stop.set()
    for s in sockets:
        s.close()
    report.check(get(port, "/healthz")[0] == 200, "and later")


def by_socket(report, desk, feeds, port):
    path = desk.file("http.sock")
    configure(desk, feeds, "unix:" + path)
    report.check(desk.ask("reload")[0] == 0, "a reload to a Unix socket")
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(path)
        s.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        report.check(s.makefile("rb").read().endswith(b"ok\n"), "it answers there")
    with socket.socket() as s:
        report.check(s.connect_ex(("127.0.0.1", port)) != 0, "and no more at the port")
    configure(desk, feeds, "0.0.0.0:%d" % port)
    report.check(desk.ask("reload")[0] == 1 and "everybody who reaches this address" in desk.log(), "an open address is refused")
    configure(desk, feeds, "")
    report.check(desk.ask("reload")[0] == 0 and not os.path.exists(path), "and none at all ends it")


def publish(posted):
    """A calm first document, then one with an item that is three seconds old when it is first asked for."""
    if not posted:
        posted.append(None)
        return world.rss([("1", "Calm")])
    posted[0] = posted[0] or email.utils.formatdate(time.time() - 3)
    return world.rss([("1", "Calm"), ("2", "Snow</title><pubDate>%s</pubDate><title>" % posted[0])])


def main():
    posted = []
    report, desk, feeds = world.Report(), world.Desk(), world.serve(lambda path: publish(posted))
    port = world.free_port()
    configure(desk, feeds, "127.0.0.1:%d" % port, "status-hosts = { desk.example.org }")
    desk.run()
    world.wait_port(port)
    world.until(lambda: "nightdesk_polls_total 0\n" not in get(port, "/metrics")[2])
    answers(report, port)
    prometheus(report, port)
    delays(report, port, desk)
    strangers(report, port)
    strange_requests(report, port)
    crowd(report, port, desk)
    by_socket(report, desk, feeds, port)
    report.check(desk.stop() == 0, "it stops")
    if report.failed:
        print(desk.log()[-3000:])
    desk.directory.remove()
    return report.failed


sys.exit(main())
