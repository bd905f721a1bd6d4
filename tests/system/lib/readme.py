#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The commands of README.md and what they print.

readme.py extract README DIR: writes each fenced block `sh` as DIR/NN.sh, and a block `text` that
follows it as DIR/NN.expected.
readme.py compare EXPECTED OUTPUT: is the output as expected? In a line … is any text, and a line that
is only … is any number of lines. Trailing blanks do not count.
"""
import pathlib
import re
import sys


def extract(readme, directory):
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", pathlib.Path(readme).read_text(), re.M | re.S)
    n = 0
    for (kind, text), (next_kind, next_text) in zip(blocks, blocks[1:] + [("", "")]):
        if kind != "sh":
            continue
        n += 1
        pathlib.Path(directory, f"{n:02}.sh").write_text(text)
        if next_kind == "text":
            pathlib.Path(directory, f"{n:02}.expected").write_text(next_text)


def compare(expected, output):
    pattern = ""
    for line in pathlib.Path(expected).read_text().splitlines():
        if line == "…":
            pattern += r"(?:[^\n]*\n)*"
        else:
            pattern += "[^\n]*".join(map(re.escape, line.rstrip().split("…"))) + "\n"
    text = pathlib.Path(output).read_text(errors="replace")
    text = re.sub(r"[ \t\r]+$", "", text, flags=re.M).rstrip("\n") + "\n"
    return re.fullmatch(pattern, text) is not None


if sys.argv[1] == "extract":
    extract(sys.argv[2], sys.argv[3])
else:
    sys.exit(not compare(sys.argv[2], sys.argv[3]))
