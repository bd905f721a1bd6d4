#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The n-th allocation of the whole process fails, those of the libraries included, in a run that reads
feeds (XML, compressed JSON, one by TLS) and delivers alerts. For each n: it ends normally or with 71, and
every alert arrives in this run or the next; what is logged is a lack of memory, never the configuration, a
permission, damage, or a failure of a feed or a receiver. SAMPLES of all n are tried; SEED shifts them:
try others before a release."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import life  # noqa: E402
import world  # noqa: E402

SAMPLES = int(os.environ.get("SAMPLES", "300"))
SEED = int(os.environ.get("SEED", "1"))
LIBRARY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib", "alloc_fault.c")


def build(directory):
    """The shim; None without a compiler."""
    shim = directory.file("alloc_fault.so")
    try:
        done = subprocess.run(os.environ.get("CC", "cc").split() + ["-shared", "-fPIC", "-o", shim, LIBRARY], check=False)
    except FileNotFoundError:
        return None
    return shim if done.returncode == 0 else None


def main():
    report, base, receiver = world.Report(), world.Directory(), life.Receiver()
    shim = build(base)
    if not shim or os.environ.get("SAN"):
        world.skip("any allocation fails", "no compiler here, or a sanitizer that allocates for itself")
        return 0
    feeds = life.start_servers(base)

    def fail(one):
        one.fail(LD_PRELOAD=shim, ALLOC_FAULT=str(one.n), ALLOC_FAULT_LOG=one.directory.file("trace"))

    first = life.Life(0, feeds, receiver)
    fail(first)
    if not report.check(first.rc == 0 and not first.missing(), "without a fault all is delivered: %s" % first.log.split()):
        return 1
    total = int(first.trace.split()[0])
    step = max(total / SAMPLES, 1)
    numbers = [int(1 + SEED % max(int(step), 1) + k * step) for k in range(min(SAMPLES, total))]
    lives = [life.Life(n, feeds, receiver) for n in numbers]
    life.fail_all(lives, fail)
    hit = sum("allocations" not in one.trace for one in lives)
    life.judge(report, lives, "each of %d allocations of %d fails (SEED=%d)" % (len(lives), total, SEED))
    report.check(hit > len(lives) * 0.9, "%d of them failed" % hit)
    first.directory.remove()
    base.remove()
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
