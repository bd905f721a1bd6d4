#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""One run of the benchmark `burst`, see there."""
import os
import sqlite3
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../system/lib"))
import world  # noqa: E402

ITEMS, HOOKS, FEEDS, EVERY = 2000, 16, 10, 2
TEXT = "The embassy moves, they say. " + "Some more text here. " * 20


class Press:
    """Each flash feed brings an item at each poll after its first; the first polls are spread over EVERY seconds."""

    def __init__(self):
        self.lock, self.items = threading.Lock(), {n: [] for n in range(FEEDS)}
        self.begun = set()

    def answer(self, path):
        what, n = path.strip("/").split("/")
        if what == "burst":
            return world.rss([("b%d" % i, "Embassy story %d. %s" % (i, TEXT)) for i in range(ITEMS)])
        n = int(n)
        if n not in self.begun:
            self.begun.add(n)
            time.sleep(n * EVERY / FEEDS)
        else:
            self.items[n].append(("f%d-%d" % (n, len(self.items[n])), "Siren %d of %d" % (len(self.items[n]), n)))
        return world.rss(list(reversed(self.items[n]))[:40])


def start_nginx(directory, port):
    directory.write("nginx.conf", """
        daemon off; master_process off; pid %(d)s/nginx.pid; error_log %(d)s/nginx.err; events { worker_connections 4096; }
        http { log_format at '$msec $http_webhook_id $request_uri'; access_log off; keepalive_requests 100000000;
            client_body_temp_path %(d)s/1; proxy_temp_path %(d)s/2; fastcgi_temp_path %(d)s/3;
            uwsgi_temp_path %(d)s/4; scgi_temp_path %(d)s/5;
            server { listen 127.0.0.1:%(p)d; location /hook { access_log %(d)s/hook.log at; return 204; } } }"""
                    % {"d": directory.path, "p": port})
    process = subprocess.Popen(["nginx", "-c", directory.file("nginx.conf"), "-e", directory.file("nginx.err")],
                               stderr=subprocess.DEVNULL)
    world.wait_port(port)
    return process


def received(directory):
    with open(directory.file("hook.log"), encoding="ascii") as f:
        return [(float(at), name) for at, name, _ in map(str.split, f)]


def main():
    desk, port = world.Desk(), world.free_port()
    nginx, feeds = start_nginx(desk.directory, port), world.serve(Press().answer)
    hooks = ", ".join("n%d" % i for i in range(HOOKS))
    desk.configure(
        'poll { host-gap = "0s" per-host = 64 private-networks = { 127.0.0.0/8 } }\n'
        'feed burst { url = "%s/burst/0" first-run = "alert" every = "1h" }\n' % feeds.url
        + "".join('feed f%d { url = "%s/f/%d" every = "%ds" }\n' % (i, feeds.url, i, EVERY) for i in range(FEEDS))
        + "".join('notify n%d { type = "webhook" url = "http://127.0.0.1:%d/hook/%d" }\n' % (i, port, i)
                  for i in range(HOOKS))
        + "watch embassy { query = 'embassy' priority = \"low\" notify = { %s } }\n" % hooks
        + "watch siren { query = 'siren' priority = \"flash\" notify = { %s } }\n" % hooks,
        'log = "error" flood-items = 0 flood-alerts = 0')
    desk.run()
    world.until(lambda: len(received(desk.directory)) >= ITEMS * HOOKS, 120)
    time.sleep(1)
    desk.stop()
    nginx.terminate()
    nginx.wait()
    with sqlite3.connect(desk.file("state.db")) as db:
        created = dict(db.execute("SELECT id, created FROM alerts"))
        flash = {row[0] for row in db.execute("SELECT id FROM alerts WHERE priority = 'flash'")}
    got = received(desk.directory)
    low = [at for at, name in got if name not in flash]
    took = sorted(at - created[name] / 1000 for at, name in got
                  if name in flash and low[0] <= created[name] / 1000 <= low[-1])
    print("burst: %d deliveries in %.1f s; %d flash deliveries in it: median %.0f ms, 99 %% within %.0f ms, longest %.0f ms "
          "(aim: under 1,000)" % (len(low), low[-1] - low[0], len(took), took[len(took) // 2] * 1000,
                                  took[len(took) * 99 // 100] * 1000, took[-1] * 1000) if took
          else "burst: no flash alert was raised in the %.1f s of the burst" % (low[-1] - low[0]))
    desk.directory.remove()


main()
