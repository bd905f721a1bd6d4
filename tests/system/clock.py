#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The daemon on a machine whose clock is ten years ahead at a boot, and right at the next one (libfaketime):
it alerts in both, nothing twice, reports the clock, and does not wait ten years for its next poll. Takes two
minutes: the first judgement of the clock comes a minute after the start, and the trouble a minute later."""
import os
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402


def ten_years_ahead():
    """The environment that faketime(1) sets; itself it would stay between this test and the daemon."""
    out = subprocess.run(["faketime", "-f", "+10y", "sh", "-c", "echo $LD_PRELOAD"], capture_output=True, check=True)
    return {"LD_PRELOAD": out.stdout.decode().strip(), "FAKETIME": "+10y", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


def main():
    if not shutil.which("faketime"):
        world.skip("a clock that is ten years ahead", "no faketime here")
        return 0
    report, hook, desk, items = world.Report(), world.Hook(), world.Desk(), 1

    def answer(path):
        return world.rss(("%s%d" % (path, i), "Siren %d of %s" % (i, path)) for i in range(items))

    # The same feed at two hosts, which say what time it is.
    hosts = ("127.0.0.1", "127.0.0.2")
    desk.configure('poll { private-networks = "allow" host-gap = "0s" every = "5s" }\n'
                   + "".join('feed f%d { url = "%s/%d" first-run = "alert" }\n' % (n, world.serve(answer, host).url, n)
                             for n, host in enumerate(hosts))
                   + "watch siren { query = 'siren' notify = { hook } }\n"
                   + 'notify hook { type = "webhook" url = "%s" }\n' % hook.url, 'retention = "30d"')
    desk.start()
    report.check(hook.wait(2, 120), "both feeds alert")
    report.check(desk.stop() == 0, "the daemon stops")
    items = 2
    desk.start(**ten_years_ahead())
    report.check(hook.wait(4, 120), "with a clock ten years ahead both alert again")
    report.check(str(time.gmtime().tm_year + 9) in desk.log() or str(time.gmtime().tm_year + 10) in desk.log(),
                 "the daemon has that clock")
    report.check(world.until(lambda: "kind=clock-wrong" in desk.log(), 300), "that the clock is wrong is reported")
    report.check(desk.stop() == 0, "the daemon stops")
    items = 3
    desk.start()
    report.check(hook.wait(6, 120), "with a right clock both are polled again at once")
    report.check(desk.stop() == 0, "the daemon stops")
    ids = [got["id"] for got in hook.got]
    report.check(len(ids) == 6 and len(set(ids)) == 6, "nothing alerted twice: %d of %d" % (len(ids), len(set(ids))))
    if report.failed:
        print(desk.log()[-3000:])
    else:
        desk.directory.remove()
    return report.failed


sys.exit(main())
