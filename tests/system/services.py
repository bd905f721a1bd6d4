#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Every service that tests/system/receivers/ stands in for gets what a newsroom gets, through the real daemon: hostile
items, a title of 5,000 characters, a digest of hundreds of alerts, a rate limit; and answers what it documents
when it refuses. Each request is checked by its receiver; here, what people see of it."""
import json
import os
import shutil
import subprocess
import sys
import time
import xml.sax.saxutils

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import receiver  # noqa: E402
import world  # noqa: E402

LINK = "https://news.example/story_%d?a=1&b=(2)*x*"
#: Titles that formats, links and mentions of some service are made of.
HOSTILE = (
    "sirens *bold* _under_ ~struck~ `code` ||hidden|| **strong** __u__ ~~s~~",
    "sirens @everyone @here @channel @all @room @duty_editor @**all** @*group* @_**x** @topic",
    "sirens <!channel> <!here> <@U012345> <!subteam^S1> <#C1> <users/all> <@&123> <at>Duty</at>",
    "sirens [x](https://evil.example) <https://evil.example|click> <a href=\"https://evil.example\">y</a> ![i](https://evil.example/i) "
    "www.evil.com evil.org evil@evil.example",
    "sirens cost 5$ or 6$ & 7$: <x@evil.example> \\d [odd &lt;tag&gt; <https://evil.example|click> = a\\b",
    "sirens # no heading > no quote - no list :smile: :100: 1. one $$x^2$$ @user:example.org #channel",
    "sirens a & b < c </b><script>alert(1)</script> {\"a\": 1} \\*x\\* \\ ]]> %s {title} 'q' \"",
)
LONG = "sirens " + "é👨‍👩‍👧 " * 2500
MANY = 300


def feed(items):
    escape = xml.sax.saxutils.escape
    return ("<rss version='2.0'><channel><title>The *Wire* @here &lt;b&gt;</title>%s</channel></rss>" % "".join(
        "<item><guid>%s</guid><title>%s</title><link>%s</link><description>%s</description></item>" % (
            n, escape(escape(title)), escape(LINK % n), escape("<p>%s</p><p># %s</p><p>&gt; - last</p>" % (
                escape(title), escape(title)))) for n, title in items)).encode()


def messages(service):
    """All but those in the operator's words."""
    return [s for s in service.got if not s.text.startswith("own: ")]


def flat(text):
    return " ".join(text.replace(receiver.JOINER, "").split())


def configure(desk, services, feeds):
    blocks = ["poll { private-networks = { 127.0.0.1/32 } host-gap = \"100ms\" }"]
    blocks += ['feed %s { url = "%s/%s" first-run = "alert" }' % (name, feeds.url, name) for name in ("hostile", "many")]
    for name, service in services.items():
        mention = 'mention { flash = "%s" }' % service.mention if getattr(service, "mention", None) else ""
        blocks.append("notify %s { %s %s }" % (name, service.keys(), mention))
        blocks.append('notify %s-digest { %s digest = "2s" }' % (name, service.keys()))
        for credential, content in service.credentials.items():
            desk.directory.write("credentials/" + credential, content.replace("URL", service.url))
    for name, query, to in (("flash", "hidden", ""), ("low", "group", ""), ("rest", "sirens NOT (hidden OR group)", "")):
        blocks.append("watch %s { query = '%s' feeds = { hostile } priority = \"%s\" notify = { %s } %s }" % (
            name, query, {"rest": "urgent"}.get(name, name), ", ".join(services),
            'escalate { after = "1h" to = { %s } }' % list(services)[0] if name == "flash" else ""))
    for name, service in services.items():
        if service.template:
            blocks.append("notify %s-own { %s template = 'own: {title} — {text}' }" % (name, service.keys()))
            blocks.append("watch own-%s { query = 'sirens' feeds = { hostile } notify = { %s-own } }" % (name, name))
    blocks.append("watch many { query = 'many' feeds = { many } notify = { %s } }" % ", ".join(
        name + "-digest" for name in services))
    desk.configure("\n".join(blocks))


