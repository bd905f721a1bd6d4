# SPDX-License-Identifier: MIT
# Runs `check` in a pseudo-terminal of COLUMNS: no row is wider than it, the caret is under the
# character that its message means, errors are red, but not with NO_COLOR.
import os, re, sys, unicodedata

sys.dont_write_bytecode = True
from terminal import run, width

columns = int(os.environ["COLUMNS"])
check = ["check", "-c", os.environ["CONF"]]
text = run(columns, *check, NO_COLOR="")
rows = re.sub(r"\x1b\[[0-9;]*m", "", text).split("\n")
caret = max(i for i, row in enumerate(rows) if row.strip() == "^")
above, column, under = rows[caret - 1], rows[caret].index("^"), ""
for i in range(len(above)):
    if width(above[:i]) == column and not unicodedata.combining(above[i]):
        under = above[i : i + 2]
good = under == "/5" and "\x1b[1;31m" in text and "\x1b" not in run(columns, *check, NO_COLOR="1")
good = good and all(width(row) <= columns for row in rows[:-2])
print("ok" if good else "not ok", "- messages fit a terminal of %d columns" % columns)
if not good:
    print("\n".join("# " + row for row in rows))
