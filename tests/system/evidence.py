#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Evidence of an alert: each version of the item with the document that it came with, whose hash is that of
what the server sent; the digest is checked with jq and sha256sum alone, and nothing secret is in it."""
import gzip
import hashlib
import json
import os
import shutil
import ssl
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402

VERSIONS = ("The embassy stays\x7f \u2028 \U0001f4f0 \\ \"quoted\" \ttab", "The embassy moves", "The embassy moved")


LONG = "long=" + "x" * 900


class Server(world.http.server.ThreadingHTTPServer):
    """Redirects once, then sends the version, compressed, over TLS."""

    daemon_threads = True

    def __init__(self, directory):
        server, self.version = self, 0

        class Handler(world.Handler):
            def do_GET(self):
                if self.path.startswith("/start"):
                    self.answer(302, headers=[("Location", "/feed.xml?api_key=hidden-key&" + LONG)])
                    return
                self.answer(200, gzip.compress(server.body()), [
                    ("Content-Encoding", "gzip"), ("ETag", '"v%d"' % server.version),
                    ("Content-Type", "application/rss+xml"), ("Content-Digest", "sha-256=:AAAA:")])

        super().__init__(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(directory.file("crt"), directory.file("key"))
        self.socket = context.wrap_socket(self.socket, server_side=True)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def body(self):
        title = VERSIONS[self.version].replace("&", "&amp;")
        return ('<rss version="2.0"><channel><title>T</title><item><guid>1</guid><title>%s</title>'
                '<description>text %d</description></item></channel></rss>' % (title, self.version)).encode()


def digest_of(path):
    """As the manual says."""
    return subprocess.run(["sh", "-c", "jq -cSj 'del(.digest)' \"$0\" | sha256sum", path], check=True,
                          capture_output=True, text=True).stdout.split()[0]


def canonical(document):
    """RFC 8785 for a document without other numbers than integers."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def check_digest(report, directory, text):
    path = directory.file("evidence.json")
    directory.write("evidence.json", text)
    document = json.loads(text)
    stated = document["digest"]["sha256"]
    report.check(digest_of(path) == stated, "jq and sha256sum find the digest that is stated")
    report.check("jq -cSj 'del(.digest)' FILE | sha256sum" == document["digest"]["check"], "which says how")
    bare = {k: v for k, v in document.items() if k != "digest"}
    report.check(hashlib.sha256(canonical(bare)).hexdigest() == stated, "so does RFC 8785 without jq")
    report.check(canonical(document) + b"\n" == text.encode(), "and the whole is canonical")
    directory.write("evidence.json", text.replace("moves", "Moves"))
    report.check(digest_of(path) != stated, "after a change of one letter it differs")
    return document


def check_documents(report, document, bodies, certificate):
    versions = document["item"]["versions"]
    documents = {d["number"]: d for d in document["documents"]}
    report.check([v["title"] for v in versions][1:] == list(VERSIONS[1:]), "each version is there")
    report.check("quoted" in versions[0]["title"], "the first too")
    of = [documents[v["document"]] for v in versions]
    report.check([d["sha256"] for d in of] == [hashlib.sha256(b).hexdigest() for b in bodies],
                 "the hash is that of the document, after the content encoding")
    report.check([d["bytes"] for d in of] == [len(b) for b in bodies], "and so is its size")
    report.check([d["headers"]["etag"] for d in of] == ['"v0"', '"v1"', '"v2"'], "with the headers of each")
    first = of[0]
    report.check(first["headers"]["content-type"] == "application/rss+xml" and first["headers"]["date"] and
                 first["headers"]["content-digest"], "also its type, its date and what signs it")
    report.check(len(first["urls"]) == 2 and first["urls"][0].endswith("/start?q=1") and
                 first["urls"][1].endswith("/feed.xml?api_key=***&" + LONG), "the addresses on the way: %s" % [u[:60] for u in first["urls"]])
    report.check(first["server"] == {"address": "127.0.0.1"} and first["form"] == "whole", "the server")
    report.check(first["certificate"]["sha256"] == certificate and "CN=test" in first["certificate"]["issuer"],
                 "its certificate: %s" % first["certificate"])
    times = [[d["asked"], d["received"]] + ([v["until"]] if "until" in v else []) for v, d in zip(versions, of)]
    report.check(all(t == sorted(t) for t in times) and times == sorted(times), "in order of time: %s" % times)
    report.check([v["until"] for v in versions[:-1]] == [v["from"] for v in versions[1:]] and
                 "until" not in versions[-1], "without a gap")


def main():
    for tool in ("openssl", "jq"):
        if not shutil.which(tool):
            world.skip("evidence", "no %s here" % tool)
            return 0
    report = world.Report()
    desk = world.Desk()
    directory = desk.directory
    world.certify(directory)
    server = Server(directory)
    desk.configure(
        'poll { private-networks = "allow" }\n'
        'feed a { url = "https://127.0.0.1:%d/start?q=1" first-run = "alert" ca-file = "%s" }\n'
        "watch embassy { query = 'embassy' notify = { out } }\n"
        'notify out { type = "file" path = "%s" }\n'
        % (server.server_address[1], directory.file("crt"), directory.file("out")))
    bodies = []
    for version in range(len(VERSIONS)):
        server.version = version
        bodies.append(server.body())
        desk.ask("run", "--once")
    alerts = [json.loads(line) for line in desk.ask("alerts", "--json")[1].split("\n") if line]
    name = alerts[0]["data"]["id"]
    text = desk.ask("alerts", "show", name, "--evidence", "--json")[1]
    certificate = hashlib.sha256(ssl.PEM_cert_to_DER_cert(
        open(directory.file("crt"), encoding="ascii").read())).hexdigest()
    document = check_digest(report, directory, text)
    check_documents(report, document, bodies, certificate)
    report.check([(d["notify"], d["state"]) for d in document["deliveries"]] == [("out", "delivered")],
                 "who was told")
    report.check("hidden-key" not in text, "and no secret")
    shown = desk.ask("alerts", "show", name, "--evidence")[1]
    report.check(hashlib.sha256(bodies[1]).hexdigest() in shown and document["digest"]["sha256"] in shown,
                 "people read the same")
    report.check(desk.ask("alerts", "show", "al_none", "--evidence")[0] == 1, "of no alert there is none")
    if report.failed:
        print(text[:4000], shown[:2000])
    else:
        directory.remove()
    return report.failed


sys.exit(main())
