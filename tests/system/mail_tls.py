#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Mail to a real server over TLS with a login: by STARTTLS and from the first byte on, with a private authority. With
a certificate that is not valid, or a password that is wrong, nothing is sent, and the password never without TLS."""
import logging
import os
import shutil
import ssl
import subprocess
import sys
import warnings

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402

USER, PASSWORD = "desk", "geheim99Wort"


class Mail:
    """aiosmtpd. how: "starttls", "tls" or "plain"; login: it demands one and knows one."""

    def __init__(self, directory, how, login=True):
        from aiosmtpd.controller import Controller
        from aiosmtpd.smtp import AuthResult
        self.got, self.logins = [], []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(directory.file("crt"), directory.file("key"))

        def authenticate(server, session, envelope, mechanism, data):
            self.logins.append((mechanism, data.login, data.password, session.ssl is not None or how == "tls"))
            return AuthResult(success=(data.login, data.password) == (USER.encode(), PASSWORD.encode()), handled=False)

        keys = {"authenticator": authenticate, "auth_required": True, "auth_require_tls": how == "starttls"} if login else {}
        if how == "starttls":
            keys["tls_context"] = context
        self.controller = Controller(self, hostname="127.0.0.1", port=world.free_port(), require_starttls=how == "starttls",
                                     ssl_context=context if how == "tls" else None, **keys)
        self.controller.start()
        self.address = "127.0.0.1:%d" % self.controller.port

    async def handle_DATA(self, server, session, envelope):
        self.got.append((session.ssl is not None, envelope.content))
        return "250 2.0.0 kept"


def configure(directory, servers):
    login = 'user = "%s" password-credential = "right"' % USER
    block = 'notify %s { type = "smtp" server = "%s" from = "nightdesk@example.org" to = { duty@example.org } %s }\n'
    directory.write("credentials/right", PASSWORD)
    directory.write("credentials/wrong", "other" + PASSWORD)
    directory.write("nightdesk.conf", """
        daemon { state = "%s" }
        feed f { url = "http://127.0.0.1:1/" }
        poll { private-networks = allow }
        watch w { query = 'x' notify = starttls }
        """ % directory.file("state.db")
        + block % ("starttls", "smtp://" + servers["starttls"].address, login)
        + block % ("tls", "smtps://" + servers["tls"].address, login)
        + block % ("named", "smtp://" + servers["starttls"].address.replace("127.0.0.1", "localhost"), login)
        + block % ("denied", "smtp://" + servers["starttls"].address, login.replace("right", "wrong"))
        + block % ("no-login", "smtp://" + servers["starttls"].address, 'starttls = "required"')
        + block % ("stripped", "smtp://" + servers["plain"].address, login)
        + block % ("any", "smtp://" + servers["open"].address, 'starttls = "opportunistic"'))


def main():
    if not shutil.which("openssl"):
        return world.skip("mail over TLS", "no openssl here")
    logging.disable(logging.CRITICAL)   # of the server about clients that go away
    warnings.simplefilter("ignore")
    directory, report = world.Directory(), world.Report()
    authorities = world.certify(directory)
    if not authorities:
        return world.skip("mail over TLS", "no mount namespace of one's own here")
    try:
        servers = {"starttls": Mail(directory, "starttls"), "tls": Mail(directory, "tls"), "plain": Mail(directory, "plain"),
                   "open": Mail(directory, "starttls", login=False)}
    except ImportError:
        return world.skip("mail over TLS", "no aiosmtpd here")
    configure(directory, servers)

    def notify(name, trusted=True):
        words = [world.NIGHTDESK, "test-notify", "-c", directory.path, name]
        done = subprocess.run(world.trusting(authorities, *words) if trusted else words, capture_output=True, check=False)
        return done.returncode, done.stdout.decode().strip()

    def sent():
        return sum(len(s.got) for s in servers.values())

    for name in ("starttls", "tls"):
        code, text = notify(name)
        server = servers[name]
        report.check(code == 0 and len(server.got) == 1, "by %s with a private authority and a login: %s" % (name, text))
        report.check([(user, password, encrypted) for _, user, password, encrypted in server.logins]
                     == [(USER.encode(), PASSWORD.encode(), True)], "which is sent encrypted: %s"
                     % [(m, e) for m, _, _, e in server.logins])
    logins = sum(len(s.logins) for s in servers.values())
    for name, trusted, why in (("starttls", False, "an unknown authority"), ("tls", False, "an unknown authority"),
                               ("named", True, "a certificate for another name"), ("stripped", True, "a server without STARTTLS")):
        code, text = notify(name, trusted)
        report.check(code == 75 and sent() == 2 and sum(len(s.logins) for s in servers.values()) == logins,
                     "%s is trouble, and neither mail nor password is sent: %s" % (why, text))
    for name, why in (("denied", "a wrong password"), ("no-login", "no login where one is demanded")):
        code, text = notify(name)
        report.check(code == 75 and sent() == 2 and PASSWORD not in text, "%s is trouble: %s" % (why, text))
    code, text = notify("any", False)
    report.check(code == 0 and servers["open"].got[0][0], "where no encryption would do, one that proves nothing does, too: %s" % text)
    for server in servers.values():
        server.controller.stop()
    directory.remove()
    return report.failed


sys.exit(main())
