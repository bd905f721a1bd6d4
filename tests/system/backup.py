#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""backup and restore, while the daemon runs and while it does not: nothing is sent twice, nothing is
lost, a file that is not a backup changes nothing."""
import json
import os
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402


class Desk(world.Desk):
    """Its feed has the items of the list `items`."""

    def __init__(self, hook):
        super().__init__()
        self.items = []
        feed = world.serve(lambda path: world.rss((i, "Siren " + i) for i in self.items))
        self.configure('poll { private-networks = "allow" host-gap = "0s" }\n'
                       'feed good { url = "%s" every = "2s" first-run = "alert" }\n' % feed.url
                       + "watch siren { query = 'siren' notify = { hook } }\n"
                       + 'notify hook { type = "webhook" url = "%s" }\n' % hook.url)

    def alerts(self):
        rows = [json.loads(line) for line in self.ask("alerts", "--json")[1].splitlines()]
        return len(rows), sum(1 for r in rows if r.get("pending", 0))


def counts(hook):
    with hook.lock:
        ids = [g["id"] for g in hook.got]
    return len(ids), len(set(ids))


def running(report):
    hook = world.Hook(script=[204, 500])
    desk = Desk(hook)
    copy = desk.file("copy.db")
    desk.items = ["one"]
    desk.start()
    report.check(hook.wait(1), "the first alert is sent")
    desk.items = ["one", "two"]
    report.check(world.until(lambda: len(hook.refused) == 1), "the second is refused once, and waits")
    code, out, err = desk.ask("backup", copy)
    report.check(code == 0 and "2 items, 2 alerts" in out, "backup while running: %s%s" % (out.strip(), err.strip()))
    report.check(os.stat(copy).st_mode & 0o007 == 0 and not os.path.exists(copy + "-wal"),
                 "the copy is one file that others cannot read")
    report.check(desk.ask("backup", copy)[0] == 0, "an earlier backup is replaced")
    desk.directory.write("letter.txt", "not yours")
    code, _, err = desk.ask("backup", desk.file("letter.txt"))
    report.check(code == 73 and open(desk.file("letter.txt"), encoding="utf-8").read() == "not yours",
                 "another file is not: %s" % err.strip())
    report.check(desk.ask("backup", desk.file("state.db"))[0] == 73, "nor the database itself")
    delivery = [json.loads(line) for line in desk.ask("deliveries", "--json")[1].splitlines()]
    desk.ask("deliveries", "retry", str(max(d["id"] for d in delivery)))
    desk.items = ["one", "two", "three"]
    report.check(hook.wait(3), "two more are sent after the backup")

    pid = desk.process.pid
    kept = open(desk.file("state.db.conf"), encoding="utf-8").read()
    code, out, err = desk.ask("restore", copy)
    report.check(code == 0 and "2 items, 2 alerts" in out, "restore while running: %s%s" % (out.strip(), err.strip()))
    report.check(desk.process.poll() is None and "event=restored" in desk.log(), "the daemon goes on as process %d" % pid)
    report.check(world.until(lambda: desk.alerts()[0] == 3), "what came since the backup is found again")
    desk.items = ["one", "two", "three", "four"]
    report.check(hook.wait(4), "a new alert is sent")
    report.check(counts(hook) == (4, 4), "nothing was sent twice: %d of %d" % counts(hook))
    report.check(world.until(lambda: desk.alerts() == (4, 0)), "nothing waits")
    report.check(os.path.exists(desk.file("state.db.before-restore")), "the old database is kept")
    report.check("watch siren" in kept and open(desk.file("state.db.conf"), encoding="utf-8").read() == kept,
                 "so is the copy of the configuration")
    report.check(desk.stop() == 0, "a stop ends it with 0")

    before = open(desk.file("state.db"), "rb").read()
    desk.directory.write("cut.db", open(copy, "rb").read()[:20000])
    code, _, err = desk.ask("restore", desk.file("cut.db"))
    report.check(code == 65 and open(desk.file("state.db"), "rb").read() == before,
                 "a damaged backup changes nothing: %s" % err.strip())
    report.check(desk.ask("restore", desk.file("letter.txt"))[0] == 65, "nor does a file of another kind")
    report.check(desk.ask("restore", desk.file("nowhere.db"))[0] != 0, "nor one that does not exist")

    code, out, err = desk.ask("restore", copy)
    report.check(code == 0, "restore while stopped: %s%s" % (out.strip(), err.strip()))
    desk.start()
    report.check(world.until(lambda: desk.alerts() == (4, 0)), "what came since is found again")
    report.check(counts(hook) == (4, 4), "nothing was sent twice: %d of %d" % counts(hook))
    desk.stop()

    with open(desk.file("state.db"), "r+b") as f:
        f.write(b"\xff" * 4096)
    code, out, err = desk.ask("restore", copy)
    report.check(code == 0 and "not known" in err, "over a database that cannot be read: %s" % err.strip())
    desk.start()
    report.check(hook.wait(5), "what was not known to be sent is sent, under its id")
    report.check(counts(hook)[1] == 4, "there are four ids")
    desk.stop()
    if not report.failed:
        desk.directory.remove()


def refused(report):
    """The daemon cannot put the file in place: it goes on with the database that it has."""
    hook = world.Hook()
    desk = Desk(hook)
    desk.items = ["one"]
    desk.start()
    report.check(hook.wait(1) and desk.ask("backup", desk.file("copy.db"))[0] == 0, "a backup is made")
    reader = sqlite3.connect("file:%s?mode=ro" % desk.file("state.db"), uri=True)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM items").fetchone()
    desk.items = ["one", "two"]
    report.check(hook.wait(2), "another alert is sent while a reader holds the log")
    code, _, err = desk.ask("restore", desk.file("copy.db"))
    report.check(code == 1 and "event=restore-failed" in desk.log(), "a restore that fails says so: %s" % err.strip())
    reader.close()
    desk.items = ["one", "two", "three"]
    report.check(hook.wait(3) and desk.alerts()[0] == 3, "the daemon goes on")
    report.check(counts(hook) == (3, 3), "nothing was sent twice")
    desk.stop()
    if not report.failed:
        desk.directory.remove()


def main():
    report = world.Report()
    running(report)
    refused(report)
    return report.failed


sys.exit(main())
