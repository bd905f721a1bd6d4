#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Commands to a running daemon: test messages with its credentials, rights and configuration; polls now;
all of them while the files of its configuration are broken."""
import http.server
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402

NOBODY = 65534
HOOK = 'notify hook { type = "webhook" url-credential = "hook-url" }\n'


def configure(directory, blocks):
    directory.write("nightdesk.conf", 'daemon { state = "%s" control = "%s" }\n'
                    % (directory.file("state/nd.db"), directory.file("run/control.sock"))
                    + "watch siren { query = 'siren*' notify = { hook } }\n" + blocks)


def start(directory, user=None, **environment):
    demote = {"user": user, "group": user, "extra_groups": []} if user else {}
    daemon = subprocess.Popen([world.NIGHTDESK, "run", "-c", directory.path], stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=open(directory.file("log"), "ab"),
                              env=dict(os.environ, **environment), **demote)
    for _ in range(200):
        if ask(directory, "status")[0] == 0:
            return daemon
        time.sleep(0.05)
    raise SystemExit("not ok - the daemon does not start: " + open(directory.file("log"), encoding="utf-8").read())


def stop(daemon):
    daemon.terminate()
    daemon.wait(20)


def ask(directory, *words, **environment):
    done = subprocess.run([world.NIGHTDESK, *words, "-c", directory.path], capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=60, check=False, env=dict(os.environ, **environment))
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def credentials_of_the_service(report):
    """LoadCredential= gives a directory that only the service sees."""
    directory, hook = world.Directory(), world.Hook()
    for name in ("state", "run", "loaded"):
        os.mkdir(directory.file(name))
    configure(directory, HOOK)
    directory.write("loaded/hook-url", hook.url + "\n")
    os.chmod(directory.file("loaded/hook-url"), 0o600)
    code, out, err = ask(directory, "test-notify", "hook")
    report.check(code == 1 and "hook-url" in err and "not running" in err,
                 "while it is down the command has no such credential: %s" % err.strip()[-100:])
    daemon = start(directory, CREDENTIALS_DIRECTORY=directory.file("loaded"))
    code, out, err = ask(directory, "test-notify", "hook", "--json")
    report.check(code == 0 and json.loads(out)["sent_by"] == "daemon" and err == "", "the daemon has it: %s" % (out + err).strip())
    report.check(hook.wait(1, 5), "the message arrives")
    code, out, err = ask(directory, "test-notify", "hook")
    report.check(code == 0 and out.startswith("hook (webhook): delivered: HTTP 204, after "), out.strip())

    # The configuration of the daemon counts, whatever became of the files.
    configure(directory, 'notify other { type = "stdout" }\n')
    report.check(ask(directory, "test-notify", "hook")[0] == 0, "a block that only the daemon has is tested")
    code, out, err = ask(directory, "test-notify", "other")
    report.check(code == 1 and "no notify block other" in err, "one that it has not is an error: %s" % err.strip())
    report.check(hook.url not in open(directory.file("log")).read(), "the address is not in the log")
    stop(daemon)
    configure(directory, HOOK)
    code, out, err = ask(directory, "test-notify", "hook", CREDENTIALS_DIRECTORY=directory.file("loaded"))
    report.check(code == 0 and "not running: this command sends" in err, "the command sends when it is down: %s" % out.strip())
    directory.remove()


def rights_of_the_service(report):
    """What root can read does not matter if the daemon cannot."""
    if os.geteuid() != 0:
        print("ok - rights of the service # SKIP needs root")
        return
    directory, hook = world.Directory(), world.Hook()
    os.chmod(directory.path, 0o755)
    for name in ("state", "run", "credentials"):
        os.mkdir(directory.file(name))
        shutil.chown(directory.file(name), NOBODY, NOBODY)
    configure(directory, HOOK)
    os.chmod(directory.file("nightdesk.conf"), 0o644)
    directory.write("credentials/hook-url", hook.url + "\n")
    os.chmod(directory.file("credentials/hook-url"), 0o600)
    shutil.chown(directory.file("credentials/hook-url"), 0, 0)
    daemon = start(directory, user=NOBODY)
    code, out, err = ask(directory, "test-notify", "hook")
    report.check(code != 0 and "Permission denied" in err and out == "", "what the daemon gets is said: %s" % (out + err).strip())
    report.check(hook.got == [], "nothing is sent")
    shutil.chown(directory.file("credentials/hook-url"), NOBODY, NOBODY)
    code, out, err = ask(directory, "test-notify", "hook")
    report.check(code == 0 and hook.wait(1, 5), "once the daemon may read it, it is sent: %s" % (out + err).strip())
    stop(daemon)
    directory.remove()


def broken_configuration(report):
    """Every command works on while the files are broken, with the configuration of the daemon."""
    directory, hook = world.Directory(), world.Hook()
    for name in ("state", "run"):
        os.mkdir(directory.file(name))
    blocks = 'poll { private-networks = "allow" }\nfeed one { url = "http://127.0.0.1:1/" }\nnotify hook { type = "webhook" url = "%s" }\n' % hook.url
    commands = (("feeds",), ("feeds", "show", "one"), ("feeds", "export"), ("feeds", "poll", "one"), ("deliveries",),
                ("alerts",), ("search", "word"), ("status",), ("test-notify", "hook"))
    configure(directory, blocks)
    with open(directory.file("nightdesk.conf"), encoding="utf-8") as file:
        sound = file.read()
    daemon = start(directory)
    for name, text in (("a block", sound + "feed two { ulr = 1 }"), ("an end", sound.replace(" }", "", 1)),
                       ("a string", sound.replace('.sock"', ".sock", 1)), ("a key", sound.replace("daemon {", "daemon { log = loud", 1))):
        directory.write("nightdesk.conf", text)
        code, out, err = ask(directory, "reload")
        report.check(code == 1, "%s is wrong: the reload is refused" % name)
        for words in commands:
            code, out, err = ask(directory, *words)
            fine = code == 0 or (words == ("status",) and code == 1)  # it reports the refused reload
            report.check(fine and out, "%s is wrong: %s works: %s" % (name, " ".join(words), err.strip()))
        code, out, err = ask(directory, "feeds", "--json")
        report.check(json.loads(out)["name"] == "one" and "the one of the running daemon" in err, err.strip())
        code, out, err = ask(directory, "explain", "none")
        report.check(code == 1 and "there is no item none" in err, "explain looks for the item: %s" % err.strip().splitlines()[-1])
    stop(daemon)
    code, out, err = ask(directory, "feeds")
    report.check(code == 0 and out.startswith("one ") and "the last one without errors" in err, err.strip())
    mode = os.stat(directory.file("state/nd.db.conf")).st_mode & 0o777
    report.check(mode & 0o007 == 0, "what is kept is not for others: %o" % mode)
    other = world.Directory()
    os.mkdir(other.file("state"))
    other.write("nightdesk.conf", sound + "feed two { ulr = 1 }")
    code, out, err = ask(other, "feeds")
    report.check(code == 1 and out == "" and "ulr" in err, "that of another directory is not used")
    other.remove()
    directory.remove()


class Feeds:
    """/fine has a feed; /busy answers 429 with Retry-After."""

    def __init__(self, host):
        feeds = self
        self.asked = {"/fine": 0, "/busy": 0}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                feeds.asked[self.path] += 1
                body = b"<rss version='2.0'><channel><title>t</title><item><title>one</title></item></channel></rss>"
                self.send_response(200 if self.path == "/fine" else 429)
                if self.path == "/busy":
                    self.send_header("Retry-After", "3600")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer((host, 0), Handler)
        self.server.daemon_threads = True
        self.base = "http://%s:%d" % (host, self.server.server_address[1])
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait(self, path, n):
        for _ in range(200):
            if self.asked[path] >= n:
                return True
            time.sleep(0.05)
        return False


def poll_now_and_after_an_edit(report):
    directory, fine, busy = world.Directory(), Feeds("127.0.0.1"), Feeds("127.0.0.2")
    for name in ("state", "run"):
        os.mkdir(directory.file(name))
    blocks = ('poll { private-networks = "allow" every = "%s" }\nnotify hook { type = "stdout" }\n'
              'feed fine { url = "%s/fine" }\nfeed busy { url = "%s/busy" }\n')
    configure(directory, blocks % ("30d", fine.base, busy.base))
    daemon = start(directory)
    report.check(fine.wait("/fine", 1) and busy.wait("/busy", 1), "both are polled at first")
    code, out, err = "", "", ""
    for _ in range(200):
        code, out, err = ask(directory, "feeds", "poll", "busy")
        if "not before" in out:
            break
        time.sleep(0.05)
    report.check(code == 75 and out.startswith("busy: not before 20"), "Retry-After forbids it: %s" % out.strip())
    code, out, err = ask(directory, "feeds", "poll", "fine")
    report.check(code == 0 and "is polled now" in out and fine.wait("/fine", 2), "the other is polled now")
    for _ in range(200):
        code, out, err = ask(directory, "feeds", "poll")
        if out.endswith("1 feed is polled now, 0 being polled, 1 not yet allowed\n"):
            break
        time.sleep(0.05)
    report.check(code == 0 and out.count("\n") == 2, "without names all are: %s" % out.strip().splitlines()[-1])
    report.check(fine.wait("/fine", 3) and busy.asked["/busy"] == 1, "but for the one that may not")
    code, out, err = ask(directory, "feeds", "poll", "nobody", "--json")
    report.check(code == 1 and json.loads(out) == {"name": "nobody", "result": "unknown"}, "an unknown name")

    # 30 days become a second: what was planned for next month is polled now.
    asked = fine.asked["/fine"]
    configure(directory, blocks % ("1s", fine.base, busy.base))
    report.check(ask(directory, "reload")[0] == 0 and fine.wait("/fine", asked + 2), "a shortened interval counts at once")
    report.check(busy.asked["/busy"] == 1, "and Retry-After still holds")
    stop(daemon)
    configure(directory, blocks % ("30d", fine.base, busy.base))
    feed = json.loads(ask(directory, "feeds", "show", "fine", "--json")[1])
    report.check(feed["configured_s"] == 30 * 86400, "the interval is that of the files")
    report.check(ask(directory, "feeds", "poll", "fine")[0] == 69, "while it is down nothing can be polled")
    directory.remove()


def stop_while_it_hangs(report):
    directory = world.Directory()
    silent = socket.create_server(("127.0.0.1", 0))
    for name in ("state", "run"):
        os.mkdir(directory.file(name))
    configure(directory, 'notify hook { type = "webhook" url = "http://127.0.0.1:%d/" }\n' % silent.getsockname()[1])
    daemon = start(directory)
    test = subprocess.Popen([world.NIGHTDESK, "test-notify", "hook", "-c", directory.path], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    connection, _ = silent.accept()
    begun = time.time()
    stop(daemon)
    out, err = test.communicate(timeout=20)
    report.check(daemon.returncode == 0 and time.time() - begun < 5, "a test under way does not hold up a stop")
    report.check(test.returncode == 75 and out == b"", "and fails: %s" % err.decode().strip())
    connection.close()
    silent.close()
    directory.remove()


def main():
    report = world.Report()
    credentials_of_the_service(report)
    rights_of_the_service(report)
    broken_configuration(report)
    poll_now_and_after_an_edit(report)
    stop_while_it_hangs(report)
    return report.failed


sys.exit(main())
