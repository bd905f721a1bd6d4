#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Signatures of webhooks, verified by others: HMAC by the reference library for Node where it is installed
(npm install standardwebhooks; NODE_PATH says where), ed25519 by openssl. And webhooks over TLS to nginx with a
private authority."""
import base64
import json
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402

HMAC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
VERIFY = """
const { Webhook } = require('standardwebhooks');
const { secret, headers, body } = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const data = new Webhook(secret).verify(body, headers);
console.log(data.type);
"""


class Keep(world.Handler):
    got = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Keep.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
        self.answer(204)


def openssl(*words):
    return subprocess.run(["openssl", *words], capture_output=True, check=False)


def verify_with_node(report, headers, body):
    node = shutil.which("node")
    found = node and subprocess.run([node, "-e", "require('standardwebhooks')"], capture_output=True, check=False)
    if not found or found.returncode:
        world.skip("HMAC by the reference library", "no node with standardwebhooks here")
        return
    for what, text, right in (("accepts the signature", body, True), ("refuses another body", body.replace(b"urgent", b"normal") + b" ", False)):
        message = json.dumps({"secret": HMAC, "headers": headers, "body": text.decode()})
        done = subprocess.run([node, "-e", VERIFY], input=message.encode(), capture_output=True, check=False)
        report.check((done.returncode == 0) == right, "the reference library %s: %s"
                     % (what, done.stdout.decode().strip()))


def verify_with_openssl(report, directory, headers, body):
    signature = [s for s in headers["webhook-signature"].split(" ") if s.startswith("v1a,")]
    report.check(len(signature) == 1, "there is one signature of ed25519")
    directory.write("signature", base64.b64decode(signature[0][4:]))
    content = ("%s.%s." % (headers["webhook-id"], headers["webhook-timestamp"])).encode() + body
    for what, text, right in (("accepts the signature", content, True), ("refuses another body", content + b" ", False)):
        path = directory.write("content", text)
        done = openssl("pkeyutl", "-verify", "-pubin", "-inkey", directory.file("public.pem"), "-rawin", "-in", path,
                       "-sigfile", directory.file("signature"))
        report.check((done.returncode == 0) == right, "openssl %s: %s" % (what, done.stdout.decode().strip()))


def check_tls(report, hook):
    if not shutil.which("nginx"):
        world.skip("webhooks over TLS", "no nginx here")
        return
    directory, port = world.Directory(), world.free_port()
    authorities = world.certify(directory)
    if not authorities:
        world.skip("webhooks over TLS", "no mount namespace of one's own here")
        return
    nginx = world.Nginx(directory, """} server { listen 127.0.0.1:%d ssl; ssl_certificate %s; ssl_certificate_key %s;
        location / { proxy_pass %s; }""" % (port, directory.file("crt"), directory.file("key"), hook))
    directory.write("nightdesk.conf", """
        daemon { state = "%s" }
        feed f { url = "http://127.0.0.1:1/" }
        poll { private-networks = allow }
        watch w { query = 'x' notify = hook }
        notify hook { type = "webhook" url = "https://127.0.0.1:%d/hook" }
        notify plain { type = "webhook" url = "http://127.0.0.1:%d/hook" }
        notify other { type = "webhook" url = "https://localhost:%d/hook" }
        """ % (directory.file("state.db"), port, port, port))

    def notify(name, trusted=True):
        words = [world.NIGHTDESK, "test-notify", "-c", directory.path, name]
        done = subprocess.run(world.trusting(authorities, *words) if trusted else words, capture_output=True, check=False)
        return done.returncode, done.stdout.decode().strip()
    before = len(Keep.got)
    code, text = notify("hook")
    report.check(code == 0 and len(Keep.got) == before + 1, "a webhook over TLS with a private authority: %s" % text)
    for name, trusted, why in (("hook", False, "an unknown authority"), ("other", True, "a certificate for another name"),
                               ("plain", True, "HTTP to a port of HTTPS")):
        code, text = notify(name, trusted)
        report.check(code == 75 and len(Keep.got) == before + 1, "%s is trouble, and nothing is sent: %s" % (why, text))
    nginx.stop()
    directory.remove()


def main():
    directory, report = world.Directory(), world.Report()
    if not shutil.which("openssl") or openssl("genpkey", "-algorithm", "ed25519", "-out", directory.file("key.pem")).returncode:
        return world.skip("signatures of webhooks", "no openssl with ed25519 here")
    openssl("pkey", "-in", directory.file("key.pem"), "-pubout", "-out", directory.file("public.pem"))
    # As the manual page says.
    seed = openssl("pkey", "-in", directory.file("key.pem"), "-outform", "DER").stdout[-32:]
    directory.write("credentials/old", HMAC)
    directory.write("credentials/new", "whsk_" + base64.b64encode(seed).decode())
    directory.write("nightdesk.conf", """
        daemon { state = "%s" }
        feed f { url = "http://127.0.0.1:1/" }
        poll { private-networks = allow }
        watch w { query = 'x' notify = hook }
        notify hook { type = "webhook" url = "%s/hook" secret-credential = { old, new } }
        """ % (directory.file("state.db"), world.Server(Keep).url))
    done = subprocess.run([world.NIGHTDESK, "test-notify", "-c", directory.path, "hook"], capture_output=True, check=False)
    if report.check(done.returncode == 0 and len(Keep.got) == 1, "a message comes: %s" % done.stdout.decode().strip()):
        headers, body = Keep.got[0]
        verify_with_node(report, headers, body)
        verify_with_openssl(report, directory, headers, body)
    check_tls(report, world.Server(Keep).url)
    directory.remove()
    return report.failed


sys.exit(main())
