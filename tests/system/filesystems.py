#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Real file systems, in a mount namespace of its own: the state on one that fills up and has space again, on
one that is read-only at a start, and a root that is read-only but for the state. Needs root, or skips."""
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402

MIB = 1 << 20


def mount(*words):
    subprocess.run(["mount", *words], check=True)


def fill(name):
    """Writes until there is no space."""
    with open(name, "wb", buffering=0) as f:
        size = MIB
        while size:
            try:
                f.write(b"x" * size)
            except OSError:
                size //= 2


def main():
    if os.environ.get("MOUNTS") != "own":
        if os.getuid() != 0 or subprocess.run(["unshare", "-m", "true"], check=False).returncode != 0:
            world.skip("real file systems", "cannot mount here")
            return 0
        os.execvpe("unshare", ["unshare", "-m", sys.executable, *sys.argv], dict(os.environ, MOUNTS="own"))
    report, hook, desk, items = world.Report(), world.Hook(), world.Desk(), 1

    def answer(_):
        return world.rss(("n%d" % i, "Siren %d" % i) for i in range(items))

    state = desk.file("state")
    os.mkdir(state)
    mount("-t", "tmpfs", "-o", "size=8m", "tmpfs", state)
    desk.directory.write("nightdesk.conf",
                         'daemon { state = "%s/state.db" control = "%s/control.sock" flood-items = 0 flood-alerts = 0 }\n'
                         'poll { every = "1s" host-gap = "0s" private-networks = "allow" }\n'
                         'feed f { url = "%s/" first-run = "alert" }\n'
                         "watch siren { query = 'siren' notify = { hook } }\n"
                         'notify hook { type = "webhook" url = "%s" }\n' % (state, state, world.serve(answer).url, hook.url))
    desk.run()
    report.check(hook.wait(1), "with space an item alerts")
    fill(state + "/filler")
    items = 60   # more than what SQLite finds in the space that it has already
    full = world.until(lambda: "event=store-full" in desk.log(), 120)
    report.check(full, "a full file system is reported")
    report.check(desk.process.poll() is None, "the daemon goes on")
    code, out, _ = desk.ask("status")
    report.check(code == 1 and "disk" in out + desk.log(), "and status says that a person must act: %d" % code)
    os.unlink(state + "/filler")
    report.check(hook.wait(60, 120), "with space again all alerts come: %d" % len(hook.got))
    ids = [got["id"] for got in hook.got]
    report.check(len(ids) == len(set(ids)) == 60, "each once: %d of %d" % (len(set(ids)), len(ids)))
    report.check(desk.stop() == 0, "the daemon stops")

    # All is read-only but the state.
    mount("--make-rprivate", "/")
    mount("-o", "remount,bind,ro", "/")
    items = 61
    root = subprocess.run(["touch", "/nightdesk-is-read-only"], capture_output=True, check=False).returncode != 0
    if root:
        desk.process = subprocess.Popen([world.NIGHTDESK, "run", "-c", desk.directory.path], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        report.check(hook.wait(61, 60), "it starts and alerts with a root that is read-only")
        report.check(desk.stop() == 0, "the daemon stops")
    else:
        world.skip("a root that is read-only", "cannot be made so here")
    mount("-o", "remount,bind,rw", "/")

    mount("-o", "remount,ro", state)
    desk.start()
    code = desk.process.wait(30)
    report.check(code in (73, 74, 77) and "read-only" in desk.log().lower(),
                 "a state directory that is read-only ends a start: %d" % code)
    code, out, err = desk.ask("alerts", "list", "--json")
    report.check(code == 0 and "Siren" in out, "what is stored can be read nevertheless: %d %s" % (code, err))
    mount("-o", "remount,rw", state)
    desk.run()
    report.check(desk.stop() == 0, "when it is writable again it runs")
    subprocess.run(["umount", state], check=False)
    if report.failed:
        print(desk.log()[-3000:])
    else:
        shutil.rmtree(desk.directory.path, ignore_errors=True)
    return report.failed


sys.exit(main())
