#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The Alertmanager of Debian (prometheus-alertmanager) takes what nightdesk sends: alerts with their labels, hostile
items too; it tells its own receiver of each once, also when the alert is sent again; what is acknowledged, or
over, ends there."""
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402

PROGRAM = "prometheus-alertmanager"
ITEMS = (
    ("1", "Sirène at the harbour", "https://news.example/1?a=1&amp;b=2"),
    ("2", "sirens &lt;b&gt;{{ .Labels.x }} \"quoted\" \\ 100% 大使館 👩🏽‍🚒", "https://news.example/%zz/{a}|b c"),
    ("3", "sirens without a page", "javascript:alert(1)"),
)


class Hook(world.Handler):
    """The receiver of Alertmanager."""
    got = []

    def do_POST(self):
        Hook.got.extend(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["alerts"])
        self.answer(200)


class Alertmanager:
    def __init__(self, directory, hook):
        self.port = world.free_port()
        self.url = "http://127.0.0.1:%d" % self.port
        directory.write("am.yml", """
            route: { receiver: hook, group_by: [alert_id, trouble, subject], group_wait: 0s, group_interval: 1s, repeat_interval: 4h }
            receivers: [ { name: hook, webhook_configs: [ { url: "%s", send_resolved: true } ] } ]
            """ % hook)
        with open(directory.file("am.log"), "wb") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "--config.file=" + directory.file("am.yml"), "--storage.path=" + directory.file("am"),
                 "--web.listen-address=127.0.0.1:%d" % self.port, "--cluster.listen-address="],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        world.wait_port(self.port)

    def alerts(self):
        with urllib.request.urlopen(self.url + "/api/v2/alerts", timeout=10) as answer:
            return json.load(answer)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def configure(desk, am, feeds, broken=False):
    desk.configure("""
        poll { private-networks = { 127.0.0.1/32 } }
        feed post { url = "%s/feed" first-run = "alert" }
        watch siren { title = "Sirens & alarms" query = 'siren* OR sirène' priority = "urgent" notify = { am } }
        notify am { type = "alertmanager" url = "%s" labels = { "team=foreign", "site=Übersee" } }
        %s""" % (feeds.url, am.url, "oops" if broken else ""), 'trouble = { am }')


def check_alerts(report, am):
    if not report.check(world.until(lambda: len(am.alerts()) == len(ITEMS)), "it has every alert: %d" % len(am.alerts())):
        return
    alerts = sorted(am.alerts(), key=lambda a: a["annotations"]["summary"])
    for alert in alerts:
        labels = alert["labels"]
        report.check(labels["alertname"] == "Sirens & alarms" and labels["watch"] == "siren" and labels["priority"] == "urgent"
                     and labels["team"] == "foreign" and labels["site"] == "Übersee" and labels["alert_id"].startswith("al_"),
                     "with its labels: %s" % labels)
        report.check(alert["status"]["state"] == "active", "it fires")
    links = [alert.get("generatorURL", "") for alert in alerts]
    report.check(sorted(links) == ["", "https://news.example/%25zz/%7Ba%7D%7Cb%20c", "https://news.example/1?a=1&b=2"],
                 "with links that it accepts: %s" % links)
    report.check(any('{{ .Labels.x }} "quoted" \\ 100% 大使館 👩🏽‍🚒' in alert["annotations"]["summary"] for alert in alerts),
                 "with texts as they are")
    report.check(world.until(lambda: len(Hook.got) >= len(ITEMS)), "its own receiver is told")


def check_repeat(report, desk, am):
    """Five minutes pass in the database."""
    before = {alert["fingerprint"]: alert for alert in am.alerts()}
    report.check(desk.stop() == 0, "nightdesk stops")
    with sqlite3.connect(desk.file("state.db")) as db:
        report.check(db.execute("UPDATE repeats SET at = 0").rowcount == len(ITEMS), "each alert is open")
    db.close()
    desk.run()

    def later():
        now = {alert["fingerprint"]: alert for alert in am.alerts()}
        return set(now) == set(before) and all(now[f]["endsAt"] > before[f]["endsAt"] for f in now)
    report.check(world.until(later), "after a restart each is sent again, as the same alert that ends later")
    report.check(all(alert["startsAt"] == before[alert["fingerprint"]]["startsAt"] for alert in am.alerts()), "it began when it did")


def check_ack(report, desk, am):
    """Who acknowledges an alert ends it."""
    def firing():
        return [alert["labels"]["alert_id"] for alert in am.alerts()]
    alert_id = sorted(firing())[0]
    code, out, err = desk.ask("alerts", "ack", alert_id)
    report.check(code == 0, "an alert is acknowledged: %s" % (out + err).strip())
    report.check(world.until(lambda: alert_id not in firing() and len(firing()) == len(ITEMS) - 1), "it ends, and no other")
    report.check(world.until(lambda: [a for a in Hook.got if a["status"] == "resolved" and a["labels"].get("alert_id") == alert_id]),
                 "its receiver is told that it is resolved")
    desk.stop()
    with sqlite3.connect(desk.file("state.db")) as db:
        report.check(db.execute("UPDATE repeats SET at = 0").rowcount == len(ITEMS) - 1, "it is not sent again")
    db.close()
    desk.run()


def check_trouble(report, desk, am, feeds):
    def troubles():
        return [alert for alert in am.alerts() if "trouble" in alert["labels"]]
    configure(desk, am, feeds, broken=True)
    desk.ask("reload")
    report.check(world.until(troubles), "a trouble of nightdesk fires: %s" % [a["labels"] for a in troubles()])
    configure(desk, am, feeds)
    desk.ask("reload")
    report.check(world.until(lambda: not troubles()), "and ends with it")
    report.check(world.until(lambda: [a for a in Hook.got if a["status"] == "resolved" and "trouble" in a["labels"]]),
                 "its receiver is told that it is resolved")
    report.check(len([a for a in Hook.got if "alert_id" in a["labels"] and a["status"] == "firing"]) == len(ITEMS),
                 "and was told of each alert once: %s" % [a["status"] for a in Hook.got])


def main():
    if not shutil.which(PROGRAM):
        return world.skip("a real Alertmanager", "no %s here" % PROGRAM)
    report, desk = world.Report(), world.Desk()
    feed = "<rss version='2.0'><channel><title>The Post</title>%s</channel></rss>" % "".join(
        "<item><guid>%s</guid><title>%s</title><link>%s</link></item>" % item for item in ITEMS)
    feeds, hook = world.serve(lambda path: feed.encode()), world.Server(Hook)
    am = Alertmanager(desk.directory, hook.url)
    configure(desk, am, feeds)
    desk.run()
    check_alerts(report, am)
    check_repeat(report, desk, am)
    check_ack(report, desk, am)
    check_trouble(report, desk, am, feeds)
    report.check(desk.stop() == 0, "the daemon stops cleanly")
    if report.failed:
        print(desk.log()[-3000:])
        with open(desk.file("am.log"), encoding="utf-8") as log:
            print(log.read()[-3000:])
    am.stop()
    desk.directory.remove()
    return report.failed


sys.exit(main())
