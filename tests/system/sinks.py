#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Alerts to real receivers: an SMTP server that defers some recipients and refuses others, rsyslog over
UDP, TCP and a local socket, a webhook that fails once, a program, a file that is rotated, standard output;
and test-notify for each."""
import email
import email.policy
import json
import os
import shutil
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402

SECRET = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
FEED = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>The Harbour Post</title><id>tag:h</id>
<entry><id>tag:h:1</id><title>Sirène — “sirens” at dawn
Bcc: evil@example.org</title><link href="http://post.example/1"/>
<updated>2026-01-02T03:04:05Z</updated><content type="html">&lt;p&gt;.&lt;/p&gt;&lt;p&gt;All the sirens of the harbour went off.&lt;/p&gt;</content></entry>
</feed>"""


PROGRAM = """#!/bin/sh
[ "$1" = "a b" ] && cat >>"%s/program.out"
"""


class Mail:
    """aiosmtpd: defers some recipients once, then accepts their mail; refuses unknown ones."""

    def __init__(self):
        from aiosmtpd.controller import Controller
        self.got, self.later, self.gone = [], {"duty@example.org", "slow@example.org"}, "gone"
        self.controller = Controller(self, hostname="127.0.0.1", port=world.free_port())
        self.controller.start()
        self.url = "smtp://127.0.0.1:%d" % self.controller.port

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.later:
            self.later.remove(address)
            return "451 4.7.1 greylisted, come back"
        if address.startswith(self.gone):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):
        self.hello = session.host_name
        self.got.append((envelope.mail_from, list(envelope.rcpt_tos), envelope.content))
        return "250 2.0.0 kept"


class Rsyslog(world.Rsyslog):
    """rsyslog: UDP, TCP and a local socket, each to a file."""

    def __init__(self, directory):
        self.udp, self.tcp = world.free_port(), world.free_port()
        self.socket = directory.file("log.sock")
        directory.write("rsyslog.conf", """
            global(workDirectory="%(d)s" maxMessageSize="8k")
            module(load="imudp") module(load="imtcp")
            module(load="imuxsock" SysSock.Use="off")
            template(name="all" type="list") { property(name="pri-text") constant(value=" ")
                property(name="app-name") constant(value=" ") property(name="msg") constant(value="\\n") }
            ruleset(name="u") { action(type="omfile" file="%(d)s/udp.got" template="all") }
            ruleset(name="t") { action(type="omfile" file="%(d)s/tcp.got" template="all") }
            ruleset(name="l") { action(type="omfile" file="%(d)s/local.got" template="all") }
            input(type="imudp" address="127.0.0.1" port="%(u)d" ruleset="u")
            input(type="imtcp" address="127.0.0.1" port="%(t)d" ruleset="t")
            input(type="imuxsock" Socket="%(s)s" ruleset="l")
            """ % {"d": directory.path, "u": self.udp, "t": self.tcp, "s": self.socket})
        self.start(directory, "rsyslog", self.tcp)


