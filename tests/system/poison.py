#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A document that kills the daemon while it is parsed: all other feeds go on in the next run, and its
feed waits and is named. After several such ends in a row the daemon delays its start, reports that to
the service manager, and can be stopped meanwhile."""
import http.server
import os
import signal
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
GOOD = 8


class Web:
    """/bad is the document that kills; /0 and so on are good. Counts the requests of each."""

    def __init__(self):
        web = self
        self.requests = {}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                name = self.path[1:]
                web.requests[name] = web.requests.get(name, 0) + 1
                title = "KILL-THE-PARSER" if name == "bad" else "The sirens of %s" % name
                body = ('<rss version="2.0"><channel><title>t</title><item><guid>%s</guid><title>%s</title>'
                        '</item></channel></rss>' % (name, title)).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *args: None  # the daemon was killed
        self.server.daemon_threads = True
        self.url = "http://127.0.0.1:%d/" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Manager:
    """The socket of a service manager; text() is all that was sent to it."""

    def __init__(self, directory):
        self.path = directory.file("notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.got = []
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            self.got.append(self.socket.recv(4096).decode())

    def text(self):
        return "\n".join(self.got)


def wait(condition, seconds=60):
    deadline = time.time() + seconds
    while time.time() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


class Run:
    """One run of the daemon; log() is its standard error so far."""

    def __init__(self, directory, shim, manager):
        self.path = directory.file("log")
        env = dict(os.environ, LD_PRELOAD=shim, NOTIFY_SOCKET=manager.path)
        with open(self.path, "wb") as log:
            self.process = subprocess.Popen([world.NIGHTDESK, "run", "-c", directory.path],
                                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log, env=env)

    def log(self):
        with open(self.path, encoding="utf-8") as log:
            return log.read()

    def ended(self, seconds=60):
        """The exit status, negative for a signal; None: it runs."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def signal(self, number):
        self.process.send_signal(number)
        return self.ended()


def command(directory, *words):
    done = subprocess.run([world.NIGHTDESK, *words, "-c", directory.path], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, check=False)
    return done.stdout.decode()


def main():
    report, web, hook, directory = world.Report(), Web(), world.Hook(), world.Directory()
    shim = directory.file("kill.so")
    try:
        built = subprocess.run(os.environ.get("CC", "cc").split() + ["-shared", "-fPIC", "-o", shim,
                               HERE + "/lib/parser_kill.c", "-ldl"], check=False).returncode == 0
    except FileNotFoundError:
        built = False
    if not built:
        world.skip("a document that kills the daemon", "no compiler here")
        return 0
    manager = Manager(directory)
    names = ["bad"] + [str(n) for n in range(GOOD)]
    directory.write("nightdesk.conf", 'daemon { state = "%s" control = "%s" }\n'
                    % (directory.file("state.db"), directory.file("control.sock"))
                    + 'poll { private-networks = "allow" host-gap = "0s" per-host = 8 every = "10s" }\n'
                    + "".join('feed f%s { url = "%s%s" first-run = "alert" }\n' % (n, web.url, n) for n in names)
                    + "watch siren { query = 'siren*' notify = { hook } }\n"
                    + 'notify hook { type = "webhook" url = "%s" }\n' % hook.url)

    report.check(Run(directory, shim, manager).ended() == -signal.SIGKILL, "the document kills the first run")
    asked = web.requests.get("bad", 0)
    run = Run(directory, shim, manager)
    report.check(wait(lambda: {a["data"]["item"]["title"][-1] for a in list(hook.got)} >= set("01234567")),
                 "all other feeds alert in the next one")
    again = dict(web.requests)
    report.check(wait(lambda: all(web.requests[str(n)] > again[str(n)] for n in range(GOOD))),
                 "and are polled again")
    report.check(run.process.poll() is None and web.requests["bad"] == asked, "which goes on and does not ask that feed")
    report.check("event=feed-suspected feed=fbad ends=1" in run.log(), "the feed is named in the log")
    shown = command(directory, "feeds", "show", "fbad")
    report.check("ended unexpectedly while it read this feed" in shown and "next poll" in shown,
                 "and in feeds show: %s" % " ".join(shown.split())[:300])
    report.check(run.signal(signal.SIGTERM) == 0, "it stops as always")

    for _ in range(2):
        run = Run(directory, shim, manager)
        report.check(wait(lambda: "event=started" in run.log()) and "start-delayed" not in run.log(),
                     "after a stop, and after one failure, it starts at once")
        run.signal(signal.SIGKILL)
    manager.got.clear()
    run = Run(directory, shim, manager)
    report.check(wait(lambda: "EXTEND_TIMEOUT_USEC=" in manager.text()), "the start after two failures is delayed")
    report.check("STATUS=ended unexpectedly 2 times in a row; starts in" in manager.text() and
                 "event=start-delayed wait_s=5 failures=2" in run.log(), "which the service manager and the log say")
    report.check(wait(lambda: "READY=1" in manager.text()), "and comes afterwards")
    run.signal(signal.SIGKILL)
    run = Run(directory, shim, manager)
    report.check(wait(lambda: "wait_s=10 failures=3" in run.log()), "the delay grows")
    report.check(run.signal(signal.SIGTERM) == 0 and "event=started" not in run.log(), "SIGTERM ends it")
    run = Run(directory, shim, manager)
    report.check(wait(lambda: "event=started" in run.log()) and "start-delayed" not in run.log(),
                 "and after a stop by hand there is none")
    run.signal(signal.SIGTERM)
    if not report.failed:
        directory.remove()
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
