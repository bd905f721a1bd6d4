#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""SOAK_SECONDS (default 20) of the real daemon among servers and receivers with faults of all kinds.

In the first third it is killed and stopped again and again, then it runs on under reloads, good and bad, and
commands, while its memory, descriptors and threads are watched; at last all is well, and an audit of what
every receiver got and of what the database says. SEED repeats the faults, not the time at which they come."""
import gzip
import json
import os
import random
import signal
import socket
import sqlite3
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../system/lib"))
import world  # noqa: E402

SECONDS = float(os.environ.get("SOAK_SECONDS") or 20)
SEED = int(os.environ.get("SEED") or time.time())
FEEDS, SHOWN, RECEIVERS = 40, 60, 5
WINDOW = 8   # deliveries that are in flight to a webhook at most
PASSING_THREADS = 3   # check of the database, log, name look-up: threads that live for a while
STEADY, FLAKY, HANGS, DOWN, PICKY = range(RECEIVERS)
rng = random.Random(SEED)


class Press:
    """What is published, and which faults there are."""

    def __init__(self):
        self.lock, self.published, self.calm = threading.Lock(), 0, True

    def fault(self):
        with self.lock:
            return None if self.calm or rng.random() < 0.75 else rng.choice(
                ("500", "404", "limit", "cut", "reset", "page", "rubbish", "drip", "redirect", "ids", "gzip", "empty"))

    def body(self, feed, edition=""):
        with self.lock:
            top = self.published
        items = ["<item><guid isPermaLink='false'>n%d%s</guid><title>%s number %d</title>"
                 "<link>http://f%d.example/%d</link></item>" % (i, edition, "Weather" if i % 2 else "Siren", i, feed, i)
                 for i in reversed(range(feed, top, FEEDS)[-SHOWN:])]
        return ("<rss version='2.0'><channel><title>F</title>%s<item><guid>old%d</guid><title>Siren of yesterday</title>"
                "</item></channel></rss>" % ("".join(items), feed)).encode()


def item_of(body):
    """The number at the end of the title: the id changes with the edition."""
    return json.loads(body)["data"]["item"]["title"].rsplit(" ", 1)[1]


class Ledger:
    """What the receivers got: of each (receiver, item), the id and bytes, and how often it was taken."""

    def __init__(self):
        self.lock, self.got, self.taken, self.refused = threading.Lock(), {}, {}, set()
        self.faults, self.in_flight = [], 0

    def take(self, receiver, headers, body, count):
        item = item_of(body)
        with self.lock:
            if self.got.setdefault((receiver, item), (headers["webhook-id"], body)) != (headers["webhook-id"], body):
                self.faults.append("r%d: %s with another id or other bytes" % (receiver, item))
            if count:
                self.taken[receiver, item] = self.taken.get((receiver, item), 0) + 1
        return item

    def lose(self):
        with self.lock:
            self.in_flight += 1


press, ledger = Press(), Ledger()


class Feed(world.Handler):
    """A server of feeds."""

    def do_GET(self):
        feed, fault = int(self.path.rsplit("/", 1)[1]), press.fault()
        body = press.body(feed, ".e" if fault == "ids" else "")
        tag = '"%x"' % hash(body)
        if fault in ("500", "404"):
            self.answer(int(fault), b"no")
        elif fault == "limit":
            self.answer(429, b"", [("Retry-After", "3")])
        elif fault == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            self.close_connection = True
        elif fault in ("cut", "drip"):
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            for i in range(8):
                self.wfile.write(body[len(body) * i // 8:len(body) * (i + 1) // 8])
                if fault == "drip":
                    time.sleep(0.3)
                elif i == 4:
                    self.close_connection = True
                    return
        elif fault == "page":
            self.answer(200, b"<!DOCTYPE html><html><body>Siren: back soon</body></html>", [("Content-Type", "text/html")])
        elif fault == "rubbish":
            self.answer(200, body.replace(b"<item>", b"\xff\xfe<<&]]><item>", 1))
        elif fault == "redirect" and not self.path.startswith("/moved"):
            self.answer(rng.choice((301, 302, 308)), b"", [("Location", "/moved/%d" % feed)])
        elif fault == "gzip":
            packed = gzip.compress(body)
            self.answer(200, packed[:rng.randrange(len(packed))], [("Content-Encoding", "gzip")])
        elif fault == "empty":
            self.answer(200, world.rss([]))
        elif self.headers["If-None-Match"] == tag:
            self.answer(304)
        else:
            self.answer(200, body, [("ETag", tag)])


class Receiver(world.Handler):
    """The path is /NUMBER; each number has a fault of its own."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        receiver = int(self.path[1:])
        body = self.rfile.read(int(self.headers["Content-Length"]))
        calm = press.calm
        if receiver == PICKY and item_of(body).endswith("6"):
            item = ledger.take(receiver, self.headers, body, False)
            ledger.refused.add((receiver, item))
            self.answer(400)
        elif calm or receiver in (STEADY, PICKY):
            ledger.take(receiver, self.headers, body, True)
            self.answer(204)
        elif receiver == FLAKY and rng.random() < 0.1:
            ledger.take(receiver, self.headers, body, False)
            self.answer(*rng.choice(((500, b"", ()), (503, b"", ()), (429, b"", [("Retry-After", "2")]))))
        elif receiver == HANGS and rng.random() < 0.02:
            ledger.take(receiver, self.headers, body, True)   # and never answers
            ledger.lose()
            time.sleep(5)
            self.close_connection = True
        elif receiver == DOWN and time.time() % 40 < 10:
            self.close_connection = True
        else:
            ledger.take(receiver, self.headers, body, True)
            self.answer(204)


