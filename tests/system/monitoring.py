#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The alert rules and the dashboard of docs/monitoring: promtool accepts and plays the rules, and what both of them
name is what the daemon shows."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402

RULES, DASHBOARD = "docs/monitoring/nightdesk.rules.yml", "docs/monitoring/nightdesk-dashboard.json"
NAME = r"\b(?:nightdesk|process)_\w+"
PLAYED = "tests/system/monitoring/nightdesk.rules.test.yml"


def declared():
    """The names in /metrics of what base/metrics.def declares, present or not."""
    names = {"nightdesk_build_info", "nightdesk_troubles"}
    with open("include/base/metrics.def", encoding="utf-8") as f:
        rows = re.findall(r"^(COUNTER|GAUGE|STAMP|TEXT|HISTOGRAM)\((\w+),", f.read(), re.M)
    for kind, name in rows:
        total = "_total" if kind == "COUNTER" and name.endswith("_total") else ""
        base = re.sub("_(us|ms)$", "_seconds", name.removesuffix("_total") if total else name)
        ends = {"STAMP": ("_timestamp_seconds",), "TEXT": ("_info",), "HISTOGRAM": ("_bucket", "_sum", "_count")}
        prefix = "" if name.startswith("process_") else "nightdesk_"
        names.update(prefix + base + total + end for end in ends.get(kind, ("",)))
    return names


def shown():
    """The names in /metrics of a daemon."""
    desk, port = world.Desk(), world.free_port()
    desk.configure('feed a { url = "http://127.0.0.1:1/" }\npoll { private-networks = "allow" }\n', 'status = "127.0.0.1:%d"' % port)
    desk.run()
    world.wait_port(port)
    with urllib.request.urlopen("http://127.0.0.1:%d/metrics" % port) as answer:
        text = answer.read().decode()
    desk.stop()
    desk.directory.remove()
    kinds = set(re.findall(r'^nightdesk_troubles\{kind="([a-z-]+)"', text, re.M))
    return set(re.findall(r"^(\w+)", text, re.M)), kinds


def expressions(dashboard):
    """Of all panels, with the names of their panels."""
    for panel in dashboard["panels"]:
        for target in panel.get("targets", ()):
            yield panel["title"], target["expr"]
    for note in dashboard["annotations"]["list"]:
        yield note["name"], note["expr"]


def judge_names(report, names, kinds):
    with open(RULES, encoding="utf-8") as f:
        rules = f.read()
    with open(DASHBOARD, encoding="utf-8") as f:
        panels = list(expressions(json.load(f)))
    used = set(re.findall(NAME, " ".join(re.findall(r"^ *expr: (.*)", rules, re.M)))) - {"nightdesk_troubles"}
    report.check(len(used) > 10 and not used - names, "the rules name %d metrics: %s" % (len(used), used - names or "all exist"))
    used = set(re.findall(NAME, " ".join(expr for _, expr in panels)))
    report.check(len(used) > 40 and not used - names, "the dashboard names %d metrics: %s" % (len(used), used - names or "all exist"))
    named = set(word for words in re.findall(r'kind(?:=|=~|!~)"([^"]*)"', rules) for word in words.split("|"))
    lost = [kind for kind in named if not any(re.fullmatch(kind, k) for k in kinds)]
    report.check(len(named) >= 10 and not lost, "the rules name kinds of trouble: %s" % (lost or "all exist"))


def promtool(report, *args):
    done = subprocess.run(("promtool",) + args, capture_output=True, check=False, text=True)
    report.check(done.returncode == 0, "promtool %s" % " ".join(args[:2]))
    for line in [] if done.returncode == 0 else (done.stdout + done.stderr).splitlines():
        print("# " + line)


def judge_rules(report):
    with open(RULES, encoding="utf-8") as f:
        alerts = re.findall(r"- alert: (\w+)", f.read())
    with open(PLAYED, encoding="utf-8") as f:
        played = f.read()
    report.check(all('alertname: ' + a in played or '"%s"' % a in played for a in alerts), "each of the %d rules is played" % len(alerts))
    if not shutil.which("promtool"):
        world.skip("promtool", "not installed")
        return
    promtool(report, "check", "rules", RULES)
    with tempfile.TemporaryDirectory() as d:
        for path in RULES, PLAYED:
            shutil.copy(path, d)
        promtool(report, "test", "rules", os.path.join(d, os.path.basename(PLAYED)))
        # Each expression of the dashboard as a rule, with numbers where Grafana puts its own.
        with open(DASHBOARD, encoding="utf-8") as f, open(os.path.join(d, "panels.yml"), "w", encoding="utf-8") as out:
            out.write("groups:\n- name: panels\n  rules:\n")
            for _, expr in expressions(json.load(f)):
                expr = expr.replace("$__rate_interval", "2m").replace("$instance", ".*")
                out.write("  - {record: 'panel', expr: %s}\n" % json.dumps(expr))
        promtool(report, "check", "rules", "--lint=none", os.path.join(d, "panels.yml"))


def main():
    report = world.Report()
    names = declared()
    seen, kinds = shown()
    report.check(not seen - names, "what the daemon shows is declared: %s" % (seen - names or "all"))
    judge_names(report, names, kinds)
    judge_rules(report)
    return report.failed


sys.exit(main())
