#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Start, status, reload, stop: a stop within five seconds while a feed, a receiver, a mail server and
the name server hang; atomic reloads; never two daemons with one database."""
import json
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
GOOD = world.rss([("g1", "The sirens began at dawn")])


class Silent:
    """Accepts connections and never sends anything."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port, self.taken = self.socket.getsockname()[1], []
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            self.taken.append(self.socket.accept()[0])


class Daemon(world.Desk):
    """Runs from its creation; stop() returns the exit status and the seconds that it took."""

    def __init__(self, directory, **environment):
        super().__init__(directory)
        self.start(**environment)

    def stop(self, how=signal.SIGTERM):
        start = time.time()
        try:
            code = super().stop(how)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            code = None
        return code, time.time() - start


def write_conf(directory, url, hook, extra=""):
    directory.write("nightdesk.conf", 'daemon { state = "%s" control = "%s" }\n'
                    % (directory.file("state.db"), directory.file("control.sock"))
                    + 'poll { private-networks = { 127.0.0.1/32 } host-gap = "0s" per-host = 8 }\n'
                    + 'feed good { url = "%s" first-run = "alert" }\n' % url
                    + "watch siren { query = 'siren*' notify = { hook } }\n"
                    + 'notify hook { type = "webhook" url = "%s" }\n' % hook + extra)


def slow_resolver(directory):
    """A getaddrinfo() that never returns for slow.invalid; None without a compiler."""
    shim = directory.file("slow.so")
    compiler = os.environ.get("CC", "cc").split()
    try:
        done = subprocess.run(compiler + ["-shared", "-fPIC", "-o", shim, HERE + "/lib/slow_resolver.c", "-ldl"],
                              check=False, capture_output=True)
    except FileNotFoundError:
        return None
    return shim if done.returncode == 0 else None


def stopping(report, web):
    directory, silent = world.Directory(), Silent()
    shim = slow_resolver(directory)
    if not shim:
        world.skip("a name server that hangs", "no compiler here")
    hang = "http://127.0.0.1:%d/" % silent.port
    write_conf(directory, web.url, hang,
               'feed silent { url = "%s" }\n' % hang
               + "".join('feed nameless%d { url = "http://n%d.invalid/" }\n' % (i, i) for i in range(40))
               + "watch more { query = 'dawn' notify = { mail, wire } }\n"
               + 'notify mail { type = "smtp" server = "smtp://127.0.0.1:%d" starttls = "off" from = "a@example.org"'
                 ' to = { b@example.org } }\n' % silent.port
               + 'notify wire { type = "syslog" server = "tcp://slow.invalid:601" }\n')
    daemon = Daemon(directory, **({"LD_PRELOAD": shim} if shim else {}))
    for _ in range(100):
        if len(silent.taken) >= 3:
            break
        time.sleep(0.1)
    report.check(len(silent.taken) >= 3, "a feed, a receiver and a mail server hang: %d" % len(silent.taken))
    code, out, _ = daemon.ask("status", "--json")
    status = json.loads(out or "{}")
    report.check(code == 0 and status["loop"]["lag_max_us"] < 2000000,
                 "the loop goes on meanwhile: %s" % status.get("loop"))
    with open("/proc/%d/status" % daemon.process.pid, encoding="ascii") as f:
        threads = int(next(line.split()[1] for line in f if line.startswith("Threads:")))
    report.check(threads < 64, "threads, one for each name look-up: %d" % threads)
    code, took = daemon.stop()
    report.check(code == 0 and took < 5, "it stops nevertheless: exit %s after %.2f s" % (code, took))
    code, out, _ = daemon.ask("status", "--json")
    status = json.loads(out or "{}")
    report.check(code == 69 and status["running"] is False and status["deliveries"]["pending"] == 3,
                 "its database tells what waits: %s" % status.get("deliveries"))
    hook = world.Hook()
    write_conf(directory, web.url, hook.url)
    daemon = Daemon(directory)
    report.check(hook.wait(1), "pending deliveries are sent after the next start")
    daemon.stop()
    directory.remove()


