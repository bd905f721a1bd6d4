# SPDX-License-Identifier: MIT
# Lists in pseudo-terminals: no row is wider, what is cut ends with "…", and columns are aligned; in
# a pipe nothing is cut.
import os, subprocess, sys

sys.dont_write_bytecode = True
from terminal import run, width

conf = os.environ["CONF"]


def check(good, what, text):
    print("ok" if good else "not ok", "-", what)
    if not good:
        print("".join("# %s\n" % row for row in text.split("\n")))


for command in "feeds", "alerts", "deliveries":
    piped = subprocess.run(
        [os.environ["NIGHTDESK"], command, "-c", conf], env={**os.environ, "COLUMNS": "40"}, capture_output=True
    ).stdout.decode()
    check("…" not in piped and max(map(width, piped.split("\n"))) > 80, "%s in a pipe is not cut" % command, piped)
    for columns in 10, 40, 80, 120:
        text = run(columns, command, "-c", conf)
        rows = text.rstrip("\n").split("\n")
        good = all(0 < width(row) <= max(columns, 20) for row in rows) and (columns == 120 or "…" in text)
        check(good, "%s fit a terminal of %d columns" % (command, columns), text)
    text = run(80, command, "-c", conf, COLUMNS="400")
    check("…" not in text, "COLUMNS goes before the width of the terminal for %s" % command, text)
text = run(120, "feeds", "-c", conf)
starts = {width(row[: row.index(state)]) for row in text.split("\n") for state in ("fine", "failing") if state in row}
check(len(starts) == 1, "columns are aligned", text)
