#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Alerts by syslog over TLS to a real rsyslog: all with a valid certificate, none with an invalid one.
nightdesk trusts the certificate authorities of the machine, so it runs in its own mount namespace with a
test authority only."""
import os
import shutil
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402

CERTIFICATES = "/etc/ssl/certs"
DRIVERS = ("/usr/lib/x86_64-linux-gnu/rsyslog/lmnsd_gtls.so", "/usr/lib/aarch64-linux-gnu/rsyslog/lmnsd_gtls.so",
           "/usr/lib64/rsyslog/lmnsd_gtls.so")
LONG = "Sirens of the harbour — " + "сирена " * 120
FEED = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>The Harbour Post</title><id>tag:h</id>%s</feed>"""
ENTRY = """<entry><id>tag:h:%d</id><title>Sirens, part %d</title><link href="http://post.example/%d"/>
<updated>2026-01-02T03:04:05Z</updated><summary>%s</summary></entry>"""


def openssl(*words):
    subprocess.run(["openssl", *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def authority(directory, name):
    """A test authority and its certificate for 127.0.0.1."""
    files = {k: directory.file("%s.%s" % (name, k)) for k in ("ca", "ca.key", "crt", "key", "csr", "ext")}
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=Authority " + name, "-keyout", files["ca.key"], "-out", files["ca"])
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=log",
            "-keyout", files["key"], "-out", files["csr"])
    directory.write(name + ".ext", "subjectAltName=IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", files["csr"], "-CA", files["ca"], "-CAkey", files["ca.key"], "-days", "2",
            "-CAcreateserial", "-extfile", files["ext"], "-out", files["crt"])
    # A file of all of them, and a directory in which OpenSSL finds one by the hash of its name.
    files["dir"] = directory.file(name + ".authorities")
    os.mkdir(files["dir"])
    for copy in ("ca-certificates.crt", "authority.pem"):
        shutil.copy(files["ca"], os.path.join(files["dir"], copy))
    openssl("rehash", files["dir"])
    return files


class Rsyslog(world.Rsyslog):
    """imtcp with TLS by GnuTLS; messages go to a file."""

    def __init__(self, directory, name, files):
        self.port = world.free_port()
        directory.write(name + ".conf", """
            global(workDirectory="%(d)s" maxMessageSize="8k" defaultNetstreamDriver="gtls"
                   defaultNetstreamDriverCAFile="%(ca)s" defaultNetstreamDriverCertFile="%(crt)s"
                   defaultNetstreamDriverKeyFile="%(key)s")
            module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="anon")
            template(name="all" type="list") { property(name="pri-text") constant(value=" ")
                property(name="app-name") constant(value=" ") property(name="msg") constant(value="\\n") }
            input(type="imtcp" address="127.0.0.1" port="%(p)d")
            action(type="omfile" file="%(d)s/%(name)s.got" template="all")
            """ % {"d": directory.path, "p": self.port, "name": name, "ca": files["ca"], "crt": files["crt"],
                   "key": files["key"]})
        self.start(directory, name, self.port)


def trusting(authorities, *words):
    """Returns the command with that directory as the machine's certificate authorities."""
    return ["unshare", "--map-root-user", "--mount", "sh", "-c",
            'mount --bind "$1" "$2" && shift 2 && exec "$@"', "sh", authorities, CERTIFICATES, *words]


def missing():
    for tool in ("nginx", "rsyslogd", "openssl", "unshare"):
        if not shutil.which(tool):
            return "no %s here" % tool
    if not any(os.path.exists(d) for d in DRIVERS):
        return "rsyslog has no gtls driver here"
    if not os.path.isdir(CERTIFICATES) or subprocess.run(trusting(CERTIFICATES, "true"), stderr=subprocess.DEVNULL,
                                                         check=False).returncode:
        return "no mount namespace of one's own here"
    return None


def configure(directory, nginx, good, other):
    directory.write("www/post", FEED % "".join(ENTRY % (i, i, i, LONG if i == 2 else "Sirens.") for i in range(1, 6)))
    directory.write("nightdesk.conf", """
        daemon { state = "%s" control = "%s" }
        poll { private-networks = { 127.0.0.1/32 } }
        feed post { url = "%s" first-run = "alert" }
        watch siren { query = 'siren*' notify = { log } }
        notify log { type = "syslog" server = "tls://127.0.0.1:%d" }
        notify other { type = "syslog" server = "tls://127.0.0.1:%d" }
        notify named { type = "syslog" server = "tls://localhost:%d" }
        """ % (directory.file("state.db"), directory.file("control.sock"), nginx.url("post"), good.port, other.port,
               good.port))


def test_notify(directory, bundle, name):
    done = subprocess.run(trusting(bundle, world.NIGHTDESK, "test-notify", "-c", directory.path, name),
                          capture_output=True, stdin=subprocess.DEVNULL, timeout=60, check=False)
    return done.returncode, (done.stdout + done.stderr).decode(errors="replace").strip()


def check_daemon(report, directory, bundle, good):
    daemon = subprocess.Popen(trusting(bundle, world.NIGHTDESK, "run", "-c", directory.path),
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=open(directory.file("log"), "wb"))
    report.check(world.until(lambda: len(good.lines()) >= 5), "five alerts arrive")
    daemon.send_signal(signal.SIGTERM)
    report.check(daemon.wait(10) == 0, "the daemon stops cleanly")
    lines = good.lines()
    report.check(len(lines) == 5 and sum(", part %d" % i in line for line in lines for i in range(1, 6)) == 5,
                 "each once, one a line: %d" % len(lines))
    report.check(all(line.startswith("news.notice nightdesk") for line in lines), (lines or [""])[0][:100])


def check_refusals(report, directory, bundle, good, other):
    before = len(good.lines())
    code, text = test_notify(directory, bundle, "log")
    report.check(code == 0 and "delivered" in text, text)
    report.check(world.until(lambda: len(good.lines()) == before + 1), "and it arrives")
    for name, why in (("other", "of an untrusted authority"), ("named", "for another name")):
        code, text = test_notify(directory, bundle, name)
        report.check(code == 75 and "certificate" in text.lower(), "a certificate %s: %s" % (why, text))
    report.check(not other.lines() and len(good.lines()) == before + 1, "and nothing is sent")


def main():
    why = missing()
    if why:
        return world.skip("syslog over TLS", why)
    directory, report = world.Directory(), world.Report()
    files, others = authority(directory, "good"), authority(directory, "other")
    nginx, good, other = world.Nginx(directory), Rsyslog(directory, "good", files), Rsyslog(directory, "other", others)
    configure(directory, nginx, good, other)
    check_daemon(report, directory, files["dir"], good)
    check_refusals(report, directory, files["dir"], good, other)
    if report.failed:
        print(open(directory.file("log"), encoding="utf-8").read()[-3000:])
    for server in (good, other, nginx):
        server.stop()
    directory.remove()
    return report.failed


sys.exit(main())
