#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A flash alert that nobody takes goes to the phone of the one on duty, who presses the button there; others are taken
by a reaction in Slack, Matrix, Mattermost and
Zulip. Everyone who got it sees who has it; the daemon is killed while the press waits to
be read. The services are asked only while somebody is waited for, and never faster than is civil."""
import json
import os
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import receiver  # noqa: E402
import world  # noqa: E402


DESK = ("slack", "matrix", "mattermost_bot", "zulip")


class Feed:
    items = [("1", "Sirens at the harbour")]

    def __call__(self, path):
        return world.rss(self.items)


def configure(desk, services, feed):
    blocks = ['poll { private-networks = { 127.0.0.1/32 } host-gap = "100ms" }',
              'feed post { url = "%s/f" first-run = "alert" }' % feed.url,
              'notify log { type = "file" path = "%s" }' % desk.file("out"),
              'watch sirens { query = "sirens" priority = "flash" notify = { slack, matrix, mattermost_bot, zulip, log }'
              ' escalate { after = "10s" to = { telegram } } }']
    for name, service in services.items():
        blocks.append("notify %s { %s }" % (name, service.keys()))
        for credential, content in service.credentials.items():
            desk.directory.write("credentials/" + credential, content.replace("URL", service.url))
    desk.configure("\n".join(blocks))


def about(service, title, edit=False):
    return [s for s in service.got if title in s.text and bool(s.edits) == edit]


def acked_by(desk, title):
    """Who has the alert, as alerts list says and as the file was told."""
    lines = [json.loads(line) for line in desk.ask("alerts", "list", "--json", "--watch", "sirens")[1].splitlines()]
    stored = [line.get("acknowledged", {}).get("by") for line in lines if line["data"]["item"]["title"] == title]
    with open(desk.file("out"), encoding="utf-8") as out:
        told = [d["data"]["by"] for d in map(json.loads, out) if d["type"] == "alert.acknowledged"]
    return stored, told


def check_everybody_sees(report, desk, services, title, by, names):
    for name in names:
        first = about(services[name], title)[0]
        report.check(world.until(lambda n=name: [s for s in about(services[n], title, True) if s.edits == first.name]),
                     "%s: the message changes" % name)
        shown = [s.text.replace(receiver.JOINER, "") for s in about(services[name], title, True)]
        report.check(len(shown) == 1 and "acknowledged by " + by in shown[0] and "React with" not in shown[0],
                     "%s: once, and says who has it: %s" % (name, shown))
    report.check(world.until(lambda: by in acked_by(desk, title)[1]), "the program is told: %s" % (acked_by(desk, title),))
    report.check(acked_by(desk, title)[0] == [by], "it is stored: %s" % (acked_by(desk, title),))


def check_button(report, desk, services):
    title, phone = "Sirens at the harbour", services["telegram"]
    report.check(world.until(lambda: all(about(services[n], title) for n in DESK)), "the desk has it")
    report.check(not phone.got and not phone.asked, "the phone is not rung yet, nor asked")
    report.check("React with ✅ if you have it." in about(services["slack"], title)[0].text, "the message says how to take it")
    report.check(world.until(lambda: about(phone, title), 30), "after ten seconds the phone rings")
    name = about(phone, title)[0].name
    report.check(phone.buttons[name] == "ack", "its message has a button")
    report.check(world.until(lambda: phone.asked and all(services[n].asked for n in DESK), 30),
                 "the services are asked")
    desk.stop(signal.SIGKILL)
    query = phone.acknowledge(name)
    desk.run()
    report.check(world.until(lambda: phone.replies.get(query) == "You have it. The others see that.", 30),
                 "whoever pressed is answered, after a kill: %s" % phone.replies)
    check_everybody_sees(report, desk, services, title, "Anna Duty (@anna)", services)
    report.check(phone.buttons[name] is None, "the button is gone")
    report.check(world.until(lambda: not phone.updates, 30), "the service may forget the press")


def check_silence(report, services):
    time.sleep(6)
    before = {n: len(s.asked) for n, s in services.items()}
    time.sleep(6)
    report.check({n: len(s.asked) for n, s in services.items()} == before, "nothing is asked while nobody is waited for")


def check_reactions(report, desk, services, feed, reactions):
    """Each alert is taken in another service; titles, and who has it then, by its name."""
    feed.items = feed.items + [(title, title) for title, _ in reactions.values()]
    desk.ask("feeds", "poll", "post")
    for name, (title, _) in reactions.items():
        report.check(world.until(lambda t=title: all(about(services[n], t) for n in DESK)), "the desk has " + title)
        services[name].acknowledge(about(services[name], title)[0].name)
    for title, by in reactions.values():
        check_everybody_sees(report, desk, services, title, by, DESK)


def main():
    report, desk, feed = world.Report(), world.Desk(), Feed()
    services = {n: s for n, s in receiver.load().items() if s.can_acknowledge}
    report.check(sorted(services) == ["matrix", "mattermost_bot", "slack", "telegram", "zulip"], "services: %s" % sorted(services))
    configure(desk, services, world.serve(feed))
    code, out, err = desk.ask("check", "--strict")
    report.check(code == 0, "the configuration has no errors or warnings: %s" % (out + err if code else ""))
    desk.run()
    check_button(report, desk, services)
    check_silence(report, services)
    check_reactions(report, desk, services, feed, {
        "slack": ("Sirens at the castle", "Bert Desk"), "matrix": ("Sirens at the tower", "@clara:news.example"),
        "mattermost_bot": ("Sirens at the gate", "Dora Night (@dora)"), "zulip": ("Sirens at the mill", "Emil Early")})
    for name, service in services.items():
        gaps = [b - a for a, b in zip(service.asked, service.asked[1:])]
        report.check(min(gaps) > 0.9, "%s is asked at a civil pace: %.1f s" % (name, min(gaps)))
        report.check(not service.wrong, "%s: every request is as documented: %s" % (name, service.wrong[:3]))
    report.check(desk.stop() == 0, "the daemon stops cleanly")
    if report.failed:
        print("# " + desk.log()[-3000:].replace("\n", "\n# "))
    desk.directory.remove()
    return report.failed


sys.exit(main())
