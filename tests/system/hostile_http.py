#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The HTTP server under attack: 1,000 hostile connections (slow headers, slow bodies, slow readers, half-open ones, each
opened again when it is closed) beside 100 readers with open streams. Alerts must not be slower than in the same run
without them, every reader gets every alert, and a stream costs 32 KiB at most.

SECONDS is how long each phase takes; with it the limits are the real ones, and slowhttptest attacks as well."""
import hashlib
import http.client
import json
import os
import resource
import selectors
import shutil
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402

EXACT = "SECONDS" in os.environ
SECONDS = float(os.environ.get("SECONDS", "5"))
FEEDS, EACH = 10, 3  # feeds, and items a second of each
CROWD, READERS = 1000, 100
STREAM = b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n"


# --- the crowd and the readers: this file again, in processes of their own, until their standard input ends. They
# are on this machine for the test only, so they leave the processor to the daemon. ---


def yield_processor():
    os.nice(19)


class Hostile:
    """One connection that is bad in its own way, and comes again when it is closed."""

    def __init__(self, port, kind):
        self.port, self.kind, self.socket, self.at = port, kind, None, 0

    def open(self):
        self.socket = socket.socket()
        self.socket.setblocking(False)
        if self.kind == "slow reader":
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        self.socket.connect_ex(("127.0.0.1", self.port))
        self.at = 0

    def act(self):
        """One small step. False: the connection has ended."""
        try:
            if self.kind == "slow headers":
                self.socket.send(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n" if self.at == 0 else b"X-a: b\r\n")
            elif self.kind == "slow body":
                self.socket.send(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n" if self.at == 0 else b"x")
            elif self.kind == "slow reader":
                self.socket.send(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n" * 4 if self.at == 0 else b"")
                if self.at and not self.socket.recv(1):
                    return False
            elif self.at == 1:
                self.socket.send(b"GE")
                self.socket.shutdown(socket.SHUT_WR)
            elif self.at > 1 and not self.socket.recv(64):
                return False
        except BlockingIOError:
            pass
        except OSError:
            return False
        self.at += 1
        return True


def play_crowd(port):
    kinds = ("slow headers", "slow body", "slow reader", "half-open")
    all_of_them = [Hostile(port, kinds[n % len(kinds)]) for n in range(CROWD)]
    opened = 0
    while not select_end(0):
        for h in all_of_them:
            if h.socket and not h.act():
                h.socket.close()
                h.socket = None
            if not h.socket:
                h.open()
                opened += 1
        select_end(0.2)
    print(json.dumps({"opened": opened}))


def select_end(seconds):
    """Waits; returns whether standard input has ended."""
    with selectors.DefaultSelector() as s:
        s.register(sys.stdin, selectors.EVENT_READ)
        return bool(s.select(seconds)) and not os.read(0, 1)


def play_readers(port):
    s, counts, begun = selectors.DefaultSelector(), {}, False
    for _ in range(READERS):
        c = socket.create_connection(("127.0.0.1", port), timeout=20)
        c.sendall(STREAM)
        counts[c] = 0
        s.register(c, selectors.EVENT_READ)
    s.register(sys.stdin, selectors.EVENT_READ)
    rest, first, closed = dict.fromkeys(counts, b""), set(), 0
    while True:
        for key, _ in s.select():
            if key.fileobj is sys.stdin:
                print(json.dumps({"least": min(counts.values()), "most": max(counts.values()), "closed": closed}))
                return
            data = key.fileobj.recv(65536)
            if not data:
                closed += 1
                s.unregister(key.fileobj)
                continue
            text = rest[key.fileobj] + data
            counts[key.fileobj] += text.count(b"event: alert\n")
            rest[key.fileobj] = text[-12:] if not text.endswith(b"event: alert\n") else b""
            first.add(key.fileobj)
        if len(first) == READERS and not begun:
            begun = True
            print("open", flush=True)


class Player:
    def __init__(self, role, port):
        self.process = subprocess.Popen([sys.executable, os.path.abspath(__file__), role, str(port)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, preexec_fn=yield_processor)

    def end(self):
        return json.loads(self.process.communicate(timeout=30)[0].splitlines()[-1])


# --- the run ---


class Newsroom:
    """Feeds with items that appear by the clock, and the receiver of their alerts, which knows when they did."""

    def __init__(self):
        self.begun, self.lock, self.late = time.time(), threading.Lock(), []
        room = self

        class Post(world.Handler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                feed, number = body["data"]["item"]["title"].split()[1].split("-")
                with room.lock:
                    room.late.append((time.time(), time.time() - room.begun - (int(number) + int(feed) / FEEDS) / EACH))
                self.answer(204)

        self.feeds, self.hook = world.serve(self.feed), world.Server(Post)

    def feed(self, path):
        """The newest twenty, of words that no other item has."""
        feed = int(path[1:])
        newest = int((time.time() - self.begun) * EACH - feed / FEEDS)
        items = [("%d-%d" % (feed, n), "Siren %d-%d %s" % (feed, n, " ".join(
            hashlib.sha256(b"%d %d %d" % (feed, n, k)).hexdigest()[:7] for k in range(6)))) for n in range(max(0, newest - 20), newest + 1)]
        return world.rss(reversed(items))

    def p99(self, since):
        with self.lock:
            late = sorted(took for at, took in self.late if at >= since)
        return (late[int(len(late) * 0.99)], len(late)) if late else (1e9, 0)


def memory(pid):
    """Resident, in KiB."""
    with open("/proc/%d/status" % pid, encoding="ascii") as f:
        return int(next(line.split()[1] for line in f if line.startswith("VmRSS")))


def measure(room):
    since = time.time()
    time.sleep(SECONDS)
    return room.p99(since)


def attack_by_slowhttptest(port):
    """Slow headers, bodies and readers together, 1,000 connections of each."""
    if not EXACT:
        return []
    if not shutil.which("slowhttptest"):
        world.skip("slowhttptest", "not installed")
        return []
    url = "http://127.0.0.1:%d/metrics" % port
    common = ["-c", "1000", "-r", "200", "-l", str(int(SECONDS) + 5), "-v", "0", "-u", url]
    return [subprocess.Popen(["slowhttptest", mode, *more, *common], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL, preexec_fn=yield_processor)
            for mode, more in (("-H", ("-i", "1")), ("-B", ("-i", "1")), ("-X", ("-w", "1", "-y", "64", "-n", "1", "-z", "4", "-k", "3")))]


def judge(report, base, hostile):
    limit = base[0] * 1.1 + (0.1 if EXACT else 0.6)
    report.check(base[1] > FEEDS * EACH * SECONDS * 0.5, "without them: %d alerts, the 99th percentile after %.2f s" % base[::-1])
    report.check(hostile[0] < limit, "with them: %d alerts, the 99th percentile after %.2f s (limit %.2f s)" % (hostile[1], hostile[0], limit))
    report.check(hostile[1] > base[1] * 0.8, "and as many of them")


def health(port):
    """Seconds until an answer, tried again as a browser does when a place was lost to the crowd."""
    begun = time.monotonic()
    while time.monotonic() < begun + 30:
        c = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            c.request("GET", "/healthz")
            if c.getresponse().read() == b"ok\n":
                break
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
        finally:
            c.close()
    return time.monotonic() - begun


def run(report, desk, room, port):
    world.until(lambda: room.p99(0)[1] > FEEDS)
    time.sleep(1)
    base = measure(room)
    before, readers = memory(desk.process.pid), Player("readers", port)
    report.check(readers.process.stdout.readline() == "open\n", "%d readers have their stream" % READERS)
    each = (memory(desk.process.pid) - before) / READERS
    report.check(each <= 32, "a stream costs %.1f KiB" % each)
    crowd, tools = Player("crowd", port), attack_by_slowhttptest(port)
    hostile = measure(room)
    took, seen = health(port), crowd.end()
    for tool in tools:
        tool.terminate()
        tool.wait()
    report.check(seen["opened"] >= CROWD, "%d hostile connections" % seen["opened"])
    report.check(took < 15, "an answer among them after %.1f s" % took)
    grown = memory(desk.process.pid) - before
    report.check(grown < (32 * READERS + 16 * 1024), "after all of it the daemon has grown by %d KiB" % grown)
    time.sleep(1)
    got = readers.end()
    report.check(got["closed"] == 0 and got["least"] >= hostile[1], "each reader had %d to %d alerts, and kept its stream: %s"
                 % (got["least"], got["most"], got))
    if EXACT:  # the machine may be busier than it was
        base = max(base, measure(room))
    judge(report, base, hostile)
    loop = json.loads(desk.ask("status", "--json")[1])["loop"]
    over = sum(n for n, bound in zip(loop["cpu_histogram"]["counts"], loop["cpu_histogram"]["bounds"] + [float("inf")]) if bound > 25000)
    report.check(over < loop["callbacks"] / 1000, "callbacks over 25 ms of CPU: %d of %d, the most %.1f ms: %s"
                 % (over, loop["callbacks"], loop["longest_cpu_us"] / 1000, loop["longest_cpu"]))


def main():
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    report, desk, room, port = world.Report(), world.Desk(), Newsroom(), world.free_port()
    desk.configure('poll { every = "1s" host-gap = "0s" per-host = %d private-networks = "allow" }\n' % FEEDS
                   + "".join('feed f%d { url = "%s/%d" first-run = "alert" }\n' % (n, room.feeds.url, n) for n in range(FEEDS))
                   + "watch siren { query = 'siren' notify = { hook } }\nnotify hook { type = \"webhook\" url = \"%s/\" }\n" % room.hook.url,
                   'status = "127.0.0.1:%d" flood-items = 0 flood-alerts = 0' % port)
    desk.run()
    world.wait_port(port)
    run(report, desk, room, port)
    report.check(desk.stop() == 0, "it stops")
    if report.failed:
        print(desk.log()[-3000:])
    desk.directory.remove()
    return report.failed


if len(sys.argv) > 1:
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    {"crowd": play_crowd, "readers": play_readers}[sys.argv[1]](int(sys.argv[2]))
else:
    sys.exit(main())
