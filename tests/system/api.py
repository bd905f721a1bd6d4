#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The API against its own description, daemon/web/openapi.json, as the daemon serves it: each path, parameter
and status that is described is asked for, each answer is valid, and no answer has a member that is not described.
Pages are complete and without repeats; entity tags are those of the answer."""
import json
import os
import re
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import world  # noqa: E402
from events import Events  # noqa: E402

try:
    import jsonschema
except ImportError:
    jsonschema = None

FEED = """<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>The Outlet</title>
<language>en</language>%s</channel></rss>"""
ITEM = """<item><guid>%d</guid><title>%s</title><link>http://a.example/%d</link><dc:creator>A. Author</dc:creator>
<category>World</category><pubDate>%s</pubDate><description>Text %d.</description></item>"""

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
# Members of the description that the world of this test does not bring about.
UNSEEN = {
    "Story": {"via", "why"},
    "AlertData": {"at", "by"},  # a notice that one was acknowledged
    "TroubleData": {"id", "title", "kind", "advice", "person", "troubles", "left_out"},
    "ReportData": {"id", "title", "from", "to", "alerts"},
    "ShortAlert": {"story"},
    "Explanation": {"story"},
    "WallChanges": {"generation", "changes"},
    "Delivery": {"escalated_s"},
    "Change": {"text", "author", "categories", "priority"},
    "Feed": {"url_credential", "type", "left_out", "moved_to", "moved", "adopted", "budget", "validators_lie_until",
             "flood", "last_posting", "items_a_day", "silent_from", "stale_from", "latency_s"},
    "SourceDocument": {"certificate"},
}


class Checker:
    """Validates answers, and remembers what it has seen of the description."""

    def __init__(self, report, base):
        self.report, self.base = report, base
        self.description = json.loads(self.ask("/api/v1/openapi.json")[2])
        self.schemas = self.description["components"]["schemas"]
        self.members, self.statuses, self.parameters = set(), set(), set()

    def ask(self, path, headers=(), method="GET"):
        request = urllib.request.Request(self.base + path, headers=dict(headers), method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.headers, answer.read()

    def deref(self, o):
        while "$ref" in o:
            at = self.description
            for part in o["$ref"].split("/")[1:]:
                at = at[part]
            o = at
        return o

    def validator(self, schema):
        return jsonschema.Draft202012Validator(dict(schema, components=self.description["components"]))

    def note(self, schema, value, name=""):
        """Marks the members of value, which is valid, as seen."""
        if "$ref" in schema:
            name = schema["$ref"].split("/")[-1]
        schema = self.deref(schema)
        for one in schema.get("oneOf", ()):
            if self.validator(one).is_valid(value):
                self.note(one, value)
        if isinstance(value, list) and "items" in schema:
            for one in value:
                self.note(schema["items"], one, name)
        if isinstance(value, dict):
            for key, one in value.items():
                if key in schema.get("properties", {}):
                    self.members.add((name, key))
                    self.note(schema["properties"][key], one)

    def get(self, path, query="", status=200, **names):
        """Asks, and checks the answer against what is described for the path and that status."""
        where = path.format(**{k: urllib.parse.quote(v, safe="") for k, v in names.items()})
        code, headers, body = self.ask(where + query)
        self.statuses.add((path, str(code)))
        for name in urllib.parse.parse_qs(query[1:]) if code == 200 else ():
            self.parameters.add((path, name))
        answer = self.deref(self.description["paths"][path]["get"]["responses"][str(code)])
        schema = answer["content"]["application/json"]["schema"]
        value = json.loads(body)
        errors = [e.message for e in self.validator(schema).iter_errors(value)]
        self.report.check(code == status and not errors and headers["Content-Type"] == "application/json",
                          "GET %s%s: %d %s" % (where, query, code, "; ".join(errors)[:2000]))
        self.note(schema, value)
        return value

    def pages(self, path, name, query, key):
        """All pages of two."""
        found, cursor = [], ""
        while True:
            page = self.get(path, query + "&limit=2" + cursor)
            found += [key(one) for one in page[name]]
            if "next" not in page:
                return found
            self.report.check(len(page[name]) == 2, "%s: a page that goes on is full" % path)
            cursor = "&cursor=" + urllib.parse.quote(page["next"])

    def check_manual(self):
        with open(os.path.join(ROOT, "docs", "man", "nightdesk-api.7"), encoding="utf-8") as f:
            manual = f.read()
        for path, item in self.description["paths"].items():
            names = [self.deref(p)["name"] for p in item["get"]["parameters"] if self.deref(p)["in"] == "query"]
            short = re.sub(r"{(\w+)}", lambda m: m.group(1).upper(), path[len("/api/v1"):])
            part = manual.split(".It Pa %s\n" % short)
            self.report.check(len(part) == 2, "nightdesk-api(7) has %s" % short)
            part = part[-1].split(".It Pa ")[0]
            missing = [n for n in names if ".Cm " + n not in part and n not in ("limit", "cursor", "since")]
            self.report.check(not missing, "with its parameters: %s" % missing)

    def check_coverage(self):
        for path, item in self.description["paths"].items():
            described = set(item["get"]["responses"]) - {"503"}
            asked = {status for at, status in self.statuses if at == path}
            self.report.check(described == asked, "%s: each described status was seen: %s" % (path, described ^ asked))
            given = {self.deref(p)["name"] for p in item["get"]["parameters"] if self.deref(p)["in"] == "query"}
            used = {name for at, name in self.parameters if at == path}
            self.report.check(given == used, "%s: so was each parameter: %s" % (path, given ^ used))
        for name, schema in self.schemas.items():
            unseen = set(schema.get("properties", {})) - {key for at, key in self.members if at == name}
            self.report.check(unseen <= UNSEEN.get(name, set()), "%s: so was each member but %s" % (name, unseen))


def items(texts):
    now = time.time()
    return (FEED % "".join(ITEM % (n, text, n, time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(now - 60)), n)
                           for n, text in sorted(texts.items(), reverse=True))).encode()


class World:
    """Two feeds that are read, one that fails; a receiver that takes alerts, one that refuses, one that collects."""

    def __init__(self):
        self.texts = {n: "The embassy moves %d" % n for n in range(1, 6)}
        self.desk = world.Desk()
        self.port = world.free_port()
        feeds = world.serve(self.answer)
        hook = world.Hook(script=[204, 400] * 500)
        self.desk.configure(
            'poll { private-networks = "allow" host-gap = "0s" per-host = 9 }\n'
            'feed a { url = "%s/a" first-run = "alert" groups = { wires } }\n'
            'feed b { url = "%s/b?token=not-shown" }\n'
            'feed broken { url = "%s/broken" }\n'
            "watch embassy { title = \"Embassy\" query = 'embassy' on-update = \"alert\" priority = \"urgent\""
            " notify = { out, refuses, collects } escalate { after = \"1h\" to = { out } } }\n"
            "watch other { query = 'nothing NEAR/3 else' feeds = { b } groups = { wires } notify = out }\n"
            "watch third { query = 'consulate' notify = out }\n"
            'notify out { type = "file" path = "%s" }\n'
            'notify refuses { type = "webhook" url = "%s" }\n'
            'notify collects { type = "file" path = "%s" digest = "1s" }\n'
            % (feeds.url, feeds.url, feeds.url, self.desk.file("out"), hook.url, self.desk.file("digests")),
            'status = "127.0.0.1:%d"' % self.port)

    def answer(self, path):
        if path == "/broken":
            return 404, b"", ()
        return 200, items(self.texts), [("ETag", '"%d"' % hash(str(self.texts))), ("Content-Type", "text/xml")]

    def poll(self, condition):
        self.desk.ask("feeds", "poll", "a")
        return world.until(condition)

    def alerts(self, *words):
        return [json.loads(line) for line in self.desk.ask("alerts", "--json", "--limit", "0", *words)[1].split("\n")
                if line]

    def start(self, report):
        desk = self.desk
        desk.run()
        report.check(world.until(lambda: len(self.alerts("--state", "delivered")) >= 5), "alerts are raised")
        report.check(world.until(lambda: any(a["type"] == "digest.created" for a in self.alerts())), "and a digest")
        report.check(world.until(lambda: desk.ask("deliveries", "--json", "--state", "dead")[1]), "and one is refused")
        name = next(a["data"]["id"] for a in self.alerts() if a["type"] == "alert.created")
        desk.ask("alerts", "ack", name, "--by", "anna")
        self.texts[4] = "The embassy moves back"
        self.texts[3] = "CORRECTED: The embassy moves 3"
        self.texts[2] = "WITHDRAWN: The embassy moves 2"
        self.texts[6] = "Rain"
        report.check(self.poll(lambda: {"alert.updated", "alert.corrected", "alert.withdrawn"}
                               <= {a["type"] for a in self.alerts()}), "then edits: %s"
                     % sorted(a["type"] for a in self.alerts()))
        return name


def check_alerts(checker, report, world_, acked):
    get, path = checker.get, "/api/v1/alerts"
    everything = [a["data"]["id"] for a in world_.alerts()]
    report.check(checker.pages(path, "alerts", "?since=1h", lambda a: a["data"]["id"]) == everything,
                 "all alerts are in the pages, the newest first")
    newer, cursor = [], "0"
    while True:
        page = get(path, "?limit=3&after=" + cursor)
        newer += [a["data"]["id"] for a in page["alerts"]]
        cursor = page["newest"]
        if not page["alerts"]:
            break
    report.check(newer == everything[::-1], "after has them, the oldest first, and then nothing")
    report.check(get(path, "?after=" + get(path)["newest"])["alerts"] == [], "nothing is after the newest")
    report.check([a["data"]["id"] for a in get(path, "?watch=embassy&priority=urgent&state=delivered")["alerts"]] ==
                 [a["data"]["id"] for a in world_.alerts("--watch", "embassy", "--state", "delivered")],
                 "watch, priority and state choose as the command does")
    report.check(acked not in [a["data"]["id"] for a in get(path, "?unacknowledged=yes")["alerts"]], "so does unacknowledged")
    report.check(get(path, "?since=2030-01-01T00:00:00Z")["alerts"] == [], "and since")
    report.check(get(path, "?watch=none")["alerts"] == [], "a watch without alerts has none")
    for wrong in ("?wrong=1", "?limit=0", "?limit=501", "?limit=x", "?since=soon", "?cursor=x", "?priority=high",
                  "?state=%zz", "?after=1&cursor=1", "?unacknowledged=1"):
        get(path, wrong, 400)
    for name in everything:
        get("/api/v1/alerts/{id}", id=name)
        get("/api/v1/alerts/{id}/evidence", id=name)
    one = get("/api/v1/alerts/{id}", id=acked)
    report.check(one["acknowledged"]["by"] == "anna", "who acknowledged it")
    for path in ("/api/v1/alerts/{id}", "/api/v1/alerts/{id}/evidence"):
        get(path, "?wrong=1", 400, id=acked)
        get(path, "", 404, id="al_none")
        get(path, "", 404, id="\U0001f4f0 <b>'\"")
    text = checker.ask("/api/v1/alerts/%s/evidence" % acked)[2]
    command = world_.desk.ask("alerts", "show", acked, "--evidence", "--json")[1]
    report.check(text.decode() + "\n" == command, "the evidence is that of the command, byte for byte")


def check_deliveries(checker, report):
    get, path = checker.get, "/api/v1/deliveries"
    ids = checker.pages(path, "deliveries", "?since=1h", lambda d: d["id"])
    report.check(ids == sorted(ids, reverse=True) and len(ids) == len(set(ids)) and len(ids) >= 15,
                 "all deliveries are in the pages")
    dead = get(path, "?notify=refuses&state=dead&limit=500")["deliveries"]
    report.check(dead and all("400" in d["answer"] for d in dead), "those that were refused, with the answer")
    report.check(get(path, "?alert=" + dead[0]["alert"])["deliveries"], "those of an alert")
    for one in ids[:20]:
        get("/api/v1/deliveries/{id}", id=str(one))
    get(path, "?wrong=1", 400)
    get("/api/v1/deliveries/{id}", "?wrong=1", 400, id="1")
    for name in ("999999999", "x", "-1", "99999999999999999999999"):
        get("/api/v1/deliveries/{id}", "", 404, id=name)


def check_configured(checker, report):
    get = checker.get
    report.check(checker.pages("/api/v1/feeds", "feeds", "?", lambda f: f["name"]) == ["a", "b", "broken"], "feeds in order")
    report.check([f["name"] for f in get("/api/v1/feeds", "?state=failing")["feeds"]] == ["broken"], "by state")
    report.check([f["name"] for f in get("/api/v1/feeds", "?group=wires")["feeds"]] == ["a"], "by group")
    report.check(get("/api/v1/feeds/{name}", name="b")["url"].endswith("token=***"), "without tokens")
    report.check("nearest name is broken" in get("/api/v1/feeds/{name}", "", 404, name="brokn")["error"], "with advice")
    report.check(checker.pages("/api/v1/watches", "watches", "?", lambda w: w["name"]) == ["embassy", "other", "third"],
                 "watches in order")
    other = get("/api/v1/watches/{name}", name="other")
    report.check(other["feeds"] == ["b"] and other["groups"] == ["wires"] and "NEAR/3" in other["query"], "with the query")
    get("/api/v1/watches/{name}", "", 404, name="nightdesk canary")
    for path, name in (("/api/v1/feeds", "a"), ("/api/v1/watches", "other")):
        get(path, "?cursor=none", 400)
        get(path, "?since=1h", 400)
        get(path + "/{name}", "?wrong=1", 400, name=name)
    get("/api/v1/feeds", "?state=bad", 400)


def check_items(checker, report):
    get, path = checker.get, "/api/v1/items"
    every = checker.pages(path, "items", "?since=1h", lambda i: i["number"])
    report.check(len(every) == 11 and every == sorted(every, reverse=True), "all items: %s" % every)
    found = checker.pages(path, "items", "?q=embassy&feed=a", lambda i: i["number"])
    searched = get(path, "?q=embassy&feed=a")["items"]
    report.check(found == [i["number"] for i in searched] and len(found) == 5, "a search in pages: %s" % found)
    report.check(all("embassy" in i["snippet"] and i["hits"] for i in searched), "with passages")
    report.check(get(path, "?q=%22moves+back%22+rain")["items"] == [], "all words must occur")
    get(path, "?q=***", 400)
    get(path, "?wrong=1", 400)
    for number in every:
        get("/api/v1/items/{item}", item=str(number))
        get("/api/v1/items/{item}/explain", item=str(number))
    numbers = {get("/api/v1/items/{item}", item=name)["number"] for name in ("http://a.example/5", searched[0]["item"]["id"], "#1")}
    report.check(len(numbers) >= 2, "items by link, id and number: %s" % numbers)
    for path in ("/api/v1/items/{item}", "/api/v1/items/{item}/explain"):
        get(path, "", 404, item="none")
        get(path, "", 404, item="4711")
        get(path, "?wrong=1", 400, item="1")


def check_wall(checker, report):
    get, path = checker.get, "/api/v1/wall"
    report.check(len(get(path)["wall"]) == 3, "the wall of feeds")
    report.check(get(path, "?from=1&limit=1")["names"] == ["b"] and get(path, "?q=brok&limit=5")["found"] == [2], "names and places")
    get(path, "?from=x", 400)


def check_events(checker, report, world_):
    """Each event against the schema of its name."""
    path = "/api/v1/events"
    described = checker.description["paths"][path]["get"]["responses"]["200"]["content"]["text/event-stream"]["schema"]
    first = world_.alerts()[-1]["data"]["id"]
    streams = [Events(world_.port, path + "?after=" + name) for name in (first, "al_unknown")]
    report.check(streams[0].wait(lambda e: e.all("alert") and e.all("feeds") and e.all("status")) and
                 streams[1].wait(lambda e: e.all("reset")), "events of every name")
    for name, value in streams[0].got + streams[1].got:
        errors = [e.message for e in checker.validator(described).iter_errors({name: value})]
        report.check(not errors, "event %s: %s" % (name, errors))
        checker.note(described, {name: value})
    for stream in streams:
        stream.close()
    checker.statuses.add((path, "200"))
    checker.parameters.add((path, "after"))


def check_tags(checker, report):
    for path in checker.description["paths"]:
        if path in ("/api/v1/status", "/api/v1/events"):
            continue
        names = {"id": "1", "name": "a" if "feeds" in path else "third", "item": "1"}
        if "alerts/" in path:
            names["id"] = json.loads(checker.ask("/api/v1/alerts")[2])["alerts"][0]["data"]["id"]
        where = path.format(**names)
        tags = [checker.ask(where)[1]["ETag"] for _ in range(2)]
        report.check(tags[0] and tags[0] == tags[1], "%s has a tag that stays: %s" % (where, tags))
        code, headers, body = checker.ask(where, {"If-None-Match": '"other", ' + str(tags[0])})
        checker.statuses.add((path, str(code)))
        report.check(code == 304 and body == b"" and headers["ETag"] == tags[0], "and is not sent again: %d" % code)
        head = checker.ask(where, method="HEAD")
        report.check(head[0] == 200 and head[2] == b"" and head[1]["ETag"] == tags[0], "HEAD has it too")


def check_load(checker, report):
    """More readers than the queue of the database has places: each gets an answer, or is asked to come again."""
    codes = []

    def ask():
        codes.append(checker.ask("/api/v1/items?q=embassy&limit=500")[0])

    threads = [threading.Thread(target=ask) for _ in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    report.check(len(codes) == 100 and set(codes) <= {200, 503} and 200 in codes, "100 readers at once: %s" % set(codes))


def main():
    if not jsonschema:
        world.skip("api", "no python3-jsonschema here")
        return 0
    report, world_ = world.Report(), World()
    acked = world_.start(report)
    checker = Checker(report, "http://127.0.0.1:%d" % world_.port)
    checker.get("/api/v1/openapi.json")
    checker.get("/api/v1/status")
    check_alerts(checker, report, world_, acked)
    check_deliveries(checker, report)
    check_configured(checker, report)
    check_items(checker, report)
    check_wall(checker, report)
    check_events(checker, report, world_)
    check_tags(checker, report)
    check_load(checker, report)
    checker.check_coverage()
    checker.check_manual()
    report.check(world_.desk.stop() == 0, "the daemon stops")
    if report.failed:
        print(world_.desk.log()[-3000:])
    else:
        world_.desk.directory.remove()
    return report.failed


sys.exit(main())
