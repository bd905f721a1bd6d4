#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Every kind of secret of every receiver, with servers that repeat what they are sent: none of it is in the
log, the database, a listing, the files and programs that get alerts, or the arguments and environment of the
daemon and its children."""
import base64
import glob
import os
import re
import socketserver
import subprocess
import sys
import threading
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import receiver  # noqa: E402
import world  # noqa: E402

SECRETS = {
    "hook-url": "canaryHookT0ken", "hook-hmac": "Y2FuYXJ5SG1hY0tleTAxMjM0NTY3ODkwMTIzNDU2Nzg=",
    "hook-ed25519": "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=", "hook-header": "canaryHeader77Bearer",
    "slack-url": "canarySlackHook88", "mail-password": "canaryMailPass99", "feed-url": "canaryFeedT0ken",
    "feed-password": "canaryFeedPass11"}
FEED = ('<rss version="2.0"><channel><title>Herald</title><item><guid>1</guid><title>Sirens at dawn</title>'
        "</item></channel></rss>").encode()
PROGRAM = """#!/bin/sh
exec >"%(d)s/child" 2>&1
echo "arguments: $0 $*"; env; ls -l /proc/self/fd; cat; cat /proc/$PPID/cmdline /proc/$PPID/environ | tr '\\0' '\\n'
touch "%(d)s/child-done"
"""


class Echo(world.Handler):
    """Gives the feed to GET; refuses POST with all that it was sent."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer(200, FEED)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        said = "%s %s" % (self.path, " ".join(self.headers.values()))
        self.answer(403, said.encode() + b" " + body, [("X-Echo", said)])

    do_PUT = do_POST


class Mail(socketserver.StreamRequestHandler):
    """Refuses logins, and repeats them decoded and not."""

    def handle(self):
        self.wfile.write(b"220 mail.example ESMTP\r\n")
        for line in self.rfile:
            line = line.decode("latin-1").strip()
            if line.startswith("EHLO"):
                self.wfile.write(b"250-mail.example\r\n250 AUTH PLAIN\r\n")
            elif line.startswith("AUTH"):
                if " " not in line[5:]:
                    self.wfile.write(b"334 \r\n")
                    line += " " + self.rfile.readline().decode().strip()
                sent = line.split()[-1]
                plain = base64.b64decode(sent).decode(errors="replace").replace("\0", " ")
                self.wfile.write(("535 5.7.8 no: %s %s\r\n" % (sent, plain)).encode())
            elif line.startswith("QUIT"):
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 ok\r\n")


