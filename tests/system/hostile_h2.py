#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Servers that break HTTP/2: streams and connections that end early, header blocks without end or that unpack
to megabytes, floods of control frames, data past the window, another protocol than was agreed. Each is an
error of its feed, in little time and memory, and a server that keeps to it is read."""
import os
import resource
import shutil
import socket
import sqlite3
import ssl
import struct
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402

DATA, HEADERS, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, CONTINUATION = 0, 1, 3, 4, 5, 6, 7, 9
END_STREAM, ACK, END_HEADERS = 1, 1, 4
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
OK = b"\x88"  # :status 200 of the static table (RFC 7541 appendix A)
FEED = world.rss([(1, "Weather"), (2, "More weather")])
PATIENCE = 50  # seconds: the time limit of a poll is 60


def frame(kind, flags, stream, data=b""):
    return struct.pack("!I", len(data))[1:] + struct.pack("!BBI", kind, flags, stream) + data


def literal(name, value):
    """A header that is not added to the table; lengths below 127."""
    return b"\x00" + bytes([len(name)]) + name + bytes([len(value)]) + value


class Case:
    """What one path does: a function of a connection and a stream."""

    def good(self, say, stream):
        say(frame(HEADERS, END_HEADERS, stream, OK) + frame(DATA, END_STREAM, stream, FEED))

    def early(self, say, stream):
        """A reset in the body."""
        say(frame(HEADERS, END_HEADERS, stream, OK) + frame(DATA, 0, stream, FEED[:60]))
        say(frame(RST_STREAM, 0, stream, struct.pack("!I", 2)))

    def away(self, say, stream):
        say(frame(HEADERS, END_HEADERS, stream, OK) + frame(DATA, 0, stream, FEED[:60]))
        say(frame(GOAWAY, 0, 0, struct.pack("!II", 0, 2)))
        raise ConnectionError

    def headers(self, say, stream):
        """A header block without end."""
        say(frame(HEADERS, 0, stream, OK))
        while True:
            say(frame(CONTINUATION, 0, stream, literal(b"x", b"y" * 120) * 100))

    def unpacks(self, say, stream):
        """One header of 3.9 KB is put into the table, and then named by a byte each, for 39 MB."""
        value = b"v" * 3900
        add = b"\x40\x01x" + b"\x7f" + bytes([(3900 - 127) & 127 | 128, (3900 - 127) >> 7]) + value
        say(frame(HEADERS, END_HEADERS, stream, OK + add + b"\xbe" * 10000))
        say(frame(DATA, END_STREAM, stream, FEED))

    def hints(self, say, stream):
        """103 Early Hints without end."""
        while True:
            say(frame(HEADERS, END_HEADERS, stream, b"\x08\x03103" + literal(b"link", b"<http://10.0.0.9/>")) * 50)

    def pings(self, say, stream):
        while True:
            say(frame(PING, 0, 0, b"12345678") * 500)

    def settings(self, say, stream):
        while True:
            say(frame(SETTINGS, 0, 0, struct.pack("!HI", 1, 4096)) * 500)

    def window(self, say, stream):
        """More than it was allowed to send."""
        say(frame(HEADERS, END_HEADERS, stream, OK))
        while True:
            say(frame(DATA, 0, stream, b" " * 16000))

    def push(self, say, stream):
        say(frame(PUSH_PROMISE, END_HEADERS, stream, struct.pack("!I", 2) + b"\x82\x86\x84"))
        say(frame(HEADERS, END_HEADERS, 2, OK) + frame(DATA, END_STREAM, 2, FEED))

    def short(self, say, stream):
        """Less than its Content-Length."""
        say(frame(HEADERS, END_HEADERS, stream, OK + literal(b"content-length", b"9000"))
            + frame(DATA, END_STREAM, stream, FEED[:60]))

    def strange(self, say, stream):
        """A frame larger than allowed."""
        say(frame(DATA, 0, stream, b"x" * 70000))

    def plain(self, say, stream):
        say(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc")


class Server:
    """Each case has a port of its own, as the daemon would share connections."""

    def __init__(self, context, case):
        self.context, self.case = context, case
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.socket.accept()
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        try:
            with self.context.wrap_socket(client, server_side=True) as s:
                if s.selected_alpn_protocol() != "h2":
                    return
                self.talk(s)
        except OSError:
            pass

    def talk(self, s):
        data = b""
        s.sendall(frame(SETTINGS, 0, 0))
        while not data.startswith(PREFACE):
            data += self.read(s)
        data = data[len(PREFACE):]
        while True:
            while len(data) < 9 or len(data) < 9 + int.from_bytes(data[:3], "big"):
                data += self.read(s)
            size, kind, flags = int.from_bytes(data[:3], "big"), data[3], data[4]
            stream = struct.unpack("!I", data[5:9])[0]
            data = data[9 + size:]
            if kind == SETTINGS and not flags & ACK:
                s.sendall(frame(SETTINGS, ACK, 0))
            if kind == HEADERS:
                self.case(s.sendall, stream)

    def read(self, s):
        got = s.recv(65536)
        if not got:
            raise ConnectionError
        return got


def main():
    if not shutil.which("openssl"):
        world.skip("hostile_h2", "no openssl here")
        return 0
    directory, report = world.Directory(), world.Report()
    world.certify(directory)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(directory.file("crt"), directory.file("key"))
    context.set_alpn_protocols(["h2"])
    cases = {name: Server(context, getattr(Case(), name)) for name in vars(Case) if not name.startswith("_")}
    directory.write("nightdesk.conf", 'daemon { state = "%s" }\n' % directory.file("state.db")
                    + 'poll { private-networks = { 127.0.0.0/8 } host-gap = "0s" per-host = 50 max-body = "1MiB" ca-file = "crt" }\n'
                    + "".join('feed %s { url = "https://127.0.0.1:%d/" }\n' % (name, server.port)
                              for name, server in cases.items())
                    + "watch siren { query = 'siren*' notify = { out } }\n" 'notify out { type = "stdout" }\n')
    began = time.monotonic()
    code, log = world.once(directory)
    took = time.monotonic() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    db = sqlite3.connect("file:%s?mode=ro" % directory.file("state.db"), uri=True)
    rows = dict(db.execute("SELECT name, last_error FROM feeds"))
    etags = dict(db.execute("SELECT name, body_hash FROM feeds"))
    db.close()
    report.check(code == 0, "run --once succeeds: %d" % code)
    report.check(rows["good"] is None and etags["good"], "a server that keeps to HTTP/2 is read: %s" % rows["good"])
    for name, error in rows.items():
        if name != "good":
            report.check(bool(error) and "memory" not in error and not etags[name], "%s is an error: %s" % (name, error))
    report.check(took < PATIENCE, "all that in %.0f s" % took)
    report.check(used.ru_maxrss < 100 * 1024 and used.ru_utime + used.ru_stime < PATIENCE / 2,
                 "in %d MiB and %.1f s of CPU time" % (used.ru_maxrss / 1024, used.ru_utime + used.ru_stime))
    if report.failed:
        print(log[-5000:])
    else:
        directory.remove()
    return report.failed


sys.exit(main())
