#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The status page in headless Chromium: without a script and with one, live, by keyboard, with 10,000 feeds, in both
themes and several widths, on a wall screen, and while the daemon is restarted below it."""
import concurrent.futures
import itertools
import os
import re
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import chromium  # noqa: E402
import world  # noqa: E402
from newsroom import Newsroom  # noqa: E402

MORE = 10000
ANSWER_MS = 300  # of filter and search: 100 ms, with slack for a busy machine
AXE = os.path.join(os.environ.get("BUILD", "build"), "node/node_modules/axe-core/axe.min.js")
PILL = "(document.querySelector('#new button') || {}).textContent || ''"
STATE = "(document.querySelector('#stream') || {}).textContent || ''"
FIRST = "document.querySelector('#alerts article').id"
HOSTILE = ('&lt;script&gt;window.hit = 1&lt;/script&gt;&lt;img src=x onerror="hit = 1"&gt; blackout',
           "&amp;lt;script&amp;gt;hit = 1&amp;lt;/script&amp;gt; and &amp;lt;img src=x onerror=hit=1&amp;gt; blackout")
SOUND = 'document.querySelector("main") !== null && window.hit === undefined'


class Test:
    def __init__(self, report, browser, room, alerts):
        self.report, self.browser, self.room, self.alerts, self.n = report, browser, room, alerts, 0
        self.check = report.check

    def page(self, path="", width=1280, height=900, **how):
        return self.browser.page(width, height, **how).open(self.room.url(path))

    def live(self, path="", **how):
        page = self.page(path, **how)
        self.check(page.until(STATE + ".startsWith('● live since')"), "/%s is live" % path)
        return page

    def publish(self):
        """A new alert; waits until it is stored."""
        self.n += 1
        self.room.publish("halmvik-post", "Blackout number %d" % self.n, "The blackout of this minute.")
        self.alerts = self.room.alerts(len(self.alerts) + 1)
        return self.alerts[0]

    def paths(self):
        """One page of each kind."""
        page = self.page("alerts/" + self.alerts[-1])
        item = page.js("document.querySelector('a[href*=\"items/\"]').href").rsplit("/", 1)[1]
        page.close()
        return ["", "alerts", "alerts/" + self.alerts[-1], "feeds?q=wire-0000", "feeds/el-faro", "watches", "watches/evacuations", "items/" + item,
                "search?q=embassy", "nothing"]

    def end(self, page, what):
        complaints = page.complaints()
        self.check(not complaints and page.js(SOUND), "%s: no error, nothing refused by the policy %s" % (what, "; ".join(complaints)))
        page.close()


def plain(t):
    page = t.page(script=False)
    text = page.send("Accessibility.getFullAXTree")["nodes"]
    headings = [n["name"]["value"] for n in text if n.get("role", {}).get("value") == "heading"]
    for question in ("What came?", "Can I trust it?", "Did it arrive?"):
        t.check(question in headings, "without a script: %s" % question)
    t.check(sum(len(h) > 20 for h in headings) >= len(t.alerts), "and every alert as a heading")
    page.close()


def live(t):
    page = t.live()
    first, top = page.js(FIRST), page.js("document.querySelector('#alerts article').getBoundingClientRect().top")
    news = t.publish()
    t.check(page.until(PILL + " === '1 new ↑'"), "a live alert appears without a reload: 1 new")
    t.check(page.js(FIRST) == first and abs(page.js("document.querySelector('#alerts article').getBoundingClientRect().top") - top) < 60,
            "and what one reads is still the first")
    t.check(page.js("document.title").startswith("(1) ") and page.js("document.querySelector('#new').getAttribute('role')") == "status",
            "its number is in the title, and announced politely")
    page.js("document.querySelector('#new button').focus()")
    page.key("Enter")
    t.check(page.until(FIRST + " === '%s'" % news) and page.focused() == ("link", "Blackout number %d" % t.n), "the button shows it, and goes there")
    t.check(page.js(PILL) == "" and not page.js("document.title").startswith("("), "nothing is new any more")
    t.check(page.until("/✓ delivered|desk/.test(document.querySelector('[data-live=arrived]').textContent)"), "the receivers are up to date")
    pause = "[...document.querySelectorAll('button')].find(b => b.textContent === 'Pause')"
    page.js(pause + ".click()")
    t.check(page.js(STATE).startswith("‖ paused at"), "paused")
    t.publish()
    time.sleep(1.5)
    t.check(page.js(PILL) == "", "nothing moves then")
    page.js(pause + ".click()")
    t.check(page.until(PILL + " === '1 new ↑'"), "and it goes on")
    t.end(page, "live")


def filters(t):
    page = t.live("alerts?q=blackout")
    t.check(page.js("document.querySelector('#filter').value") == "blackout" and
            page.js("[...document.querySelectorAll('#alerts article')].every(a => /blackout/i.test(a.textContent))"), "a filter in the address")
    page.js("document.querySelector('#filter').select()")
    page.write("earthquake")
    t.check(page.until("location.search === '?q=earthquake' && document.querySelectorAll('#alerts article').length === 1"),
            "a filter that is typed is in the address, and answered without the button")
    t.end(page, "filters")


def measure(page, action):
    """ms from the action until the wall was drawn for it."""
    return page.js("""new Promise(done => {
        const canvas = document.querySelector('#wall'), start = performance.now();
        new MutationObserver((_, o) => { o.disconnect(); done(performance.now() - start); }).observe(canvas, { attributes: true, attributeFilter: ['data-shown'] });
        %s })""" % action)


def feeds(t):
    page = t.live("feeds")
    n = MORE + len(t.room.names)
    t.check(page.until("document.querySelector('#wall').dataset.shown === '%d'" % n), "a wall of %d feeds" % n)
    put = "const f = document.querySelector('#filter'); f.value = '%s'; f.dispatchEvent(new Event('input', { bubbles: true }));"
    shown = "document.querySelector('#wall').dataset.shown"
    times = [measure(page, put % "wire-00")]
    t.check(page.js(shown) == "1000", "search finds 1,000")
    times.append(measure(page, put % "quake-c"))
    t.check(page.js(shown) == "1", "and 1")
    t.check(page.until("document.querySelectorAll('#feeds tbody tr').length === 1 && /quake-c/.test(document.querySelector('#feeds tbody').textContent)"),
            "the table says the same")
    times.append(measure(page, put % ""))
    times.append(measure(page, "const s = document.querySelector('select[name=state]'); s.value = 'fine'; s.dispatchEvent(new Event('input', { bubbles: true }));"))
    t.check(int(page.js(shown)) >= len(t.room.names) - 3, "a filter by state")
    t.check(max(times) < ANSWER_MS, "filter and search are answered in %s ms, at most %d" % (", ".join("%.0f" % ms for ms in times), ANSWER_MS))
    box = page.js("(r => [r.left, r.top])(document.querySelector('#wall').getBoundingClientRect())")
    page.mouse(box[0] + 2, box[1] + 2)
    t.check(page.until("/^meridian · /.test(document.querySelector('.wall-name').textContent)"), "the name of a feed below the pointer")
    asked = [r["request"]["url"] for r in page.events("Network.requestWillBeSent") if "wall?from" in r["request"]["url"]]
    t.check(len(asked) == 1, "names are fetched for what is looked at: %s" % asked)
    page.mouse(box[0] + 2, box[1] + 2, click=True)
    t.check(page.until("/feeds\\/meridian$/.test(location.pathname)"), "a click leads to it")
    t.end(page, "feeds")


def keys(t):
    page = t.live()
    page.js("document.addEventListener('click', e => { if (e.target.closest('h3')) { e.preventDefault(); document.body.dataset.opened = e.target.textContent; } })")
    titles = page.js("[...document.querySelectorAll('#alerts h3')].map(h => h.textContent)")
    for key, want in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        page.key(key)
        t.check(page.focused()[1] == titles[want], "%s: %s" % (key, titles[want][:30]))
    page.key("o")
    t.check(page.js("document.body.dataset.opened") == titles[1], "o opens it")
    page.key("/")
    t.check(page.focused()[0] == "searchbox", "/ goes to the search")
    page.write("j")
    page.key("Escape")
    t.check(page.focused()[0] != "searchbox", "Esc leaves it")
    page.key("?")
    t.check(page.js("document.querySelector('dialog').open") and "explain why it matched" in page.js("document.querySelector('dialog').textContent"), "? lists all")
    page.js("document.querySelector('#keys-on').click()")
    page.key("Escape")
    t.check(page.until("!document.querySelector('dialog').open"), "Esc closes the list")
    page.js("document.activeElement.blur()")
    page.key("j")
    t.check(page.focused()[1] not in titles and page.js("document.querySelector('.hints').textContent") == "", "switched off")
    page.open(t.room.url())
    t.check(page.js("document.querySelector('#keys-on').checked") is False, "and still so after a reload")
    page.js("document.querySelector('#keys-on').click()")
    page.key("j")
    page.key("e")
    t.check(page.until("/alerts\\/al_/.test(location.pathname) && document.querySelector('h1') !== null"), "e explains it")
    t.end(page, "keys")


def tabs(t):
    page = t.live()
    title, watch = page.js("[...document.querySelectorAll('#alerts article:first-child a')].map(a => a.textContent).filter((_, i, all) => i === 0 || i === all.length - 1)")
    want = ["link Skip to the news", "link nightdesk", "link Now", "link Alerts", "link Watches", "link Feeds", "link Archive", "searchbox Search the archive",
            "button Pause", "button Keys", "link %d alerts" % len(t.alerts)]
    names = []
    for _ in range(40):
        page.key("Tab")
        names.append(" ".join(page.focused()))
        if names[-1] == "link " + watch:
            break
    t.check(names[:len(want)] == want, "Tab: " + ", ".join(names[:len(want)]))
    t.check("link " + title in names and names.index("link " + title) < names.index("link Details") < len(names) - 1, "the headline, then its details: "
            + ", ".join(names[len(want):]))
    page.open(t.room.url())
    page.key("Tab")
    page.key("Enter")
    t.check(page.until("document.activeElement.id === 'main'"), "the first link skips to the news")
    t.end(page, "Tab")


def wide(page):
    return page.js("document.documentElement.scrollWidth > innerWidth")


def sizes(t, paths):
    """Nothing to scroll sideways at 320 px, at 200 % (half the width), and with text of twice the size alone."""
    page, bad = t.browser.page(1280, 900), {"320 px": [], "200 %": [], "text of 200 %": []}
    for path in paths:
        page.open(t.room.url(path))
        for (name, found), width, size in zip(bad.items(), (320, 640, 1280), ("", "", "200%")):
            page.size(width, 900)
            page.js("document.documentElement.style.fontSize = '%s'" % size)
            found += ["/" + path] if wide(page) else []
    for name, found in bad.items():
        t.check(not found, "%s: no horizontal scrolling %s" % (name, ", ".join(found)))
    page.close()


def examine(page, url, axe, dark):
    """What is wrong with that page, in words."""
    page.open(url)
    dark_now = sum(map(int, re.findall(r"\d+", page.js("getComputedStyle(document.documentElement).backgroundColor"))[:3])) < 200
    wrong = [] if dark_now == dark else ["has the other theme"]
    if axe:
        page.js(axe + "; 0")
        only = ", runOnly: ['color-contrast', 'link-in-text-block']" if dark else ""  # the rest does not depend on the theme
        wrong += page.js("""axe.run(document, { resultTypes: ['violations']""" + only + """ }).then(r => r.violations.map(
            v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 100)).join('; ')))""")
    return ["%s: %s" % (url, w) for w in wrong]


def access(t, paths):
    """axe in both themes and widths; two at a time."""
    axe = ""
    if os.path.exists(AXE):
        with open(AXE, encoding="utf-8") as f:
            axe = f.read()
    else:
        world.skip("axe", "npm install --no-save --prefix build/node axe-core")

    def all_of(how):
        dark, width = how
        page = t.browser.page(width, 900, dark=dark)
        # In the dark: those that between them have every colour.
        wrong = [w for path in paths if not dark or path.split("/")[0] in ("", "alerts", "watches") for w in examine(page, t.room.url(path), axe, dark)]
        wrong += [c for c in page.complaints() if "/nothing" not in c]
        page.close()
        return "%s, %d px" % ("dark" if dark else "light", width), wrong

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for how, wrong in pool.map(all_of, itertools.product((False, True), (1280, 320))):
            t.check(not wrong, "%s: axe finds nothing, no error %s" % (how, " | ".join(wrong)))


def every_page(t):
    sizes(t, t.paths())
    access(t, t.paths())


def wall(t):
    page = t.live("?wall=1", width=1920, height=1080)
    t.check(page.js("document.documentElement.scrollHeight <= innerHeight && document.documentElement.scrollWidth <= innerWidth"), "a wall screen does not scroll")
    for _ in range(3):
        news = t.publish()
    t.check(page.until(FIRST + " === '%s'" % news), "new alerts appear by themselves")
    t.check(page.js("document.documentElement.scrollHeight <= innerHeight"), "and still fit")
    own = [r["timestamp"] for r in page.events("Network.requestWillBeSent") if r["request"]["url"].endswith("?wall=1")][1:]
    gaps = [b - a for a, b in zip(own, own[1:])]
    t.check(all(gap > 0.9 for gap in gaps), "at most one update a second: %s" % ", ".join("%.1f" % gap for gap in gaps))
    page.js("Object.defineProperty(document, 'hidden', { value: true, configurable: true }); document.dispatchEvent(new Event('visibilitychange'))")
    time.sleep(1)
    before = len(page.events("Network.requestWillBeSent"))
    news = t.publish()
    time.sleep(1.5)
    t.check(len(page.events("Network.requestWillBeSent")) == before, "none while it is hidden")
    page.js("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
    t.check(page.until(FIRST + " === '%s'" % news), "and all of it afterwards")
    t.end(page, "wall")


def zone(t):
    page = t.browser.page(1280, 900)
    page.send("Emulation.setTimezoneOverride", timezoneId="Asia/Tokyo")
    page.open(t.room.url())
    t.check(page.until("/Asia\\/Tokyo \\+09:00/.test(document.querySelector('#zone').textContent)"), "times are in the reader's zone")
    t.check(page.js("(t => t.firstChild.data.startsWith(new Date(t.dateTime).toTimeString().slice(0, 5)))(document.querySelector('#alerts time'))"), "and relative")
    page.close()


def behind(t):
    """A tab behind others gives its connection back, unless its title counts new alerts."""
    hide = "Object.defineProperty(document, 'hidden', { value: %s, configurable: true }); document.dispatchEvent(new Event('visibilitychange'))"
    page = t.live("alerts/" + t.alerts[-1])

    def streams():
        return sum("api/v1/events" in r["request"]["url"] for r in page.events("Network.requestWillBeSent"))

    page.js(hide % "true")
    page.js(hide % "false")
    t.check(page.until(lambda: streams() == 2) and page.until(STATE + ".startsWith('● live since')"), "a tab that comes to the front again is live again")
    t.end(page, "a tab behind others")


def policy(t):
    for item in HOSTILE:
        t.room.publish("assembly-news", item, item)
    t.alerts = t.room.alerts(len(t.alerts) + 2)
    page = t.live()
    t.check(page.js("document.querySelectorAll('#alerts img, #alerts svg, #alerts script, a[href^=javascript]').length") == 0 and
            "<script>hit = 1" in page.js("document.querySelector('#alerts').textContent"), "markup of a feed is text")
    t.check(page.js("(() => { try { document.createElement('p').innerHTML = '<b>x</b>'; return false; } catch { return true; } })()"), "markup from text is refused by the policy")
    page.close()
    page = t.live("alerts/" + t.alerts[0])
    t.end(page, "hostile text")


def restart(t):
    page = t.live()
    t.room.desk.stop()
    t.check(page.until("/^✕ lost \\d+ s ago, retrying$/.test(%s)" % STATE), "the daemon stops: " + page.js(STATE))
    t.check(page.js("document.querySelector('#stream').className") == "bad", "and nothing is green")
    t.room.run()
    news = t.publish()
    t.check(page.until(STATE + ".startsWith('● live since')"), "it is live again")
    t.check(page.until(PILL + " === '1 new ↑'"), "and nothing is missed")
    page.js("document.querySelector('#new button').click()")
    t.check(page.js(FIRST) == news, "the alert of between")
    page.close()


def main():
    if not chromium.found():
        world.skip("page", "no chromium here")
        return False
    report, room = world.Report(), Newsroom(more=MORE)
    room.configure()
    alerts = room.fill()
    room.down.add("el-faro")
    browser = chromium.Browser()
    t = Test(report, browser, room, alerts)
    for part in (plain, live, filters, feeds, keys, tabs, wall, zone, behind, policy, every_page, restart):
        begun = time.time()
        part(t)
        print("# %s: %.1f s" % (part.__name__, time.time() - begun))
    browser.close()
    if report.failed:
        print(room.desk.log()[-2000:])
    room.end()
    return report.failed


sys.exit(main())