def check_hostile(report, name, service):
    """Each title is shown as it is written, as the only link, and mentions nobody."""
    for n, title in enumerate(HOSTILE):
        found = [s for s in messages(service) if flat(title) in flat(s.text)]
        if not report.check(len(found) == 1, "%s shows item %d as it is written, once" % (name, n)):
            print("# %d messages: %s" % (len(service.got), [flat(s.text)[:300] for s in service.got if str(n) in str(s.links)]))
            continue
        shown = found[0]
        own = [service.mention] if "hidden" in title and getattr(service, "mention", None) else []
        report.check(shown.mentions == own, "%s: it mentions %s: %s" % (name, own or "nobody", shown.mentions))
        in_link = getattr(service, "in_link", str)(title)
        report.check([text for _, text in shown.links if flat(text) not in (flat(title), flat(in_link))] == []
                     and all(url.startswith("https://news.example/story") for url, _ in shown.links),
                     "%s: it has no other link: %s" % (name, shown.links))
        report.check(not [s for s in shown.strong if flat(s).lower() not in ("flash", "urgent", "low", "sirens", "group", "hidden")],
                     "%s: nothing else is bold: %s" % (name, shown.strong))


def check_template(report, name, service):
    """What the operator's words have of an item is text."""
    world.until(lambda: len([s for s in service.got if s.text.startswith("own: ")]) > len(HOSTILE), 60)
    for n, title in enumerate(HOSTILE):
        found = [s for s in service.got if s.text.startswith("own: ") and flat(title) in flat(s.text)]
        report.check(len(found) == 1 and not found[0].mentions and not found[0].links and not found[0].strong,
                     "%s: item %d in a template is text" % (name, n))


def check_tied(report, name, service, first, word):
    """The message about an earlier one changes it or is tied to it, where the service can; else it names it."""
    def found():
        return [s for s in messages(service) if word in s.text and s is not first]
    if not report.check(first and world.until(found, 30), "%s is told of what is %s" % (name, word)):
        return
    shown = found()[0]
    if word == "acknowledged" and service.can_edit:
        report.check(shown.edits == first.name and "· acknowledged" not in shown.text, "%s: the message is changed" % name)
    elif service.can_reply:
        report.check(shown.replies == first.name and "about “" not in shown.text, "%s: it is tied to the message" % name)
    else:
        report.check("about “" in shown.text, "%s: it names the first one" % name)
    report.check(not shown.mentions or word == "WITHDRAWN", "%s: nobody is rung again: %s" % (name, shown.mentions))


def check_later(report, desk, services, items):
    """The first alert is acknowledged, the second one is withdrawn."""
    chats = {n: s for n, s in services.items() if s.template or s.parser or n in ("slack", "slack_webhook", "googlechat")}
    firsts = {n: [([s for s in messages(service) if flat(HOSTILE[i]) in flat(s.text)] or [None])[0] for i in (0, 1)]
              for n, service in chats.items()}
    alerts = [json.loads(line) for line in desk.ask("alerts", "list", "--json", "--watch", "flash")[1].splitlines()]
    code, out, err = desk.ask("alerts", "ack", alerts[0]["data"]["id"], "--by", "<duty> *editor*") if alerts else (1, "", "no alert")
    report.check(code == 0, "an alert is acknowledged: %s" % (out + err).strip())
    items[1] = (1, "KILL: " + HOSTILE[1])
    desk.ask("feeds", "poll", "hostile")
    for name, service in chats.items():
        check_tied(report, name, service, firsts[name][0], "acknowledged")
        check_tied(report, name, service, firsts[name][1], "WITHDRAWN")


def check_size(report, name, service):
    found = [s for s in messages(service) if "é👨‍👩‍👧 é👨‍👩‍👧" in s.text.replace("\u00a0", " ")]
    report.check(len(found) == 1, "%s: a title of 5,000 characters is one message" % name)
    report.check("al_" in found[0].text if found else False, "%s: with its id" % name)