def configure(directory, nginx, hook, mail, rsyslog):
    program = directory.write("program", PROGRAM % directory.path)
    os.chmod(program, 0o755)
    names, blocks = ["hook", "out", "program", "lines"], [
        'notify program { type = "exec" command = { "%s", "a b" } }' % program,
        'notify busy { type = "exec" command = { "/bin/sh", "-c", "echo no line >&2; exit 75" } }',
        'notify lines { type = "file" path = "%s" }' % directory.file("lines"),
        'notify hook { type = "webhook" url = "%s" secret-credential = "key" }' % hook.url,
        'notify out { type = "stdout" }']
    if mail:
        names += ["mail", "several"]
        blocks.append('notify several { type = "smtp" server = "%s" starttls = "off" from = "nightdesk@example.org"'
                      ' to = { foreign@example.org, slow@example.org, gone@example.org } }' % mail.url)
        blocks.append('notify mail { type = "smtp" server = "%s" starttls = "off" from = "nightdesk@example.org"'
                      ' to = { duty@example.org } }' % mail.url)
        blocks.append('notify gone { type = "smtp" server = "%s" starttls = "off" from = "nightdesk@example.org"'
                      ' to = { gone@example.org } }' % mail.url)
        blocks.append('notify locked { type = "smtp" server = "%s" starttls = "required" from = "nightdesk@example.org"'
                      ' to = { duty@example.org } }' % mail.url)
    if rsyslog:
        names += ["udp", "tcp", "local"]
        blocks += ['notify udp { type = "syslog" server = "udp://127.0.0.1:%d" }' % rsyslog.udp,
                   'notify tcp { type = "syslog" server = "tcp://127.0.0.1:%d" tag = "desk" }' % rsyslog.tcp,
                   'notify local { type = "syslog" server = "%s" facility = "local3" }' % rsyslog.socket]
    directory.write("credentials/key", SECRET)
    directory.write("nightdesk.conf", 'daemon { state = "%s" control = "%s" }\n'
                    % (directory.file("state.db"), directory.file("control.sock"))
                    + 'poll { private-networks = { 127.0.0.1/32 } }\n'
                    + 'feed post { url = "%s" first-run = "alert" }\n' % nginx.url("post")
                    + "watch siren { query = 'siren*' priority = \"urgent\" notify = { %s } }\n" % ", ".join(names)
                    + "\n".join(blocks) + "\n")
    return names


def command(directory, *words):
    done = subprocess.run([world.NIGHTDESK, words[0], "-c", directory.path, *words[1:]], capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=60, check=False)
    return done.returncode, (done.stdout + done.stderr).decode(errors="replace")


def check_several(report, directory, mail):
    """One of three recipients is deferred, one is unknown: the others get it once, and it can be retried."""
    def to(name):
        return [g for g in mail.got if name + "@example.org" in g[1]]
    report.check(world.until(lambda: to("slow")), "the deferred recipient gets the mail later")
    report.check([g[1] for g in mail.got if g not in to("duty")] == [["foreign@example.org"], ["slow@example.org"]],
                 "the others immediately, and none twice: %s" % [g[1] for g in mail.got])

    def failed():
        return [d for d in map(json.loads, command(directory, "deliveries", "--json", "--state", "dead")[1].splitlines())
                if d["notify"] == "several"]
    report.check(world.until(failed), "the unknown recipient fails")
    answer = failed()[0]["answer"] if failed() else ""
    report.check(answer == "SMTP 550 for gone@example.org: 5.1.1 no such user; delivered to all others",
                 "by name: %s" % answer)
    mail.gone = "nobody"
    command(directory, "deliveries", "retry", str(failed()[0]["id"]))
    report.check(world.until(lambda: to("gone")), "and gets it after a retry")
    report.check(to("gone")[0][1] == ["gone@example.org"] and len(mail.got) == 4, "and only that recipient")
    mail.gone = "gone"


def check_mail(report, mail):
    if not report.check(world.until(lambda: [g for g in mail.got if g[1][0] == "duty@example.org"]),
                        "the mail that was put off arrives"):
        return
    sender, recipients, content = [g for g in mail.got if g[1][0] == "duty@example.org"][0]
    parsed = email.message_from_bytes(content, policy=email.policy.default)
    report.check(sender == "nightdesk@example.org" and recipients == ["duty@example.org"], "the envelope is right")
    report.check("Sirène" in parsed["Subject"] and parsed["Bcc"] is None, "the subject is one line: %s" % parsed["Subject"])
    for kind, mark in (("plain", "[[sirens]] of the harbour"), ("html", "of the harbour")):
        part = parsed.get_body((kind,))
        report.check(part is not None and mark in part.get_content(), "the %s text is complete" % kind)
    report.check("." in mail.hello, "the server is given a full name: %s" % mail.hello)
    report.check(parsed["Message-ID"].startswith("<al_"), "the Message-ID is the alert's id")


def check_syslog(report, rsyslog):
    for name, head in (("udp", "news.warning nightdesk "), ("tcp", "news.warning desk "),
                       ("local", "local3.warning nightdesk ")):
        report.check(world.until(lambda: rsyslog.lines(name)), "rsyslog receives it by %s" % name)
        line = (rsyslog.lines(name) or [""])[0]
        report.check(line.startswith(head) and "watch=" in line and "sirens of the harbour" in line, line[:160])
        report.check(len(rsyslog.lines(name)) == 1, "only once")


