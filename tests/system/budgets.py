#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Limits of hosts and budgets, seen from the servers: never more requests at once, or sooner after the last
one, than is configured; with HTTP/2, streams count; a host by its name, whose address turns out to be private,
has the same limits."""
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import network  # noqa: E402
import world  # noqa: E402

FEEDS, SECONDS = 12, 5


class Counted:
    """A server that takes a moment for each request, and notes when they begin and how many there are."""

    def __init__(self, moment):
        self.lock, self.now, self.most, self.starts = threading.Lock(), 0, 0, []
        counted = self

        class Get(world.Handler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                with counted.lock:
                    counted.starts.append(time.monotonic())
                    counted.now += 1
                    counted.most = max(counted.most, counted.now)
                time.sleep(moment)
                with counted.lock:
                    counted.now -= 1
                self.answer(200, world.rss([(self.path, "Weather")]))

        self.server = world.Server(Get)
        self.port = self.server.server_address[1]

    def gap(self):
        return min((b - a for a, b in zip(self.starts, self.starts[1:])), default=0)


def start_nginx(directory, behind):
    """HTTP/2 before that server; returns the process and its port."""
    port = world.free_port()
    world.certify(directory)
    directory.write("nginx.conf", """
        daemon off; worker_processes 1; user root; pid %(d)s/nginx.pid; error_log %(d)s/nginx.err;
        events { worker_connections 512; }
        http {
            log_format all '$server_protocol $connection'; access_log %(d)s/access all;
            client_body_temp_path %(d)s/t1; proxy_temp_path %(d)s/t2; fastcgi_temp_path %(d)s/t3;
            uwsgi_temp_path %(d)s/t4; scgi_temp_path %(d)s/t5;
            server { listen 127.0.0.1:%(p)d ssl http2; ssl_certificate %(d)s/crt; ssl_certificate_key %(d)s/key;
                     location / { proxy_pass http://127.0.0.1:%(b)d; } }
        }""" % {"d": directory.path, "p": port, "b": behind})
    process = subprocess.Popen(["nginx", "-c", directory.file("nginx.conf"), "-p", directory.path, "-e",
                                directory.file("nginx.err")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    world.wait_port(port)
    return process, port


def main():
    if not shutil.which("nginx") or not shutil.which("openssl"):
        world.skip("budgets", "no nginx or openssl here")
        return 0
    names = None if network.enter() else network.serve_names(lambda name, times: ["127.0.0.1"])
    desk, report = world.Desk(), world.Report()
    behind, named = Counted(0.2), Counted(0)
    nginx, port = start_nginx(desk.directory, behind.port)
    desk.configure('poll { every = "1s" host-gap = "1s" private-networks = { 127.0.0.0/8, ::1/128 } ca-file = "crt" }\n'
                   'budget local { domains = { 127.0.0.1 } parallel = 3 gap = "0s" }\n'
                   + "".join('feed h%d { url = "https://127.0.0.1:%d/%d" }\nfeed n%d { url = "http://%s:%d/%d" }\n'
                             % (i, port, i, i, "feeds.inside" if names else "localhost", named.port, i) for i in range(FEEDS))
                   + "watch siren { query = 'siren*' notify = { out } }\n" 'notify out { type = "stdout" }\n')
    desk.run()
    time.sleep(SECONDS)
    desk.stop()
    nginx.terminate()
    nginx.wait()
    if names:
        os.kill(names, signal.SIGKILL)
    with open(desk.file("access"), encoding="utf-8") as f:
        lines = f.read().split("\n")[:-1]
    report.check(behind.most == 3 and len(behind.starts) > 20,
                 "a budget of three is used and not exceeded: %d of %d requests" % (behind.most, len(behind.starts)))
    report.check(all(line.startswith("HTTP/2.0") for line in lines) and len(set(lines)) < 4,
                 "its requests are streams of few connections: %s" % sorted(set(lines)))
    report.check(len(named.starts) >= 3 and named.gap() > 0.4,  # on a busy machine
                 "requests to a name are a second apart, also once its address is known: %.2f s, %d requests"
                 % (named.gap(), len(named.starts)))
    if report.failed:
        print(desk.log()[-3000:])
    else:
        desk.directory.remove()
    return report.failed


sys.exit(main())
