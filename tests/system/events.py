#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Server-sent events: new and changed alerts, the feed wall, resuming, slow readers, many streams."""
import http.client
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402
from events import Events  # noqa: E402

STREAMS = 100
FEEDS = 40


class Site:
    """A feed of items that a test adds, one that can fail, and a receiver that refuses at first."""

    def __init__(self):
        self.items, self.broken = [("0", "Calm")], False
        self.feeds = world.serve(self.answer)
        self.hook = world.Hook(script=[503])

    def answer(self, path):
        if path == "/a":
            return world.rss(self.items)
        return (500, b"", ()) if self.broken and path == "/other" else world.rss([("1", "Calm")])

    def add(self, n, text="Sirens %d"):
        for i in range(n):
            self.items.insert(0, (str(len(self.items)), text % len(self.items)))


def ident(alert):
    return alert["data"]["id"]


def get(port, path):
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    c.request("GET", path)
    r = c.getresponse()
    return r.status, json.loads(r.read())


def resident(desk):
    with open("/proc/%d/status" % desk.process.pid, encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmRSS"))


def news(report, site, port, desk):
    """What one client sees. Returns the ids of the alerts."""
    world.until(lambda: "not read yet" not in desk.ask("feeds", "list")[1])
    site.add(1)
    report.check(world.until(lambda: "Sirens 1" in desk.ask("alerts", "list")[1]), "an alert before the stream")
    e = Events(port)
    report.check(e.wait(lambda e: e.all("feeds") and e.all("status")), "a new stream gets wall and status")
    wall = e.all("feeds")[0]
    report.check(wall["wall"] == "f" * FEEDS and wall["signs"]["x"] == "failing", "one character a feed: %r" % wall["wall"])
    report.check(e.all("status")[0]["feeds"]["configured"] == FEEDS and "time" in e.all("status")[0], "counts of feeds")
    report.check(not e.all("alert", True), "no alert that is old")
    site.add(1)
    report.check(e.wait(lambda e: e.all("alert", True)), "a new alert comes")
    alert = e.all("alert", True)[0]
    listed = [json.loads(line) for line in desk.ask("alerts", "list", "--json")[1].splitlines()]
    report.check(ident(alert) == e.ids[e.got.index(("alert", alert))] == ident(listed[0])
                 and alert["data"]["item"] == listed[0]["data"]["item"], "it is the document of the list, with its id")
    report.check(e.wait(lambda e: any(ident(a) == ident(alert) and a["deliveries"].get("delivered") for a in e.all("alert"))),
                 "its delivery is an event of the same alert")
    site.broken = True
    report.check(e.wait(lambda e: [d for d in e.all("feeds") if d.get("changes") == [[1, "x"]]]), "a feed that fails is a change of the wall")
    site.broken = False
    e.close()
    return [ident(a) for a in reversed(listed)]


def wall(report, port):
    status, whole = get(port, "/api/v1/wall")
    report.check(status == 200 and len(whole["wall"]) == FEEDS, "the wall by itself")
    report.check(get(port, "/api/v1/wall?from=1&limit=5")[1]["names"] == ["b", "calm0", "calm1", "calm2", "calm3"], "names by place")
    found = get(port, "/api/v1/wall?q=B")[1]
    report.check(found["found"] == [1] and found["generation"] == whole["generation"], "places by name")
    report.check(get(port, "/api/v1/wall?from=x")[0] == 400, "a malformed number")


def resume(report, site, port, ids):
    site.add(2)
    e = Events(port, last=ids[-1])
    report.check(e.wait(lambda e: len(e.all("alert", True)) == 2), "a client that resumes gets what it has missed")
    report.check([ident(a) for a in e.all("alert")[:2]] == ids, "and those before it as they are now, without an id")
    e.close()
    by_query = Events(port, "/api/v1/events?after=" + ids[0])
    report.check(by_query.wait(lambda e: len(e.all("alert", True)) == 3), "the same by a parameter")
    by_query.close()
    for unknown in ("no-such-alert", "x" * 500):
        lost = Events(port, last=unknown)
        report.check(lost.wait(lambda e: ("reset", {}) in e.got), "an unknown alert: the client has to load all")
        lost.close()


def slow(report, site, port):
    """A client that reads nothing while more comes than its buffers hold: it gets all of it later."""
    e = Events(port, read=False)
    other = Events(port)
    other.wait(lambda other: other.all("feeds"))
    site.add(400, "Sirens %d " + "and more of this " * 100)
    report.check(other.wait(lambda other: len(other.all("alert", True)) == 400, 60), "a quick reader beside it gets 400 alerts")
    e.read()
    report.check(e.wait(lambda e: len(e.all("alert", True)) == 400), "a slow one gets them when it reads")
    got = [ident(a) for a in e.all("alert", True)]
    report.check(got == [ident(a) for a in other.all("alert", True)], "in order, each once")
    e.close()
    other.close()


def many(report, site, port, desk):
    before = resident(desk)
    streams = [Events(port) for _ in range(STREAMS)]
    report.check(all(e.wait(lambda e: e.all("feeds")) for e in streams), "%d streams" % STREAMS)
    site.add(1)
    report.check(all(e.wait(lambda e: e.all("alert", True)) for e in streams), "each gets the alert")
    grown = (resident(desk) - before) / STREAMS
    report.check(grown <= 32, "memory: %.1f KiB a stream, at most 32" % grown)
    for e in streams:
        e.close()


def ends(report, site, port, desk):
    """The listener is replaced, then the daemon stops, below open streams."""
    e, moved = Events(port), world.free_port()
    e.wait(lambda e: e.all("feeds"))
    configure(desk, site, moved)
    report.check(desk.ask("reload")[0] == 0 and e.wait(lambda e: e.ended), "a stream ends with its listener")
    e = Events(moved)
    report.check(e.wait(lambda e: e.all("feeds")), "there is a new one at the new address")
    report.check(desk.stop() == 0 and e.wait(lambda e: e.ended), "and ends with the daemon")


def configure(desk, site, port):
    quiet = "".join('feed calm%d { url = "%s/calm%d" every = "10s" }\n' % (n, site.feeds.url, n) for n in range(FEEDS - 2))
    desk.configure('feed a { url = "%s/a" first-run = "alert" }\nfeed b { url = "%s/other" }\n%s'
                   'poll { every = "1s" host-gap = "0s" per-host = 8 private-networks = "allow" }\n'
                   'watch w { query = "sirens" notify = { hook } }\nnotify hook { type = "webhook" url = "%s" }\n'
                   % (site.feeds.url, site.feeds.url, quiet, site.hook.url), 'flood-items = 0 flood-alerts = 0 status = "127.0.0.1:%d"' % port)


def main():
    report, desk, site, port = world.Report(), world.Desk(), Site(), world.free_port()
    configure(desk, site, port)
    desk.run()
    world.wait_port(port)
    ids = news(report, site, port, desk)
    wall(report, port)
    resume(report, site, port, ids)
    many(report, site, port, desk)
    slow(report, site, port)
    ends(report, site, port, desk)
    if report.failed:
        print(desk.log()[-3000:])
    desk.directory.remove()
    return report.failed


sys.exit(main())
