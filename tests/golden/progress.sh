#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Slow commands show their progress on a terminal, on a line that is erased at the end; not if the
# output is a pipe. Ctrl-C ends them immediately.
set -u
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT

/usr/bin/python3 - "$NIGHTDESK" "$dir" <<'X'
import os, re, select, signal, subprocess, sys, time

ITEM = b'{"id":"1","title":"Rain","body":"It falls."}\n'
LIMIT = 60

def check(name, good, detail=""):
    print(("ok - " if good else "not ok - ") + name)
    if not good:
        print("# " + repr(detail))

class Command:
    """match, fed item by item, with a pseudo-terminal as standard error."""
    def __init__(self, out):
        self.master, terminal = os.openpty()
        self.process = subprocess.Popen([sys.argv[1], "match", "--query", "sun", "-"],
            stdin=subprocess.PIPE, stdout=out, stderr=terminal, bufsize=0, start_new_session=True,
            # Background processes of a shell start with SIGINT ignored.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        os.close(terminal)
        self.shown = b""
    def feed(self):
        self.process.stdin.write(ITEM * 10)
        self.read(0.01)
    def read(self, wait):
        while select.select([self.master], [], [], wait)[0]:
            try:
                got = os.read(self.master, 65536)
            except OSError: # the other end is closed
                break
            self.shown += got
    def end(self):
        self.process.stdin.close()
        self.process.wait(LIMIT)
        self.read(0.01)
        return self.process.returncode

def play(text):
    """Returns what remains on the line at the end."""
    line, at = [], 0
    for c in text.decode():
        if c == "\r":
            at = 0
        else:
            line[at:at + 1] = [c]
            at += 1
    return "".join(line).strip()

piped = Command(subprocess.PIPE)
into_file = Command(open(sys.argv[2] + "/out", "wb"))
broken = Command(open(sys.argv[2] + "/out2", "wb"))
everyone = [piped, into_file, broken]
until = time.monotonic() + LIMIT
while time.monotonic() < until and not (into_file.shown and broken.shown):
    for c in everyone:
        c.feed()
check("the terminal shows the number of items read", re.fullmatch(rb"(\r\d+ items *)+", into_file.shown),
      into_file.shown)
broken.process.send_signal(signal.SIGINT)
check("Ctrl-C ends it", broken.process.wait(LIMIT) == -signal.SIGINT, broken.process.returncode)
for c in everyone[:2]:
    c.feed()
    check("it exits with 0", c.end() == 0, c.process.returncode)
check("the line is erased", into_file.shown and play(into_file.shown) == "", into_file.shown)
check("nothing is shown if the output is a pipe", piped.shown == b"", piped.shown)
X