def check_digest(report, name, service):
    def digests():
        return [s for s in service.got if "story number" in s.text and "dg_" in s.text]
    if not report.check(world.until(digests, 60), "%s gets a digest" % name):
        return
    shown = digests()[0]
    report.check("more: nightdesk alerts list" in shown.text, "%s: what does not fit is counted" % name)
    report.check(len(shown.links) >= service.digest_links, "%s: each alert has its link: %d" % (name, len(shown.links)))


def check_pace(report, name, service):
    times = [s.time for s in messages(service) if "digest" not in s.text and "dg_" not in s.text]
    gap = min([b - a for a, b in zip(times, times[1:])] or [0])
    report.check(gap > service.pace * 0.9, "%s: messages keep its pace: %.2f s apart" % (name, gap))


def check_refusals(report, desk, name, service):
    for label, answer, status, text in service.refusals:
        service.script = [answer]
        code, out, err = desk.ask("test-notify", name)
        report.check(code == status and text in out + err, "%s, %s: exit %d: %s" % (name, label, code, (out + err).strip()[-160:]))
    service.script = []
    code, out, err = desk.ask("test-notify", name)
    report.check(code == 0, "%s takes a test message: %s" % (name, (out + err).strip()[-160:]))


def check_parsers(report, services):
    """The parsers of Markdown and cards that clients are made of understand no more than what is meant."""
    place = dict(os.environ, NODE_PATH=os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../build/node/node_modules"))
    lines = [json.dumps({"parser": s.parser, "body": body}) for s in services.values() if s.parser for body in s.bodies]
    node = shutil.which("node")
    found = node and subprocess.run([node, "-e", "require('discord-markdown-parser'), require('marked/package.json'),"
                                     "require('adaptivecards/package.json')"], capture_output=True, check=False, env=place)
    if not lines or not found or found.returncode:
        world.skip("real parsers of messages", "no node with discord-markdown-parser, marked and adaptivecards here")
        return
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib/markup.mjs")
    done = subprocess.run([node, script], input="\n".join(lines).encode(), capture_output=True, check=False, env=place)
    out = done.stdout.decode() + done.stderr.decode()
    report.check(done.returncode == 0 and out == "%d messages\n" % len(lines), "real parsers find what is meant: %s" % out[-600:].strip())


def main():
    wanted = os.environ.get("SERVICES", "").split()
    services = {n: s for n, s in receiver.load().items() if not wanted or n in wanted}
    report, desk = world.Report(), world.Desk()
    items = list(enumerate(HOSTILE)) + [(90, LONG)]
    feeds = world.serve(lambda path: feed(
        items if path == "/hostile" else
        [(100 + n, "many: story number %d" % n) for n in range(MANY)]))
    configure(desk, services, feeds)
    code, out, err = desk.ask("check")
    report.check(code == 0, "the configuration has no errors: %s" % (out + err if code else ""))
    desk.run()
    longest = 30 + 9 * max(s.pace for s in services.values())
    deadline = time.time() + 3 * longest
    for name, service in services.items():
        world.until(lambda s=service: len(messages(s)) >= len(HOSTILE) + 2 or s.wrong, max(1, deadline - time.time()))
        check_hostile(report, name, service)
        check_size(report, name, service)
        check_digest(report, name, service)
        if service.template:
            check_template(report, name, service)
        check_pace(report, name, service)
    check_later(report, desk, services, items)
    report.check(desk.stop() == 0, "the daemon stops cleanly")
    check_parsers(report, services)
    for name, service in services.items():
        check_refusals(report, desk, name, service)
        report.check(not service.wrong, "%s: every request is as documented" % name)
        for wrong in service.wrong[:5]:
            print("# " + wrong)
    if report.failed:
        print("# " + desk.log()[-2000:].replace("\n", "\n# "))
    desk.directory.remove()
    return report.failed


sys.exit(main())
