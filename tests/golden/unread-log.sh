#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The daemon with standard error in a pipe that is full from the beginning and never read: it
# starts, answers and stops all the same; a broken configuration still ends it at once.
set -u
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
mkdir -p "$dir/conf" "$dir/broken"
echo "daemon { state = \"$dir/nd.db\" control = \"$dir/c.sock\" log = \"debug\" }
feed a { url = \"http://127.0.0.1:1/\" }
watch w { query = 'embassy' notify = out } notify out { type = stdout }
poll { private-networks = allow every = 1s host-gap = 0s }" >"$dir/conf/nightdesk.conf"
echo "daemon { stat = \"$dir/nd.db\" }" >"$dir/broken/nightdesk.conf"

/usr/bin/python3 - "$NIGHTDESK" "$dir" <<'X'
import fcntl, os, signal, subprocess, sys, time

program, dir = sys.argv[1:]
LIMIT = 60  # seconds: only how long a failure takes to show

def full_pipe():
    reads, writes = os.pipe()
    os.set_blocking(writes, False)
    try:
        while True:
            os.write(writes, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(writes, True)
    return reads, writes

def start(conf):
    reads, writes = full_pipe()
    p = subprocess.Popen([program, "run", "-c", f"{dir}/{conf}"], stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=writes)
    os.close(writes)
    return p, reads

def ends(p, what, code):
    try:
        got = p.wait(LIMIT)
    except subprocess.TimeoutExpired:
        p.kill()
        got = "never"
    print("ok" if got == code else "not ok", "-", what, "" if got == code else f"({got})")

def polled():
    ask = [program, "status", "-c", f"{dir}/conf", "--json"]
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        try:
            out = subprocess.run(ask, capture_output=True, timeout=LIMIT, text=True).stdout
        except subprocess.TimeoutExpired:
            return False
        if '"running":true' in out and '"done":0,' not in out:
            return True
        time.sleep(0.05)
    return False

p, reads = start("conf")
print("ok" if polled() else "not ok", "- the daemon polls and answers while its log is not read")
p.send_signal(signal.SIGTERM)
ends(p, "the daemon stops while its log is not read", 0)
p, reads = start("broken")
ends(p, "errors in the configuration that are not read end the start", 78)
X
