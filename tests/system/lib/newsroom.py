# SPDX-License-Identifier: MIT
"""A small newsroom for the status page: feeds that answer, fail, fall silent or are late, items in several scripts,
watches of each priority, receivers that take, refuse and are down."""
import json

import world

FEEDS = ("meridian", "harbour-times", "halmvik-post", "le-phare", "el-faro", "al-manara", "sorin-daily", "asa-news", "delta-herald", "assembly-news",
         "quake-centre", "relief-map", "atom-watch", "health-bulletin", "alliance")
ITEMS = [
    ("meridian", "Embassy staff leave as fighting reaches the outskirts of the capital",
     "Two convoys left the compound shortly before dawn, a foreign ministry spokesman said. The embassy will be evacuated by Thursday."),
    ("quake-centre", "M 7.1 - 44 km SSW of Halmvik", "A strong earthquake at a depth of 10 km. A tsunami warning is in effect for nearby coasts."),
    ("le-phare", "L’ambassade ferme ses portes, l’évacuation des ressortissants commence",
     "Le ministère appelle ses ressortissants à quitter le pays par les moyens commerciaux disponibles ; l’ambassade sera évacuée."),
    ("al-manara", "السفارة تعلن إخلاء موظفيها من العاصمة", "قالت وزارة الخارجية إن عملية إخلاء السفارة ستكتمل خلال يومين."),
    ("harbour-times", "Central bank raises its key rate to 4.5 % in a surprise move", "The decision was not unanimous, the minutes will show."),
    ("asa-news", "震度5強の地震 津波の心配なし", "気象庁によると、この地震による津波の心配はありません。"),
    ("assembly-news", "Security Council to meet on ceasefire proposal", "Diplomats expect a vote on the ceasefire before the weekend."),
]
PAST = [("halmvik-post", "Grid operator warns of a blackout in three districts", "Repairs will take the night; a blackout cannot be ruled out.")]


class Newsroom:
    def __init__(self, feeds=FEEDS, more=0, spread=False):
        """more: further feeds, all of one host, so that only one a second is polled; spread: of many hosts."""
        self.items = {name: [("0", "Nothing to see", "")] for name in feeds}
        self.down, self.names, self.more, self.spread = set(), list(feeds), more, spread
        room = self

        class Get(world.Handler):
            def do_GET(self):
                got = room.answer(self.path)
                status, body = got if isinstance(got, tuple) else (200, got)
                self.send_response_only(status)  # without a Date: the daemon's clock may be another
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self.web = world.Server(Get, "0.0.0.0")
        self.hook, self.down_hook = world.Hook(), world.Hook(script=[503] * 1000)
        self.desk, self.port = world.Desk(), world.free_port()

    def answer(self, path):
        name = path.strip("/")
        if name in self.down:
            return 503, b""
        items = self.items.get(name, [("0", "Nothing to see", "")])
        return ("<rss version='2.0'><channel><title>%s</title>%s</channel></rss>" % (
            name, "".join("<item><guid>%s</guid><title>%s</title><link>https://%s.example/%s</link><description>%s</description></item>"
                          % (n, title, name, n, text) for n, title, text in items))).encode()

    def url(self, path=""):
        return "http://127.0.0.1:%d/%s" % (self.port, path)

    def configure(self, keys="", every="1s", notify=""):
        """notify: a further receiver of flashes, with its block."""
        port = self.web.server_address[1]
        blocks = "".join('feed %s { url = "http://127.0.0.%d:%d/%s" every = "%s" source = "%s" first-run = "quiet" }\n' % (name, n + 2, port, name, every, name)
                         for n, name in enumerate(self.names))
        blocks += "".join('feed wire-%05d { url = "http://127.%s:%d/w%d" every = "1d" }\n'
                          % (n, "1.%d.%d" % (n // 250, n % 250 + 1) if self.spread else "0.1.1", port, n) for n in range(self.more))
        blocks += """
            poll { host-gap = "1s" private-networks = "allow" }
            watch evacuations { title = "Embassies and evacuations" priority = "flash" query = '(embass* OR ambassad* OR "السفارة") AND (evacuat* OR evacu* OR "évacu*" OR "إخلاء")' notify = { desk, pager%s } }
            watch quakes { title = "Earthquakes" priority = "urgent" query = 'earthquake* OR 地震' notify = { desk } }
            watch rates { title = "Interest rates" query = '"key rate"' notify = { desk } }
            watch ceasefire { title = "Ceasefire talks" priority = "low" query = 'ceasefire' notify = { desk } }
            watch power { title = "Power cuts" query = 'blackout*' notify = { desk } }
            notify desk { type = "webhook" url = "%s" }
            notify pager { type = "webhook" url = "%s" }
            %s
        """ % (", " + notify.split()[1] if notify else "", self.hook.url, self.down_hook.url, notify)
        self.desk.configure(blocks, 'status = "127.0.0.1:%d" flood-items = 0 flood-alerts = 0 timezone = "Europe/Berlin" %s' % (self.port, keys))

    def run(self, **environment):
        self.desk.run(**environment)
        world.wait_port(self.port)

    def publish(self, name, title, text=""):
        self.items[name].insert(0, (str(len(self.items[name])), title, text))

    def alerts(self, at_least=0):
        """The ids, the newest first, once there are so many."""
        ids = []

        def enough():
            ids[:] = [json.loads(line)["data"]["id"] for line in self.desk.ask("alerts", "list", "--json")[1].splitlines()]
            return len(ids) >= at_least

        world.until(enough)
        return ids

    def fill(self):
        """Runs with the items of a night."""
        self.run()
        world.until(lambda: "first" not in self.states())
        for item in PAST + ITEMS:
            self.publish(*item)
        return self.alerts(len(PAST + ITEMS))

    def states(self):
        """Of the named feeds: "first" until they were read."""
        rows = (json.loads(line) for line in self.desk.ask("feeds", "list", "--json")[1].splitlines())
        return ["first" if row["state"] == "not read yet" else row["state"] for row in rows if row["name"] in self.names]

    def end(self):
        if self.desk.process.poll() is None:
            self.desk.stop()
        self.desk.directory.remove()
