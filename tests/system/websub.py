#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""WebSub with a strict hub of the test's own: verification, signatures, leases, what is forged or foreign,
a restart, a hub that is gone, feeds that leave, hostile clients."""
import hashlib
import hmac
import http.client
import json
import os
import shutil
import socket
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402

LEASE = {"short": 12}


def rss(name, base, items, hub="/hub"):
    links = "" if hub is None else (
        '<atom:link rel="hub" href="%s"/><atom:link rel="self" href="%s"/>'
        % (urllib.parse.urljoin(base, hub), "%s/feed/%s" % (base, name)))
    return ("<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel><title>%s</title>%s%s</channel></rss>" % (
        name, links, "".join("<item><guid>%s</guid><title>%s</title></item>" % i for i in items))).encode()


def call(url, method="GET", body=None, headers=None):
    """Returns status, headers and body."""
    u = urllib.parse.urlsplit(url)
    c = http.client.HTTPConnection(u.hostname, u.port, timeout=30)
    try:
        c.request(method, u.path + ("?" + u.query if u.query else ""), body, headers or {})
        r = c.getresponse()
        return r.status, dict(r.getheaders()), r.read()
    finally:
        c.close()


class Hub:
    """Feeds at /feed/NAME, and their hub at /hub. It holds a subscriber to W3C WebSub."""

    def __init__(self):
        self.lock, self.items, self.polls = threading.Lock(), {}, {}
        self.subscriptions, self.requests, self.faults = {}, [], []
        self.dead, self.deny, self.lie = False, set(), set()
        hub = self

        class Both(world.Handler):
            def do_GET(self):
                name = self.path.rpartition("/")[2]
                with hub.lock:
                    hub.polls[name] = hub.polls.get(name, 0) + 1
                    items = list(hub.items.get(name, ()))
                if name == "header":
                    self.answer(200, rss(name, hub.url, items, None), [
                        ("Link", '<%s/hub>; rel="hub"' % hub.url), ("Link", '</feed/header>; rel="self"')])
                else:
                    self.answer(200, rss(name, hub.url, items, "http://127.0.0.1:%d/" % hub.trap if name == "inside" else "/hub"))

            def do_POST(self):
                form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode(), strict_parsing=True)
                if hub.dead:
                    self.answer(500)
                    return
                self.answer(202)
                threading.Thread(target=hub.take, args=({k: v[0] for k, v in form.items()},), daemon=True).start()

        self.trap = 0
        self.url = world.Server(Both).url

    def fault(self, text):
        self.faults.append(text)

    def take(self, form):
        topic, mode = form["hub.topic"], form["hub.mode"]
        name = topic.rpartition("/")[2]
        with self.lock:
            self.requests.append((mode, name))
        if topic != "%s/feed/%s" % (self.url, name):
            self.fault("topic %s" % topic)
        if mode == "subscribe" and not 0 < len(form.get("hub.secret", "")) < 200:
            self.fault("secret %r" % form.get("hub.secret"))
        if name in self.deny:
            call("%s?%s" % (form["hub.callback"], urllib.parse.urlencode(
                {"hub.mode": "denied", "hub.topic": topic, "hub.reason": "not for you"})))
            return
        self.verify(form, name, topic, mode)

    def verify(self, form, name, topic, mode):
        challenge = "a b&c=<%s>" % os.urandom(8).hex()
        question = {"hub.mode": mode, "hub.topic": topic, "hub.challenge": challenge, "hub.lease_seconds": LEASE.get(name, 864000)}
        wrong = dict(question, **{"hub.topic": topic + "x"})
        if call("%s?%s" % (form["hub.callback"], urllib.parse.urlencode(wrong)))[0] != 404:
            self.fault("a verification of another topic is confirmed")
        status, headers, body = call("%s?%s" % (form["hub.callback"], urllib.parse.urlencode(question)))
        if status != 200 or body.decode() != challenge:
            self.fault("%s of %s: verification got %d %r" % (mode, name, status, body))
        if headers.get("Content-Type") != "text/plain" or headers.get("X-Content-Type-Options") != "nosniff":
            self.fault("a challenge may be taken for a page: %s" % headers)
        with self.lock:
            if mode == "subscribe":
                self.subscriptions[name] = form
            else:
                self.subscriptions.pop(name, None)

    def count(self, mode, name):
        with self.lock:
            return self.requests.count((mode, name))

    def push(self, name, items, algorithm="sha256", secret=None, body=None, link=None, signature=True, content_type="application/rss+xml"):
        """Returns the status."""
        form = self.subscriptions[name]
        body = rss(name, self.url, items) if body is None else body
        headers = {"Content-Type": content_type, "Link": '<%s/hub>; rel="hub", <%s>; rel="self"' % (
            self.url, link or form["hub.topic"])}
        if signature:
            key = (secret or form["hub.secret"]).encode()
            headers["X-Hub-Signature"] = "%s=%s" % (algorithm, hmac.new(key, body, getattr(hashlib, algorithm)).hexdigest())
        return call(form["hub.callback"], "POST", body, headers)[0]


class Front:
    """nginx before the listener, as nightdesk.conf(5) has it; without nginx hubs reach the listener itself."""

    def __init__(self, port):
        self.directory, self.nginx = world.Directory(), None
        self.url = "http://127.0.0.1:%d/hub" % port
        if shutil.which("nginx"):
            self.nginx = world.Nginx(self.directory, "location /hub/ { proxy_pass http://127.0.0.1:%d; client_max_body_size 1m; }" % port)
            self.url = self.nginx.url("hub/")

    def stop(self):
        if self.nginx:
            self.nginx.stop()
        self.directory.remove()


def configure(desk, hub, hook, port, front, names):
    every = {"quick": "1s"}
    desk.configure(
        'poll { private-networks = { 127.0.0.1/32 } every = "1h" host-gap = "0s" per-host = 50 }\n'
        'websub { listen = "127.0.0.1:%d" public-url = "%s" }\n' % (port, front.url)
        + "".join('feed %s { url = "%s/feed/%s"%s }\n' % (n, hub.url, n, ' every = "%s"' % every[n] if n in every else "") for n in names)
        + "watch all { query = 'siren*' notify = { hook } }\n"
        + 'notify hook { type = "webhook" url = "%s" }\n' % hook.url)


def metric(desk, name):
    code, text, _ = desk.ask("status", "--json")
    return json.loads(text)["websub"][name] if code in (0, 1) else None


def titles(hook):
    with hook.lock:
        return [a["data"]["item"]["title"] for a in hook.got]


def arrives(report, hook, title, text, seconds=20):
    report.check(world.until(lambda: title in titles(hook), seconds), text)


def signed_content(report, desk, hub, hook):
    polls = hub.polls["a"]
    for n, algorithm in enumerate(("sha1", "sha256", "sha384", "sha512")):
        report.check(hub.push("a", [("p%d" % n, "Sirens %s" % algorithm)], algorithm) == 202, "%s: the hub gets a 202" % algorithm)
        arrives(report, hook, "Sirens %s" % algorithm, "%s: what was pushed alerts" % algorithm)
        time.sleep(1.1)  # content is taken once a second, else the feed is polled
    report.check(hub.push("header", [("h1", "Sirens of a header")]) == 202, "a hub in the header Link")
    arrives(report, hook, "Sirens of a header", "its content alerts")
    report.check(hub.polls["a"] == polls, "without a poll")
    before = len(titles(hook))
    report.check(hub.push("a", [("p0", "Sirens sha1")], "sha1") == 202, "the same again gets a 202")
    time.sleep(1)
    report.check(len(titles(hook)) == before, "and alerts nobody")


def forged_content(report, desk, hub, hook):
    before, polls = metric(desk, "forged"), hub.polls["a"]
    report.check(hub.push("a", [("f1", "Sirens forged")], secret="0" * 64) == 202, "a wrong signature gets a 202")
    report.check(hub.push("a", [("f2", "Sirens forged")], signature=False) == 202, "none as well")
    report.check(hub.push("a", [("f3", "Sirens forged")], algorithm="md5") == 202, "and an unknown algorithm")
    report.check(hub.push("a", [("f4", "Sirens forged")], secret=hub.subscriptions["b"]["hub.secret"]) == 202,
                 "and the secret of another feed")
    time.sleep(1)
    report.check("Sirens forged" not in titles(hook), "none of them alerts")
    report.check(metric(desk, "forged") == before + 4 and hub.polls["a"] == polls, "they are counted, and cause no poll")


def strangers(report, hub, port):
    form = hub.subscriptions["a"]
    base, topic = form["hub.callback"], form["hub.topic"]
    other = base[:-4] + "aaaa"
    ask = lambda url, **q: call("%s?%s" % (url, urllib.parse.urlencode({"hub." + k: v for k, v in q.items()})))[0]
    report.check(call(other, "POST", b"x")[0] == 410, "an unknown path gets a 410")
    report.check(ask(other, mode="subscribe", topic=topic, challenge="x", lease_seconds=5) == 404, "and no verification")
    report.check(ask(base, mode="unsubscribe", topic=topic, challenge="x") == 404, "nobody else can unsubscribe")
    report.check(ask(base, mode="subscribe", topic=hub.subscriptions["b"]["hub.topic"], challenge="x") == 404,
                 "the topic of another feed is not confirmed")
    report.check(ask(base, mode="subscribe", topic=topic) == 404, "nor a question without a challenge")
    report.check(call("http://127.0.0.1:%d/" % port)[0] == 404 and call(base, "DELETE")[0] == 405 and call(base, "HEAD")[0] == 405, "nothing else is there")


def hints(report, hub, hook):
    """What is signed and not used has the feed polled."""
    hub.items["d"] = [("1", "Calm"), ("d2", "Sirens of a hint")]
    report.check(hub.push("d", [("x", "Sirens of another")], link=hub.subscriptions["a"]["hub.topic"]) == 202, "content of another topic")
    arrives(report, hook, "Sirens of a hint", "has the feed polled instead", 60)
    report.check("Sirens of another" not in titles(hook), "and is not taken")
    hub.items["c"] = [("1", "Calm"), ("c2", "Sirens of a light ping")]
    report.check(hub.push("c", [], body=b'{"ping": true}', content_type="application/json") == 202, "a body that is no feed")
    arrives(report, hook, "Sirens of a light ping", "has the feed polled too", 60)


def leases(report, hub):
    before = hub.count("subscribe", "short")
    report.check(world.until(lambda: hub.count("subscribe", "short") > before, 30), "a short lease is renewed in time")
    report.check(hub.subscriptions["short"]["hub.callback"].count("/") >= 4 and hub.count("subscribe", "a") == 1, "a long one is not yet")


def restart(report, desk, hub, hook, subscribed):
    asked = {n: hub.count("subscribe", n) for n in subscribed}
    report.check(desk.stop() == 0, "it stops")
    desk.run()
    report.check(world.until(lambda: hub.push("a", [("r1", "Sirens after a restart")]) == 202, 20), "a restart keeps subscriptions")
    arrives(report, hook, "Sirens after a restart", "and what is pushed alerts")
    report.check({n: hub.count("subscribe", n) for n in subscribed} == asked, "no hub is asked again")


def hub_is_gone(report, hub, hook):
    hub.dead = True
    hub.items["quick"] = [("1", "Calm"), ("q2", "Sirens by polling")]
    arrives(report, hook, "Sirens by polling", "without a hub polling goes on")
    hub.dead = False


def refused(report, desk, hub, accepted):
    def show(name):
        return json.loads(desk.ask("feeds", "show", name, "--json")[1])["push"]
    report.check(world.until(lambda: show("denied")["state"] == "denied"), "a denial is shown: %s" % show("denied"))
    report.check(show("denied")["error"] == "not for you", "with its reason")
    report.check(world.until(lambda: "not on the public internet" in show("inside").get("error", "")), "a hub inside is refused: %s" % show("inside"))
    report.check(not accepted, "and not connected to")
    a = show("a")
    report.check(a["state"] == "active" and a["pushes"] >= 4 and a["hub"] == hub.url + "/hub", "feeds show tells of a: %s" % a)
    text = desk.ask("feeds", "show", "a")[1]
    pushed = next(json.loads(line)["data"]["id"] for line in desk.ask("alerts", "--json", "--limit", "0")[1].splitlines()
                  if "Sirens sha256" in line)
    evidence = json.loads(desk.ask("alerts", "show", pushed, "--evidence", "--json")[1])
    report.check(evidence["documents"][0]["form"] == "pushed", "evidence says what a hub sent")
    report.check("push" in text and hub.subscriptions["a"]["hub.secret"] not in text + json.dumps(a), "also in words, without the secret")


def feed_leaves(report, desk, hub, hook, port, front, names):
    callback = hub.subscriptions["b"]["hub.callback"]
    configure(desk, hub, hook, port, front, [n for n in names if n != "b"])
    report.check(desk.ask("reload")[0] == 0, "a reload without b")
    report.check(world.until(lambda: "b" not in hub.subscriptions, 30), "its hub is asked to end it, and confirmed")
    report.check(world.until(lambda: call(callback, "POST", b"x")[0] == 410, 10), "a push gets a 410")


def crowd(report, hub, hook, port):
    """1,000 connections that send slowly, nothing, or too much, while a push comes."""
    sockets = []
    for n in range(1000):
        s = socket.socket()
        s.setblocking(False)
        s.connect_ex(("127.0.0.1", port))
        sockets.append(s)
        if n % 100 == 99:
            time.sleep(0.05)
    for n, s in enumerate(sockets):
        try:
            s.send((b"", b"GET / HTTP/1.1\r\nHost: x\r\nX: ", b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n" + b"y" * 9000)[n % 3])
        except OSError:
            pass
    begun = time.time()
    report.check(hub.push("a", [("m1", "Sirens in a crowd")]) == 202, "a push among 1,000 hostile connections")
    arrives(report, hook, "Sirens in a crowd", "alerts")
    report.check(time.time() - begun < 30, "after %.1f s" % (time.time() - begun))
    for s in sockets:
        s.close()


def taken(report, hub, hook, port):
    """A second daemon cannot listen where the first does; it polls, and says so."""
    desk = world.Desk()
    desk.configure('poll { private-networks = { 127.0.0.1/32 } }\n'
                   'websub { listen = "127.0.0.1:%d" public-url = "http://127.0.0.1:%d/" }\n'
                   'feed a { url = "%s/feed/a" first-run = "alert" websub = "off" }\n' % (port, port, hub.url)
                   + "watch calm { query = 'calm' notify = { hook } }\n"
                   + 'notify hook { type = "webhook" url = "%s" }\n' % hook.url)
    desk.run()
    arrives(report, hook, "Calm", "a daemon that cannot listen polls all the same")
    report.check("not-listening" in desk.log() and "is another program using it?" in desk.log(), "and logs why")
    report.check(desk.stop() == 0, "it stops")
    desk.directory.remove()


def main():
    hub, hook, report, desk = Hub(), world.Hook(), world.Report(), world.Desk()
    accepted = []
    trap = socket.create_server(("127.0.0.1", 0))
    hub.trap = trap.getsockname()[1]
    threading.Thread(target=lambda: accepted.append(trap.accept()), daemon=True).start()
    names = ["a", "b", "c", "d", "header", "short", "quick", "denied", "inside"]
    subscribed = ["a", "b", "c", "d", "header", "quick"]
    hub.deny.add("denied")
    for n in names:
        hub.items[n] = [("1", "Calm")]
    port = world.free_port()
    front = Front(port)
    configure(desk, hub, hook, port, front, names)
    desk.run()
    report.check(world.until(lambda: set(subscribed + ["short"]) <= set(hub.subscriptions), 60), "hubs are asked and answered")
    report.check(world.until(lambda: metric(desk, "active") == 7, 10), "status counts them: %s" % metric(desk, "active"))
    signed_content(report, desk, hub, hook)
    forged_content(report, desk, hub, hook)
    strangers(report, hub, port)
    refused(report, desk, hub, accepted)
    leases(report, hub)
    restart(report, desk, hub, hook, subscribed)
    hub_is_gone(report, hub, hook)
    feed_leaves(report, desk, hub, hook, port, front, names)
    crowd(report, hub, hook, port)
    hints(report, hub, hook)
    taken(report, hub, hook, port)
    report.check(not hub.faults, "the hub found no fault: %s" % hub.faults)
    report.check(desk.stop() == 0, "it stops")
    if report.failed:
        print(desk.log()[-3000:])
    front.stop()
    desk.directory.remove()
    return report.failed


sys.exit(main())
