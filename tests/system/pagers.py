#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A flash alert to services that ring a phone, until it is acknowledged: the phone stops ringing, the incident is
resolved, the alert ends; and the same when its feed withdraws it."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import receiver  # noqa: E402
import world  # noqa: E402

NAMES = ("alertmanager", "gotify", "ntfy", "pagerduty", "pushover")


class Feed:
    items = [("1", "Sirens at the harbour"), ("2", "Sirens at the castle")]

    def __call__(self, path):
        return world.rss(self.items)


def ended(service, alert_id):
    """The alert was sent, and the last time with an end that is over."""
    times = [s.ends for s in service.got if s.labels.get("alert_id") == alert_id]
    return len(times) > 1 and times[-1] < times[0]


def about(service, word, title):
    return [s for s in service.got if word in s.text and title in s.text]


def check_news(report, services):
    for name, service in services.items():
        report.check(world.until(lambda s=service: len(s.got) >= 2), "%s is told of both" % name)
    report.check(sorted(services["pushover"].ringing.values()) == ["FLASH Sirens at the castle", "FLASH Sirens at the harbour"],
                 "the phone rings: %s" % services["pushover"].ringing)
    report.check(len(services["pagerduty"].incidents) == 2, "two incidents are open")


def check_ack(report, desk, services):
    ids = [s.labels["alert_id"] for s in services["alertmanager"].got if "harbour" in s.text]
    code, out, err = desk.ask("alerts", "ack", "--by", "duty editor", ids[0])
    report.check(code == 0, "an alert is acknowledged: %s" % (out + err).strip())
    report.check(world.until(lambda: list(services["pushover"].ringing.values()) == ["FLASH Sirens at the castle"]),
                 "the phone stops ringing for it: %s" % services["pushover"].ringing)
    report.check(world.until(lambda: len(services["pagerduty"].incidents) == 1), "its incident is resolved, no other")
    report.check(world.until(lambda: ended(services["alertmanager"], ids[0])), "it ends at Alertmanager")
    for name, priority in (("ntfy", 2), ("gotify", 2)):
        found = services[name]
        report.check(world.until(lambda: about(found, "Acknowledged", "harbour")), "%s is told" % name)
        report.check([s.priority for s in about(found, "Acknowledged", "harbour")] == [priority], "without a sound")
    report.check("duty editor" in about(services["ntfy"], "Acknowledged", "harbour")[0].text, "and by whom")


def check_withdrawal(report, desk, feed, services):
    feed.items = [("1", "Sirens at the harbour"), ("2", "WITHDRAWN: Sirens at the castle")]
    desk.ask("feeds", "poll", "post")
    report.check(world.until(lambda: not services["pagerduty"].incidents), "a withdrawal resolves the other")
    for name in ("alertmanager", "ntfy", "gotify", "pushover"):
        report.check(world.until(lambda n=name: about(services[n], "WITHDRAWN", "castle")), "%s is told of it" % name)
    report.check([s.priority for s in about(services["pushover"], "WITHDRAWN", "castle")] == [1], "which is no emergency of its own")


def main():
    services = {name: service for name, service in receiver.load().items() if name in NAMES}
    report, desk, feed = world.Report(), world.Desk(), Feed()
    blocks = ['poll { private-networks = { 127.0.0.1/32 } host-gap = "0s" }',
              'feed post { url = "%s/feed" first-run = "alert" }' % world.serve(feed).url,
              "watch siren { query = 'siren*' priority = \"flash\" notify = { %s } }" % ", ".join(NAMES)]
    for name, service in services.items():
        blocks.append("notify %s { %s }" % (name, service.keys()))
        for credential, content in service.credentials.items():
            desk.directory.write("credentials/" + credential, content.replace("URL", service.url))
    desk.configure("\n".join(blocks))
    desk.run()
    check_news(report, services)
    check_ack(report, desk, services)
    check_withdrawal(report, desk, feed, services)
    report.check(desk.stop() == 0, "the daemon stops cleanly")
    for name, service in services.items():
        report.check(not service.wrong, "%s: every request is as documented: %s" % (name, service.wrong[:2]))
    if report.failed:
        print("# " + desk.log()[-2500:].replace("\n", "\n# "))
    desk.directory.remove()
    return report.failed


sys.exit(main())
