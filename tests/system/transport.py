#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How feeds are fetched from a real nginx: HTTP/2 with several requests on one connection and the switch that
turns it off, client certificates, bearer tokens and other logins that no redirect takes to another server, and
compressed answers. Secrets are in no log, state or message."""
import glob
import os
import re
import resource
import shutil
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import network  # noqa: E402
import world  # noqa: E402

AWAY = "9.8.7.6"  # in a network of the test's own, as a redirect leads to public addresses only
TOKEN, PASSWORD, HEADER = "eyJ-t0ken-0f-The-Desk", "pass-w0rd-0f-The-Desk", "head3r-0f-The-Desk"
MODULES = "/usr/lib/nginx/modules/ngx_http_brotli_filter_module.so"
LONG = world.rss([(n, "Sirens over the harbour, and over the town %d" % n) for n in range(200)])


def make_certificates(directory):
    """An authority; here, other: servers; member: who is let in; the key of member as a credential."""
    file = directory.file
    for name in ("authority", "here", "member"):
        with open(file("extensions"), "w", encoding="ascii") as f:
            f.write("basicConstraints=critical,CA:TRUE\n" if name == "authority" else "subjectAltName=IP:127.0.0.1,IP:%s\n" % AWAY)
        sign = (["-signkey", file(name + ".key")] if name == "authority" else
                ["-CA", file("authority.crt"), "-CAkey", file("authority.key"), "-CAcreateserial"])
        for words in (["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", file(name + ".key")],
                      ["req", "-new", "-key", file(name + ".key"), "-subj", "/CN=" + name, "-out", file("request")],
                      ["x509", "-req", "-in", file("request"), "-days", "2", "-extfile", file("extensions"), "-out",
                       file(name + ".crt"), *sign]):
            subprocess.run(["openssl", *words], check=True, capture_output=True)
    with open(file("member.key"), encoding="ascii") as f:
        directory.write("credentials/member", f.read())
    # A bundle as large as that of a system, in which the authority is the last.
    with open(file("many.crt"), "w", encoding="ascii") as many:
        for name in [*["here.crt"] * 150, "authority.crt"]:
            with open(file(name), encoding="ascii") as f:
                many.write(f.read())


class Nginx:
    """h2: HTTP/2 over TLS; closed: only for those with a certificate; and one at AWAY, which redirects lead to."""

    def __init__(self, directory, brotli, inside):
        self.h2, self.closed = world.free_port(), world.free_port()
        self.log = directory.file("access")
        os.makedirs(directory.file("www"))
        tls = ("ssl_certificate %(d)s/here.crt; ssl_certificate_key %(d)s/here.key; "
               "ssl_client_certificate %(d)s/authority.crt; " % {"d": directory.path})
        elsewhere = "server { listen %s:8443 ssl http2; %s ssl_verify_client optional; }" % (AWAY, tls) if inside else ""
        directory.write("nginx.conf", """
            daemon off; worker_processes 1; user root; pid %(d)s/nginx.pid; error_log %(d)s/nginx.err; %(module)s
            events { worker_connections 512; }
            http {
                log_format all '$server_port $uri $status $server_protocol $connection '
                               '$ssl_client_verify "$http_authorization" "$http_x_key"';
                access_log %(d)s/access all;
                client_body_temp_path %(d)s/t1; proxy_temp_path %(d)s/t2;
                fastcgi_temp_path %(d)s/t3; uwsgi_temp_path %(d)s/t4; scgi_temp_path %(d)s/t5;
                root %(d)s/www; default_type application/xml; gzip_types *; gzip_min_length 1;
                server {
                    listen 127.0.0.1:%(h2)d ssl http2; %(tls)s ssl_verify_client optional;
                    location /gzip/ { alias %(d)s/www/; gzip on; }
                    location /br/ { alias %(d)s/www/; %(brotli)s }
                    location /zstd/ { alias %(d)s/www/zstd/; add_header Content-Encoding zstd; }
                    location /token/ { alias %(d)s/www/; if ($http_authorization != "Bearer %(token)s") { return 401; } }
                    location /keyed/ { alias %(d)s/www/; if ($http_x_key != "%(header)s") { return 403; } }
                    location /brief/ { alias %(d)s/www/; keepalive_timeout 0; }
                    location /away/ { return 302 https://%(away)s:8443/one; }
                }
                %(elsewhere)s
                server { listen 127.0.0.1:%(closed)d ssl http2; %(tls)s ssl_verify_client on; }
            }""" % {"d": directory.path, "h2": self.h2, "away": AWAY, "closed": self.closed, "tls": tls, "elsewhere": elsewhere,
                    "token": TOKEN, "header": HEADER, "module": "load_module %s;" % MODULES if brotli else "",
                    "brotli": "brotli on; brotli_types *; brotli_min_length 1;" if brotli else ""})
        self.process = subprocess.Popen(["nginx", "-c", directory.file("nginx.conf"), "-p", directory.path, "-e",
                                         directory.file("nginx.err")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for port in (self.h2, self.closed):
            world.wait_port(port)

    def take(self):
        """The requests since the last call, as words."""
        with open(self.log, "r+", encoding="utf-8") as f:
            lines = [line.split() for line in f]
            f.truncate(0)
        return lines

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Runs:
    def __init__(self):
        self.directory, self.report = world.Directory(), world.Report()
        self.said = ""

    def poll(self, feeds, keys="", name="state"):
        """Polls the feeds, a dictionary of their keys, once. Returns the last error of each."""
        directory = self.directory
        for path in glob.glob(directory.file(name) + "*"):
            os.remove(path)
        directory.write("nightdesk.conf", 'daemon { state = "%s" log = "debug" }\n' % directory.file(name)
            + 'poll { private-networks = { 127.0.0.1/32 } host-gap = "0s" per-host = 8 ca-file = "%s" %s }\n'
            % (directory.file("many.crt"), keys) + "".join("feed %s { %s }\n" % feed for feed in feeds.items())
            + "watch siren { query = 'siren*' notify = { out } }\n" 'notify out { type = "stdout" }\n')
        code, log = world.once(directory)
        self.said += log
        db = sqlite3.connect("file:%s?mode=ro" % directory.file(name), uri=True)
        rows = dict(db.execute("SELECT name, last_error FROM feeds"))
        db.close()
        with open(directory.file(name), "rb") as f:
            self.said += f.read().decode("latin-1")
        self.report.check(code == 0, "run --once succeeds: %d" % code)
        return rows


def try_http2(runs, nginx):
    url = "https://127.0.0.1:%d" % nginx.h2
    for name in ("one", "two", "three", "four"):
        runs.directory.write("www/" + name, LONG)
    rows = runs.poll({name: 'url = "%s/%s"' % (url, name) for name in ("one", "two", "three", "four")})
    asked = nginx.take()
    runs.report.check(set(rows.values()) == {None} and len(asked) == 4 and {line[3] for line in asked} == {"HTTP/2.0"}
                      and len({line[4] for line in asked}) == 1,
                      "four feeds of one host are read on one HTTP/2 connection: %s" % asked)
    rows = runs.poll({"new": 'url = "%s/one"' % url, "old": 'url = "%s/two" http2 = "off"' % url,
                      "aged": 'url = "%s/three" http2 = "off"' % url})
    asked = {line[1]: line for line in nginx.take()}
    runs.report.check(set(rows.values()) == {None} and asked["/one"][3] == "HTTP/2.0" and
                      asked["/two"][3] == asked["/three"][3] == "HTTP/1.1" and asked["/one"][4] != asked["/two"][4],
                      "http2 = off is HTTP/1.1, next to a connection with HTTP/2: %s" % asked)


def try_certificates(runs, nginx):
    closed = "https://127.0.0.1:%d/one" % nginx.closed
    mine = 'client-certificate = "member.crt" client-key-credential = "member"'
    runs.directory.write("credentials/wrong", "-----BEGIN PRIVATE KEY-----\nbm9uZQ==\n-----END PRIVATE KEY-----\n")
    rows = runs.poll({"member": 'url = "%s" %s' % (closed, mine), "stranger": 'url = "%s"' % closed,
                      "again": 'url = "%s?2" %s' % (closed, mine),
                      "broken": 'url = "%s?3" client-certificate = "member.crt" client-key-credential = "wrong"' % closed})
    asked = sorted(line[5] for line in nginx.take())
    runs.report.check(rows["member"] is None and rows["again"] is None, "a client certificate lets the feed in: %s" % rows)
    runs.report.check(bool(rows["stranger"]) and "400" in rows["stranger"] and "NONE" in asked,
                      "one without it is refused, although a connection with it is open: %s %s" % (rows["stranger"], asked))
    runs.report.check(bool(rows["broken"]) and "client certificate" in rows["broken"],
                      "a key that is none is an error of its feed: %s" % rows["broken"])


def try_logins(runs, nginx, inside):
    """Each is let in at the first server, and unknown to the one that a redirect leads to."""
    url = "https://127.0.0.1:%d" % nginx.h2
    mine = ('client-certificate = "member.crt" client-key-credential = "member" headers = { "X-Key: %s" }' % HEADER)
    token, login = 'bearer-credential = "token"', 'user = "desk" password-credential = "password"'
    rows = runs.poll({"token": 'url = "%s/token/one" %s' % (url, token), "none": 'url = "%s/token/two"' % url,
                      "keyed": 'url = "%s/keyed/one" %s' % (url, mine),
                      "away-token": 'url = "%s/away/one" %s %s' % (url, token, mine),
                      "away-login": 'url = "%s/away/two" %s %s' % (url, login, mine)})
    asked = nginx.take()
    first = [line for line in asked if line[0] == str(nginx.h2) and "away" in line[1]]
    second = [line for line in asked if line[0] == "8443"]
    runs.report.check(rows["token"] is None and bool(rows["none"]) and rows["keyed"] is None,
                      "a token and a header let feeds in: %s" % rows)
    runs.report.check(len(first) >= 2 and all(line[5] == "SUCCESS" and HEADER in line[-1] for line in first) and
                      any(TOKEN in " ".join(line) for line in first), "the first server gets all: %s" % first)
    if not inside:
        world.skip("another server gets no token, login, header or certificate", "no network of one's own here")
        return
    runs.report.check(rows["away-token"] is None and len(second) == 2 and all(line[5:] == ["NONE", '"-"', '"-"'] for line in second),
                      "another server gets no token, login, header or certificate: %s" % second)


def try_authorities(runs, nginx):
    """Each feed has a connection of its own, and all share what the ca-file holds."""
    spent = {}
    for name in ("authority.crt", "many.crt"):
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        rows = runs.poll({"f%d" % n: 'url = "https://127.0.0.1:%d/brief/one?%d" http2 = "off" ca-file = "%s"' % (nginx.h2, n, name)
                          for n in range(100)})
        spent[name] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
        runs.report.check(set(rows.values()) == {None} and len({line[4] for line in nginx.take()}) == 100,
                          "a hundred feeds are read on connections of their own, with %s" % name)
    runs.report.check(spent["many.crt"] < 2 * spent["authority.crt"],
                      "a ca-file of 151 certificates is not read for each connection: %s s of CPU time" % spent)


def try_codings(runs, nginx, codings):
    rows = runs.poll({name: 'url = "https://127.0.0.1:%d/%s/one"' % (nginx.h2, name) for name in codings}, name="packed")
    db = sqlite3.connect("file:%s?mode=ro" % runs.directory.file("packed"), uri=True)
    items = dict(db.execute("SELECT feeds.name, count(*) FROM items JOIN feeds ON feeds.id = items.feed GROUP BY 1"))
    db.close()
    runs.report.check(set(rows.values()) == {None} and items == dict.fromkeys(codings, 200),
                      "answers in %s are read: %s %s" % (", ".join(codings), rows, items))
    nginx.take()


def try_bombs(runs, nginx, codings):
    """The same 30 MB of spaces as each coding packs it, below 300 KB."""
    bomb = runs.directory.write("www/bomb", world.rss([(1, "Sirens")])[:-16] + b" " * 30000000)
    if "zstd" in codings:
        subprocess.run(["zstd", "-q", "-f", bomb, "-o", runs.directory.file("www/zstd/bomb")], check=True)
    rows = runs.poll({name: 'url = "https://127.0.0.1:%d/%s/bomb"' % (nginx.h2, name) for name in codings},
                     'max-body = "64MiB"')
    runs.report.check(all(error and "unpacks to more than" in error for error in rows.values()),
                      "what unpacks to a hundred times its size is refused: %s" % rows)


def main():
    if not shutil.which("nginx") or not shutil.which("openssl"):
        world.skip("transport", "no nginx or openssl here")
        return 0
    inside = not network.enter()
    runs = Runs()
    codings = ["gzip"] + ["br"] * os.path.exists(MODULES) + ["zstd"] * bool(shutil.which("zstd"))
    make_certificates(runs.directory)
    runs.directory.write("credentials/token", TOKEN + "\n")
    runs.directory.write("credentials/password", PASSWORD + "\n")
    nginx = Nginx(runs.directory, "br" in codings, inside)
    try_http2(runs, nginx)
    try_certificates(runs, nginx)
    try_logins(runs, nginx, inside)
    try_authorities(runs, nginx)
    if "zstd" in codings:
        os.makedirs(runs.directory.file("www/zstd"))
        subprocess.run(["zstd", "-q", runs.directory.file("www/one"), "-o", runs.directory.file("www/zstd/one")], check=True)
    try_codings(runs, nginx, codings)
    try_bombs(runs, nginx, codings)
    nginx.stop()
    with open(runs.directory.file("member.key"), encoding="ascii") as f:
        key = f.read().splitlines()[-2]
    found = [s for s in (TOKEN, PASSWORD, HEADER, key) if s in re.sub(r"\s", "", runs.said) or s in runs.said]
    runs.report.check(not found, "no secret is in a log or the state: %s" % found)
    if runs.report.failed:
        print(runs.said[-3000:])
    else:
        runs.directory.remove()
    return runs.report.failed


sys.exit(main())
