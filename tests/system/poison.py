#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A document that kills the daemon while it is parsed: all other feeds go on in the next run, and its
feed waits and is named. After several such ends in a row the daemon delays its start, reports that to
the service manager, and can be stopped while it works."""
import os
import signal
import socket
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
GOOD = 8


class Web:
    """/bad is the document that kills; /0 and so on are good. Counts the requests of each."""

    def __init__(self):
        self.requests = {}
        self.url = world.serve(self.answer).url + "/"

    def answer(self, path):
        name = path[1:]
        self.requests[name] = self.requests.get(name, 0) + 1
        return world.rss([(name, "KILL-THE-PARSER" if name == "bad" else "The sirens of %s" % name)])


class Manager:
    """The socket of a service manager; text() is all that was sent to it."""

    def __init__(self, directory):
        self.path = directory.file("notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.got = []
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            self.got.append(self.socket.recv(4096).decode())

    def text(self):
        return "\n".join(self.got)


def main():
    report, web, hook, desk = world.Report(), Web(), world.Hook(), world.Desk()
    shim = desk.file("kill.so")
    try:
        built = subprocess.run(os.environ.get("CC", "cc").split() + ["-shared", "-fPIC", "-o", shim,
                               HERE + "/lib/parser_kill.c", "-ldl"], check=False).returncode == 0
    except FileNotFoundError:
        built = False
    if not built:
        world.skip("a document that kills the daemon", "no compiler here")
        return 0
    manager = Manager(desk.directory)
    names = ["bad"] + [str(n) for n in range(GOOD)]
    desk.configure('poll { private-networks = "allow" host-gap = "0s" per-host = 8 every = "10s" }\n'
                   + "".join('feed f%s { url = "%s%s" first-run = "alert" }\n' % (n, web.url, n) for n in names)
                   + "watch siren { query = 'siren*' notify = { hook } }\n"
                   + 'notify hook { type = "webhook" url = "%s" }\n' % hook.url)

    def start():
        desk.start(LD_PRELOAD=shim, NOTIFY_SOCKET=manager.path)

    start()
    report.check(desk.process.wait(60) == -signal.SIGKILL, "the document kills the first run")
    asked = web.requests.get("bad", 0)
    start()
    report.check(world.until(lambda: {a["data"]["item"]["title"][-1] for a in list(hook.got)} >= set("01234567")),
                 "all other feeds alert in the next one")
    again = dict(web.requests)
    report.check(world.until(lambda: all(web.requests[str(n)] > again[str(n)] for n in range(GOOD))),
                 "and are polled again")
    report.check(desk.process.poll() is None and web.requests["bad"] == asked, "which goes on and does not ask that feed")
    report.check("event=feed-suspected feed=fbad ends=1" in desk.log(), "the feed is named in the log")
    shown = desk.ask("feeds", "show", "fbad")[1]
    report.check("ended unexpectedly while it read this feed" in shown and "next poll" in shown,
                 "and in feeds show: %s" % " ".join(shown.split())[:300])
    report.check(desk.stop(signal.SIGTERM) == 0, "it stops as always")

    for _ in range(2):
        start()
        report.check(world.until(lambda: "event=started" in desk.log()) and "start-delayed" not in desk.log(),
                     "after a stop, and after one failure, it starts at once")
        desk.stop(signal.SIGKILL)
    manager.got.clear()
    start()
    report.check(world.until(lambda: "EXTEND_TIMEOUT_USEC=" in manager.text()), "the start after two failures is delayed")
    report.check("STATUS=ended unexpectedly 2 times in a row; starts in" in manager.text() and
                 "event=start-delayed wait_s=5 failures=2" in desk.log(), "which the service manager and the log say")
    report.check(world.until(lambda: "READY=1" in manager.text()), "and comes afterwards")
    desk.stop(signal.SIGKILL)
    start()
    report.check(world.until(lambda: "wait_s=10 failures=3" in desk.log()), "the delay grows")
    report.check(desk.stop(signal.SIGTERM) == 0 and "event=started" not in desk.log(), "SIGTERM ends it")
    start()
    report.check(world.until(lambda: "event=started" in desk.log()) and "start-delayed" not in desk.log(),
                 "and after a stop by hand there is none")
    desk.stop(signal.SIGTERM)
    if not report.failed:
        desk.directory.remove()
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
