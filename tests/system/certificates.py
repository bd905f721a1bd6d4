#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Feeds over TLS: certificates that have expired, are for another name, or whose chain lacks a link, TLS
1.1, no TLS at all, and a server whose certificate changes. Each is refused with its reason, never read
without TLS, and read again once it is valid."""
import os
import shutil
import sqlite3
import ssl
import subprocess
import sys
import threading
import warnings

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402

HERE = "subjectAltName=IP:127.0.0.1"
AUTHORITY = "basicConstraints=critical,CA:TRUE"

# feed: (certificates that the server sends, words of the reason; none: it is read)
CASES = {
    "valid": (["here"], []),
    "expired": (["expired"], ["expired"]),
    "elsewhere": (["elsewhere"], ["name"]),
    "chain": (["below", "link"], []),
    "no-chain": (["below"], ["issuer"]),
    "stranger": (["stranger"], ["issuer", "self"]),
    "old": (["here"], ["version", "protocol"]),
    "changes": (["here"], []),
    "no-tls": (None, ["TLS", "SSL"]),
}


class Certificates:
    """Made by openssl in the directory: NAME.key and NAME.crt."""

    def __init__(self, directory):
        self.file = directory.file
        self.make("authority", "authority", 1, AUTHORITY)
        self.make("other", "other", 1, AUTHORITY)
        self.make("link", "authority", 1, AUTHORITY)
        for name, issuer, days, extension in (("here", "authority", 1, HERE), ("expired", "authority", -1, HERE),
                                              ("elsewhere", "authority", 1, "subjectAltName=DNS:elsewhere.example"),
                                              ("below", "link", 1, HERE), ("stranger", "other", 1, HERE)):
            self.make(name, issuer, days, extension)

    def make(self, name, issuer, days, extension):
        with open(self.file("extensions"), "w", encoding="ascii") as f:
            f.write(extension + "\n")
        key, request = self.file(name + ".key"), self.file("request")
        sign = ["-signkey", key] if issuer == name else ["-CA", self.file(issuer + ".crt"), "-CAkey",
                                                         self.file(issuer + ".key"), "-CAcreateserial"]
        for words in (["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key],
                      ["req", "-new", "-key", key, "-subj", "/CN=" + name, "-out", request],
                      ["x509", "-req", "-in", request, "-days", str(days), "-extfile", self.file("extensions"),
                       "-out", self.file(name + ".crt"), *sign]):
            subprocess.run(["openssl", *words], check=True, capture_output=True)

    def context(self, names, old=False):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with open(self.file("chain.pem"), "w", encoding="ascii") as chain:
            for name in names:
                with open(self.file(name + ".crt"), encoding="ascii") as f:
                    chain.write(f.read())
        context.load_cert_chain(self.file("chain.pem"), self.file(names[0] + ".key"))
        if old:
            context.set_ciphers("DEFAULT:@SECLEVEL=0")
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
        return context


class Server(world.http.server.ThreadingHTTPServer):
    """Each connection uses the context of that moment; None: no TLS."""

    daemon_threads = True

    def __init__(self, context):
        self.context, self.asked, server = context, 0, self

        class Handler(world.Handler):
            def setup(self):
                if server.context:
                    self.request = server.context.wrap_socket(self.request, server_side=True)
                super().setup()

            def do_GET(self):
                server.asked += 1
                self.answer(200, world.rss([(1, "The sirens began")]))

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        pass  # it did not like the certificate


def errors(directory):
    code, log = world.once(directory)
    db = sqlite3.connect("file:%s?mode=ro" % directory.file("state.db"), uri=True)
    rows = dict(db.execute("SELECT name, last_error FROM feeds"))
    db.close()
    return code, rows, log


def main():
    if not shutil.which("openssl"):
        world.skip("certificates", "no openssl here")
        return 0
    warnings.simplefilter("ignore", DeprecationWarning)  # of old versions of TLS
    directory, report = world.Directory(), world.Report()
    certificates = Certificates(directory)
    servers = {name: Server(certificates.context(sent, old=name == "old") if sent else None)
               for name, (sent, _) in CASES.items()}
    directory.write("nightdesk.conf", 'daemon { state = "%s" }\n' % directory.file("state.db")
                    + 'poll { private-networks = { 127.0.0.1/32 } host-gap = "0s" per-host = 16 ca-file = "%s" }\n'
                    % directory.file("authority.crt")
                    + "".join('feed %s { url = "https://127.0.0.1:%d/" }\n' % (name, server.server_address[1])
                              for name, server in servers.items())
                    + "watch siren { query = 'siren*' notify = { out } }\n" 'notify out { type = "stdout" }\n')
    code, rows, log = errors(directory)
    report.check(code == 0, "run --once succeeds: %d" % code)
    for name, (_, words) in CASES.items():
        error = rows.get(name, "it was not polled")
        if words:
            report.check(error and any(word in error for word in words) and servers[name].asked == 0,
                         "%s is refused: %s" % (name, error))
        else:
            report.check(error is None and servers[name].asked == 1, "%s is read: %s" % (name, error))
    servers["changes"].context = certificates.context(["stranger"])
    servers["expired"].context = certificates.context(["here"])
    code, rows, log = errors(directory)
    report.check(rows["changes"] and "issuer" in rows["changes"], "changed is refused: %s" % rows["changes"])
    report.check(rows["expired"] is None, "renewed is read: %s" % rows["expired"])
    if report.failed:
        print(log[-3000:])
    else:
        directory.remove()
    return report.failed


sys.exit(main())
