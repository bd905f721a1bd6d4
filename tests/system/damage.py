#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Pages damaged after a clean stop: an index is rebuilt while the daemon runs, a table is reported with what
to do, and a restore ends that. Takes two minutes: the first check comes a minute after the start."""
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402

ITEMS = 1500


class Desk:
    def __init__(self):
        self.directory = world.Directory()
        self.file = self.directory.file
        self.directory.write("feed.xml", "<rss version='2.0'><channel><title>F</title>%s</channel></rss>" % "".join(
            "<item><guid>%d</guid><title>Siren %d</title></item>" % (i * 7919 % 100003, i) for i in range(ITEMS)))
        self.nginx = world.Nginx(self.directory, "location /feed.xml { alias %s; }" % self.file("feed.xml"))
        self.directory.write("nightdesk.conf", 'daemon { state = "%s" control = "%s" }\n'
                             % (self.file("state.db"), self.file("control.sock"))
                             + 'poll { private-networks = "allow" }\n'
                             + 'feed good { url = "%s" first-run = "quiet" }\n' % self.nginx.url("feed.xml")
                             + "watch siren { query = 'siren' notify = { out } }\n"
                             + 'notify out { type = "stdout" }\n')

    def ask(self, *command):
        done = subprocess.run([world.NIGHTDESK, *command, "-c", self.directory.path], capture_output=True, timeout=120,
                              stdin=subprocess.DEVNULL, check=False)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def start(self):
        log = open(self.file("log"), "ab")
        self.process = subprocess.Popen([world.NIGHTDESK, "run", "-c", self.directory.path], stdin=subprocess.DEVNULL,
                                        stdout=log, stderr=log)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)

    def log(self):
        with open(self.file("log"), encoding="utf-8", errors="replace") as f:
            return f.read()

    def until(self, test, seconds=120):
        end = time.time() + seconds
        while time.time() < end:
            if test():
                return True
            time.sleep(0.2)
        return False

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
    if not shutil.which("nginx"):
        return world.skip("damaged pages", "no nginx here")
    report, desk = world.Report(), Desk()
    desk.start()
    report.check(desk.until(lambda: desk.count() == ITEMS), "the feed is stored")
    report.check(desk.ask("backup", desk.file("copy.db"))[0] == 0 and desk.stop() == 0, "a backup, and a clean stop")
    desk.damage("items")
    desk.start()
    report.check(desk.until(lambda: "kind=database-damaged" in desk.log()), "a damaged table is reported")
    code, out, _ = desk.ask("status")
    report.check(code == 1 and "database-damaged" in desk.ask("status", "--json")[1] and "restore" in out + desk.log(),
                 "status says so, ends with 1, and names restore")
    report.check(desk.ask("restore", desk.file("copy.db"))[0] == 0, "the backup is put back")
    desk.stop()
    desk.damage("items_first_seen")
    desk.start()
    report.check(desk.until(lambda: "kind=database-rebuilt" in desk.log()), "a damaged index is rebuilt")
    report.check(desk.until(lambda: desk.ask("status")[0] == 0), "and nothing is left for a person to do")
    report.check(desk.stop() == 0, "a clean stop")
    db = sqlite3.connect(desk.file("state.db"))
    report.check(db.execute("PRAGMA quick_check('items')").fetchone()[0] == "ok"
                 and db.execute("SELECT count(*) FROM items INDEXED BY items_first_seen").fetchone()[0] == ITEMS,
                 "the index is whole")
    db.close()
    desk.nginx.stop()
    if not report.failed:
        desk.directory.remove()
    return report.failed


sys.exit(main())
