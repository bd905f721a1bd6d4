#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Alerts to a real syslog-ng over UDP, TCP and TLS in the form of RFC 5424: the structured data is parsed, and
a restart of the receiver loses nothing."""
import os
import shutil
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402


class SyslogNg:
    def __init__(self, directory, root):
        self.directory, self.root = directory, root
        self.ports = {name: world.free_port() for name in ("udp", "tcp", "tls")}
        self.conf = directory.write("syslog-ng.conf", """@version: 3.35
            options { keep-hostname(yes); flush-lines(1); };
            template all { template("${LEVEL_NUM} ${PROGRAM} ${.SDATA.nightdesk@32473.watch} ${.SDATA.nightdesk@32473.id} ${MSG}\\n"); };
            """ + "".join("""
            source %(n)s { syslog(ip("127.0.0.1") port(%(p)d) transport("%(n)s") %(tls)s); };
            destination f_%(n)s { file("%(d)s/got.%(n)s" template(all)); };
            log { source(%(n)s); destination(f_%(n)s); };
            """ % {"n": name, "p": port, "d": directory.path, "tls": 'tls(key-file("%s") cert-file("%s") peer-verify(optional-untrusted))'
                   % (directory.file("key"), directory.file("crt")) if name == "tls" else ""}
                          for name, port in self.ports.items()))
        self.start()

    def start(self):
        file = self.directory.file
        self.process = subprocess.Popen(
            world.within(self.root, self.directory, "syslog-ng", "-F", "--no-caps", "-f", self.conf, "-R", file("ng.persist"),
                         "-p", file("ng.pid"), "-c", file("ng.ctl")), stdout=open(file("ng.log"), "ab"), stderr=subprocess.STDOUT)
        world.wait_port(self.ports["tcp"])

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def lines(self, name):
        try:
            with open(self.directory.file("got." + name), encoding="utf-8") as f:
                return f.read().splitlines()
        except FileNotFoundError:
            return []


def feed(n):
    return world.rss([(str(i), "Siren %d" % i) for i in range(1, n + 1)])


def main():
    root, why = world.peers()
    if not root or not shutil.which("openssl"):
        return world.skip("syslog-ng", why or "no openssl here")
    directory, report = world.Directory(), world.Report()
    authorities = world.certify(directory)
    if not authorities:
        return world.skip("syslog-ng", "no mount namespace of one's own here")
    log, items = SyslogNg(directory, root), [5]
    base = world.serve(lambda path: feed(items[0])).url
    desk = world.Desk(directory)
    desk.configure("""
        poll { host-gap = "0s" private-networks = allow }
        feed post { url = "%s/feed" first-run = "alert" }
        watch siren { query = 'siren*' priority = urgent notify = { udp, tcp, tls } }
        """ % base + "".join('notify %s { type = "syslog" server = "%s://127.0.0.1:%d" }\n' % (n, n, p) for n, p in log.ports.items()))
    daemon = subprocess.Popen(world.trusting(authorities, world.NIGHTDESK, "run", "-c", directory.path), stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=open(directory.file("log"), "wb"))
    for name in log.ports:
        report.check(world.until(lambda: len(log.lines(name)) >= 5), "five alerts come by %s" % name)
        lines = log.lines(name)
        report.check(len(lines) == 5 and all(line.startswith("4 nightdesk siren al_") for line in lines),
                     "each once, with its structured data: %s" % (lines or [""])[0][:60])
    log.stop()
    items[0] = 10
    desk.ask("feeds", "poll")
    log.start()
    for name in ("tcp", "tls"):
        report.check(world.until(lambda: len(log.lines(name)) >= 10), "what was raised while it was down comes by %s" % name)
        report.check(len(log.lines(name)) == 10, "once: %d" % len(log.lines(name)))
    daemon.send_signal(signal.SIGTERM)
    report.check(daemon.wait(10) == 0, "the daemon stops cleanly")
    log.stop()
    if report.failed:
        print(open(directory.file("log"), encoding="utf-8").read()[-3000:], open(directory.file("ng.log"), encoding="utf-8").read()[-2000:])
    else:
        directory.remove()
    return report.failed


sys.exit(main())
