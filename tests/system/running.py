#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The n-th system call of a kind fails, made by strace, in a run that reads feeds and delivers alerts: those on
the files of the database with EIO, ENOSPC, EROFS and EMFILE, all that wait or transfer with EINTR. What the
disk did is called io, memory or temporary, the next run delivers all, and an interruption is not noticed."""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import life  # noqa: E402
import world  # noqa: E402

PLACES = int(os.environ.get("PLACES", "12"))  # for each kind of fault, spread over all of them
DISK = [("pwrite64", "EIO"), ("pwrite64", "ENOSPC"), ("pwrite64", "EROFS"), ("pwrite64", "EDQUOT"),
        ("fdatasync", "EIO"), ("fdatasync", "ENOSPC"), ("pread64", "EIO"), ("openat", "EMFILE"), ("openat", "EIO"),
        ("openat", "EROFS"), ("ftruncate", "EIO"), ("fcntl", "ENOLCK"), ("mmap", "ENOMEM")]
# A connect(2) that does not wait is never interrupted; libcurl reports it as a failure, though the peer did not fail.
INTERRUPTED = ["read", "write", "recvfrom", "sendto", "poll", "epoll_wait", "connect", "pread64", "pwrite64",
               "fdatasync"]
WRONG = re.compile(r"class=(config|access|permanent|input|limit|bug)|damaged|errors? in the configuration|"
                   r"event=(poll-failed|delivery-failed|ingest-failed|notify-\w+|feed-suspected)")
NOTICED = re.compile(r"(warn|error) event=(?!configuration|polls-postponed|delivery-postponed)")
MANY = 65535


class Fault:
    """One kind of fault in the n-th system call of that name."""

    def __init__(self, call, error, disk):
        self.call, self.error, self.disk = call, error, disk

    def prefix(self, one, n):
        paths = []
        if self.disk:
            for suffix in ("", "-wal", "-shm", "-journal"):
                paths += ["-P", one.directory.file("state.db") + suffix]
        return ["strace", "-f", "-qq", "-o", one.directory.file("trace"), *paths, "-e", "trace=openat," + self.call,
                "-e", "inject=%s:error=%s:when=%d" % (self.call, self.error, n)]

    def places(self, feeds, receiver, number):
        """The numbers of such calls in a healthy run, from the first and after the last: not those of the loader."""
        one = life.Life(number, feeds, receiver)
        one.fail(self.prefix(one, MANY))
        one.directory.remove()
        before = "" if self.disk else one.trace.partition("nightdesk.conf")[0]
        return 1 + before.count(self.call + "("), 1 + one.trace.count(self.call + "(")


def main():
    if subprocess.run(["strace", "-qq", "-e", "inject=getpid:error=EIO", "true"], capture_output=True,
                      check=False).returncode != 0:
        world.skip("a failed system call", "no strace")
        return 0
    report, base, receiver = world.Report(), world.Directory(), life.Receiver()
    # What an interrupted read of these is, the libraries decide: a module of iconv, certificates.
    feeds = {name: keys for name, keys in life.start_servers(base).items() if name in ("xml", "json")}
    faults = [Fault(call, error, True) for call, error in DISK] + [Fault(call, "EINTR", False) for call in INTERRUPTED]
    number = 0
    for fault in faults:
        number += 1
        first, end = fault.places(feeds, receiver, number)
        lives = []
        for n in range(first, end, max((end - first) // PLACES, 1)):
            number += 1
            one = life.Life(number, feeds, receiver)
            one.what = "%s of %s, place %d" % (fault.error, fault.call, n)
            one.prefix = fault.prefix(one, n)
            lives.append(one)
        life.fail_all(lives, lambda one: one.fail(one.prefix))
        for one in lives:
            one.trace = "".join(line + "\n" for line in one.trace.splitlines() if "INJECTED" in line)
        hit = [one for one in lives if one.trace]
        text = "%s of %s: %d places of %d" % (fault.error, fault.call, len(hit), end - first)
        if not hit:
            world.skip(text, "it is not called")
        elif fault.disk:
            life.judge(report, lives, text, good=(0, 71, 74, 75), wrong=WRONG)
        else:
            life.judge(report, lives, text, good=(0,), wrong=NOTICED)
    base.remove()
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
