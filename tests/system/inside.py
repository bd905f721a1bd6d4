#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Addresses that are not on the public internet, in a network of the test's own with a name server that answers
with them: names, spellings and redirects lead there, and no connection is ever made. Every address is this machine,
and a trap listens at all of them."""
import json
import os
import signal
import socket
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import network  # noqa: E402
import world  # noqa: E402

PUBLIC = "93.184.216.34"
PRIVATE = ["127.0.0.1", "127.9.9.9", "10.1.2.3", "172.31.255.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
           "192.0.2.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
           "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "fe80::1", "fc00::1", "fd00:ec2::254",
           "fec0::1", "ff02::1", "2001:db8::1", "2002:7f00:1::1", "2001::1"]
SPELLINGS = ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0x7f.1", "0", "[::]", "[::1]", "[::ffff:7f00:1]",
             "[64:ff9b::7f00:1]", "0.0.0.0", "127.0.0.1.", "localhost", "LOCALHOST."]
# What the public server redirects to.
REDIRECTS = ["http://127.0.0.1/x", "http://private3.test/x", "//private12.test/x", "http://2130706433/", "http://[::1]/",
             "http://public.test:22/", "ftp://public.test/x", "file:///etc/passwd",
             "gopher://127.0.0.1:25/_x", "dict://127.0.0.1/"] + ["http://%s/y" % spelling for spelling in SPELLINGS]


class Trap:
    """Listens at every address of these ports, and says who came."""

    def __init__(self, *ports):
        self.came = []
        for port in ports:
            for family, address in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
                try:
                    listener = socket.socket(family)
                    if family == socket.AF_INET6:
                        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    listener.bind((address, port))
                    listener.listen(64)
                except OSError:
                    continue  # no IPv6 here
                threading.Thread(target=self.accept, args=(listener,), daemon=True).start()

    def accept(self, listener):
        while True:
            connection, _ = listener.accept()
            address = connection.getsockname()[0]
            self.came.append(address)
            connection.close()


def answer(name, asked):
    """The name server: private0.test and on have an address of that list."""
    del asked
    if name == "public.test":
        return [PUBLIC]
    if name == "receiver.test":
        return ["127.0.0.1"]
    if name.startswith("private") and name.endswith(".test"):
        return [PRIVATE[int(name[7:-5])]]
    return network.NXDOMAIN


class Public:
    """The only server that may be asked: at the public address, port 80."""

    def __init__(self):
        self.asked = []
        server = self

        class Get(world.Handler):
            def do_GET(self):
                server.asked.append(self.path)
                if self.path.startswith("/to/"):
                    self.answer(302, b"", [("Location", REDIRECTS[int(self.path[4:])])])
                else:
                    self.answer(200, world.rss([("1", "Embassy")]), [("Content-Type", "application/rss+xml")])

        world.Server(Get, PUBLIC, 80)


def errors_of(desk):
    """By feed; None: it is fine."""
    return {feed["name"]: feed.get("error") for feed in map(json.loads, desk.ask("feeds", "--json")[1].splitlines())}


def spellings(report, desk):
    """Of an address in the configuration: check refuses them."""
    desk.configure("".join('feed f%d { url = "http://%s/feed" }\n' % row for row in enumerate(SPELLINGS)))
    code, out, err = desk.ask("check")
    refused = (out + err).count("is not on the public internet")
    report.check(code == 1 and refused == len(SPELLINGS), "odd spellings of an address are refused: %d of %d"
                 % (refused, len(SPELLINGS)))


def feeds_and_redirects(report, desk, public, trap):
    feeds = {"good": "http://public.test/feed"}
    feeds.update(("name%d" % i, "http://private%d.test/feed" % i) for i in range(len(PRIVATE)))
    feeds.update(("redirect%d" % i, "http://public.test/to/%d" % i) for i in range(len(REDIRECTS)))
    desk.configure('poll { host-gap = 0s per-host = 100 every = "1h" }\n'
                   "watch embassy { query = 'embassy' notify = { out } }\nnotify out { type = stdout }\n" +
                   "".join('feed %s { url = "%s" }\n' % feed for feed in feeds.items()))
    code, out, err = desk.ask("check")
    report.check(code == 0, "the configuration is fine" + (out + err if code else ""))
    log = world.once(desk.directory)[1]
    errors = errors_of(desk)
    report.check(errors["good"] is None and "/feed" in public.asked, "a feed at a public address is read: %s" % errors["good"])
    wrong = {feeds[name]: text for name, text in errors.items() if name != "good" and not text}
    report.check(not wrong, "all others are refused: %s" % wrong)
    vague = {feeds[name]: text for name, text in errors.items() if name.startswith("name") and text and
             "not on the public internet" not in text and "no such host" not in text and "cannot connect" not in text}
    report.check(not vague, "and the error says why: %s" % vague)
    report.check(trap.came == [], "nothing inside was connected: %s" % trap.came)
    report.check(sorted(public.asked) == sorted(["/feed"] + ["/to/%d" % i for i in range(len(REDIRECTS))]),
                 "the public server was asked for nothing else: %s" % public.asked)
    report.check("passwd" not in log and "root:" not in log, "no file was read")


def receiver_and_feed(report, desk):
    """A receiver may be inside, a feed of the same address may not, however warm its connection is."""
    asked = []

    class Both(world.Handler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            asked.append("POST")
            self.answer(204)

        def do_GET(self):
            asked.append("GET")
            self.answer(200, world.rss([("1", "Embassy")]))

    url = "http://receiver.test:%d/" % world.Server(Both).server_address[1]
    desk.configure('poll { host-gap = 0s every = "1s" }\n'
                   "watch embassy { query = 'embassy' notify = { hook } }\n"
                   'notify hook { type = webhook url = "%s" }\nfeed inside { url = "%s" }\n'
                   'feed outside { url = "http://public.test/feed" first-run = alert }\n' % (url, url))
    desk.run()
    report.check(world.until(lambda: "POST" in asked, 30), "a receiver inside is sent to")
    desk.ask("feeds", "poll")
    report.check(world.until(lambda: errors_of(desk)["inside"], 30) and "GET" not in asked,
                 "a feed of the same address is refused: %s" % asked)
    desk.stop()


def main():
    why = network.enter()
    if why:
        world.skip("addresses inside", why)
        return
    report, desk = world.Report(), world.Desk()
    names = network.serve_names(answer)
    try:
        public, trap = Public(), Trap(22, 25, 443, 8080)
        # Port 80 of all other addresses: the public one is bound already.
        for address in [a for a in PRIVATE if ":" not in a and not a.startswith(("224.", "255.", "0."))]:
            world.Server(type("Inside", (world.Handler,), {"do_GET": lambda self: trap.came.append(self.path)}), address, 80)
        for address in ("::1", "::ffff:127.0.0.1"):
            listener = socket.socket(socket.AF_INET6)
            try:
                listener.bind((address, 80))
                listener.listen(16)
                threading.Thread(target=trap.accept, args=(listener,), daemon=True).start()
            except OSError:
                pass
        spellings(report, desk)
        feeds_and_redirects(report, desk, public, trap)
        receiver_and_feed(report, desk)
    finally:
        os.kill(names, signal.SIGKILL)
    if not report.failed:
        desk.directory.remove()
    sys.exit(1 if report.failed else 0)


main()
