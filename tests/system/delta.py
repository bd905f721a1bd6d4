#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A server that answers with the new entries only (RFC 3229), and one that does not know what that is."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402

ITEMS = [("3", "Weather"), ("2", "Sport"), ("1", "Traffic")]
NEW = [("5", "Embassy opens"), ("4", "Markets")]


class Publisher:
    """/delta knows A-IM, /plain does not. publish(): there are new entries."""

    def __init__(self):
        self.items, self.version, self.asked = list(ITEMS), 1, []
        publisher = self

        class Get(world.Handler):
            def do_GET(self):
                publisher.asked.append((self.path, self.headers.get("If-None-Match"), self.headers.get("A-IM")))
                self.answer(*publisher.reply(self.path, self.headers))

        self.url = world.Server(Get).url

    def publish(self):
        self.items, self.version = NEW + self.items, self.version + 1

    def reply(self, path, headers):
        etag, have = '"v%d"' % self.version, headers.get("If-None-Match")
        kept = [("Content-Type", "application/rss+xml"), ("ETag", etag)]
        if have == etag:
            return 304, b"", kept
        if path == "/delta" and have and "feed" in headers.get("A-IM", ""):
            return 226, world.rss(NEW), kept + [("IM", "feed"), ("Cache-Control", "no-store, im")]
        return 200, world.rss(self.items), kept

    def take(self):
        asked, self.asked = sorted(self.asked), []
        return asked


def main():
    report, publisher, directory = world.Report(), Publisher(), world.Directory()
    directory.write("nightdesk.conf", """
        daemon { state = "%(state)s" }
        poll { private-networks = allow host-gap = 0s }
        watch embassy { query = 'embassy' notify = { out } }
        notify out { type = "file" path = "%(out)s" }
        feed delta { url = "%(url)s/delta" }
        feed plain { url = "%(url)s/plain" }
        """ % {"state": directory.file("state.db"), "out": directory.file("alerts"), "url": publisher.url})
    desk = world.Desk(directory)

    report.check(world.once(directory)[0] == 0 and publisher.take() == [("/delta", None, None), ("/plain", None, None)],
                 "without an ETag the whole is asked for")
    publisher.publish()
    report.check(world.once(directory)[0] == 0, "the second run ends well")
    asked = publisher.take()
    report.check(asked == [("/delta", '"v1"', "feed"), ("/plain", '"v1"', "feed")], "then both are asked with A-IM: %s" % asked)
    with open(directory.file("alerts"), encoding="utf-8") as f:
        data = [json.loads(line)["data"] for line in f]
    alerts = sorted(d["item"]["feed"]["name"] for d in data)
    forms = set()
    for d in data:
        evidence = json.loads(desk.ask("alerts", "show", d["id"], "--evidence", "--json")[1])
        forms.add((d["item"]["feed"]["name"], evidence["documents"][0]["form"]))
    report.check(forms == {("delta", "part"), ("plain", "whole")}, "their evidence says what is a part: %s" % forms)
    feeds = {feed["name"]: feed for feed in map(json.loads, desk.ask("feeds", "--json")[1].splitlines())}
    report.check(alerts and feeds["delta"]["items"] == feeds["plain"]["items"] == 5,
                 "the new entries of both are there: %s" % alerts)
    world.once(directory)
    report.check([etag for _, etag, _ in publisher.take()] == ['"v2"', '"v2"'], "and the ETag of the part is sent next")
    report.check(all(feed["state"] == "fine" for feed in feeds.values()), "nothing is amiss")
    directory.remove()
    sys.exit(1 if report.failed else 0)


main()
