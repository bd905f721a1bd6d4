#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Signatures of webhooks, verified by others: HMAC by the reference library for Node (npm install, as .ci/run does
it), ed25519 by openssl and by PyNaCl. And alerts by webhook over HTTP and TLS, to nginx and to a server of Python,
with a private authority."""
import base64
import json
import os
import shutil
import ssl
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402

# Where .ci/run puts what it takes from npm.
MODULES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../build/node/node_modules")
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
    place = dict(os.environ, NODE_PATH=os.environ.get("NODE_PATH") or MODULES)
    found = node and subprocess.run([node, "-e", "require('standardwebhooks')"], capture_output=True, check=False, env=place)
    if not found or found.returncode:
        world.skip("HMAC by the reference library", "no node with standardwebhooks here")
        return
    for what, text, right in (("accepts the signature", body, True), ("refuses another body", body.replace(b"urgent", b"normal") + b" ", False)):
        message = json.dumps({"secret": HMAC, "headers": headers, "body": text.decode()})
        done = subprocess.run([node, "-e", VERIFY], input=message.encode(), capture_output=True, check=False, env=place)
        report.check((done.returncode == 0) == right, "the reference library %s: %s"
                     % (what, done.stdout.decode().strip()))


def verify_with_openssl(report, directory, signature, content):
    directory.write("signature", signature)
    for what, text, right in (("accepts the signature", content, True), ("refuses another body", content + b" ", False)):
        path = directory.write("content", text)
        done = openssl("pkeyutl", "-verify", "-pubin", "-inkey", directory.file("public.pem"), "-rawin", "-in", path,
                       "-sigfile", directory.file("signature"))
        report.check((done.returncode == 0) == right, "openssl %s: %s" % (what, done.stdout.decode().strip()))


def verify_with_nacl(report, seed, signature, content):
    try:
        import nacl.exceptions
        import nacl.signing
    except ImportError:
        world.skip("ed25519 by PyNaCl", "no python3-nacl here")
        return
    key = nacl.signing.SigningKey(seed).verify_key
    for what, text, right in (("accepts the signature", content, True), ("refuses another body", content + b" ", False)):
        try:
            good = key.verify(text, signature) == text
        except nacl.exceptions.BadSignatureError:
            good = False
        report.check(good == right, "PyNaCl " + what)


def verify_ed25519(report, directory, seed, headers, body):
    signatures = [s for s in headers["webhook-signature"].split(" ") if s.startswith("v1a,")]
    if report.check(len(signatures) == 1, "there is one signature of ed25519"):
        signature = base64.b64decode(signatures[0][4:])
        content = ("%s.%s." % (headers["webhook-id"], headers["webhook-timestamp"])).encode() + body
        verify_with_openssl(report, directory, signature, content)
        verify_with_nacl(report, seed, signature, content)


def serve_tls(directory, handler):
    """A server of Python with the certificate of that directory; its url."""
    server = world.Server(handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(directory.file("crt"), directory.file("key"))
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    return server.url.replace("http:", "https:")


def check_alerts(report, directory, authorities, names):
    """Five items match for all of them."""
    with open(directory.file("log"), "wb") as log:
        code = subprocess.run(world.trusting(authorities, world.NIGHTDESK, "run", "--once", "-c", directory.path), stdout=log,
                              stderr=log, check=False).returncode
    for name in names:
        got = [headers["webhook-id"] for headers, _ in Keep.got if headers.get("x-receiver") == name]
        report.check(len(got) == 5 and len(set(got)) == 5, "five alerts come to %s: %d" % (name, len(got)))
    if not report.check(code == 0, "and the daemon ends"):
        print(open(directory.file("log"), encoding="utf-8").read()[-3000:])


def check_servers(report):
    if not shutil.which("nginx"):
        world.skip("webhooks over HTTP and TLS", "no nginx here")
        return
    directory, port = world.Directory(), world.free_port()
    authorities = world.certify(directory)
    if not authorities:
        world.skip("webhooks over HTTP and TLS", "no mount namespace of one's own here")
        return
    plain, tls = world.Server(Keep).url, serve_tls(directory, Keep)
    nginx = world.Nginx(directory, """location /hook { proxy_pass %(to)s; } }
        server { listen 127.0.0.1:%(port)d ssl; ssl_certificate %(crt)s; ssl_certificate_key %(key)s;
        location / { proxy_pass %(to)s; }""" % {"to": plain, "port": port, "crt": directory.file("crt"), "key": directory.file("key")})
    addresses = {"nginx": nginx.url("hook"), "nginx-tls": "https://127.0.0.1:%d/hook" % port, "python": plain + "/hook",
                 "python-tls": tls + "/hook"}
    directory.write("www/feed", world.rss([(str(i), "Siren %d" % i) for i in range(5)]))
    directory.write("nightdesk.conf", """
        daemon { state = "%s" }
        feed f { url = "%s" first-run = "alert" }
        poll { private-networks = allow }
        watch w { query = 'siren' notify = { %s } }
        notify plain { type = "webhook" url = "http://127.0.0.1:%d/hook" }
        notify other { type = "webhook" url = "https://localhost:%d/hook" }
        """ % (directory.file("state.db"), nginx.url("feed"), ", ".join(addresses), port, port)
        + "".join('notify %s { type = "webhook" url = "%s" headers = { "X-Receiver: %s" } }\n' % (name, url, name)
                  for name, url in addresses.items()))
    check_alerts(report, directory, authorities, addresses)
    before = len(Keep.got)
    for name, trusted, why in (("nginx-tls", False, "an unknown authority"), ("python-tls", False, "an unknown authority"),
                               ("other", True, "a certificate for another name"), ("plain", True, "HTTP to a port of HTTPS")):
        words = [world.NIGHTDESK, "test-notify", "-c", directory.path, name]
        done = subprocess.run(world.trusting(authorities, *words) if trusted else words, capture_output=True, check=False)
        report.check(done.returncode == 75 and len(Keep.got) == before,
                     "%s is trouble, and nothing is sent: %s" % (why, done.stdout.decode().strip()))
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
        verify_ed25519(report, directory, seed, headers, body)
    check_servers(report)
    directory.remove()
    return report.failed


sys.exit(main())