def reloading(report, web):
    directory, hook = world.Directory(), world.Hook()
    write_conf(directory, web.url, hook.url)
    daemon = Daemon(directory)
    report.check(daemon.up() and hook.wait(1), "the daemon runs and alerts")
    directory.write("watchlists.d/more.conf", "watch dawn { query = 'dawn' notify = { hook } }\n")
    code, out, _ = daemon.ask("reload")
    report.check(code == 0 and "2 watches" in out, "a reload adds a watch: %s" % out.strip())
    directory.write("watchlists.d/more.conf", "watch dawn {\n  qeury = 'dawn'\n}\n")
    code, _, err = daemon.ask("reload")
    report.check(code == 1 and "watchlists.d/more.conf:2:" in err, "a reload with an error is refused: %s" % err.strip()[:200])
    code, out, _ = daemon.ask("status", "--json")
    status = json.loads(out or "{}")
    report.check(status["watches"] == 2 and status["configuration"]["refused"], "the old configuration stays, and status reports it")
    os.unlink(directory.file("watchlists.d/more.conf"))
    daemon.process.send_signal(signal.SIGHUP)
    ok = False
    for _ in range(100):
        status = json.loads(daemon.ask("status", "--json")[1] or "{}")
        ok = status.get("watches") == 1 and "refused" not in status["configuration"]
        if ok:
            break
        time.sleep(0.05)
    report.check(ok, "SIGHUP reloads too")
    second = Daemon(directory)
    report.check(second.process.wait(10) == 75, "a second daemon on the same database ends with 75")
    report.check(daemon.ask("status")[0] == 0, "and the first one continues")
    code, took = daemon.stop(signal.SIGINT)
    report.check(code == 0 and took < 5 and not os.path.exists(directory.file("control.sock")),
                 "Ctrl-C stops it: exit %s, %.2f s" % (code, took))
    report.check(len(hook.got) == 1, "reloads alert nothing again")
    directory.remove()


def resident(daemon):
    with open("/proc/%d/status" % daemon.process.pid, encoding="ascii") as f:
        return int(next(line.split()[1] for line in f if line.startswith("VmRSS:")))


def giving_back(report, web):
    """Memory of replaced or refused configurations is freed."""
    directory = world.Directory()
    write_conf(directory, web.url, "http://127.0.0.1:1/")
    watches = "".join("watch w%d { query = '(word%d OR \"name%d of%d\") AND (place%d OR site%d)' }\n"
                      % (i, i, i, i % 900, i % 500, i % 700) for i in range(30000))
    directory.write("watchlists.d/many.conf", watches)
    daemon = Daemon(directory)
    report.check(daemon.up(), "a daemon with 30,000 watches runs")
    least = resident(daemon)
    for broken in ("", "", "watch broken { query = 'a AND' }\n", "", "", "watch broken { query = 'a AND' }\n"):
        directory.write("watchlists.d/other.conf", broken)
        code, _, _ = daemon.ask("reload")
        report.check(code == (1 if broken else 0), "it reloads them: %d" % code)
    for _ in range(100):
        now = resident(daemon)
        if now < 1.6 * least:
            break
        time.sleep(0.1)
    report.check(now < 1.6 * least, "memory after six of them: %d KiB, %d at the start" % (now, least))
    daemon.stop()
    directory.remove()


def refusing(report, web):
    directory = world.Directory()
    write_conf(directory, web.url, "http://127.0.0.1:1/")
    directory.write("nightdesk.conf", open(directory.file("nightdesk.conf"), encoding="utf-8").read() + "watch x {\n")
    report.check(Daemon(directory).process.wait(10) == 78, "a broken configuration ends with 78")
    write_conf(directory, web.url, "http://127.0.0.1:1/")
    directory.write("state.db", "this is no database, and it is longer than a header of one" * 20)
    report.check(Daemon(directory).process.wait(10) == 65, "a file that is not a database ends with 65")
    os.unlink(directory.file("state.db"))
    write_conf(directory, web.url, "http://127.0.0.1:1/")
    text = open(directory.file("nightdesk.conf"), encoding="utf-8").read()
    directory.write("nightdesk.conf", text.replace(directory.file("state.db"), "/nowhere/at/all/state.db"))
    report.check(Daemon(directory).process.wait(10) == 73, "a database that cannot be created ends with 73")
    code, _, err = Daemon(directory).ask("status")
    report.check(code == 69 and "not running" in err, "status says that it is not running: %s" % err.strip())
    directory.remove()


def main():
    report, web = world.Report(), world.serve(lambda path: GOOD)
    stopping(report, web)
    reloading(report, web)
    giving_back(report, web)
    refusing(report, web)
    return report.failed


sys.exit(main())