def check_local(report, directory):
    def lines(name):
        try:
            with open(directory.file(name), encoding="utf-8") as f:
                return [json.loads(line) for line in f]
        except FileNotFoundError:
            return []
    for name in ("program.out", "lines"):
        report.check(world.until(lambda: lines(name)), "%s has the alert" % name)
        report.check(len(lines(name)) == 1 and lines(name)[0]["type"] == "alert.created", "as one document")
    os.rename(directory.file("lines"), directory.file("lines.1"))
    code, text = notify(directory, "lines")
    report.check(code == 0 and len(lines("lines")) == 1 and len(lines("lines.1")) == 1, "after a rotation, the new file is used: %s"
                 % text.strip())
    code, text = notify(directory, "busy")
    report.check(code == 75 and "exit status 75, temporary failure: no line" in text, "a program that fails: %s" % text.strip())


def notify(directory, name):
    return command(directory, "test-notify", name)


def check_test_notify(report, directory, names, mail, rsyslog, hook):
    for name in names:
        if name == "several":
            continue
        code, text = notify(directory, name)
        report.check(code == 0 and "delivered" in text, "test-notify %s: %s" % (name, text.strip()[-80:]))
    if mail:
        code, text = notify(directory, "gone")
        report.check(code == 1 and "550" in text and "no such user" in text, "a refusal is shown: %s" % text.strip())
        code, text = notify(directory, "several")
        report.check(code == 1 and "550 for gone@example.org" in text and "delivered to all others" in text,
                     "and of whom: %s" % text.strip())
        code, text = notify(directory, "locked")
        report.check(code == 75 and "TLS" in text, "no unencrypted mail if TLS is required: %s" % text.strip())
    if rsyslog:
        rsyslog.stop()
        code, text = notify(directory, "tcp")
        report.check(code == 75, "a closed port: %s" % text.strip())
    hook.script = [410]
    code, text = notify(directory, "hook")
    report.check(code == 1 and "410" in text, "a receiver that answers 410: %s" % text.strip())
    report.check(notify(directory, "nobody")[0] == 1, "an unknown receiver")


def main():
    if not shutil.which("nginx"):
        return world.skip("real receivers", "no nginx here")
    directory, report, hook = world.Directory(), world.Report(), world.Hook(SECRET, [500])
    nginx = world.Nginx(directory)
    try:
        mail = Mail()
    except ImportError:
        mail = world.skip("mail", "no aiosmtpd here")
    rsyslog = Rsyslog(directory) if shutil.which("rsyslogd") else world.skip("syslog", "no rsyslogd here")
    directory.write("www/post", FEED)
    names = configure(directory, nginx, hook, mail, rsyslog)
    out = open(directory.file("out"), "wb")
    daemon = subprocess.Popen([world.NIGHTDESK, "run", "-c", directory.path], stdin=subprocess.DEVNULL,
                              stdout=out, stderr=open(directory.file("log"), "wb"))
    report.check(hook.wait(1, 30), "the webhook that failed once receives it")
    report.check(len(hook.refused) == 1 and hook.refused[0]["id"] == hook.got[0]["id"]
                 and hook.refused[0]["body"] == hook.got[0]["body"] and not hook.bad_signatures,
                 "the second try is the first, byte for byte, and signed")
    if mail:
        check_mail(report, mail)
        check_several(report, directory, mail)
    if rsyslog:
        check_syslog(report, rsyslog)
    with open(directory.file("out"), encoding="utf-8") as f:
        report.check("harbour" in f.read(), "standard output has the alert")
    check_local(report, directory)
    daemon.send_signal(signal.SIGTERM)
    report.check(daemon.wait(10) == 0, "the daemon stops cleanly")
    check_test_notify(report, directory, names, mail, rsyslog, hook)
    if report.failed:
        print(open(directory.file("log"), encoding="utf-8").read()[-3000:])
    if mail:
        mail.controller.stop()
    if rsyslog:
        rsyslog.stop()
    nginx.stop()
    directory.remove()
    return report.failed


sys.exit(main())
