#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""kill -9 at random moments while items flow and the receiver sometimes answers 500.

After the last start every expected alert was received, with at most one repeat for each kill of the
deliveries that were in flight, with the same webhook-id; and the database is intact. KILLS and ITEMS set the size; SEED repeats a run.
"""
import http.server
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from xml.sax.saxutils import escape

KILLS = int(os.environ.get("KILLS", "100"))
ITEMS = int(os.environ.get("ITEMS", "5000"))
SEED = int(os.environ.get("SEED", str(int(time.time()))))
FEEDS = 10
WINDOW = 8   # deliveries in flight to one webhook
NIGHTDESK = os.environ.get("NIGHTDESK", "build/nightdesk")
rng = random.Random(SEED)


class World:
    """Published items, and what the receiver accepted."""

    def __init__(self):
        self.lock = threading.Lock()
        self.published = 0
        self.accepted = {}   # webhook-id -> times answered 2xx
        self.bodies = {}     # webhook-id -> body
        self.refused = set()
        self.items = {}      # webhook-id -> item id
        self.faults = []

    def take(self, key, body):
        with self.lock:
            if self.bodies.setdefault(key, body) != body:
                self.faults.append("two bodies under %s" % key)
            # One in eight is refused at its first attempt.
            if key not in self.refused and key not in self.accepted and hash((key, SEED)) % 8 == 0:
                self.refused.add(key)
                return 500
            self.accepted[key] = self.accepted.get(key, 0) + 1
            self.items[key] = json.loads(body)["data"]["item"]["id"]
            return 204


world = World()


def feed(number):
    out = ['<?xml version="1.0"?><rss version="2.0"><channel><title>Feed %d</title>' % number]
    with world.lock:
        top = world.published
    mine = [i for i in range(top) if i % FEEDS == number]
    for i in reversed(mine):
        out.append("<item><guid isPermaLink=\"false\">n%d</guid><title>%s</title><link>http://f%d.example/%d</link></item>"
                   % (i, escape("Siren number %d & more" % i), number, i))
    out.append("<item><guid isPermaLink=\"false\">old%d</guid><title>Siren of yesterday</title></item>" % number)
    return ("".join(out) + "</channel></rss>").encode()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body=b""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(200, feed(int(self.path.rsplit("/", 1)[1])))

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(world.take(self.headers["webhook-id"], body))

    def log_message(self, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, address):
        pass   # connections of a killed daemon


def configure(directory, port):
    def write(name, text):
        path = os.path.join(directory, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        os.chmod(path, 0o600)

    write("nightdesk.conf", 'daemon { state = "%s/state.db" control = "%s/control" log = "warn" flood-items = 0 flood-alerts = 0 }\n'
          'poll { every = "1s" host-gap = "0s" per-host = 8 private-networks = { 127.0.0.0/8 } }\n'
          % (directory, directory))
    write("feeds.d/all.conf", "".join(
        'feed f%d { url = "http://127.0.0.1:%d/feed/%d" source = "s%d" }\n' % (i, port, i, i)
        for i in range(FEEDS)))
    write("watchlists.d/all.conf", "watch siren { query = 'siren' notify = { hook } }\n")
    write("notify.d/all.conf", 'notify hook { type = "webhook" url = "http://127.0.0.1:%d/hook" }\n' % port)


def start(directory):
    log = open(os.path.join(directory, "log"), "ab")
    return subprocess.Popen([NIGHTDESK, "run", "-c", directory], stdout=log, stderr=log,
                            stdin=subprocess.DEVNULL)


def counts(directory):
    with world.lock:
        return len(world.accepted), sum(n - 1 for n in world.accepted.values())


def baseline(directory):
    """Waits until feeds are read once, before new items appear."""
    daemon = start(directory)
    deadline = time.time() + 30
    while time.time() < deadline:
        time.sleep(0.3)
        out = subprocess.run([NIGHTDESK, "status", "-c", directory, "--json"], capture_output=True)
        try:
            if json.loads(out.stdout)["polls"]["done"] >= 2 * FEEDS:
                return daemon
        except (ValueError, KeyError):
            pass
    print("not ok - the daemon never read its feeds")
    print(open(os.path.join(directory, "log")).read()[-3000:])
    sys.exit(1)


def publish(stop):
    while not stop.wait(0.05):
        with world.lock:
            world.published = min(ITEMS, world.published + max(1, ITEMS // (KILLS * 5)))


def result(ok, text):
    print("%s - %s" % ("ok" if ok else "not ok", text))
    return ok


def main():
    directory = tempfile.mkdtemp(prefix="nightdesk-kill-")
    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    configure(directory, server.server_address[1])
    daemon = baseline(directory)
    stop = threading.Event()
    threading.Thread(target=publish, args=(stop,), daemon=True).start()
    for _ in range(KILLS):
        time.sleep(rng.uniform(0.02, 0.6))
        daemon.send_signal(signal.SIGKILL)
        daemon.wait()
        daemon = start(directory)
    with world.lock:
        world.published = ITEMS
    stop.set()
    deadline = time.time() + 120
    while time.time() < deadline and counts(directory)[0] < ITEMS:
        time.sleep(0.2)
    time.sleep(3)   # a repeat would come now
    daemon.terminate()
    code = daemon.wait(timeout=10)
    got, repeats = counts(directory)
    seen = set(world.items.values())
    expected = {"n%d" % i for i in range(ITEMS)}
    db = sqlite3.connect("file:%s/state.db?mode=ro" % directory, uri=True)
    whole = db.execute("PRAGMA integrity_check").fetchone()[0]
    good = [result(seen >= expected, "every alert arrived: %d of %d, seed %d"
                   % (len(seen & expected), ITEMS, SEED)),
            result(seen <= expected and got == len(seen), "nothing old, nothing under two ids: %d ids" % got),
            result(repeats <= KILLS * WINDOW, "at most one repeat of each delivery in flight: %d repeats, %d kills"
                   % (repeats, KILLS)),
            result(not world.faults, "a repeat is the same byte for byte %s" % world.faults[:3]),
            result(whole == "ok", "the database is whole: %s" % whole),
            result(code == 0, "a clean stop: %d" % code)]
    if all(good):
        shutil.rmtree(directory)
    else:
        print(open(os.path.join(directory, "log")).read()[-3000:])
        print("left for a look:", directory)
        sys.exit(1)


main()
