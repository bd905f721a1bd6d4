#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""backup and restore, while the daemon runs and while it does not: nothing is sent twice, nothing is
lost, a file that is no backup changes nothing."""
import http.server
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402


class Feed:
    """A feed whose items can be added to."""

    def __init__(self):
        feed = self
        self.items = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = ("<rss version='2.0'><channel><title>F</title>%s</channel></rss>" % "".join(
                    "<item><guid>%s</guid><title>Siren %s</title></item>" % (i, i) for i in feed.items)).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = "http://127.0.0.1:%d/" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Desk:
    def __init__(self, feed, hook):
        self.directory = world.Directory()
        self.file = self.directory.file
        self.directory.write("nightdesk.conf", 'daemon { state = "%s" control = "%s" }\n'
                             % (self.file("state.db"), self.file("control.sock"))
                             + 'poll { private-networks = "allow" host-gap = "0s" }\n'
                             + 'feed good { url = "%s" every = "2s" first-run = "alert" }\n' % feed.url
                             + "watch siren { query = 'siren' notify = { hook } }\n"
                             + 'notify hook { type = "webhook" url = "%s" }\n' % hook.url)

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

    def alerts(self):
        rows = [json.loads(line) for line in self.ask("alerts", "--json")[1].splitlines()]
        return len(rows), sum(1 for r in rows if r.get("pending", 0))

    def until(self, test, seconds=60):
        end = time.time() + seconds
        while time.time() < end:
            if test():
                return True
            time.sleep(0.1)
        return False

    def log(self):
        with open(self.file("log"), encoding="utf-8", errors="replace") as f:
            return f.read()


def counts(hook):
    with hook.lock:
        ids = [g["id"] for g in hook.got]
    return len(ids), len(set(ids))


def running(report):
    feed, hook = Feed(), world.Hook(script=[204, 500])
    desk = Desk(feed, hook)
    copy = desk.file("copy.db")
    feed.items = ["one"]
    desk.start()
    report.check(hook.wait(1), "the first alert is sent")
    feed.items = ["one", "two"]
    report.check(desk.until(lambda: len(hook.refused) == 1), "the second is refused once, and waits")
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
    feed.items = ["one", "two", "three"]
    report.check(hook.wait(3), "two more are sent after the backup")

    pid = desk.process.pid
    code, out, err = desk.ask("restore", copy)
    report.check(code == 0 and "2 items, 2 alerts" in out, "restore while running: %s%s" % (out.strip(), err.strip()))
    report.check(desk.process.poll() is None and "event=restored" in desk.log(), "the daemon goes on as process %d" % pid)
    report.check(desk.until(lambda: desk.alerts()[0] == 3), "what came since the backup is found again")
    feed.items = ["one", "two", "three", "four"]
    report.check(hook.wait(4), "a new alert is sent")
    report.check(counts(hook) == (4, 4), "nothing was sent twice: %d of %d" % counts(hook))
    report.check(desk.until(lambda: desk.alerts() == (4, 0)), "nothing waits")
    report.check(os.path.exists(desk.file("state.db.before-restore")), "the old database is kept")
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
    report.check(desk.until(lambda: desk.alerts() == (4, 0)), "what came since is found again")
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
    feed, hook = Feed(), world.Hook()
    desk = Desk(feed, hook)
    feed.items = ["one"]
    desk.start()
    report.check(hook.wait(1) and desk.ask("backup", desk.file("copy.db"))[0] == 0, "a backup is made")
    reader = sqlite3.connect("file:%s?mode=ro" % desk.file("state.db"), uri=True)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM items").fetchone()
    feed.items = ["one", "two"]
    report.check(hook.wait(2), "another alert is sent while a reader holds the log")
    code, _, err = desk.ask("restore", desk.file("copy.db"))
    report.check(code == 1 and "event=restore-failed" in desk.log(), "a restore that fails says so: %s" % err.strip())
    reader.close()
    feed.items = ["one", "two", "three"]
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
