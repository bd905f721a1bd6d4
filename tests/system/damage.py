#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Pages damaged after a clean stop: an index is rebuilt while the daemon runs, a table is reported with what
to do, and a restore ends that. Takes two minutes: the first check comes a minute after the start."""
import os
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402

ITEMS = 1500


class Desk(world.Desk):
    def __init__(self):
        super().__init__()
        body = world.rss((i * 7919 % 100003, "Siren %d" % i) for i in range(ITEMS))
        self.configure('poll { private-networks = "allow" }\n'
                       'feed good { url = "%s" first-run = "quiet" }\n' % world.serve(lambda path: body).url
                       + "watch siren { query = 'siren' notify = { out } }\n"
                       + 'notify out { type = "stdout" }\n')

    def count(self):
        try:
            db = sqlite3.connect("file:%s?mode=ro" % self.file("state.db"), uri=True)
            n = db.execute("SELECT count(*) FROM items").fetchone()[0]
            db.close()
        except sqlite3.Error:
            n = -1
        return n

    def damage(self, tree):
        """Overwrites a leaf of that tree."""
        db = sqlite3.connect(self.file("state.db"))
        page = db.execute("SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' LIMIT 1 OFFSET 1",
                          (tree,)).fetchone()[0]
        db.close()
        with open(self.file("state.db"), "r+b") as f:
            f.seek((page - 1) * 4096)
            f.write(b"\xa5" * 4096)


def main():
    report, desk = world.Report(), Desk()
    desk.start()
    report.check(world.until(lambda: desk.count() == ITEMS), "the feed is stored")
    report.check(desk.ask("backup", desk.file("copy.db"))[0] == 0 and desk.stop() == 0, "a backup, and a clean stop")
    desk.damage("items")
    desk.start()
    report.check(world.until(lambda: "kind=database-damaged" in desk.log(), 120), "a damaged table is reported")
    code, out, _ = desk.ask("status")
    report.check(code == 1 and "database-damaged" in desk.ask("status", "--json")[1] and "restore" in out,
                 "status says so, ends with 1, and names restore")
    report.check(desk.ask("restore", desk.file("copy.db"))[0] == 0, "the backup is put back")
    desk.stop()
    desk.damage("items_first_seen")
    desk.start()
    report.check(world.until(lambda: "kind=database-rebuilt" in desk.log(), 120), "a damaged index is rebuilt")
    report.check(world.until(lambda: desk.ask("status")[0] == 0), "and nothing is left for a person to do")
    report.check(desk.stop() == 0, "a clean stop")
    db = sqlite3.connect(desk.file("state.db"))
    report.check(db.execute("PRAGMA quick_check('items')").fetchone()[0] == "ok"
                 and db.execute("SELECT count(*) FROM items INDEXED BY items_first_seen").fetchone()[0] == ITEMS,
                 "the index is whole")
    db.close()
    if not report.failed:
        desk.directory.remove()
    return report.failed


sys.exit(main())
