#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Commands to a running daemon: test messages with its credentials, rights and configuration; polls now;
all of them while the files of its configuration are broken."""
import json
import os
import shutil
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402

NOBODY = 65534
HOOK = 'notify hook { type = "webhook" url-credential = "hook-url" }\n'


class Desk(world.Desk):
    """The daemon may run as another user, so that database and socket have directories of their own."""

    def __init__(self):
        super().__init__()
        for name in ("state", "run"):
            os.mkdir(self.file(name))

    def configure(self, blocks, keys=""):
        self.directory.write("nightdesk.conf", 'daemon { state = "%s" control = "%s" }\n'
                             % (self.file("state/nd.db"), self.file("run/control.sock"))
                             + "watch siren { query = 'siren*' notify = { hook } }\n" + blocks)


def credentials_of_the_service(report):
    """LoadCredential= gives a directory that only the service sees."""
    desk, hook = Desk(), world.Hook()
    os.mkdir(desk.file("loaded"))
    desk.configure(HOOK)
    desk.directory.write("loaded/hook-url", hook.url + "\n")
    os.chmod(desk.file("loaded/hook-url"), 0o600)
    code, out, err = desk.ask("test-notify", "hook")
    report.check(code == 1 and "hook-url" in err and "not running" in err,
                 "while it is down the command has no such credential: %s" % err.strip()[-100:])
    desk.run(CREDENTIALS_DIRECTORY=desk.file("loaded"))
    code, out, err = desk.ask("test-notify", "hook", "--json")
    report.check(code == 0 and json.loads(out)["sent_by"] == "daemon" and err == "", "the daemon has it: %s" % (out + err).strip())
    report.check(hook.wait(1, 5), "the message arrives")
    code, out, err = desk.ask("test-notify", "hook")
    report.check(code == 0 and out.startswith("hook (webhook): delivered: HTTP 204, after "), out.strip())

    # The configuration of the daemon counts, whatever became of the files.
    desk.configure('notify other { type = "stdout" }\n')
    report.check(desk.ask("test-notify", "hook")[0] == 0, "a block that only the daemon has is tested")
    code, out, err = desk.ask("test-notify", "other")
    report.check(code == 1 and "no notify block other" in err, "one that it has not is an error: %s" % err.strip())
    report.check(hook.url not in desk.log(), "the address is not in the log")
    desk.stop()
    desk.configure(HOOK)
    code, out, err = desk.ask("test-notify", "hook", CREDENTIALS_DIRECTORY=desk.file("loaded"))
    report.check(code == 0 and "not running: this command sends" in err, "the command sends when it is down: %s" % out.strip())
    desk.directory.remove()


def rights_of_the_service(report):
    """What root can read does not matter if the daemon cannot."""
    if os.geteuid() != 0:
        print("ok - rights of the service # SKIP needs root")
        return
    desk, hook = Desk(), world.Hook()
    os.mkdir(desk.file("credentials"))
    for name in ("state", "run", "credentials"):
        shutil.chown(desk.file(name), NOBODY, NOBODY)
    desk.configure(HOOK)
    os.chmod(desk.file("nightdesk.conf"), 0o644)
    desk.directory.write("credentials/hook-url", hook.url + "\n")
    os.chmod(desk.file("credentials/hook-url"), 0o600)
    shutil.chown(desk.file("credentials/hook-url"), 0, 0)
    desk.run(user=NOBODY)
    code, out, err = desk.ask("test-notify", "hook")
    report.check(code != 0 and "Permission denied" in err and out == "", "what the daemon gets is said: %s" % (out + err).strip())
    report.check(hook.got == [], "nothing is sent")
    shutil.chown(desk.file("credentials/hook-url"), NOBODY, NOBODY)
    code, out, err = desk.ask("test-notify", "hook")
    report.check(code == 0 and hook.wait(1, 5), "once the daemon may read it, it is sent: %s" % (out + err).strip())
    desk.stop()
    desk.directory.remove()


def broken_configuration(report):
    """Every command works on while the files are broken, with the configuration of the daemon."""
    desk, hook = Desk(), world.Hook()
    blocks = 'poll { private-networks = "allow" }\nfeed one { url = "http://127.0.0.1:1/" }\nnotify hook { type = "webhook" url = "%s" }\n' % hook.url
    commands = (("feeds",), ("feeds", "show", "one"), ("feeds", "export"), ("feeds", "poll", "one"), ("deliveries",),
                ("alerts",), ("search", "word"), ("status",), ("test-notify", "hook"),
                ("deliveries", "drop", "--state", "dead"), ("backup", desk.file("copy")))
    desk.configure(blocks)
    with open(desk.file("nightdesk.conf"), encoding="utf-8") as file:
        sound = file.read()
    desk.run()
    for name, text in (("a block", sound + "feed two { ulr = 1 }"), ("an end", sound.replace(" }", "", 1)),
                       ("a string", sound.replace('.sock"', ".sock", 1)), ("a key", sound.replace("daemon {", "daemon { log = loud", 1))):
        desk.directory.write("nightdesk.conf", text)
        code, out, err = desk.ask("reload")
        report.check(code == 1 and "see nightdesk check" not in err, "%s is wrong: the reload is refused" % name)
        for words in commands:
            code, out, err = desk.ask(*words)
            fine = code == 0 or (words == ("status",) and code == 1)  # it reports the refused reload
            report.check(fine and out, "%s is wrong: %s works: %s" % (name, " ".join(words), err.strip()))
            report.check(err.count("see nightdesk check; used is the one of the running daemon") == 1, "and says so")
        code, out, err = desk.ask("feeds", "--json")
        report.check(json.loads(out)["name"] == "one" and "the one of the running daemon" in err, err.strip())
        code, out, err = desk.ask("explain", "none")
        report.check(code == 1 and "there is no item none" in err, "explain looks for the item: %s" % err.strip().splitlines()[-1])
    desk.stop()
    code, out, err = desk.ask("feeds")
    report.check(code == 0 and out.startswith("one ") and "the last one without errors" in err, err.strip())
    mode = os.stat(desk.file("state/nd.db.conf")).st_mode & 0o777
    report.check(mode & 0o007 == 0, "what is kept is not for others: %o" % mode)
    other = Desk()
    other.directory.write("nightdesk.conf", sound + "feed two { ulr = 1 }")
    code, out, err = other.ask("feeds")
    report.check(code == 1 and out == "" and "ulr" in err, "that of another directory is not used")
    err = other.ask("alerts")[2]
    report.check(err.count("see nightdesk check") == 1, "alerts says so: %s" % err.strip())
    code, out, err = other.ask("test-notify", "hook")
    report.check(code == 1 and err.count("see nightdesk check") == err.count("ulr is no key") == 1, "so does test-notify")
    other.directory.remove()
    desk.directory.remove()


class Feeds:
    """/fine has a feed; /busy answers 429 with Retry-After."""

    def __init__(self, host):
        self.asked = {"/fine": 0, "/busy": 0}
        self.base = world.serve(self.answer, host).url

    def answer(self, path):
        self.asked[path] += 1
        body = world.rss([("1", "one")])
        return body if path == "/fine" else (429, body, [("Retry-After", "3600")])

    def wait(self, path, n):
        return world.until(lambda: self.asked[path] >= n)


def poll_now_and_after_an_edit(report):
    desk, fine, busy = Desk(), Feeds("127.0.0.1"), Feeds("127.0.0.2")
    blocks = ('poll { private-networks = "allow" every = "%s" }\nnotify hook { type = "stdout" }\n'
              'feed fine { url = "%s/fine" }\nfeed busy { url = "%s/busy" }\n')
    desk.configure(blocks % ("30d", fine.base, busy.base))
    desk.run()
    report.check(fine.wait("/fine", 1) and busy.wait("/busy", 1), "both are polled at first")
    code, out, err = "", "", ""
    for _ in range(200):
        code, out, err = desk.ask("feeds", "poll", "busy")
        if "not before" in out:
            break
        time.sleep(0.05)
    report.check(code == 75 and out.startswith("busy: not before 20"), "Retry-After forbids it: %s" % out.strip())
    code, out, err = desk.ask("feeds", "poll", "fine")
    report.check(code == 0 and "is polled now" in out and fine.wait("/fine", 2), "the other is polled now")
    for _ in range(200):
        code, out, err = desk.ask("feeds", "poll")
        if out.endswith("1 feed is polled now, 0 being polled, 1 not yet allowed\n"):
            break
        time.sleep(0.05)
    report.check(code == 0 and out.count("\n") == 2, "without names all are: %s" % out.strip().splitlines()[-1])
    report.check(fine.wait("/fine", 3) and busy.asked["/busy"] == 1, "but for the one that may not")
    code, out, err = desk.ask("feeds", "poll", "nobody", "--json")
    report.check(code == 1 and json.loads(out) == {"name": "nobody", "result": "unknown"}, "an unknown name")
    code, out, err = desk.ask("feeds", "poll", "fien", "fine", "zzz")
    report.check(code == 1 and out == "fine: is polled now\n" and "has no feed fien; did you mean fine?\n" in err
                 and "has no feed zzz; was it reloaded?\n" in err, "the nearest name is suggested: %s" % err.strip())

    # 30 days become a second: what was planned for next month is polled now.
    asked = fine.asked["/fine"]
    desk.configure(blocks % ("1s", fine.base, busy.base))
    report.check(desk.ask("reload")[0] == 0 and fine.wait("/fine", asked + 2), "a shortened interval counts at once")
    report.check(busy.asked["/busy"] == 1, "and Retry-After still holds")
    desk.stop()
    desk.configure(blocks % ("30d", fine.base, busy.base))
    feed = json.loads(desk.ask("feeds", "show", "fine", "--json")[1])
    report.check(feed["configured_s"] == 30 * 86400, "the interval is that of the files")
    report.check(desk.ask("feeds", "poll", "fine")[0] == 69, "while it is down nothing can be polled")
    desk.directory.remove()


def stop_while_it_hangs(report):
    desk, silent = Desk(), socket.create_server(("127.0.0.1", 0))
    desk.configure('notify hook { type = "webhook" url = "http://127.0.0.1:%d/" }\n' % silent.getsockname()[1])
    desk.run()
    test = subprocess.Popen([world.NIGHTDESK, "test-notify", "hook", "-c", desk.directory.path], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    connection, _ = silent.accept()
    begun = time.time()
    desk.stop()
    out, err = test.communicate(timeout=20)
    report.check(desk.process.returncode == 0 and time.time() - begun < 5, "a test under way does not hold up a stop")
    report.check(test.returncode == 75 and out == b"", "and fails: %s" % err.decode().strip())
    connection.close()
    silent.close()
    desk.directory.remove()


def main():
    report = world.Report()
    credentials_of_the_service(report)
    rights_of_the_service(report)
    broken_configuration(report)
    poll_now_and_after_an_edit(report)
    stop_while_it_hangs(report)
    return report.failed


sys.exit(main())
