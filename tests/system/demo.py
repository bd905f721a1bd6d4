#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""nightdesk demo: its page answers at the address that it prints, the first alert is printed, nothing is left behind."""
import glob
import os
import re
import subprocess
import sys
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402


def main():
    report, seen = world.Report(), ""
    with subprocess.Popen([world.NIGHTDESK, "demo", "--for", "60"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as demo:
        for line in demo.stdout:
            seen += line
            if "+" in line and "Embassy relocation" in line:
                break
        page = re.search(r"^  page +(http://127\.0\.0\.1:[0-9]+/)$", seen, re.M)
        files = re.search(r"^  files +(/tmp/nightdesk-demo-\S+)", seen, re.M)
        report.check(page and files, "it says where its page and its files are")
        report.check("Embassy relocation" in seen, "an alert is printed")
        with urllib.request.urlopen(page.group(1), timeout=20) as answer:
            report.check("Norland relocates its embassy" in answer.read().decode(), "and it is on the page")
        demo.terminate()
        last = demo.stdout.read()
        report.check(demo.wait(20) == 0 and "files are removed" in last, "it ends at SIGTERM")
    report.check(not glob.glob(files.group(1)), "nothing is left behind")
    return report.failed


sys.exit(main())