def configure(desk, feeds, hooks, second):
    """Two versions, so that a reload changes something."""
    blocks = ('poll { every = "2s" host-gap = "0s" per-host = 64 private-networks = { 127.0.0.0/8 } }\n'
              + "".join('feed f%d { url = "%s/feed/%d" source = "s%d" every = "%ds" }\n'
                        % (i, feeds.url, i, i, 3 if second and i % 5 == 0 else 2) for i in range(FEEDS))
              + "".join('notify r%d { type = "webhook" url = "%s/%d" }\n' % (i, hooks.url, i) for i in range(RECEIVERS))
              + "watch siren { query = 'siren' notify = { %s } }\n" % ", ".join("r%d" % i for i in range(RECEIVERS))
              + ("watch other { query = 'storm' }\n" if second else ""))
    desk.configure(blocks, 'log = "warn" flood-items = 0 flood-alerts = 0')


def publish(stop):
    while not stop.wait(0.25):
        with press.lock:
            press.published += 1


class Look:
    """What the daemon has now: memory in KiB, threads, connections to the servers, other descriptors."""

    def __init__(self, desk, servers):
        pid, ports = desk.process.pid, {"%04X" % server.server_address[1] for server in servers}
        with open("/proc/%d/status" % pid, encoding="ascii") as f:
            lines = dict(line.split(":", 1) for line in f)
        with open("/proc/%d/net/tcp" % pid, encoding="ascii") as f:
            peers = {"socket:[%s]" % row[9]: row[2][-4:] for row in map(str.split, f)}
        self.memory, self.threads = int(lines["VmRSS"].split()[0]), int(lines["Threads"])
        self.connections = self.others = 0
        for name in os.listdir("/proc/%d/fd" % pid):
            try:
                connected = peers.get(os.readlink("/proc/%d/fd/%s" % (pid, name))) in ports
            except FileNotFoundError:   # closed since
                continue
            self.connections += connected
            self.others += not connected


def size(desk, suffix):
    try:
        return os.path.getsize(desk.file("state.db" + suffix))
    except OSError:
        return 0


def kill_often(desk, until_time):
    """Returns how often it was killed or stopped."""
    kills, pause = 0, max(2.0, min(20.0, SECONDS / 30))
    while time.time() < until_time:
        time.sleep(rng.uniform(0.3, 1) * pause)
        if kills % 3 == 2:
            desk.stop()
        else:
            desk.process.send_signal(signal.SIGKILL)
            desk.process.wait()
        kills += 1
        desk.start()
    return kills


def run_on(report, desk, until_time, servers):
    """Reloads and commands; returns what was seen of the process, and the largest log."""
    samples, most_log, second, n, answers = [], 0, False, 0, 0
    report.check(desk.up(), "the daemon answers after the last kill")
    desk.ask("feeds", "poll")   # as drain() does: their connections are kept
    while time.time() < until_time:
        n += 1
        second = not second
        configure(desk, *servers, second)
        if n % 5 == 0:
            desk.directory.write("watchlists.d/bad.conf", "watch bad { query = 'a AND' }\n")
        code, _, _ = desk.ask("reload")
        answers += code == (1 if n % 5 == 0 else 0)
        if n % 5 == 0:
            os.unlink(desk.file("watchlists.d/bad.conf"))
        desk.process.send_signal(signal.SIGHUP)
        for words in (("status", "--json"), ("deliveries", "list", "--json"), ("feeds", "--json")):
            desk.ask(*words)
        samples.append(Look(desk, servers))
        most_log = max(most_log, size(desk, "-wal"))
        time.sleep(min(3, SECONDS / 60))
    report.check(answers == n, "%d reloads were answered as they should be: %d" % (n, answers))
    return samples, most_log


def expected():
    with press.lock:
        return {str(i) for i in range(0, press.published, 2)}


