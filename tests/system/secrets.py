#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Servers that repeat what they were sent: the path of a webhook, a token, a login. None of it is in the log,
the database, or what commands print; nor are tokens of feeds in listings."""
import base64
import glob
import html
import os
import subprocess
import sys
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402

FEED = ('<?xml version="1.0"?><rss version="2.0"><channel><title>Herald</title>'
        '<item><guid>1</guid><title>Sirens at dawn</title></item></channel></rss>').encode()
TOKEN, PASSWORD, QUERY, KEY = "xoxT0kenOfTheHook", "hunter2Hunter2", "q_9Xy-77z", "feedKey551"
SECRETS = (TOKEN, PASSWORD, QUERY, KEY)

DISGUISES = {
    "plain": lambda s: s,
    "page": lambda s: "<html><title>404</title><p>" + html.escape(s) + "</p>",
    "encoded": lambda s: urllib.parse.quote(s, safe=""),
    "twice": lambda s: urllib.parse.quote(urllib.parse.quote(s, safe=""), safe=""),
    "decoded": urllib.parse.unquote,
    "json": lambda s: '{"path":"' + s.replace("/", "\\/") + '"}',
    "upper": str.upper,
    "lower": str.lower,
    "entities": lambda s: "".join("&#%d;" % ord(c) for c in s),
    "base64": lambda s: base64.b64encode(s.encode()).decode(),
    "inside-base64": lambda s: base64.b64encode(b'{"p":"' + s.encode() + b'"}').decode(),
    "half": lambda s: s[:len(s) // 2],
    "other-half": lambda s: s[len(s) // 2:],
    "segments": lambda s: " ".join(p for p in s.replace("?", "/").split("/")),
    "cut": lambda s: "x" * (120 - len(s) // 2) + s,
}


class Echo(world.Handler):
    """Refuses with the path and the login of the request, disguised as the first segment says."""

    protocol_version = "HTTP/1.1"

    def echo(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        kind, rest = self.path[1:].split("/", 1)
        said = DISGUISES[kind]("/" + kind + "/" + rest)
        login = self.headers.get("Authorization")
        body = (said + " " + (login or "")).encode()
        if self.command == "GET" and rest.startswith("feed"):
            body = FEED
        self.answer(404 if self.command == "POST" else 200, body, [("ETag", '"' + self.path + '"')])

    do_GET = do_POST = echo


def run(*args):
    done = subprocess.run([world.NIGHTDESK] + list(args), stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=120, check=False)
    return (done.stdout + done.stderr).decode(errors="replace")


def forms(secret):
    """What of it must not be seen: itself in any case, its base64 in parts, its longer halves."""
    b = base64.b64encode(secret.encode()).decode()
    return [secret.lower(), secret[:len(secret) // 2 + 1].lower(), secret[len(secret) // 2:].lower(), b[:-4].lower()]


def leaks(text):
    text = text.lower()
    return sorted({f for s in SECRETS for f in forms(s) if f in text})


def of_process(d):
    """What /proc shows of the running daemon."""
    daemon = subprocess.Popen([world.NIGHTDESK, "run", "-c", d.path], stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    seen = ""
    for name in ("cmdline", "environ", "comm"):
        with open("/proc/%d/%s" % (daemon.pid, name), "rb") as f:
            seen += f.read().decode("latin-1")
    daemon.terminate()
    daemon.wait(20)
    return seen


def main():
    report, d = world.Report(), world.Directory()
    base = world.Server(Echo).url
    conf = ('daemon { state = "%s" log = "debug" }\npoll { host-gap = "0s" per-host = 8 private-networks = allow }\n'
            % d.file("state.db"))
    for kind in DISGUISES:
        d.write("credentials/" + kind, "%s/%s/services/%s?key=%s\n" % (base, kind, TOKEN, QUERY))
        conf += 'notify %s { type = "webhook" url-credential = "%s" }\n' % (kind, kind)
        conf += 'feed secret-%s { url-credential = "%s" }\n' % (kind, kind)
    d.write("credentials/login", PASSWORD + "\n")
    for f in glob.glob(d.file("credentials/*")):
        os.chmod(f, 0o600)
    conf += 'feed good { url = "%s/plain/feed?n=1&token=%s" first-run = "alert" }\n' % (base, KEY)
    conf += 'feed page { url = "%s/page/x?api_key=%s" user = u password-credential = login }\n' % (base, KEY)
    conf += "watch siren { query = 'siren*' notify = { %s } }\n" % ", ".join(DISGUISES)
    d.write("nightdesk.conf", conf)
    text = run("run", "--once", "-c", d.path)
    report.check("delivery-failed" in text and "***" in text, "receivers that refuse are logged")
    report.check(not leaks(text), "the log of a run shows no secret: %s" % leaks(text))
    with_rows = run("deliveries", "list", "-c", d.path)
    report.check("404" in with_rows or "HTTP" in with_rows, "their answers are listed")
    for args in (["deliveries", "list"], ["deliveries", "list", "--json"], ["feeds"], ["feeds", "--json"],
                 ["feeds", "show", "good"], ["feeds", "show", "--json", "good"], ["feeds", "show", "page"],
                 ["fetch", "good"], ["fetch", "--json", "good"], ["fetch", "page"], ["fetch", "--json", "page"],
                 ["fetch", "secret-plain"], ["fetch", "secret-entities"], ["fetch", "--json", "secret-half"],
                 ["explain", "1"], ["explain", "--json", "1"], ["alerts", "list", "--json"], ["status"],
                 ["check"]) + tuple(
                     ["test-notify", kind] for kind in DISGUISES) + tuple(["test-notify", "--json", kind] for kind in DISGUISES):
        words = [a for a in args if a != "--json"]
        text = run(*words, *(["--json"] if "--json" in args else []), "-c", d.path)
        report.check(not leaks(text), "%s shows no secret: %s" % (" ".join(args), leaks(text)))
    for n in range(1, len(DISGUISES) + 1):
        text = run("deliveries", "show", str(n), "-c", d.path)
        report.check(not leaks(text), "deliveries show %d shows no secret: %s" % (n, leaks(text)))
    report.check(not leaks(of_process(d)), "nor do its arguments and environment")
    database = ""
    for name in glob.glob(d.file("state.db*")):
        with open(name, "rb") as f:
            database += f.read().decode("latin-1")
    # The address of the feed good is no credential: it is what identifies the feed.
    found = [f for f in leaks(database) if f not in forms(KEY)]
    report.check(not found, "nor has the database one: %s" % found)
    if not os.environ.get("KEEP"):
        d.remove()
    sys.exit(1 if report.failed else 0)


main()
