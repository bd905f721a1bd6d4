#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""status = "systemd": the socket that systemd-socket-activate opens; one that stays while the daemon restarts; over a
reload; others that are refused."""
import http.client
import os
import shutil
import socket
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402


def configure(desk, status, keys=""):
    desk.configure('feed a { url = "http://127.0.0.1:1/" }\npoll { private-networks = "allow" }\n', 'status = "%s" %s' % (status, keys))


def start(desk, sockets, names=None):
    """As systemd does: the sockets are the descriptors from 3 on."""
    words = ["sh", "-c", 'LISTEN_PID=$$ exec "$@"', "sh", world.NIGHTDESK, "run", "-c", desk.directory.path]
    environment = dict(os.environ, LISTEN_FDS=str(len(sockets)), **({"LISTEN_FDNAMES": names} if names else {}))

    def put():
        kept = [os.dup(s.fileno()) for s in sockets]  # before their numbers are taken
        high = [fd if fd >= 3 + len(sockets) else os.dup2(fd, 100 + fd) for fd in kept]
        for n, fd in enumerate(high):
            os.dup2(fd, 3 + n)

    with open(desk.file("log"), "wb") as log:
        desk.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, close_fds=False,
                                        preexec_fn=put)


def listen(family, address):
    s = socket.socket(family)
    s.bind(address)
    s.listen(16)
    return s


def health(port):
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    c.request("GET", "/healthz")
    try:
        return c.getresponse().read()
    finally:
        c.close()


def ask(s):
    s.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    s.settimeout(20)
    return s.makefile("rb").read()


def activated(report, desk):
    if not shutil.which("systemd-socket-activate"):
        world.skip("systemd-socket-activate", "not installed")
        return
    port = world.free_port()
    configure(desk, "systemd")
    with open(desk.file("log"), "wb") as log:
        desk.process = subprocess.Popen(["systemd-socket-activate", "-l", "127.0.0.1:%d" % port, world.NIGHTDESK, "run", "-c", desk.directory.path],
                                        stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    world.until(lambda: "Listening on" in desk.log())
    report.check(health(port) == b"ok\n", "the request that starts the daemon is answered")
    report.check(desk.stop() == 0, "it stops")


def kept(report, desk):
    """A socket that a proxy has, which outlives the daemon."""
    path = desk.file("page.sock")
    with listen(socket.AF_UNIX, path) as other, socket.socket(socket.AF_UNIX) as client:
        for life in "first", "second":
            start(desk, [other])
            report.check(desk.up(), "a %s life" % life)
            with socket.socket(socket.AF_UNIX) as quick:
                quick.connect(path)
                report.check(ask(quick).endswith(b"ok\n"), "it answers")
            configure(desk, "")
            desk.ask("reload")
            configure(desk, "systemd")
            report.check(desk.ask("reload")[0] == 0, "off and on again by reloads")
            with socket.socket(socket.AF_UNIX) as quick:
                quick.connect(path)
                report.check(ask(quick).endswith(b"ok\n"), "it answers still")
            report.check(desk.stop() == 0 and os.path.exists(path), "the end of the daemon leaves the socket")
        client.connect(path)
        start(desk, [other])
        report.check(ask(client).endswith(b"ok\n"), "who asked while it was down is answered by the next")
        desk.stop()


def refused(report, desk):
    start(desk, [])
    report.check(desk.up() and "systemd passed no socket to listen on" in desk.log(), "without a socket it runs, and says so")
    desk.stop()
    with listen(socket.AF_INET, ("0.0.0.0", 0)) as open_one, listen(socket.AF_INET, ("127.0.0.1", 0)) as own:
        port = open_one.getsockname()[1]
        start(desk, [own, open_one], "hub:status")
        report.check(desk.up() and "others than this machine reach the socket" in desk.log(), "an open address is refused")
        configure(desk, "systemd", 'status-open = "yes"')
        report.check(desk.ask("reload")[0] == 0 and health(port) == b"ok\n", "unless that is wanted; the name says which of two")
        desk.stop()


def main():
    report, desk = world.Report(), world.Desk()
    activated(report, desk)
    kept(report, desk)
    refused(report, desk)
    if report.failed:
        print(desk.log()[-3000:])
    desk.directory.remove()
    return report.failed


sys.exit(main())
