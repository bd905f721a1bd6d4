#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Faults of receivers that only connections show. Mail servers that shut down, defer, are silent, break off, hide
STARTTLS or refuse some recipients; a webhook whose answer comes after the time limit. Every alert ends as it should:
each try is the same mail or document under the same id, what was accepted comes again only if its answer was lost,
and nothing is sent unencrypted that must not be."""
import email
import json
import os
import re
import socketserver
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402

SILENCE = 33   # longer than a connection may take
LATE = 32   # longer than an answer may take
REFUSED = ("gone@example.org",)


class Mail:
    """A mail server. script: the replies in place of the usual ones in its first sessions, for each a dictionary of
    a command, or "greeting", "data" (after the mail), and the reply; None as a reply closes the connection."""

    def __init__(self, *script, hello=("250 mail.example",)):
        self.script, self.hello = list(script), hello
        self.lock, self.commands, self.mails, self.accepted = threading.Lock(), [], [], []
        mail = self

        class Session(socketserver.StreamRequestHandler):
            def handle(self):
                try:
                    mail.converse(self.rfile, self.say)
                except OSError:
                    pass   # the client closed first

            def say(self, text):
                self.wfile.write(text.encode() + b"\r\n")

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = "smtp://127.0.0.1:%d" % self.server.server_address[1]

    def converse(self, lines, say):
        with self.lock:
            faults = self.script.pop(0) if self.script else {}
        if "silence" in faults:
            time.sleep(faults["silence"])
        recipients = []
        if not self.reply(faults, "greeting", "220 mail.example ESMTP", say):
            return
        for line in lines:
            line = line.decode("latin-1").strip()
            with self.lock:
                self.commands.append(line)
            word = re.split("[ :]", line)[0].upper()
            if word == "EHLO" and "EHLO" not in faults:
                say("\r\n".join(self.hello))
            elif word == "RCPT":
                known = not any(r in line for r in REFUSED)
                if known and "RCPT" not in faults:
                    recipients.append(line)
                if not self.reply(faults, "RCPT", "250 2.1.5 ok" if known else "550 5.1.1 no such user", say):
                    return
            elif word == "DATA":
                if self.reply(faults, "DATA", "354 go on", say) is None:
                    continue
                if not self.take(lines, faults, recipients, say):
                    return
            elif word == "QUIT":
                say("221 bye")
                return
            elif not self.reply(faults, word, "250 2.0.0 ok", say):
                return

    def reply(self, faults, place, usual, say):
        """Returns False if the connection is to be closed."""
        text = faults.get(place, usual)
        if text is None:
            return False
        say(text)
        return not text.startswith("421")

    def take(self, lines, faults, recipients, say):
        text = b""
        for line in lines:
            if line == b".\r\n":
                break
            text += line
            if "middle" in faults and len(text) > 200:
                return False
        with self.lock:
            self.mails.append(text)
            if faults.get("data") is None or "250" in faults["data"]:
                self.accepted.append(recipients)
        return self.reply(faults, "data", "250 2.0.0 kept", say)


class Late(world.Handler):
    """Answers its first POST when the client has given up."""

    got = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Late.got.append((self.headers["webhook-id"], body))
        if len(Late.got) == 1:
            time.sleep(LATE)
        self.answer(204)


# name: server, how often the mail is accepted, keys
MAILS = {
    "shutting-down": (Mail({"greeting": "421 4.3.2 shutting down"}), 1),
    "no-greeting": (Mail({"greeting": None}), 1),
    "silent": (Mail({"silence": SILENCE}), 1),
    "sender-later": (Mail({"MAIL": "451 4.3.0 try again"}), 1),
    "greylists": (Mail({"RCPT": "451 4.7.1 greylisted"}), 1),
    "ends-session": (Mail({"RCPT": "421 4.7.0 too many errors"}), 1),
    "full": (Mail({"RCPT": "552 5.2.2 over quota"}), 1),
    "policy": (Mail({"RCPT": "550 5.7.1 not now"}), 1),
    "mail-later": (Mail({"data": "452 4.3.1 no space"}), 1),
    "mail-policy": (Mail({"data": "554 5.7.1 looks like spam"}), 1),
    "closes-in-mail": (Mail({"middle": True}), 1),
    "lost-reply": (Mail({"data": None}), 2),   # it has the mail, and the client cannot know
    "twice": (Mail({"RCPT": "450 4.2.0 later"}, {"data": "451 4.3.0 later"}), 1),
    "one-refused": (Mail(), 1),
    "stripped": (Mail(), 0),   # it offers no STARTTLS, which is required
}
KEYS = {"one-refused": "to = { duty@example.org, gone@example.org }", "stripped": "to = { duty@example.org }"}


def configure(desk, feed, late):
    blocks = ['notify %s { type = "smtp" server = "%s" %s from = "nightdesk@example.org" %s }'
              % (name, entry[0].url, 'starttls = "required"' if name == "stripped" else 'starttls = "off"', KEYS.get(name, "to = { duty@example.org }"))
              for name, entry in MAILS.items()]
    desk.configure("poll { private-networks = allow }\n" + 'feed f { url = "%s/feed" first-run = "alert" }\n' % feed
                   + "watch siren { query = 'siren' notify = { late, %s } }\n" % ", ".join(MAILS)
                   + 'notify late { type = "webhook" url = "%s/hook" }\n' % late + "\n".join(blocks))


def states(desk):
    return {d["notify"]: d for d in map(json.loads, desk.ask("deliveries", "--json", "--limit", "0")[1].splitlines())}


def check_mails(report):
    for name, (server, times) in MAILS.items():
        if name in ("stripped", "one-refused"):
            continue
        ids = {email.message_from_bytes(m)["Message-ID"] for m in server.mails}
        report.check(len(server.accepted) == times and len(ids) == 1 and len(set(server.mails)) == 1,
                     "%s: accepted %d times, as one mail: %s" % (name, len(server.accepted), ids))


def check_recipients(report, desk):
    server, state = MAILS["one-refused"][0], states(desk)["one-refused"]
    report.check(len(server.accepted) == 1 and ["duty" in r for r in server.accepted[0]] == [True],
                 "a refused recipient keeps the mail from no other: %s" % server.accepted)
    report.check(state["state"] == "dead" and "550 for gone@example.org: 5.1.1 no such user" in state["answer"],
                 "and is named: %s" % state["answer"])


def check_stripped(report, desk):
    server, state = MAILS["stripped"][0], states(desk)["stripped"]
    said = {c.split(" ")[0] for c in server.commands}
    report.check(said and said <= {"EHLO", "QUIT"} and state["state"] in ("pending", "sending"), "without STARTTLS nothing is sent: %s" % said)


def main():
    report, desk = world.Report(), world.Desk()
    feed = world.serve(lambda path: world.rss([("1", "Siren at the port")])).url
    configure(desk, feed, world.Server(Late).url)
    desk.run()

    def ended():
        now = states(desk)
        return len(now) == len(MAILS) + 1 and all(d["state"] not in ("pending", "sending") for n, d in now.items()
                                                  if n != "stripped")

    report.check(world.until(lambda: states(desk).get("late", {}).get("state") == "sending"), "what is under way is shown")
    shown = desk.ask("deliveries", "show", str(states(desk)["late"]["id"]))[1] + desk.ask("deliveries", "--state", "pending")[1]
    report.check(shown.count("sending") >= 2, "in the text, too: %s" % " ".join(shown.split())[:200])
    report.check(world.until(ended, 180), "every other alert ends")
    report.check({n for n, d in states(desk).items() if d["state"] != "delivered"} == {"one-refused", "stripped"},
                 "delivered: %s" % {n: d["state"] for n, d in states(desk).items() if d["state"] != "delivered"})
    check_mails(report)
    check_recipients(report, desk)
    check_stripped(report, desk)
    report.check(len(Late.got) == 2 and len(set(Late.got)) == 1,
                 "what was answered too late comes again, with the same id and bytes: %d" % len(Late.got))
    report.check(desk.stop() == 0, "the daemon stops")
    if report.failed:
        print(desk.log()[-6000:])
    else:
        desk.directory.remove()
    return report.failed


sys.exit(main())
