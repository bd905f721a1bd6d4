#!/bin/sh
# SPDX-License-Identifier: MIT
# The list of named character references is that of HTML, as Python has it.
command -v python3 >/dev/null || { echo "ok - entities.txt # SKIP no python3"; exit 0; }
if python3 - <<'EOF' | cmp -s - daemon/feed/entities.txt
from html.entities import html5
for name in sorted({n.rstrip(";") for n in html5}):
    points = " ".join("%04X" % ord(c) for c in html5[name + ";"])
    print(name, points + (" bare" if name in html5 else ""))
EOF
then
	echo "ok - entities.txt lists the named character references of HTML"
else
	echo "not ok - entities.txt lists the named character references of HTML"
fi
