# SPDX-License-Identifier: MIT
# Runs `check` in a pseudo-terminal of COLUMNS: no row is wider than it, the caret is under the
# character that its message means, errors are red, but not with NO_COLOR.
import fcntl, os, pty, re, struct, termios, unicodedata

columns = int(os.environ.pop("COLUMNS"))


def width(s):
    wide = [2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in s if not unicodedata.combining(c)]
    return sum(wide)


def run(no_color):
    pid, fd = pty.fork()
    if pid == 0:
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        os.environ.update({"TERM": "xterm", "NO_COLOR": no_color})
        os.execv(os.environ["NIGHTDESK"], ["nightdesk", "check", "-c", os.environ["CONF"]])
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
    return out.decode().replace("\r", "")


text = run("")
rows = re.sub(r"\x1b\[[0-9;]*m", "", text).split("\n")
caret = max(i for i, row in enumerate(rows) if row.strip() == "^")
above, column, under = rows[caret - 1], rows[caret].index("^"), ""
for i in range(len(above)):
    if width(above[:i]) == column and not unicodedata.combining(above[i]):
        under = above[i : i + 2]
good = under == "/5" and "\x1b[1;31m" in text and "\x1b" not in run("1")
good = good and all(width(row) <= columns for row in rows[:-2])
print("ok" if good else "not ok", "- messages fit a terminal of %d columns" % columns)
if not good:
    print("\n".join("# " + row for row in rows))
