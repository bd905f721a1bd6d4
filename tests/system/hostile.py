#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Malicious servers: decompression bombs, stalls, wrong headers, redirects. Each feed is refused with a
clear reason within its limit, no state of it is stored, and the valid feed alerts immediately."""
import gzip
import http.server
import os
import re
import shutil
import socket
import sqlite3
import ssl
import struct
import subprocess
import sys
import threading
import time
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402

GOOD = ('<?xml version="1.0"?><rss version="2.0"><channel><title>Good</title>'
        '<item><guid>g1</guid><title>The sirens began at dawn</title></item></channel></rss>').encode()
LONG = GOOD.replace(b"sirens", b"bells").replace(b"</channel>", b"".join(b"<item><guid>%d</guid><title>%s</title></item>" % (i, os.urandom(40).hex().encode())
                                            for i in range(200)) + b"</channel>")
MIB = 1024 * 1024


def bomb(times):
    """A GiB of spaces after the head of a feed, compressed that many times."""
    c = zlib.compressobj(9, zlib.DEFLATED, 31)
    out = [c.compress(b'<rss version="2.0"><channel><title>')]
    out += [c.compress(b" " * MIB) for _ in range(1024 if times == 1 else 64)]
    data = b"".join(out) + c.flush()
    return data if times == 1 else gzip.compress(data)


def laughs():
    return ('<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "ha">'
            + "".join('<!ENTITY %s "%s">' % (chr(98 + i), ("&%s;" % chr(97 + i)) * 10) for i in range(9))
            + ']><rss version="2.0"><channel><title>&j;</title></channel></rss>').encode()


DOCUMENTS = {
    "laughs": laughs(),
    "outside": b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
               b'<rss version="2.0"><channel><title>&x;</title></channel></rss>',
    "fetched": b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY % d SYSTEM "CANARY">%d;<!ENTITY x SYSTEM "CANARY">]>'
               b'<rss version="2.0"><channel><title>&x;</title></channel></rss>',
    "dtd": b'<?xml version="1.0"?><!DOCTYPE r SYSTEM "CANARY"><rss version="2.0"><channel/></rss>',
    # Nothing that a feed refers to is fetched: hubs, other formats, icons, items, enclosures.
    "links": b'<?xml-stylesheet href="CANARY"?><rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom"><channel>'
             b'<title>Links</title><link>CANARY</link><docs>CANARY</docs><image><url>CANARY</url></image>'
             + b"".join(b'<a:link rel="%s" href="CANARY"/>' % rel for rel in (b"hub", b"self", b"next", b"icon"))
             + b'<cloud domain="127.0.0.1" port="80" path="CANARY" registerProcedure="" protocol="http-post"/>'
             b'<item><guid>CANARY</guid><link>CANARY</link><enclosure url="CANARY"/><comments>CANARY</comments>'
             b'<description>&lt;img src="CANARY"&gt;</description></item></channel></rss>',
    "attributes": b'<rss version="2.0" ' + b" ".join(b'a%d="1"' % i for i in range(40000)) + b"><channel/></rss>",
    "deep": b'<rss version="2.0"><channel>' + b"<a>" * 100000 + b"</a>" * 100000 + b"</channel></rss>",
    "names": b'<rss version="2.0"><channel>' + b"".join(b"<n%d/>" % i for i in range(210000)) + b"</channel></rss>",
    "page": b"<!doctype html><html><head><title>Not found</title></head><body>Sorry</body></html>",
    "nothing": b"",
}

# Feeds that are read; nothing of what they declare is expanded or fetched.
READ = {"laughs": "&j;", "outside": "&x;", "fetched": "&x;", "dtd": None, "links": "Links"}

# feed: (words, one of which must be in the reason; maximum seconds)
EXPECTED = {
    "bomb": (["unpacks", "larger"], 5),
    "bomb-twice": (["unpacks", "larger"], 5),
    "endless": (["larger"], 10),
    "endless-chunks": (["larger"], 10),
    "slow-body": (["slow"], 25),
    "slow-header": (["slow"], 25),
    "silent": (["slow", "not complete"], 25),
    "loop": (["redirect"], 5),
    "chain": (["redirect"], 5),
    "long-location": (["where to"], 5),
    "to-private": (["public internet"], 5),
    "to-file": (["http", "redirect"], 5),
    "to-ftp": (["http", "redirect"], 5),
    "cut": (["complete", "end"], 5),
    "wrong-crc": (["compress"], 5),
    "too-short": (["before its announced length"], 5),
    "long-header": (["header"], 5),
    "many-headers": (["header"], 5),
    "endless-trailers": (["trailers"], 5),
    "endless-hints": (["header"], 5),
    "endless-extension": (["chunks"], 5),
    "reset": (["connection"], 5),
    "not-http": (["answer is not HTTP"], 5),
    "attributes": (["attribute", "limit", "large", "many", "tag"], 5),
    "deep": (["deep", "depth", "nest"], 5),
    "names": (["elements", "computing time"], 10),
    "page": (["HTML", "feed", "page"], 5),
    "nothing": (["empty", "feed", "nothing"], 5),
}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    canary = 0

    def log_message(self, *args):
        pass

    def body(self, data, encoding=None, length=None, extra=()):
        self.send_response(200)
        self.send_header("ETag", '"hostile"')
        if encoding:
            self.send_header("Content-Encoding", encoding)
        self.send_header("Content-Length", str(len(data) if length is None else length))
        for name, value in extra:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def go(self, where):
        self.send_response(302)
        self.send_header("Location", where)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def drip(self, data):
        for i in range(120):
            self.wfile.write(data)
            time.sleep(1)

    def do_GET(self):
        name = self.path.strip("/").split("/")[0]
        port = self.server.server_address[1]
        raw, send = self.wfile, self.wfile.write
        if name == "good":
            self.body(GOOD)
        elif name == "canary":
            Handler.canary += 1
            self.body(GOOD)
        elif name in DOCUMENTS:
            self.body(DOCUMENTS[name].replace(b"CANARY", b"http://127.0.0.1:%d/canary" % port))
        elif name == "bomb":
            self.body(BOMB, "gzip")
        elif name == "bomb-twice":
            self.body(BOMB_TWICE, "gzip, gzip")
        elif name == "endless":
            send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<rss>")
            while True:
                send(b" " * 65536)
        elif name == "endless-chunks":
            send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while True:
                send(b"10000\r\n" + b" " * 65536 + b"\r\n")
        elif name == "slow-body":
            send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            self.drip(b"<")
        elif name == "slow-header":
            send(b"HTTP/1.1 200 OK\r\nX: ")
            self.drip(b"a")
        elif name == "silent":
            time.sleep(120)
        elif name == "loop":
            self.go("/loop")
        elif name == "chain":
            self.go("/chain/%d" % (int((self.path + "/0").split("/")[2] or 0) + 1))
        elif name == "long-location":
            self.go("/" + "a" * 65536)
        elif name == "to-private":
            self.go("http://127.0.0.2:%d/canary" % port)
        elif name == "to-file":
            self.go("file:///etc/passwd")
        elif name == "to-ftp":
            self.go("ftp://127.0.0.1:%d/canary" % port)
        elif name == "cut":
            data = gzip.compress(LONG)
            self.body(data[:len(data) // 2], "gzip")
        elif name == "wrong-crc":
            data = bytearray(gzip.compress(GOOD))
            data[-6] ^= 0xff
            self.body(bytes(data), "gzip")
        elif name == "too-short":
            self.body(GOOD[:-20], length=len(GOOD) + 100)
            self.close_connection = True
        elif name == "long-header":
            self.body(GOOD, extra=[("X-Long", "a" * 200000)])
        elif name == "many-headers":
            self.body(GOOD, extra=[("X-%d" % i, "a" * 80) for i in range(5000)])
        elif name == "endless-trailers":
            send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n")
            while True:
                send(b"X-Trailer: aaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n" * 1000)
        elif name == "endless-hints":
            while True:
                send(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 1000)
        elif name == "endless-extension":
            send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;x=")
            while True:
                send(b"a" * 65536)
        elif name == "reset":
            send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<rss>")
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            os.close(self.connection.detach())
            return
        elif name == "not-http":
            send(b"SSH-2.0-OpenSSH_9.2p1\r\n")
            self.close_connection = True
        raw.flush()


def over_tls(server, directory):
    """The same server with a self-signed certificate; None without openssl."""
    if not shutil.which("openssl"):
        return None
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost",
                    "-keyout", directory.file("tls.key"), "-out", directory.file("tls.crt")],
                   check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(directory.file("tls.crt"), directory.file("tls.key"))
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return "https://127.0.0.1:%d/canary" % server.server_address[1]


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, address):
        pass   # the other side hung up, as it should


BOMB, BOMB_TWICE = bomb(1), bomb(2)


def run(directory, hook):
    """Runs the daemon once: returns exit code, log, peak memory, and when the valid feed alerted."""
    started = time.time()
    daemon = subprocess.Popen([world.NIGHTDESK, "run", "--once", "-c", directory.path], stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=open(directory.file("log"), "wb"))
    alerted = time.time() - started if hook.wait(1, 30) else 999
    _, status, usage = os.wait4(daemon.pid, 0)
    daemon.returncode = os.waitstatus_to_exitcode(status)
    return daemon.returncode, usage, alerted, time.time() - started


def main():
    directory, report, hook = world.Directory(), world.Report(), world.Hook()
    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    tls = over_tls(Server(("127.0.0.1", 0), Handler), directory)
    if tls:
        EXPECTED["own-certificate"] = (["certificate"], 5)
    else:
        world.skip("own-certificate", "no openssl here")
    base = "http://127.0.0.1:%d/" % server.server_address[1]
    directory.write("nightdesk.conf", 'daemon { state = "%s" }\n' % directory.file("state.db")
                    + 'poll { private-networks = { 127.0.0.1/32 } host-gap = "0s" per-host = 64 parallel = 64 }\n'
                    + "".join('feed %s { url = "%s" first-run = "alert" }\n'
                              % (n, tls if n == "own-certificate" else base + n)
                              for n in list(EXPECTED) + ["good"] + list(READ))
                    + "watch siren { query = 'siren*' notify = { hook } }\n"
                    + 'notify hook { type = "webhook" url = "%s" }\n' % hook.url)
    code, usage, alerted, took = run(directory, hook)
    report.check(code == 0, "run --once succeeds: %d" % code)
    # The slow ones end after 15 s; without them it takes less than one, but not on a busy machine.
    report.check(alerted < 12, "the valid feed alerted after %.1f s" % alerted)
    report.check(took < 40, "the run ended after %.0f s" % took)
    report.check(usage.ru_maxrss < 200 * 1024, "memory is under 200 MiB: %d MiB" % (usage.ru_maxrss // 1024))
    report.check(usage.ru_utime + usage.ru_stime < 5, "CPU time is under 5 s: %.1f" % (usage.ru_utime + usage.ru_stime))
    db = sqlite3.connect("file:%s?mode=ro" % directory.file("state.db"), uri=True)
    rows = {r[0]: r for r in db.execute("SELECT name, last_error, etag, (SELECT count(*) FROM items i "
                                        "WHERE i.feed = feeds.id) FROM feeds")}
    for name, (words, _) in EXPECTED.items():
        _, reason, etag, items = rows.get(name, (name, None, None, 0))
        told = reason is not None and any(w.lower() in reason.lower() for w in words)
        report.check(told, "%s: %s" % (name, reason))
        # Complete items of a truncated document are stored, but it is requested again.
        report.check(etag is None and (items == 0 or name == "cut"), "%s left no state" % name)
    titles = dict(db.execute("SELECT name, title FROM feeds"))
    for name, title in READ.items():
        report.check(rows[name][1] is None and titles[name] == title, "%s: titled %s" % (name, titles[name]))
    report.check(Handler.canary == 0, "no internal address was requested")
    report.check(len(hook.got) == 1, "only the valid feed alerted")
    with open(directory.file("log"), encoding="utf-8") as f:
        log = f.read()
    held = [int(ms) for ms in re.findall(r"event=loop-held .*?ms=(\d+)", log)]
    report.check(max(held, default=0) < 2000, "no callback blocked the loop for two seconds: %s ms" % held)
    if report.failed:
        print(log[-6000:])
    directory.remove()
    return report.failed


sys.exit(main())
