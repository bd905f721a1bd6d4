#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Standard error is a pipe that is not read: the daemon goes on alerting, answers, reports how many lines are
lost, and logs that number when it is read again (golden/unread-log.sh: a pipe that is full from the start)."""
import fcntl
import os
import signal
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402

F_SETPIPE_SZ = 1031


def main():
    report, hook, desk = world.Report(), world.Hook(), world.Desk()
    items = [("1", "Nothing yet")]
    web = world.serve(lambda path: world.rss(items))
    desk.configure('poll { private-networks = "allow" every = "2s" }\n'
                   + 'feed f { url = "%s/f" }\n' % web.url
                   + "watch w { query = 'siren*' notify = { hook } }\n"
                   + 'notify hook { type = "webhook" url = "%s" }\n' % hook.url)
    for n in range(50):  # each is a warning, at every reload
        desk.directory.write("watchlists.d/%s-%d.txt" % ("x" * 100, n), "")
    reading, writing = os.pipe()
    fcntl.fcntl(writing, F_SETPIPE_SZ, 4096)
    desk.process = subprocess.Popen([world.NIGHTDESK, "run", "-c", desk.directory.path], stdin=subprocess.DEVNULL,
                                    stdout=subprocess.DEVNULL, stderr=writing)
    os.close(writing)
    report.check(desk.up(), "it starts")

    def lost():
        return "lost, because standard error was not read" in desk.ask("status")[1]

    report.check(world.until(lambda: desk.ask("reload")[0] == 0 and lost()), "status reports that lines are lost")
    items.insert(0, ("2", "The sirens of the port"))
    report.check(hook.wait(1, 60), "an alert is delivered nevertheless")
    text = []

    def read():
        while True:
            data = os.read(reading, 65536)
            if not data:
                return
            text.append(data.decode())

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    report.check(world.until(lambda: "event=log-lines-lost" in "".join(text)), "read again, the number is logged")
    report.check(all(" event=" in line for line in "".join(text).splitlines()[:-1]), "and no line is torn")
    report.check(desk.stop(signal.SIGTERM) == 0, "it stops")
    reader.join(20)
    os.close(reading)
    if not report.failed:
        desk.directory.remove()
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
