#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""kill -9 at random moments while items flow to six webhooks that answer 2xx, 4xx, 429 and 5xx, hang, reset and
die at random.

At the end every delivery, each item for each receiver, is in one state, and in the one that its receiver knows of:
nothing is lost; what came again was in flight at a kill or at a fault of the receiver, and has the same id and
bytes; the database is intact. KILLS and ITEMS set the size; SEED repeats the faults, not the time at which they
come."""
import collections
import json
import os
import random
import signal
import socket
import sqlite3
import struct
import sys
import threading
import time
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402

KILLS = int(os.environ.get("KILLS") or 60)
ITEMS = int(os.environ.get("ITEMS") or 3000)
SEED = int(os.environ.get("SEED") or time.time())
FEEDS, RECEIVERS = 10 + ITEMS // 1000, 6   # of a feed, at most 2,000 items are taken
WINDOW = 8   # deliveries in flight to one webhook
REFUSED = 150   # of so many messages, each receiver refuses one whenever it comes
FAULTS = ("401", "404", "429", "500", "503", "hang", "lost", "reset")
rng = random.Random(SEED)
calm = threading.Event()


class Press:
    """What the feeds show: all of the items published so far."""

    def __init__(self):
        self.lock, self.published, self.cache = threading.Lock(), 0, {}

    def feed(self, number):
        with self.lock:
            top = self.published
            if self.cache.get(number, (None,))[0] != top:
                items = [("n%d" % i, "Siren number %d &amp; more" % i) for i in reversed(range(number, top, FEEDS))]
                self.cache[number] = top, world.rss(items + [("old%d" % number, "Siren of yesterday")])
            return '"%d"' % top, self.cache[number][1]

    def publish(self, stop):
        while not stop.wait(0.05):
            with self.lock:
                self.published = min(ITEMS, self.published + max(1, ITEMS // (KILLS * 5)))


class Ledger:
    """What the receivers got: the id and bytes of each item, and how often each receiver accepted it."""

    def __init__(self):
        self.lock, self.got, self.accepted, self.refused = threading.Lock(), {}, collections.Counter(), set()
        self.lost, self.faults, self.answers = 0, [], collections.Counter()

    def see(self, headers, body):
        item, key = json.loads(body)["data"]["item"]["id"], headers["webhook-id"]
        if self.got.setdefault(item, (key, body)) != (key, body):
            self.faults.append("%s: another id or other bytes" % item)
        return item

    def answer(self, receiver, headers, body):
        """Returns a status, or the fault with which the receiver ends the connection."""
        with self.lock:
            item = self.see(headers, body)
            how = None if calm.is_set() or rng.random() < 0.92 else rng.choice(FAULTS)
            if zlib.crc32(b"%d %d %s" % (SEED, receiver, item.encode())) % REFUSED == 0:
                self.refused.add((receiver, item))
                how = "400"
            elif how in (None, "hang", "lost"):
                self.accepted[receiver, item] += 1
                self.lost += how is not None
            self.answers[how or "204"] += 1
            return how or "204"

    def lose(self):
        with self.lock:
            self.lost += 1


press, ledger = Press(), Ledger()


class Feed(world.Handler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        tag, body = press.feed(int(self.path.rsplit("/", 1)[1]))
        if self.headers["If-None-Match"] == tag:
            self.answer(304)
        else:
            self.answer(200, body, [("ETag", tag)])


class Receiver:
    """A webhook that can die: its connections end and its port is closed until it lives again."""

    def __init__(self, number):
        self.number, self.open = number, set()
        receiver = self

        class Post(world.Handler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                super().setup()
                receiver.open.add(self.connection)

            def finish(self):
                receiver.open.discard(self.connection)
                super().finish()

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                how = ledger.answer(receiver.number, self.headers, body)
                if how == "hang":
                    calm.wait(40)
                if how in ("hang", "lost", "reset"):
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    self.close_connection = True
                    return
                try:
                    self.answer(int(how), b"", [("Retry-After", "1")] if how == "429" else ())
                except OSError:
                    if how == "204":
                        ledger.lose()
                    raise

        self.handler, self.server = Post, world.Server(Post)
        self.port, self.url = self.server.server_address[1], self.server.url

    def die(self, seconds):
        self.server.shutdown()
        self.server.server_close()
        for connection in list(self.open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass   # it has ended
        calm.wait(seconds)
        self.server = world.Server(self.handler, port=self.port)

    def die_often(self):
        while not calm.wait(rng.uniform(1, 20)):
            self.die(rng.uniform(0.1, 4))


def configure(desk, feeds, receivers):
    desk.configure(
        'poll { every = "1s" host-gap = "0s" per-host = 8 private-networks = { 127.0.0.0/8 } }\n'
        + "".join('feed f%d { url = "%s/feed/%d" source = "s%d" }\n' % (i, feeds.url, i, i) for i in range(FEEDS))
        + "".join('notify r%d { type = "webhook" url = "%s/hook" }\n' % (r.number, r.url) for r in receivers)
        + "watch siren { query = 'siren' notify = { %s } }\n" % ", ".join("r%d" % r.number for r in receivers),
        'log = "error" flood-items = 0 flood-alerts = 0')


def kill_often(desk):
    for _ in range(KILLS):
        time.sleep(rng.uniform(0.02, 0.6))
        desk.stop(signal.SIGKILL)
        desk.start()


def missing():
    with ledger.lock:
        return ITEMS * RECEIVERS - len(set(ledger.accepted) | ledger.refused)


def drain(desk):
    """Waits until every receiver has everything, and the daemon knows; what waits is tried again at once, by
    command, and so are feeds that rest since they were being read at a kill."""
    calm.set()

    def ended():
        counts = json.loads(desk.ask("status", "--json")[1] or "{}").get("deliveries", {})
        if not missing() and counts.get("pending") == 0:
            return True
        desk.ask("feeds", "poll")
        desk.ask("deliveries", "retry", "--state", "pending")
        time.sleep(1)
        return False

    return world.until(ended, 120 + ITEMS * RECEIVERS // 100)


def audit_states(report, desk):
    """Each delivery is listed once, with the state that its receiver knows of."""
    with ledger.lock:
        ids = {key: item for item, (key, _) in ledger.got.items()}
    states, strange = collections.Counter(), []
    for line in desk.ask("deliveries", "list", "--json", "--limit", "0")[1].splitlines():
        entry = json.loads(line)
        place = int(entry["notify"][1:]), ids.get(entry["alert"])
        known = "dead" if place in ledger.refused else "delivered" if ledger.accepted[place] else "never received"
        states[entry["state"]] += 1
        if entry["state"] != known:
            strange.append("%s: %s is %s" % (place, known, entry["state"]))
    report.check(not strange, "each is in the state that its receiver knows of: %d not %s" % (len(strange), strange[:3]))
    report.check(sum(states.values()) == ITEMS * RECEIVERS, "%d items x %d receivers = %s"
                 % (ITEMS, RECEIVERS, " + ".join("%d %s" % (n, s) for s, n in sorted(states.items()))))


def audit(report, desk):
    seen, expected = set(ledger.got), {"n%d" % i for i in range(ITEMS)}
    report.check(seen >= expected and not missing(), "every alert arrived everywhere: %d of %d, %d messages missing, seed %d"
                 % (len(seen & expected), ITEMS, missing(), SEED))
    ids = {key for key, _ in ledger.got.values()}
    report.check(seen <= expected and len(ids) == len(seen), "nothing old, nothing under two ids: %d ids" % len(ids))
    repeats = sum(n - 1 for n in ledger.accepted.values())
    report.check(repeats <= KILLS * RECEIVERS * WINDOW + ledger.lost,
                 "at most one repeat of each delivery in flight: %d repeats, %d kills, %d answers lost by receivers"
                 % (repeats, KILLS, ledger.lost))
    report.check(not ledger.faults, "a repeat is the same byte for byte %s" % ledger.faults[:3])
    audit_states(report, desk)
    whole = sqlite3.connect("file:%s?mode=ro" % desk.file("state.db"), uri=True).execute("PRAGMA integrity_check").fetchone()[0]
    report.check(whole == "ok", "the database is whole: %s" % whole)


def main():
    report, desk = world.Report(), world.Desk()
    receivers = [Receiver(i) for i in range(RECEIVERS)]
    configure(desk, world.Server(Feed), receivers)
    desk.run()
    polled = lambda: json.loads(desk.ask("status", "--json")[1])["polls"]["done"] >= 2 * FEEDS  # noqa: E731
    report.check(world.until(polled), "every feed was read once")
    stop, begin = threading.Event(), time.time()
    threading.Thread(target=press.publish, args=(stop,), daemon=True).start()
    dying = [threading.Thread(target=r.die_often, daemon=True) for r in receivers]
    for thread in dying:
        thread.start()
    kill_often(desk)
    stop.set()
    with press.lock:
        press.published = ITEMS
    drained = drain(desk)
    for thread in dying:
        thread.join()
    report.check(drained, "all is delivered at the end, after %d s" % (time.time() - begin))
    world.until(lambda: False, 3)   # a repeat would come now
    code = desk.stop()
    report.check(code == 0, "a clean stop: %d" % code)
    print("# answers: %s" % ", ".join("%d %s" % (n, how) for how, n in sorted(ledger.answers.items())))
    audit(report, desk)
    if report.failed:
        print(desk.log()[-3000:])
        print("left for a look:", desk.directory.path)
    else:
        desk.directory.remove()
    return report.failed


sys.exit(main())