def missing():
    with ledger.lock:
        return [(r, i) for r in range(RECEIVERS) for i in expected()
                if (r, i) not in ledger.taken and (r, i) not in ledger.refused]


def drain(desk):
    """Waits until every receiver has what it must have, and the daemon knows; what waits is tried again at once,
    by command."""
    press.calm = True
    desk.ask("feeds", "poll")

    def all_there():
        if not missing() and json.loads(desk.ask("status", "--json")[1])["deliveries"]["pending"] == 0:
            return True
        desk.ask("deliveries", "retry", "--state", "pending")
        time.sleep(1)
        return False

    world.until(all_there, 240)


def audit_database(report, desk):
    db = sqlite3.connect("file:%s?mode=ro" % desk.file("state.db"), uri=True)
    alerts, deliveries, waiting = (db.execute(q).fetchone()[0] for q in (
        "SELECT count(*) FROM alerts WHERE kind = 0",
        "SELECT count(*) FROM deliveries WHERE alert IN (SELECT row FROM alerts WHERE kind = 0)",
        "SELECT count(*) FROM deliveries WHERE state NOT IN (1, 3)"))   # delivered, dead
    report.check(alerts == len(expected()) and deliveries == alerts * RECEIVERS and waiting == 0,
                 "%d alerts of %d items, %d deliveries, %d have not ended" % (alerts, len(expected()), deliveries, waiting))
    whole = db.execute("PRAGMA integrity_check").fetchone()[0]
    report.check(whole == "ok", "the database is whole: %s" % whole)


def audit_growth(report, samples, most_log, end):
    """On a slow machine a short run has few samples, maybe one: what may come and go is allowed by its own bound."""
    part = max(1, len(samples) // 5)
    early, late = samples[:2 * part], samples[-part:] + [end]
    memory, before = max(s.memory for s in late), max(s.memory for s in early)
    others, threads = max(s.others for s in early), max(s.threads for s in early)
    print("# %d samples; memory %d KiB early, %d KiB late; at the end %d connections, %d other descriptors (early %d), "
          "%d threads (early %d); log of the database at most %d KiB"
          % (len(samples), before, memory, end.connections, end.others, others, end.threads, threads, most_log // 1024))
    report.check(memory <= before * 1.1 + 8192, "memory does not grow: %d KiB, then %d" % (before, memory))
    # A connection is kept for each delivery and poll that were under way at once, and drain() makes them be.
    allowed = RECEIVERS * WINDOW + FEEDS
    report.check(end.connections <= allowed, "nor do the connections: %d of %d" % (end.connections, allowed))
    # A check of the database opens it once more, and a command may have left its connection just now.
    report.check(end.others <= others + 8, "nor does the number of other descriptors: %d" % end.others)
    report.check(end.threads <= threads + PASSING_THREADS, "nor that of threads: %d" % end.threads)
    report.check(most_log <= 48 << 20, "nor the log of the database: %d KiB" % (most_log // 1024))


def main():
    report, desk = world.Report(), world.Desk()
    servers = world.Server(Feed), world.Server(Receiver)
    configure(desk, *servers, False)
    desk.run()
    polled = lambda: json.loads(desk.ask("status", "--json")[1])["polls"]["done"] >= 2 * FEEDS  # noqa: E731
    report.check(world.until(polled), "every feed was read once, seed %d" % SEED)
    press.calm, stop, begin = False, threading.Event(), time.time()
    threading.Thread(target=publish, args=(stop,), daemon=True).start()
    kills = kill_often(desk, begin + SECONDS / 3)
    samples, most_log = run_on(report, desk, begin + SECONDS, servers)
    stop.set()
    drain(desk)
    end = Look(desk, servers)
    report.check(desk.stop() == 0, "it stops")
    lost = missing()
    report.check(not lost, "nothing is lost of %d messages: %d %s" % (len(expected()) * RECEIVERS, len(lost), lost[:5]))
    strange = {i for _, i in ledger.got} - expected()
    report.check(not strange, "and nothing is old: %s" % sorted(strange)[:5])
    repeats = sum(n - 1 for n in ledger.taken.values())
    report.check(repeats <= kills * RECEIVERS * WINDOW + ledger.in_flight,
                 "%d repeats, %d kills, %d answers that were lost" % (repeats, kills, ledger.in_flight))
    report.check(not ledger.faults, "a repeat has the same id and bytes %s" % ledger.faults[:3])
    report.check("class=bug" not in desk.log(), "no bug is reported")
    audit_database(report, desk)
    audit_growth(report, samples, most_log, end)
    if report.failed:
        print(desk.log()[-3000:])
        print("left for a look:", desk.directory.path)
    else:
        desk.directory.remove()
    return report.failed


sys.exit(main())
