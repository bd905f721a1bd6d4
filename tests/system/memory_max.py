#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The kernel ends the daemon at the limit of its control group, as MemoryMax= of its unit sets one, while it reads
a feed that needs more. In the next run all other feeds go on, nothing is lost, and only what was in flight comes
twice; that feed waits and is named, and is read when there is more memory."""
import os
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402

GOOD = 8
WINDOW = 8   # deliveries in flight to one webhook
MIB = 1 << 20
FILLER = "word " * 700


class Group:
    """A control group with a limit of memory; where is None if there can be none."""

    def __init__(self, limit):
        self.where = None
        for base, name in (("/sys/fs/cgroup", "memory.max"), ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")):
            where = "%s/nightdesk-test-%d" % (base, os.getpid())
            try:
                os.mkdir(where)
            except OSError:
                continue
            if os.path.exists(os.path.join(where, name)):
                self.where, self.limit = where, os.path.join(where, name)
                self.set(limit)
                return
            os.rmdir(where)

    def set(self, limit):
        with open(self.limit, "w", encoding="ascii") as f:
            f.write(str(limit))

    def enter(self):
        with open(os.path.join(self.where, "cgroup.procs"), "w", encoding="ascii") as f:
            f.write(str(os.getpid()))

    def remove(self):
        world.until(lambda: not open(os.path.join(self.where, "cgroup.procs"), encoding="ascii").read())
        os.rmdir(self.where)


class Web:
    """/greedy is a valid document of several MiB; /0 and so on are small."""

    def __init__(self):
        self.round, self.big = 0, False
        self.url = world.serve(self.answer).url + "/"

    def answer(self, path):
        name = path[1:]
        if name == "greedy" and self.big:
            return world.rss([("g%d" % i, "Siren g%d of greedy</title><description>%s</description><title>" % (i, FILLER))
                              for i in range(1900)])
        return world.rss([("%s.%d" % (name, i), "Siren %d of %s" % (i, name)) for i in range(self.round + 1)])


def start(desk, group):
    with open(desk.file("log"), "ab") as log:
        desk.process = subprocess.Popen([world.NIGHTDESK, "run", "-c", desk.directory.path], stdin=subprocess.DEVNULL,
                                        stdout=log, stderr=log, preexec_fn=group.enter)


def configure(desk, web, hook):
    names = ["greedy"] + [str(n) for n in range(GOOD)]
    desk.configure('poll { private-networks = "allow" host-gap = "0s" per-host = 8 every = "2s" }\n'
                   + "".join('feed f%s { url = "%s%s" first-run = "alert" }\n' % (n, web.url, n) for n in names)
                   + "watch siren { query = 'siren*' notify = { hook } }\n"
                   + 'notify hook { type = "webhook" url = "%s" }\n' % hook.url, "flood-items = 0 flood-alerts = 0")


def titles(hook):
    with hook.lock:
        return [a["data"]["item"]["title"] for a in hook.got]


def check_audit(report, web, hook):
    good = ["Siren %d of %d" % (i, n) for n in range(GOOD) for i in range(web.round + 1)]
    got = titles(hook)
    report.check(set(good) <= set(got), "each item of the others alerted: %s" % sorted(set(good) - set(got))[:5])


def main():
    group = Group(20 * MIB)
    if not group.where:
        return world.skip("the limit of memory of a control group", "no control group of one's own here")
    report, desk, web, hook = world.Report(), world.Desk(), Web(), world.Hook()
    configure(desk, web, hook)
    start(desk, group)
    report.check(world.until(lambda: len(hook.got) == GOOD + 1), "within the limit all feeds alert: %d" % len(hook.got))
    web.round, web.big = 1, True
    try:
        code = desk.process.wait(60)
    except subprocess.TimeoutExpired:
        code = None
    report.check(code == -signal.SIGKILL, "the kernel ends it at the limit: %s" % code)
    web.round = 2
    start(desk, group)
    report.check(world.until(lambda: len(titles(hook)) >= 3 * GOOD + 1 and all("Siren 2 of %d" % n in titles(hook) for n in range(GOOD))),
                 "in the next run all other feeds alert")
    time.sleep(5)   # more than two polls
    report.check(desk.process.poll() is None, "and it goes on")
    report.check("event=feed-suspected feed=fgreedy" in desk.log(), "the feed is named")
    check_audit(report, web, hook)
    group.set(600 * MIB)
    desk.ask("feeds", "poll", "fgreedy")
    report.check(world.until(lambda: len({t for t in titles(hook) if "of greedy" in t}) == 1901), "with more memory it is read")
    repeats = len(titles(hook)) - len(set(titles(hook)))
    report.check(repeats <= WINDOW, "and nothing came twice but what was in flight: %d" % repeats)
    report.check(desk.stop() == 0, "it stops")
    group.remove()
    if report.failed:
        print(desk.log()[-4000:])
    else:
        desk.directory.remove()
    return report.failed


sys.exit(main())
