#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A trouble of the running daemon: status and its exit code, the service manager's status line, and the
notices to a receiver, over a kill."""
import json
import os
import signal
import socket
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402


class Desk(world.Desk):
    def __init__(self):
        super().__init__()
        self.hook = world.Hook()
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.manager.bind(self.file("notify"))
        self.manager.settimeout(0.1)

    def write(self, more=""):
        self.configure('notify hook { type = "webhook" url = "%s" }\n' % self.hook.url + more, "trouble = { hook }")

    def manager_hears(self, text, seconds=20):
        heard, until = "", time.time() + seconds
        while text not in heard and time.time() < until:
            try:
                heard += self.manager.recv(8192).decode()
            except socket.timeout:
                pass
        return text in heard

    def notices(self):
        got = [json.loads(record["body"]) for record in self.hook.got]
        return [document["type"] + " " + document["data"]["kind"] for document in got]


def main():
    report, desk = world.Report(), Desk()
    desk.write()
    desk.run(NOTIFY_SOCKET=desk.file("notify"))
    code, out, _ = desk.ask("status", "--json")
    report.check(code == 0 and json.loads(out)["ok"] and json.loads(out)["troubles"] == [], "all is well: status exits with 0")
    desk.write("nonsense\n")
    report.check(desk.ask("reload")[0] == 1, "a reload is refused")
    code, out, _ = desk.ask("status")
    report.check(code == 1 and "the last reload was refused" in out and "what to do: " in out,
                 "status says so, and what to do, and exits with 1")
    report.check(desk.manager_hears("STATUS=trouble: the last reload was refused; "), "the service manager hears of it")
    report.check(desk.hook.wait(1), "the receiver is told")

    desk.stop(signal.SIGKILL)
    report.check(desk.ask("status")[0] == 69, "status exits with 69 while the daemon is down")
    desk.write()
    desk.run(NOTIFY_SOCKET=desk.file("notify"))
    report.check(desk.hook.wait(2), "that a start ended it is told")
    time.sleep(4)
    report.check(desk.notices() == ["trouble.began reload-refused", "trouble.ended reload-refused"],
                 "each once, over a kill: %s" % desk.notices())
    report.check(desk.ask("status")[0] == 0, "status exits with 0 again")
    desk.stop()
    desk.directory.remove()
    return report.failed


sys.exit(main())
