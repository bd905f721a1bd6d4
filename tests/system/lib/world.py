# SPDX-License-Identifier: MIT
"""Fixtures of the system tests: a real nginx, a webhook receiver, a configuration directory, the
daemon. Everything is on loopback and in a temporary directory."""
import base64
import hashlib
import hmac
import http.server
import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time

NIGHTDESK = os.environ.get("NIGHTDESK", "build/nightdesk")
SHARED = os.environ.get("SHARED", "../shared")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Directory:
    """A temporary directory with write(name, text); removed unless something failed."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="nightdesk-test-")
        os.chmod(self.path, 0o755)

    def file(self, name):
        return os.path.join(self.path, name)

    def write(self, name, text):
        path = self.file(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(text.encode() if isinstance(text, str) else text)
        if name.startswith("credentials/"):
            os.chmod(path, 0o600)
        return path

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)


class Nginx:
    """nginx serving DIRECTORY/www; access() returns its access log."""

    def __init__(self, directory, extra=""):
        self.directory, self.port = directory, free_port()
        os.makedirs(directory.file("www"), exist_ok=True)
        directory.write("nginx.conf", """
            daemon off; worker_processes 1; pid %(d)s/nginx.pid; error_log %(d)s/nginx.err;
            events { worker_connections 512; }
            http {
                log_format short '$request_uri $status $http_if_none_match $http_user_agent';
                access_log %(d)s/access.log short;
                client_body_temp_path %(d)s/t1; proxy_temp_path %(d)s/t2;
                fastcgi_temp_path %(d)s/t3; uwsgi_temp_path %(d)s/t4; scgi_temp_path %(d)s/t5;
                server { listen 127.0.0.1:%(p)d; root %(d)s/www; default_type application/xml; %(x)s }
            }""" % {"d": directory.path, "p": self.port, "x": extra})
        self.process = subprocess.Popen(["nginx", "-c", directory.file("nginx.conf"), "-p", directory.path,
                                         "-e", directory.file("nginx.err")],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_port(self.port)

    def url(self, name):
        return "http://127.0.0.1:%d/%s" % (self.port, name)

    def access(self):
        with open(self.directory.file("access.log"), encoding="utf-8") as f:
            return f.read().splitlines()

    def stop(self):
        self.process.terminate()
        self.process.wait()


def wait_port(port):
    for _ in range(200):
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError("no one listens on port %d" % port)


class Hook:
    """A receiver of Standard Webhooks. script: status codes for the next requests, then 204."""

    def __init__(self, secret=None, script=()):
        self.secret, self.script = secret, list(script)
        self.lock, self.got, self.refused, self.bad_signatures = threading.Lock(), [], [], 0
        hook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = hook.take(self.headers, body)
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = "http://127.0.0.1:%d/hook" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, headers, body):
        with self.lock:
            if self.secret and not self.signed(headers, body):
                self.bad_signatures += 1
                return 401
            status = self.script.pop(0) if self.script else 204
            record = {"id": headers["webhook-id"], "body": body, "data": json.loads(body)["data"]}
            (self.got if status < 300 else self.refused).append(record)
            return status

    def signed(self, headers, body):
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        content = ("%s.%s." % (headers["webhook-id"], headers["webhook-timestamp"])).encode() + body
        mine = "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
        return mine in headers["webhook-signature"].split(" ")

    def wait(self, n, seconds=20):
        """Waits; returns whether n alerts were received."""
        deadline = time.time() + seconds
        while time.time() < deadline:
            with self.lock:
                if len(self.got) >= n:
                    return True
            time.sleep(0.05)
        return False


class Report:
    """Prints TAP lines and computes the exit status."""

    def __init__(self):
        self.failed = False

    def check(self, ok, text):
        print("%s - %s" % ("ok" if ok else "not ok", text), flush=True)
        self.failed = self.failed or not ok
        return ok


def once(directory):
    """Runs nightdesk run --once; returns its log."""
    done = subprocess.run([NIGHTDESK, "run", "--once", "-c", directory.path], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, check=False)
    return done.returncode, done.stdout.decode(errors="replace")


def skip(name, why):
    print("ok - %s # SKIP %s" % (name, why))