def serve_mail():
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def forms(secret):
    """Itself, decoded, encoded, in parts, in any letter case."""
    encoded = base64.b64encode(secret.encode()).decode().rstrip("=")
    plain = [secret, encoded[:-2], urllib.parse.quote(secret, safe=""), secret[:len(secret) * 2 // 3]]
    return {f.lower() for f in plain}


def leaks(text):
    text = text.lower()
    return sorted(name for name, secret in SECRETS.items() if any(f in text for f in forms(secret)))


def services(desk, base):
    """Writes the credentials of every service that has a strict receiver; returns names and notify blocks."""
    blocks = {}
    for name, service in receiver.load().items():
        for credential, text in service.credentials.items():
            if "URL" not in text:
                SECRETS[credential] = text
            desk.directory.write("credentials/" + credential, text.replace("URL", base))
        blocks[name] = "notify %s { %s }" % (name, service.keys().replace(service.url, base))
    return blocks


def configure(desk, base, mail):
    for name, text in (("hook-url", base + "/hook/" + SECRETS["hook-url"]), ("hook-hmac", "whsec_" + SECRETS["hook-hmac"]),
                       ("hook-ed25519", "whsk_" + SECRETS["hook-ed25519"]),
                       ("slack-url", base + "/services/T0/B0/" + SECRETS["slack-url"]),
                       ("mail-password", SECRETS["mail-password"]),
                       ("feed-url", base + "/feed?key=" + SECRETS["feed-url"]), ("feed-password", SECRETS["feed-password"])):
        desk.directory.write("credentials/" + name, text + "\n")
    program = desk.directory.write("program", PROGRAM % {"d": desk.directory.path})
    os.chmod(program, 0o755)
    blocks = services(desk, base)
    names = ["hook", "own", "chat", "mail", "program", "lines", "journal", "log", "out", *blocks]
    desk.configure("""
        poll { host-gap = "0s" private-networks = allow }
        feed herald { url-credential = "feed-url" first-run = "alert" }
        feed locked { url = "%(base)s/locked" user = "desk" password-credential = "feed-password" first-run = "alert" }
        watch siren { query = 'siren*' notify = { %(names)s } }
        notify hook { type = "webhook" url-credential = "hook-url" secret-credential = { "hook-hmac", "hook-ed25519" }
            headers = { "Authorization: Bearer %(header)s" } }
        notify own { type = "webhook" url-credential = "hook-url" body = '{"t": "{title}"}' }
        notify chat { type = "slack" url-credential = "slack-url" }
        notify mail { type = "smtp" server = "smtp://127.0.0.1:%(mail)d" starttls = "opportunistic" user = "desk"
            password-credential = "mail-password" from = "n@example.org" to = { "a@example.org" } }
        notify program { type = "exec" command = { "%(program)s", "--desk" } }
        notify lines { type = "file" path = "%(lines)s" }
        notify journal { type = "journal" }
        notify log { type = "syslog" server = "udp://127.0.0.1:%(closed)d" }
        notify out { type = "stdout" }
        """ % {"base": base, "names": ", ".join(names), "header": SECRETS["hook-header"], "mail": mail,
               "program": program, "lines": desk.file("lines"), "closed": world.free_port()}
        + "\n".join(blocks.values()) + "\n", 'log = "debug"')
    return names, {"hook", "own", "chat", "mail", *blocks}


def text_of(*paths):
    text = ""
    for path in paths:
        with open(path, "rb") as f:
            text += f.read().decode("latin-1")
    return text


def check_clean(report, what, text, but=()):
    found = [name for name in leaks(text) if name not in but]
    report.check(not found, "%s shows no secret: %s" % (what, found))


def check_commands(report, desk, names):
    """A header with a secret is in the configuration itself: check may quote its line."""
    commands = [["status"], ["status", "--json"], ["deliveries"], ["deliveries", "--json"], ["alerts", "list", "--json"],
                ["feeds"], ["feeds", "--json"], ["feeds", "show", "herald"], ["feeds", "show", "locked"], ["check"],
                ["check", "--json"], ["explain", "1"], ["fetch", "herald"], ["fetch", "--json", "locked"]]
    commands += [["test-notify", name] for name in names] + [["test-notify", "--json", name] for name in names]
    commands += [["deliveries", "show", str(n)] for n in range(1, len(names) + 3)]
    for words in commands:
        _, out, err = desk.ask(*words)
        check_clean(report, " ".join(words), out + err)


def check_process(report, desk):
    pid = desk.process.pid
    check_clean(report, "its command line", text_of("/proc/%d/cmdline" % pid))
    check_clean(report, "its environment", text_of("/proc/%d/environ" % pid))
    report.check(world.until(lambda: os.path.exists(desk.file("child-done"))), "a program got the alert")
    child = text_of(desk.file("child"))
    check_clean(report, "what a program sees", child)
    report.check("Sirens at dawn" in child and re.search("^LANG=C.UTF-8$", child, re.M), "it got the document, and little else")
    unit = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../systemd/nightdesk.service")
    report.check("\nLimitCORE=0\n" in text_of(unit), "the service leaves no core with them")


def main():
    report, desk = world.Report(), world.Desk()
    names, refused = configure(desk, world.Server(Echo).url, serve_mail())
    desk.run()
    report.check(world.until(lambda: all('"notify":"%s"' % n in desk.ask("deliveries", "--json")[1] for n in names)
                             and "535" in desk.log() and "403" in desk.log()), "all receivers were tried")
    answers = desk.ask("deliveries", "--json")[1]
    report.check("***" in answers and "403" in answers and "535" in answers, "those that refuse are quoted: %s" % sorted(refused))
    check_process(report, desk)
    check_commands(report, desk, names)
    desk.stop()
    check_clean(report, "the log", desk.log())
    # It keeps the text of the configuration, which contains the header in plain text.
    check_clean(report, "the database", text_of(*glob.glob(desk.file("state.db*"))), but=("hook-header",))
    check_clean(report, "the file of alerts", text_of(desk.file("lines")))
    if report.failed:
        subprocess.run(["tail", "-n", "40", desk.file("log")], check=False)
    else:
        desk.directory.remove()
    sys.exit(1 if report.failed else 0)


main()
