# SPDX-License-Identifier: MIT
# Runs nightdesk in a pseudo-terminal of some width.
import fcntl, os, pty, struct, termios, unicodedata


def width(s):
    wide = [2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in s if not unicodedata.combining(c)]
    return sum(wide)


def run(columns, *arguments, **environment):
    """Returns what it printed, on standard output and error."""
    pid, fd = pty.fork()
    if pid == 0:
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        os.environ.pop("COLUMNS", None)
        os.environ.update({"TERM": "xterm"}, **environment)
        os.execv(os.environ["NIGHTDESK"], ["nightdesk", *arguments])
    out = b""
    while True:
        try:
            part = os.read(fd, 4096)
        except OSError:
            break
        if not part:
            break
        out += part
    os.waitpid(pid, 0)
    os.close(fd)
    return out.decode().replace("\r", "")
