#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Feeds behind proxies, own certificates, redirects to http and secret addresses: nightdesk fetch and
run --once with a CONNECT proxy, the same over TLS, a SOCKS5 proxy that resolves names, and nginx with a
certificate of its own authority."""
import glob
import json
import os
import shutil
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402

FEED = ('<?xml version="1.0"?><rss version="2.0"><channel><title>The Herald</title>'
        '<item><guid>1</guid><title>Sirens at dawn</title><link>rel/1</link></item></channel></rss>').encode()
SECRET = "t0ken-Of-The-Feed"


def pump(a, b):
    try:
        while data := a.recv(65536):
            b.sendall(data)
    except OSError:
        pass
    for s in (a, b):
        try:
            s.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


class Listener:
    """Accepts connections, each in a thread; notes what was asked of it."""

    def __init__(self, context=None):
        self.asked = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.context = context
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            fd, _ = self.socket.accept()
            threading.Thread(target=self.guard, args=(fd,), daemon=True).start()

    def guard(self, fd):
        try:
            with (self.context.wrap_socket(fd, server_side=True) if self.context else fd) as s:
                self.handle(s)
        except (OSError, ValueError, IndexError):
            pass

    def head(self, s):
        data = b""
        while b"\r\n\r\n" not in data:
            got = s.recv(65536)
            if not got:
                break
            data += got
        return data.decode("latin-1")

    def take(self):
        asked, self.asked = self.asked, []
        return asked


def join(a, b):
    t = threading.Thread(target=pump, args=(a, b), daemon=True)
    t.start()
    pump(b, a)
    t.join()


class Proxy(Listener):
    """An HTTP proxy: CONNECT for https, absolute addresses for http. Every name is 127.0.0.1."""

    ports = {}  # another port to connect to

    def handle(self, s):
        head = self.head(s)
        method, target, _ = head.split("\r\n")[0].split(" ")
        self.asked.append(method + " " + target)
        if "refused" in target:
            s.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            return
        if method == "CONNECT":
            with socket.create_connection(("127.0.0.1", int(target.rsplit(":", 1)[1]))) as out:
                s.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                join(s, out)
            return
        authority, path = target[7:].split("/", 1)
        port = int(authority.rsplit(":", 1)[1])
        with socket.create_connection(("127.0.0.1", self.ports.get(port, port))) as out:
            out.sendall(head.replace(target, "/" + path, 1).replace("\r\n", "\r\nConnection: close\r\n", 1).encode("latin-1"))
            pump(out, s)


class Socks(Listener):
    """A SOCKS5 proxy without a login (RFC 1928). Every name is 127.0.0.1."""

    def handle(self, s):
        s.recv(2 + s.recv(2, socket.MSG_PEEK)[1])
        s.sendall(b"\x05\x00")
        kind = s.recv(4)[3]
        if kind != 3:
            self.asked.append("an address of kind %d" % kind)
            s.sendall(b"\x05\x08\x00\x01" + bytes(6))
            return
        name = s.recv(s.recv(1)[0]).decode()
        port = int.from_bytes(s.recv(2), "big")
        self.asked.append("%s:%d" % (name, port))
        with socket.create_connection(("127.0.0.1", port)) as out:
            s.sendall(b"\x05\x00\x00\x01" + bytes(6))
            join(s, out)


class Origin(Listener):
    """A plain server of the feed, and of redirects."""

    places = {}

    def handle(self, s):
        head = self.head(s)
        self.asked.append(head)
        path = head.split(" ")[1]
        if path in self.places:
            s.sendall(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nConnection: close\r\nLocation: "
                      + self.places[path].encode() + b"\r\n\r\n")
        else:
            s.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nConnection: close\r\n"
                      b"Content-Length: %d\r\n\r\n" % len(FEED) + FEED)


def certificates(directory):
    """A certificate for feed.example and proxies, of an authority of its own."""
    def openssl(*args):
        subprocess.run(["openssl"] + list(args), check=True, capture_output=True)

    directory.write("ext", "subjectAltName=DNS:feed.example,DNS:localhost,IP:127.0.0.1\n")
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=Own CA",
            "-keyout", directory.file("ca.key"), "-out", directory.file("ca.pem"))
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=feed.example",
            "-keyout", directory.file("tls.key"), "-out", directory.file("tls.csr"))
    openssl("x509", "-req", "-in", directory.file("tls.csr"), "-CA", directory.file("ca.pem"), "-CAkey",
            directory.file("ca.key"), "-CAcreateserial", "-days", "1", "-extfile", directory.file("ext"),
            "-out", directory.file("tls.crt"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(directory.file("tls.crt"), directory.file("tls.key"))
    return context


def run(*args, **environment):
    done = subprocess.run([world.NIGHTDESK] + list(args), stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=60, check=False, env={**os.environ, **environment})
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class Desk:
    """A configuration with one feed each for fetch NAME."""

    def __init__(self, directory):
        self.directory, self.n = directory, 0

    def fetch(self, keys, poll="", **environment):
        self.n += 1
        self.directory.write("conf%d/nightdesk.conf" % self.n,
                             'daemon { state = "%s" }\npoll { host-gap = "0s" %s }\nfeed a { %s }\n'
                             % (self.directory.file("state%d.db" % self.n), poll, keys))
        code, out, err = run("fetch", "--json", "-c", self.directory.file("conf%d" % self.n), "a", **environment)
        return code, json.loads(out) if out else {}, err + out


def proxies(report, desk, context):
    origin, proxy, tls, socks = Origin(), Proxy(), Proxy(context), Socks()
    secure = Origin(context)
    ca = 'ca-file = "%s"' % desk.directory.file("ca.pem")
    for kind, p, connects in (("http", proxy, False), ("https", tls, False), ("socks5h", socks, True)):
        way = 'proxy = "%s://127.0.0.1:%d" %s' % (kind, p.port, ca)
        code, doc, _ = desk.fetch('url = "http://feed.example:%d/rss" %s' % (origin.port, way))
        asked = p.take()
        report.check(code == 0 and doc["feed"]["items"] == 1 and len(asked) == 1 and "feed.example:%d" % origin.port in asked[0],
                     "%s proxy: a feed by http, its name resolved there" % kind)
        code, doc, text = desk.fetch('url = "https://feed.example:%d/rss" %s' % (secure.port, way))
        asked = p.take()
        report.check(code == 0 and doc["feed"]["items"] == 1 and len(asked) == 1
                     and (connects or asked[0].startswith("CONNECT feed.example:")), "%s proxy: a feed by https" % kind)
        code, doc, text = desk.fetch('url = "http://feed.example:%d/rss"' % origin.port, way)
        report.check(code == 0 and len(p.take()) == 1, "%s proxy of the block poll" % kind)
        code, doc, text = desk.fetch('url = "http://10.0.0.1:%d/rss" %s' % (origin.port, way))
        report.check(code == 1 and "not on the public internet" in text, "%s proxy: a private address is an error of check" % kind)
        for place, why in (("http://127.0.0.1:%d/rss" % origin.port, "public"), ("http://0x7f.1/rss", "public"),
                           ("http://[::ffff:10.0.0.1]/", "public"), ("http://localhost/", "public"),
                           ("http://intranet/", "public"), ("http://wiki.corp/", "public"),
                           ("http://127.0.0.1.:80/", "public"), ("http://169.254.169.254/latest", "public"),
                           ("http://%31%32%37.0.0.1/", "public"), ("http://other.example:25/", "port 25")):
            Origin.places = {"/rss": place}
            code, doc, text = desk.fetch('url = "http://feed.example:%d/rss" %s' % (origin.port, way))
            report.check(code != 0 and why in text and len(p.take()) == 1, "%s proxy: no redirect to %s" % (kind, place))
        Origin.places = {"/rss": "http://other.example:8080/x"}
        code, doc, text = desk.fetch('url = "http://feed.example:%d/rss" %s' % (origin.port, way))
        report.check(any("other.example:8080" in a for a in p.take()), "%s proxy: a redirect to another host is asked of it" % kind)
        Origin.places = {}
        code, doc, text = desk.fetch('url = "http://feed.example:%d/rss" %s' % (origin.port, way),
                                     no_proxy="*", NO_PROXY="feed.example")
        report.check(code == 0 and len(p.take()) == 1, "%s proxy: the environment does not turn it off" % kind)
    code, doc, text = desk.fetch('url = "http://127.0.0.1:%d/rss"' % origin.port, "private-networks = allow",
                                 http_proxy="http://127.0.0.1:1", all_proxy="http://127.0.0.1:1")
    report.check(code == 0, "no proxy is taken from the environment")
    desk.directory.write("home/.netrc", "default login operator password sesame\n")
    desk.directory.write("home/.curlrc", 'proxy = "http://127.0.0.1:1"\nuser = "operator:sesame"\n')
    origin.take()
    code, doc, text = desk.fetch('url = "http://127.0.0.1:%d/rss"' % origin.port, "private-networks = allow",
                                 HOME=desk.directory.file("home"), CURL_HOME=desk.directory.file("home"))
    report.check(code == 0 and len(origin.asked) == 1 and "uthorization" not in origin.take()[0],
                 "no login or proxy is taken from files of the user")
    poll = 'private-networks = allow proxy = "http://127.0.0.1:%d"' % proxy.port
    code, doc, text = desk.fetch('url = "http://127.0.0.1:%d/rss" proxy = ""' % origin.port, poll)
    report.check(code == 0 and proxy.take() == [], "a feed without the proxy of poll")
    code, doc, text = desk.fetch('url = "http://127.0.0.1:%d/rss"' % origin.port, poll)
    report.check(code == 0 and len(proxy.take()) == 1, "a private address that is allowed goes by the proxy")
    code, doc, text = desk.fetch('url = "http://feed.example/" proxy = "http://127.0.0.1:%d"' % world.free_port())
    report.check(code == 75 and "by proxy http://127.0.0.1" in text and "cannot connect" in text, "a dead proxy is named")
    code, doc, text = desk.fetch('url = "https://refused.example/" proxy = "http://127.0.0.1:%d"' % proxy.port)
    report.check(code == 75 and "by proxy" in text and "403" in text, "a proxy that refuses is named")
    for bad in ("socks4://127.0.0.1:1", "socks5://127.0.0.1:1080", "127.0.0.1:3128", "http://u:p@127.0.0.1:1", "http://127.0.0.1", "ftp://a:1"):
        code, _, text = desk.fetch('url = "http://feed.example/" proxy = "%s"' % bad)
        report.check(code == 1 and "proxy: " in text, "the proxy %s is an error of check" % bad)


def with_nginx(report, desk):
    if not shutil.which("nginx") and not os.path.exists("/usr/sbin/nginx"):
        world.skip("certificates and redirects of nginx", "no nginx")
        return
    d = desk.directory
    tls = world.free_port()
    nginx = world.Nginx(d, extra="""
    } server { listen 127.0.0.1:%d ssl; ssl_certificate %s; ssl_certificate_key %s;
        location /plain { return 302 http://$host:8080/rss; }
        location / { root %s; default_type application/rss+xml; }
    """ % (tls, d.file("tls.crt"), d.file("tls.key"), d.path))
    origin = Origin()
    Proxy.ports = {8080: origin.port}
    world.wait_port(tls)
    d.write("feed.xml", FEED.decode())
    by = 'proxy = "http://127.0.0.1:%d"' % Proxy().port
    here, allow = 'url = "https://127.0.0.1:%d/' % tls, "private-networks = allow"
    ca = 'ca-file = "%s"' % d.file("ca.pem")
    code, doc, text = desk.fetch(here + 'feed.xml"', allow)
    report.check(code == 75 and "certificate" in text, "an unknown authority is refused")
    report.check(desk.fetch(here + 'feed.xml" ' + ca, allow)[0] == 0, "with ca-file its certificate is accepted")
    report.check(desk.fetch(here + 'feed.xml"', allow + " " + ca)[0] == 0, "with that of the block poll")
    d.write("conf%d/own.pem" % (desk.n + 1), open(d.file("ca.pem"), encoding="ascii").read())
    report.check(desk.fetch(here + 'feed.xml" ca-file = "own.pem"', allow)[0] == 0, "relative to the configuration")
    code, doc, text = desk.fetch(here + 'feed.xml" ca-file = "%s"' % d.file("none.pem"), allow)
    report.check(code == 1 and "ca-file: No such file" in text, "a file that is missing is an error of check")
    code, doc, text = desk.fetch(here + 'plain" ' + ca, allow)
    report.check(code != 0 and "from https to http" in text and origin.take() == [], "a redirect to http is refused")
    code, doc, text = desk.fetch(here + 'plain" insecure-redirect = "allow" ' + ca, allow)
    report.check(code == 69 and "not on the public internet" in text and origin.take() == [],
                 "insecure-redirect does not lead into a private network")
    code, doc, text = desk.fetch(('url = "https://feed.example:%d/plain" insecure-redirect = "allow" ' % tls) + ca + " " + by, allow)
    report.check(code == 0 and len(origin.take()) == 1, "insecure-redirect follows it")
    d.write("conf%d/credentials/pw" % (desk.n + 1), "hunter2\n")
    os.chmod(d.file("conf%d/credentials/pw" % (desk.n + 1)), 0o600)
    code, doc, text = desk.fetch(('url = "https://feed.example:%d/plain" insecure-redirect = "allow" user = u password-credential = pw ' % tls)
                                 + ca + " " + by, allow)
    report.check(code != 0 and origin.take() == [] and "hunter2" not in text, "but not with a login")
    nginx.stop()


def secret_address(report, desk):
    origin, d = Origin(), desk.directory
    Origin.places = {"/%s/go?key=%s" % (SECRET, SECRET): "/%s/rss" % SECRET}
    d.write("secret/credentials/address", "http://u:%s@127.0.0.1:%d/%s/go?key=%s\n" % (SECRET, origin.port, SECRET, SECRET))
    d.write("secret/credentials/dead", "http://127.0.0.1:%d/%s?key=%s\n" % (world.free_port(), SECRET, SECRET))
    d.write("secret/credentials/wrong", "ftp://%s/\n" % SECRET)
    for f in glob.glob(d.file("secret/credentials/*")):
        os.chmod(f, 0o600)
    hook = world.Hook()
    d.write("secret/nightdesk.conf", 'daemon { state = "%s" log = "debug" }\n' % d.file("secret.db")
            + 'poll { host-gap = "0s" private-networks = allow }\n'
            + "".join('feed %s { url-credential = "%s" first-run = "alert" }\n' % (n, n) for n in ("address", "dead", "wrong", "missing"))
            + "watch siren { query = 'siren*' notify = { hook } }\n"
            + 'notify hook { type = "webhook" url = "%s" }\n' % hook.url)
    conf = d.file("secret")
    seen = []
    for args in (("check",), ("run", "--once"), ("feeds",), ("feeds", "--json"), ("feeds", "show", "address"),
                 ("feeds", "show", "--json", "address"), ("feeds", "show", "dead"), ("feeds", "export"), ("fetch", "address"),
                 ("fetch", "--json", "address"), ("fetch", "dead"), ("fetch", "wrong"), ("fetch", "missing"),
                 ("search", "sirens"), ("alerts",), ("status",), ("explain", "1")):
        code, out, err = run(args[0], *(args[1:2] if args[0] == "feeds" and len(args) > 1 and args[1] != "--json" else ()),
                             *(("-c", conf)), *(args[2:] if args[0] == "feeds" and len(args) > 1 and args[1] != "--json" else args[1:]))
        seen.append((" ".join(args), code, out + err))
    texts = {name: text for name, _, text in seen}
    codes = {name: code for name, code, _ in seen}
    report.check(codes["check"] == 1 and codes["run --once"] in (0, 75) and len(hook.got) == 1, "a feed at a secret address alerts")
    report.check("/%s/rss HTTP" % SECRET in origin.asked[1], "its redirects are followed")
    report.check(codes["fetch address"] == 0 and "http://127.0.0.1:%d/" % origin.port in texts["fetch address"],
                 "fetch takes its name and shows the host")
    report.check("cannot connect" in texts["feeds show dead"] and "does not hold an http" in texts["fetch wrong"]
                 and "there is no credential missing" in texts["fetch missing"], "errors say what is wrong")
    leaks = [name for name, _, text in seen if SECRET in text]
    report.check(not leaks, "no command prints the secret: %s" % leaks)
    with open(d.file("secret.db"), "rb") as f:
        database = f.read()
    for extra in glob.glob(d.file("secret.db-*")):
        with open(extra, "rb") as f:
            database += f.read()
    report.check(SECRET.encode() not in database, "nor is it in the database")
    report.check(all(SECRET not in json.dumps(str(g)) for g in hook.got), "nor in what is sent")
    rows = sqlite3.connect("file:%s?mode=ro" % d.file("secret.db"), uri=True).execute("SELECT name, url FROM feeds").fetchall()
    report.check(("address", "credential:address") in rows, "the credential identifies the feed")


def main():
    directory, report = world.Directory(), world.Report()
    if not shutil.which("openssl"):
        world.skip("proxies", "no openssl")
        return 0
    desk = Desk(directory)
    context = certificates(directory)
    proxies(report, desk, context)
    with_nginx(report, desk)
    secret_address(report, desk)
    directory.remove()
    return report.failed


sys.exit(main())
