# SPDX-License-Identifier: MIT
"""Fixtures of the system tests: a real nginx, a server of feeds, a webhook receiver, a configuration
directory, the daemon. Everything is on loopback and in a temporary directory."""
import base64
import hashlib
import hmac
import http.server
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
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


def certify(directory):
    """Makes the files key and crt, a certificate for 127.0.0.1 that is its own authority. Returns a directory in
    which OpenSSL finds it, for trusting(); None where that cannot be."""
    authorities = directory.file("authorities")
    os.mkdir(authorities)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", directory.file("key"), "-out",
                    directory.file("crt")], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for copy in ("ca-certificates.crt", "authority.pem"):
        shutil.copy(directory.file("crt"), os.path.join(authorities, copy))
    subprocess.run(["openssl", "rehash", authorities], check=True, stderr=subprocess.DEVNULL)
    works = shutil.which("unshare") and subprocess.run(trusting(authorities, "true"), stderr=subprocess.DEVNULL, check=False)
    return authorities if works and works.returncode == 0 else None


def trusting(authorities, *words):
    """Returns the command with that directory as the machine's certificate authorities."""
    return ["unshare", "--map-root-user", "--mount", "sh", "-c",
            'mount --bind "$1" "$2" && shift 2 && exec "$@"', "sh", authorities, "/etc/ssl/certs", *words]


def peers():
    """Returns the root of servers that cannot be installed beside others, and why there is none."""
    done = subprocess.run([os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers.sh")], stdin=subprocess.DEVNULL,
                          capture_output=True, check=False)
    last = (done.stdout.decode().splitlines() or ["no answer"])[-1]
    return (None, last) if done.returncode else (last, None)


def within(root, directory, *words):
    """Returns the command in that root, which sees the directory under its name."""
    return ["unshare", "--mount", "sh", "-ec",
            'mount -t tmpfs tmpfs "$1/tmp"; mkdir -p "$1$2"; mount --bind "$2" "$1$2"; mount --rbind /dev "$1/dev"; '
            'mount --rbind /proc "$1/proc"; root=$1; shift 2; exec chroot "$root" "$@"', "sh", root, directory.path, *words]


def wait_port(port):
    for _ in range(3000):   # a minute
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError("no one listens on port %d" % port)


def until(condition, seconds=60):
    """Waits; returns whether the condition became true."""
    deadline = time.time() + seconds
    while not condition():
        if time.time() > deadline:
            return False
        time.sleep(0.1)
    return True


class Handler(http.server.BaseHTTPRequestHandler):
    """Logs nothing."""

    def answer(self, status, body=b"", headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    """Runs in a thread; url has no slash at its end."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, handler, host="127.0.0.1", port=0):
        super().__init__((host, port), handler)
        self.url = "http://%s:%d" % (host, self.server_address[1])
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], OSError):  # the daemon was killed, or trusts no certificate
            super().handle_error(request, client_address)


def serve(answer, host="127.0.0.1"):
    """A Server that answers a GET with answer(path): a body, or status, body and headers."""
    class Get(Handler):
        def do_GET(self):
            got = answer(self.path)
            self.answer(*(got if isinstance(got, tuple) else (200, got)))

    return Server(Get, host)


def rss(items):
    """A feed of items, which are pairs of id and title."""
    return ("<rss version='2.0'><channel><title>F</title>%s</channel></rss>" % "".join(
        "<item><guid>%s</guid><title>%s</title></item>" % item for item in items)).encode()


class Hook:
    """A receiver of Standard Webhooks. script: status codes for the next requests, then 204."""

    def __init__(self, secret=None, script=()):
        self.secret, self.script = secret, list(script)
        self.lock, self.got, self.refused, self.bad_signatures = threading.Lock(), [], [], 0
        hook = self

        class Post(Handler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.answer(hook.take(self.headers, body))

        self.url = Server(Post).url + "/hook"

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


class Rsyslog:
    """rsyslogd with the configuration DIRECTORY/NAME.conf, which writes to files DIRECTORY/*.got."""

    def start(self, directory, name, port):
        self.directory, self.name = directory, name
        self.process = subprocess.Popen(["rsyslogd", "-n", "-f", directory.file(name + ".conf"), "-i",
                                         directory.file(name + ".pid")], stdout=subprocess.DEVNULL,
                                        stderr=open(directory.file(name + ".err"), "wb"))
        wait_port(port)

    def lines(self, name=None):
        try:
            with open(self.directory.file((name or self.name) + ".got"), encoding="utf-8", errors="replace") as f:
                return f.read().splitlines()
        except FileNotFoundError:
            return []

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Report:
    """Prints TAP lines and computes the exit status."""

    def __init__(self):
        self.failed = False

    def check(self, ok, text):
        print("%s - %s" % ("ok" if ok else "not ok", text), flush=True)
        self.failed = self.failed or not ok
        return ok


class Desk:
    """A daemon and the commands to it, with the configuration in one directory."""

    def __init__(self, directory=None):
        self.directory = directory or Directory()
        self.file = self.directory.file
        self.process = None

    def configure(self, blocks, keys=""):
        """keys: further ones of the block daemon."""
        self.directory.write("nightdesk.conf", 'daemon { state = "%s" control = "%s" %s }\n'
                             % (self.file("state.db"), self.file("control.sock"), keys) + blocks)

    def start(self, user=None, **environment):
        demote = {"user": user, "group": user, "extra_groups": []} if user else {}
        with open(self.file("log"), "wb") as log:
            self.process = subprocess.Popen([NIGHTDESK, "run", "-c", self.directory.path], stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, env=dict(os.environ, **environment), **demote)

    def up(self):
        """Waits; returns whether it answers."""
        return until(lambda: self.ask("status")[0] in (0, 1))

    def run(self, **how):
        """start(), and waits until it answers."""
        self.start(**how)
        if not self.up():
            raise SystemExit("not ok - the daemon does not start: " + self.log())

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        return self.process.wait(20)

    def ask(self, *words, **environment):
        """Runs a command; returns its exit status, standard output and standard error."""
        done = subprocess.run([NIGHTDESK, *words, "-c", self.directory.path], capture_output=True, timeout=120,
                              stdin=subprocess.DEVNULL, check=False, env=dict(os.environ, **environment))
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def log(self):
        """What the daemon has printed since its last start."""
        with open(self.file("log"), encoding="utf-8", errors="replace") as log:
            return log.read()


def once(directory):
    """Runs nightdesk run --once; returns its log."""
    done = subprocess.run([NIGHTDESK, "run", "--once", "-c", directory.path], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, check=False)
    return done.returncode, done.stdout.decode(errors="replace")


def skip(name, why):
    print("ok - %s # SKIP %s" % (name, why))
