#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The daemon on a machine whose clock is ten years ahead at a boot, and right at the next one (libfaketime):
it alerts in both, nothing twice, reports the clock, and does not wait ten years for its next poll. Takes two
minutes: the first judgement of the clock comes a minute after the start, and the trouble a minute later."""
import http.server
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402


class Feeds:
    """The same feed at two hosts, which say what time it is."""

    def __init__(self):
        feeds = self
        self.items = 1

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = ("<rss version='2.0'><channel><title>F</title>%s</channel></rss>" % "".join(
                    "<item><guid>%s%d</guid><title>Siren %d of %s</title></item>" % (self.path, i, i, self.path)
                    for i in range(feeds.items))).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self.urls = []
        for host in ("127.0.0.1", "127.0.0.2"):
            server = http.server.ThreadingHTTPServer((host, 0), Handler)
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, daemon=True).start()
            self.urls.append("http://%s:%d/" % server.server_address)


class Desk:
    def __init__(self, directory):
        self.directory, self.process = directory, None

    def start(self, **environment):
        self.process = subprocess.Popen([world.NIGHTDESK, "run", "-c", self.directory.path], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=open(self.directory.file("log"), "wb"),
                                        env=dict(os.environ, **environment))

    def log(self):
        with open(self.directory.file("log"), encoding="utf-8") as log:
            return log.read()

    def until(self, text, seconds=300):
        deadline = time.time() + seconds
        while text not in self.log() and time.time() < deadline:
            time.sleep(0.1)
        return text in self.log()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)


def ten_years_ahead():
    """The environment that faketime(1) sets; itself it would stay between this test and the daemon."""
    out = subprocess.run(["faketime", "-f", "+10y", "sh", "-c", "echo $LD_PRELOAD"], capture_output=True, check=True)
    return {"LD_PRELOAD": out.stdout.decode().strip(), "FAKETIME": "+10y", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


def main():
    if not shutil.which("faketime"):
        world.skip("a clock that is ten years ahead", "no faketime here")
        return 0
    report, feeds, hook, directory = world.Report(), Feeds(), world.Hook(), world.Directory()
    directory.write("nightdesk.conf", 'daemon { state = "%s" control = "%s" retention = "30d" }\n'
                    % (directory.file("state.db"), directory.file("control.sock"))
                    + 'poll { private-networks = "allow" host-gap = "0s" every = "5s" }\n'
                    + "".join('feed f%d { url = "%s" first-run = "alert" }\n' % (n, url) for n, url in enumerate(feeds.urls))
                    + "watch siren { query = 'siren' notify = { hook } }\n"
                    + 'notify hook { type = "webhook" url = "%s" }\n' % hook.url)
    desk = Desk(directory)
    desk.start()
    report.check(hook.wait(2, 120), "both feeds alert")
    report.check(desk.stop() == 0, "the daemon stops")
    feeds.items = 2
    desk.start(**ten_years_ahead())
    report.check(hook.wait(4, 120), "with a clock ten years ahead both alert again")
    report.check(str(time.gmtime().tm_year + 9) in desk.log() or str(time.gmtime().tm_year + 10) in desk.log(),
                 "the daemon has that clock")
    report.check(desk.until("kind=clock-wrong"), "that the clock is wrong is reported")
    report.check(desk.stop() == 0, "the daemon stops")
    feeds.items = 3
    desk.start()
    report.check(hook.wait(6, 120), "with a right clock both are polled again at once")
    report.check(desk.stop() == 0, "the daemon stops")
    ids = [got["id"] for got in hook.got]
    report.check(len(ids) == 6 and len(set(ids)) == 6, "nothing alerted twice: %d of %d" % (len(ids), len(set(ids))))
    if report.failed:
        print(desk.log()[-3000:])
    else:
        directory.remove()
    return report.failed


sys.exit(main())
