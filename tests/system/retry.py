#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""deliveries retry and drop: with the daemon running and down, after a receiver that refused, one that
answered 410, and one that does not exist."""
import json
import os
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402

FEED = ('<?xml version="1.0"?><rss version="2.0"><channel><title>Good</title>'
        '<item><guid>g1</guid><title>The sirens began at dawn</title></item></channel></rss>')


def configure(directory, nginx, hooks, blocks):
    directory.write("nightdesk.conf", 'daemon { state = "%s" control = "%s" }\n'
                    % (directory.file("state.db"), directory.file("control.sock"))
                    + 'poll { private-networks = { 127.0.0.1/32 } }\n'
                    + 'feed good { url = "%s" first-run = "alert" }\n' % nginx.url("good")
                    + "watch siren { query = 'siren*' notify = { %s } }\n" % ", ".join(blocks)
                    + "".join('notify %s { type = "webhook" url = "%s" }\n' % (name, hooks[name]) for name in blocks))


def start(directory):
    return subprocess.Popen([world.NIGHTDESK, "run", "-c", directory.path], stdin=subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL, stderr=open(directory.file("log"), "ab"))


def ask(directory, *words):
    done = subprocess.run([world.NIGHTDESK, "deliveries", "-c", directory.path, *words], capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=60, check=False)
    return done.returncode, (done.stdout + done.stderr).decode(errors="replace").strip()


def rows(directory):
    """Returns the deliveries by receiver."""
    code, text = ask(directory, "list", "--json")
    lines = [json.loads(line) for line in text.splitlines()] if code == 0 else []
    return {line["notify"]: line for line in lines}


def becomes(directory, name, state, seconds=20):
    deadline = time.time() + seconds
    while time.time() < deadline:
        if rows(directory).get(name, {}).get("state") == state:
            return True
        time.sleep(0.1)
    return False


def while_it_runs(report, directory, refusing, leaving):
    for name, state in (("refusing", "dead"), ("leaving", "stopped")):
        report.check(becomes(directory, name, state), "%s: %s" % (name, state))
    ids = {name: str(row["id"]) for name, row in rows(directory).items()}
    code, text = ask(directory, "retry", ids["refusing"])
    report.check(code == 0 and "tried again now" in text, text)
    report.check(refusing.wait(1, 5), "it is delivered immediately")
    report.check(len(refusing.refused) == 1 and refusing.got[0]["id"] == refusing.refused[0]["id"]
                 and refusing.got[0]["body"] == refusing.refused[0]["body"], "the same message under the same id")
    code, text = ask(directory, "retry", ids["leaving"], "--json")
    report.check(code == 0 and json.loads(text)["state"] == "pending", text)
    report.check(leaving.wait(1, 5), "a receiver that answered 410 is tried immediately too")
    report.check(becomes(directory, "refusing", "delivered", 5), "and is listed as delivered")
    for verb in ("retry", "drop"):
        code, text = ask(directory, verb, ids["refusing"])
        report.check(code == 1 and "was delivered" in text, text)
        code, text = ask(directory, verb, "99")
        report.check(code == 1 and "no delivery 99" in text, text)
    report.check(ask(directory, "retry")[0] == 2, "a missing id is a usage error")
    code, text = ask(directory, "drop", ids["away"])
    row = rows(directory)["away"]
    report.check(code == 0 and row["state"] == "dead" and row["answer"] == "dropped by hand", "%s: %s" % (text, row))
    return ids


def many_at_once(report, directory):
    """By receiver, state and age; several numbers."""
    code, text = ask(directory, "drop", "--notify", "away")
    report.check(code == 0 and text == "0 deliveries are dropped", "a dead one is not dropped again: %s" % text)
    code, text = ask(directory, "retry", "--notify", "away", "--state", "dead", "--since", "1h")
    report.check(code == 0 and text.startswith("1 delivery is tried again"), text)
    code, text = ask(directory, "drop", "--state", rows(directory)["away"]["state"], "--json")
    report.check(code == 0 and json.loads(text)["deliveries"] == 1 and rows(directory)["away"]["state"] == "dead", text)
    code, text = ask(directory, "retry", "--notify", "nobody")
    report.check(code == 0 and text == "0 deliveries are tried again", text)
    code, text = ask(directory, "drop", str(rows(directory)["away"]["id"]), "99", str(rows(directory)["refusing"]["id"]))
    report.check(code == 1 and text.count("\n") == 3 and "1 delivery is dropped" in text, "several numbers: %s" % text.replace("\n", "; "))
    for words in (("--state", "delivered"), ("1", "--state", "dead"), ()):
        report.check(ask(directory, "drop", *words)[0] == 2, "drop %s is a usage error" % " ".join(words))


def main():
    if not shutil.which("nginx"):
        return world.skip("retry and drop", "no nginx here")
    directory, report = world.Directory(), world.Report()
    refusing, leaving, late = world.Hook(script=[400]), world.Hook(script=[410]), world.Hook()
    hooks = {"refusing": refusing.url, "leaving": leaving.url, "away": "http://127.0.0.1:1/"}
    nginx = world.Nginx(directory)
    directory.write("www/good", FEED)
    configure(directory, nginx, hooks, list(hooks))
    daemon = start(directory)
    ids = while_it_runs(report, directory, refusing, leaving)
    many_at_once(report, directory)
    configure(directory, nginx, hooks, ["refusing", "leaving"])
    subprocess.run([world.NIGHTDESK, "reload", "-c", directory.path], check=False, stdout=subprocess.DEVNULL)
    code, text = ask(directory, "retry", ids["away"])
    report.check(code == 0 and "no such notify block" in text, "an unknown receiver is reported: %s" % text)
    report.check(becomes(directory, "away", "orphaned"), "its row says that it is orphaned")
    code, text = ask(directory, "list", "--state", "orphaned", "--notify", "away")
    report.check(code == 0 and text.count("\n") == 0 and "its notify block is not in the configuration" in text, text)
    daemon.send_signal(signal.SIGTERM)
    report.check(daemon.wait(10) == 0, "the daemon stops cleanly")
    code, text = ask(directory, "drop", ids["away"])
    report.check(code == 0 and rows(directory)["away"]["state"] == "dead", "with the daemon down: %s" % text)
    many_at_once(report, directory)
    code, text = ask(directory, "retry", ids["away"])
    report.check(code == 0 and "next runs" in text and rows(directory)["away"]["state"] == "orphaned", text)
    configure(directory, nginx, dict(hooks, away=late.url), list(hooks))
    daemon = start(directory)
    report.check(late.wait(1) and late.got[0]["id"] == refusing.got[0]["id"], "the next run delivers it with the same id")
    daemon.send_signal(signal.SIGTERM)
    report.check(daemon.wait(10) == 0 and (len(refusing.got), len(leaving.got), len(late.got)) == (1, 1, 1), "each is delivered once")
    if report.failed:
        print(open(directory.file("log"), encoding="utf-8").read()[-3000:])
    nginx.stop()
    directory.remove()
    return report.failed


sys.exit(main())
