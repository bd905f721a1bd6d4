#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Mails of every kind, sent by the daemon: they are well-formed (strict MIME, lines, HTML), SpamAssassin with its
local rules gives each less than one point, and a Postfix with strict rules accepts them."""
import email
import email.policy
import email.utils
import html.parser
import os
import re
import shutil
import smtplib
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402

POINTS = 1.0
SENDER, READER = "nightdesk@desk.example.org", "duty@example.org"
WORDS = "embassy OR посольство"
PASSAGE = "The ministry said on Friday that its staff would leave the embassy in Norland by the end of the week. "
ITEMS = {  # name: title, text. What the words of a publisher cost is not ours: here they cost nothing.
    "plain": ("Norland relocates its embassy", PASSAGE * 3),
    "short": ("Embassy closed", "Closed."),
    "no text": ("Embassy in Norland reopens after two years", ""),
    "no title": ("", PASSAGE),
    "accents": ("Évacuation de l’ambassade — “immédiate”, dit le préfet", "<p>L’embassy sera fermée dès l’été. Où aller ?</p>"),
    "capitals": ("BREAKING: EMBASSY EVACUATED!!! 100% OF STAFF FREE", "<p>ALL STAFF OF THE EMBASSY ARE SAFE. MORE TO FOLLOW.</p>"),
    "right to left": ("السفارة embassy تنقل مقرها من العاصمة إلى الساحل", "<p>قال متحدث إن embassy ستغلق أبوابها يوم الجمعة بسبب الأوضاع الأمنية.</p>"),
    "hebrew": ("שגרירות embassy בצפון", "<p>משרד החוץ הודיע כי embassy תיסגר.</p>"),
    "chinese": ("大使館 embassy 搬遷至沿海城市", "<p>外交部週五表示 embassy 將於本週末關閉，所有人員將撤離。</p>" * 3),
    "japanese": ("大使館 embassy が移転、金曜日に発表", "<p>外務省は embassy を閉鎖すると発表した。</p>"),
    "cyrillic": ("Посольство переезжает из столицы", "<p>Министерство сообщило, что посольство закроется в пятницу.</p>" * 4),
    "emoji": ("👩‍🚒🔥 embassy 🏴‍☠️ in flames 🇫🇷", "<p>👨‍👩‍👧‍👦 embassy</p>"),
    "long": ("Embassy " + "of a very long name in a far country " * 12, "<p>" + "</p><p>".join([PASSAGE * 4] * 12) + "</p>"),
    "one word": ("Embassy", "embassy" + "x" * 900),
    "markup": ("<b>Embassy</b> & \"co\" =?utf-8?Q?x?=", "<script>x</script><table><tr><td>embassy &lt;/p&gt; <a href='x'>y</a></table>.\n\nFrom me"),
}


def feed(items, version=""):
    """An Atom feed of those items, with links as news sites have them."""
    def text(s):
        return s.replace("&", "&amp;").replace("<", "&lt;")
    entries = "".join(
        "<entry><id>tag:harbour.test,2026:%s</id><title>%s</title><updated>%s</updated>"
        "<link href='https://www.harbour.test/world/2026/%d/%s.html?utm_source=rss&amp;id=%d'/>"
        "<content type='html'>%s</content></entry>"
        % (name.replace(" ", "-"), text(title) + version, time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 60)),
           i, name.replace(" ", "-"), i, text(body)) for i, (name, (title, body)) in enumerate(items.items()))
    return ('<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Harbour Post</title>'
            "<id>tag:harbour.test,2026:feed</id>%s</feed>" % entries)


class Mail:
    """An SMTP server that keeps each mail as one of a receiver does, with fields that say who delivered it."""

    def __init__(self):
        from aiosmtpd.controller import Controller
        self.got = []
        self.controller = Controller(self, hostname="127.0.0.1", port=world.free_port())
        self.controller.start()
        self.port, self.stop = self.controller.port, self.controller.stop

    async def handle_DATA(self, server, session, envelope):
        trace = ("Return-Path: <%s>\r\nReceived: from %s (desk.example.org [80.81.82.83])\r\n"
                 "\tby mx.example.net (Postfix) with ESMTPS id 4RkDnd4Zp2z1y\r\n\tfor <%s>; %s\r\n"
                 % (envelope.mail_from, session.host_name, envelope.rcpt_tos[0], email.utils.formatdate()))
        self.got.append((trace.encode(), envelope.content))
        return "250 2.0.0 kept"

    def mails(self):
        return [content for _, content in self.got]


def configure(desk, nginx, port):
    def receiver(name, more=""):
        return ('notify %s { type = "smtp" server = "smtp://127.0.0.1:%d" starttls = "off" from = "%s" to = { %s } %s }\n'
                % (name, port, SENDER, READER, more))
    watch = "watch %s { title = \"%s\" query = '%s' priority = \"%s\" notify = { %s } on-update = \"alert\" }\n"
    desk.configure(
        "poll { private-networks = { 127.0.0.1/32 } }\n" + receiver("mail") + receiver("folded", 'digest = "10s"')
        + 'feed post { url = "%s" first-run = "alert" every = "10s" }\n' % nginx.url("post")
        + watch % ("embassy", "Embassy relocation", WORDS, "normal", "mail")
        + watch % ("botschaft", "Botschaft: Räumung", "(%s)" % WORDS, "urgent", "folded")
        + watch % ("closed", "Closed", '"embassy closed"', "flash", "mail"), "trouble = { mail }")


def subject(content):
    return email.message_from_bytes(content, policy=email.policy.default)["Subject"]


def send(report, desk, nginx, mail):
    """Everything that the daemon sends by mail."""
    def arrive(beginning, n):
        report.check(world.until(lambda: sum(subject(m).startswith(beginning) for m in mail.mails()) >= n),
                     "%d mails arrive: %s" % (n, beginning or "alerts"))

    desk.directory.write("www/post", feed(ITEMS))
    configure(desk, nginx, mail.port)
    desk.run()
    arrive("", len(ITEMS))
    arrive("URGENT %d alerts" % len(ITEMS), 1)
    desk.directory.write("www/post", feed(ITEMS, " (2)"))
    desk.ask("feeds", "poll", "post")
    arrive("Edited: ", len(ITEMS) - 1)
    arrive("FLASH Edited: ", 1)
    with open(desk.file("nightdesk.conf"), "a", encoding="utf-8") as f:
        f.write("nonsense\n")
    desk.ask("reload")
    arrive("URGENT Trouble: ", 1)
    configure(desk, nginx, mail.port)
    desk.ask("reload")
    arrive("Over: ", 1)
    desk.ask("test-notify", "mail")
    arrive("This is a nightdesk test message", 1)
    desk.stop()


class Balance(html.parser.HTMLParser):
    """Keeps what is wrong: a tag that closes none, or is never closed."""

    def __init__(self, text):
        super().__init__()
        self.open, self.wrong = [], []
        self.feed(text)
        self.close()
        self.wrong += self.open

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append("/" + tag)


def faults(content):
    """What is wrong with the form of a mail, as a list of texts."""
    wrong = []
    try:
        mail = email.message_from_bytes(content, policy=email.policy.strict)
        wrong += [part for part in mail.walk() if part.defects]
        wrong += ["%s: %s" % (name, value.defects) for name, value in mail.items() if value.defects]
        if [part.get_content_type() for part in mail.walk()] != ["multipart/alternative", "text/plain", "text/html"]:
            wrong.append("other parts")
        wrong += Balance(mail.get_body(("html",)).get_content()).wrong
        wrong += [name for name in set(mail.keys()) if mail.keys().count(name) > 1]
    except (email.errors.MessageError, ValueError) as e:
        wrong.append(repr(e))
    wrong += ["a line of %d bytes" % len(line) for line in content.split(b"\r\n") if len(line) > 76]
    if re.search(rb"(?<!\r)\n|\r(?!\n)|[^\t\r\n -~]", content):
        wrong.append("a byte that is not of seven-bit lines")
    return wrong


def score(directory, content):
    """The points that SpamAssassin gives, and the rules that gave any."""
    done = subprocess.run(["spamassassin", "-L", "-t"], input=content, capture_output=True, timeout=120, check=False,
                          env=dict(os.environ, HOME=directory.path, LC_ALL="C"))
    text = done.stdout.decode(errors="replace")
    points = re.search(r"^X-Spam-Status: \S+ score=(-?[0-9.]+)", text, re.M)
    rules = re.findall(r"^ *(-?[0-9]+\.[0-9]) ([A-Z][A-Z0-9_]+)", text, re.M)
    return float(points.group(1)) if points else 99, ", ".join("%s %s" % r for r in rules if r[0] not in ("0.0", "-0.0"))


def check_scores(report, directory, mail):
    if not shutil.which("spamassassin"):
        return world.skip("the score of mails", "no spamassassin here")
    bad, _ = score(directory, b"Subject: FREE MONEY\n\nDear friend, click here\n")
    report.check(bad > POINTS, "SpamAssassin gives points: %.1f for a mail without most of what belongs to one" % bad)
    for trace, content in mail.got:
        points, rules = score(directory, trace + content)
        report.check(points < POINTS, "%.1f points: %s %s" % (points, subject(content), rules))
    return None


STRICT = """
compatibility_level = 3.6
queue_directory = %(d)s/queue
data_directory = %(d)s/data
mail_owner = postfix
maillog_file = /dev/stdout
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.example.org
mydestination =
mynetworks =
virtual_mailbox_domains = example.org
virtual_mailbox_maps = static:box/
virtual_mailbox_base = %(d)s
virtual_uid_maps = static:%(u)d
virtual_gid_maps = static:%(u)d
virtual_minimum_uid = 1
smtpd_helo_required = yes
smtpd_helo_restrictions = reject_invalid_helo_hostname, reject_non_fqdn_helo_hostname
smtpd_sender_restrictions = reject_non_fqdn_sender
smtpd_recipient_restrictions = reject_non_fqdn_recipient, reject_unauth_destination
smtpd_data_restrictions = reject_unauth_pipelining
smtpd_forbid_bare_newline = yes
strict_rfc821_envelopes = yes
strict_8bitmime = yes
strict_mime_encoding_domain = yes
"""
SERVICES = """
127.0.0.1:%d inet n - n - - smtpd
postlog unix-dgram n - n - 1 postlogd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
proxymap unix - - n - - proxymap
virtual unix - n n - - virtual
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
"""


class Postfix:
    """A Postfix with DIRECTORY/postfix, which delivers to files in box/new there."""

    def __init__(self, directory, root):
        with open(os.path.join(root, "etc/passwd"), encoding="utf-8") as names:
            user = int(next(line for line in names if line.startswith("postfix:")).split(":")[2])
        self.command = world.within(root, directory, "postfix", "-c", directory.file("postfix"))
        self.path, self.port = directory.file("postfix"), world.free_port()
        directory.write("postfix/main.cf", STRICT % {"d": self.path, "u": user})
        directory.write("postfix/master.cf", SERVICES % self.port)
        for name in ("queue", "data", "box"):
            os.mkdir(directory.file("postfix/" + name))
            os.chown(directory.file("postfix/" + name), 0 if name == "queue" else user, -1)
        self.process = subprocess.Popen([*self.command, "start-fg"], stdin=subprocess.DEVNULL,
                                        stdout=open(directory.file("postfix.log"), "wb"), stderr=subprocess.STDOUT)
        world.wait_port(self.port)

    def boxed(self):
        box = os.path.join(self.path, "box", "new")
        return os.listdir(box) if os.path.isdir(box) else []

    def refuses(self, hello):
        with smtplib.SMTP("127.0.0.1", self.port, local_hostname=hello) as client:
            try:
                client.sendmail(SENDER, READER, "Subject: x\r\n\r\nx\r\n")
            except smtplib.SMTPRecipientsRefused:
                return True
        return False

    def stop(self):
        subprocess.run([*self.command, "stop"], check=False, stderr=subprocess.DEVNULL)
        self.process.wait()


def check_postfix(report, desk, nginx):
    """A new daemon sends everything again, to a Postfix that refuses what is not as the standards say."""
    root, why = world.peers()
    if not root:
        return world.skip("mails to Postfix", why)
    postfix = Postfix(desk.directory, root)
    report.check(postfix.refuses("desk"), "Postfix refuses a name that is not a full one")
    os.unlink(desk.file("state.db"))
    configure(desk, nginx, postfix.port)
    desk.run()
    report.check(world.until(lambda: len(postfix.boxed()) == len(ITEMS) + 1),
                 "Postfix accepts and delivers all mails: %d of %d" % (len(postfix.boxed()), len(ITEMS) + 1))
    code, out, _ = desk.ask("test-notify", "mail")
    report.check(code == 0 and "SMTP 250" in out, "and a test message: " + out.strip()[-80:])
    report.check(world.until(lambda: len(postfix.boxed()) == len(ITEMS) + 2), "which is delivered, too")
    desk.stop()
    if report.failed:
        with open(desk.file("postfix.log"), encoding="utf-8", errors="replace") as log:
            print(log.read()[-3000:])
    postfix.stop()
    return None


def main():
    if not shutil.which("nginx"):
        return world.skip("mails and their receivers", "no nginx here")
    report, desk = world.Report(), world.Desk()
    try:
        mail = Mail()
    except ImportError:
        return world.skip("mails and their receivers", "no aiosmtpd here")
    nginx = world.Nginx(desk.directory)
    send(report, desk, nginx, mail)
    for content in mail.mails():
        wrong = faults(content)
        report.check(not wrong, "well-formed: %s %s" % (subject(content), wrong or ""))
    report.check(len({email.message_from_bytes(m)["Message-ID"] for m in mail.mails()}) == len(mail.got),
                 "each has a Message-ID of its own")
    check_scores(report, desk.directory, mail)
    mail.stop()
    check_postfix(report, desk, nginx)
    nginx.stop()
    if report.failed:
        print(desk.log()[-3000:])
    else:
        desk.directory.remove()
    return report.failed


sys.exit(main())
