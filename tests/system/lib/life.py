# SPDX-License-Identifier: MIT
"""A whole life of the daemon, `run --once`, in which something fails: feeds (XML, compressed JSON, one by TLS),
a watch, a receiver; and what is right then. Nothing is lost, and the log reports no other feed or receiver."""
import concurrent.futures
import gzip
import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import time

import world

PATIENCE = 100
KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
WRONG = re.compile(r"class=(config|access|permanent|input|limit|bug|io)|damaged|errors? in the configuration|"
                   r"nightdesk\.conf:[0-9]|event=(poll-failed|delivery-failed|ingest-failed|notify-\w+|feed-suspected)")
FEEDS = {"latin": '<?xml version="1.0" encoding="windows-1252"?><rss version="2.0"><channel><title>F</title><item>'
                '<guid>1</guid><title>The sirens of Caf\xe9 &amp;amp; Co</title><link>http://a.example/1?utm_source=x'
                '</link><description><![CDATA[<p>Long <b>text</b>]]></description></item></channel></rss>'
                .encode("latin-1"),
         "json": gzip.compress(json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": [
             {"id": "1", "title": "Sirens of J", "content_html": "<p>x"}]}).encode()),
         "xml": world.rss([("1", "Sirens in XML"), ("2", "Nothing")]), "tls": world.rss([("1", "Sirens by TLS")])}


class Feeds(world.Handler):
    """/n/NAME is a feed."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        name = self.path.split("/")[-1]
        self.answer(200, FEEDS[name], [("Content-Encoding", "gzip"), ("ETag", '"1"')] if name == "json" else ())


class Receiver(world.Hook):
    """One for all runs: each signs its alerts with a key of its own and has a path of its own, /N."""

    def __init__(self):
        super().__init__(KEY)
        self.alerts = {}
        receiver = self

        class Post(world.Handler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                good = receiver.signed(self.headers, body)
                with receiver.lock:
                    receiver.alerts.setdefault(self.path, []).append(
                        (json.loads(body)["data"]["item"]["feed"]["name"], self.headers["webhook-id"], good))
                self.answer(204)

        self.url = Server(Post).url


class Server(world.Server):
    """Whose clients may vanish in a handshake."""

    def handle_error(self, request, client_address):
        pass


def tls_server(directory):
    """A server of feeds with a certificate for 127.0.0.1; None without openssl."""
    if not shutil.which("openssl"):
        return None
    key, certificate = directory.file("tls.key"), directory.file("tls.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=x", "-addext",
                    "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate], check=True, capture_output=True)
    server = Server(Feeds)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    return server


class Life:
    """A directory of configuration and state, and the runs in it."""

    def __init__(self, n, feeds, receiver):
        """feeds: the name and the other keys of each."""
        self.n, self.receiver = n, receiver
        self.what = str(n)
        self.rc, self.log, self.trace = None, "", ""
        self.names = set(feeds)
        self.directory = world.Directory()
        os.chmod(self.directory.write("conf/credentials/key", KEY), 0o600)
        self.directory.write("conf/nightdesk.conf", 'daemon { state = "%s" }\n' % self.directory.file("state.db")
            + 'poll { private-networks = "allow" host-gap = "0s" per-host = 8 }\n'
            + "".join('feed %s { first-run = "alert" %s }\n' % feed for feed in feeds.items())
            + "watch w { query = 'siren* OR /caf[e\u00e9]/ OR (cafe NEAR/4 co)' notify = { hook } }\n"
            + 'notify hook { type = "webhook" url = "%s/%d" secret-credential = "key" }\n' % (receiver.url, n))

    def run(self, prefix=(), **environment):
        """Returns the status and the log; after PATIENCE it is aborted, with a trace from the shim."""
        process = subprocess.Popen([*prefix, world.NIGHTDESK, "run", "--once", "-c", self.directory.file("conf")],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                   env=dict(os.environ, **environment))
        try:
            log = process.communicate(timeout=PATIENCE)[1]
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGABRT)
            log = process.communicate()[1]
        return process.returncode, log.decode(errors="replace")

    def fail(self, prefix=(), **environment):
        """prefix: of the command. Its trace is in the file of that name."""
        self.rc, self.log = self.run(prefix, **environment)
        with open(self.directory.file("trace"), encoding="utf-8", errors="replace") as f:
            self.trace = f.read()

    def got(self):
        return self.receiver.alerts.get("/%d" % self.n, [])

    def missing(self):
        return self.names - {name for name, _, _ in self.got()}

    def complaint(self, good=(0, 71), wrong=WRONG):
        """What is wrong with this run and the healthy ones after it; "" if nothing."""
        if self.rc not in good and not (self.rc == -signal.SIGABRT and "event=libevent-fatal" in self.log):
            return "ended with %d" % self.rc
        if wrong.search(self.log):
            return "reported " + wrong.search(self.log).group()
        if self.missing():
            return "lost " + " ".join(self.missing())
        if len({(name, number) for name, number, _ in self.got()}) != len(self.names):
            return "repeated with another id"
        return "" if all(good for _, _, good in self.got()) else "a wrong signature"


def heal(lives):
    """Healthy runs until all is delivered. A delivery is tried again after five seconds."""
    for _ in range(4):
        late = [life for life in lives if life.missing()]
        if not late:
            return
        for life in late:
            life.log_after = life.run()[1]
        time.sleep(3)


def start_servers(directory):
    """Starts the servers; returns the feeds, by name, with their keys."""
    http, tls = Server(Feeds), tls_server(directory)
    feeds = {name: 'url = "%s/%s"' % (http.url, name) for name in ("xml", "latin", "json")}
    if tls:
        feeds["tls"] = 'url = "%s/tls" ca-file = "%s"' % (tls.url.replace("http:", "https:"), directory.file("tls.pem"))
    else:
        world.skip("a fault in a TLS handshake", "no openssl here")
    return feeds


def fail_all(lives, fail):
    """Calls fail(life) for each, and repeats healthy runs until all is delivered."""
    with concurrent.futures.ThreadPoolExecutor(2 * (os.cpu_count() or 1)) as pool:
        list(pool.map(fail, lives))
    heal(lives)


def judge(report, lives, text, **right):
    bad = [life for life in lives if life.complaint(**right)]
    for life in bad[:20]:
        print("# %s: %s\n%s%s" % (life.what, life.complaint(**right), life.log, life.trace))
    report.check(not bad, text)
    if not bad:
        for life in lives:
            life.directory.remove()
