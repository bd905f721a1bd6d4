#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The pictures of README and guide, by `make screenshots`: a made-up night, the real daemon, headless Chromium.
Argument: the directory for them. Look at them before they are committed."""
import collections
import email.policy
import os
import shutil
import socketserver
import sqlite3
import struct
import subprocess
import sys
import threading
import time
import zlib

import chromium
import world
from newsroom import Newsroom

WIRES = 985
NIGHT = (  # hours ago, and what was published then
    (5.4, "halmvik-post", "Grid operator warns of a blackout in three districts", "Repairs will take the night; a blackout cannot be ruled out."),
    (3.2, "assembly-news", "Security Council to meet on ceasefire proposal", "Diplomats expect a vote on the ceasefire before the weekend."),
    (2.1, "harbour-times", "Central bank raises its key rate to 4.5 % in a surprise move", "The decision was not unanimous, the minutes will show."),
    (0.9, "le-phare", "L’ambassade ferme ses portes, l’évacuation des ressortissants commence",
     "Le ministère appelle ses ressortissants à quitter le pays ; l’ambassade sera évacuée d’ici jeudi."),
    (0.3, "quake-centre", "M 7.1 - 44 km SSW of Halmvik", "A strong earthquake at a depth of 10 km. A tsunami warning is in effect for nearby coasts."),
    (0, "al-manara", "السفارة تعلن إخلاء موظفيها من العاصمة", "قالت وزارة الخارجية إن عملية إخلاء السفارة ستكتمل خلال يومين."),
    (0, "meridian", "Embassy staff leave as fighting reaches the outskirts of the capital",
     "Two convoys left the compound shortly before dawn, a foreign ministry spokesman said. The embassy will be evacuated by Thursday."),
)


class Mailbox:
    """Takes every mail; got: their bytes."""

    def __init__(self):
        self.got = got = []

        class Session(socketserver.StreamRequestHandler):
            def handle(self):
                self.wfile.write(b"220 mail.example.org\r\n")
                for line in self.rfile:
                    word = line[:4].upper()
                    if word == b"DATA":
                        self.wfile.write(b"354 go on\r\n")
                        got.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                    self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")

        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.url = "smtp://127.0.0.1:%d" % server.server_address[1]


# --- PNG: a palette instead of 24 bits a pixel, a third of the size ---

def unfilter(data, width, height, size):
    """The rows of pixels (PNG §9.2)."""
    stride, above, rows = width * size, bytes(width * size), []
    for y in range(height):
        kind, row = data[y * (stride + 1)], bytearray(data[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
        for i in range(stride) if kind else ():
            a, b, c = row[i - size] if i >= size else 0, above[i], above[i - size] if i >= size else 0
            if kind == 4:
                p = a + b - c
                a = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
            row[i] = (row[i] + (0, a, b, (a + b) // 2, a)[kind]) & 255
        rows.append(bytes(row))
        above = row
    return rows


def shrink(path):
    with open(path, "rb") as f:
        data, at, parts = f.read(), 8, collections.defaultdict(bytes)
    while at < len(data):
        n, kind = struct.unpack_from(">I4s", data, at)
        parts[kind] += data[at + 8:at + 8 + n]
        at += n + 12
    width, height, _, colour = struct.unpack_from(">IIBB", parts[b"IHDR"])
    size = {2: 3, 6: 4}[colour]
    rows = [[row[i:i + 3] for i in range(0, len(row), size)] for row in unfilter(zlib.decompress(parts[b"IDAT"]), width, height, size)]
    count = collections.Counter(p for row in rows for p in row)
    palette = [p for p, _ in count.most_common(256)]
    index = {p: i for i, p in enumerate(palette)}
    for p in count:
        if p not in index:
            index[p] = min(range(len(palette)), key=lambda i: sum((x - y) ** 2 for x, y in zip(p, palette[i])))

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    body = b"".join(b"\0" + bytes(index[p] for p in row) for row in rows)
    with open(path, "wb") as f:
        f.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)) + chunk(b"PLTE", b"".join(palette))
                + chunk(b"IDAT", zlib.compress(body, 9)) + chunk(b"IEND", b""))


# --- the night ---

def clock(hours):
    """The environment in which it is so many hours earlier."""
    if not hours:
        return {}
    faked = subprocess.run(["faketime", "-f", "-1h", "sh", "-c", "echo $LD_PRELOAD"], capture_output=True, check=True)
    return {"LD_PRELOAD": faked.stdout.decode().strip(), "FAKETIME": "-%ds" % int(hours * 3600), "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


def play(room):
    """Each hour has a run of the daemon of its own."""
    alerts = 0
    for hours in sorted({item[0] for item in NIGHT}, reverse=True):
        room.run(**clock(hours))
        world.until(lambda: "first" not in room.states())
        for item in NIGHT:
            if item[0] == hours:
                room.publish(*item[1:])
                alerts += 1
        room.alerts(alerts)
        time.sleep(1)
        if hours:
            room.desk.stop()


def fall_silent(room, names):
    """Makes them feeds that should have had something new long ago."""
    with sqlite3.connect(room.desk.file("state.db"), timeout=30) as db:
        for name in names:
            hour = int(time.time() * 1000) - 4 * 3600000
            db.execute("INSERT OR REPLACE INTO rhythms SELECT id, ?1, ?1, ?1, ?1, 24000, 40, 40, 40, 3, zeroblob(96) FROM feeds WHERE name = ?2", (hour, name))


# --- pictures of text ---

FRAME = """<!doctype html><meta charset="utf-8"><style>body { margin: 0; padding: 24px; background: %s; } pre { margin: 0; font: 15px/1.45 "DejaVu Sans Mono",
monospace; color: #e4e1d8; } .mail { background: #fff; border: 1px solid #ccc; border-radius: 6px; padding: 18px 24px; font: 15px/1.5 sans-serif; max-width: 660px; }
.head { border-bottom: 1px solid #ddd; margin-bottom: 14px; padding-bottom: 10px; color: #555; } h1 { font-size: 19px; color: #111; margin: 0 0 4px; }</style>%s"""


def escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")


def terminal(room):
    shown = ""
    for words in (("alerts", "list", "--limit", "5"), ("feeds", "list", "--state", "failing"), ("status",)):
        out = subprocess.run([world.NIGHTDESK, *words, "-c", room.desk.directory.path], capture_output=True, check=False,
                             env=dict(os.environ, COLUMNS="118")).stdout.decode()
        shown += "$ nightdesk %s\n%s\n" % (" ".join(words), "\n".join(out.splitlines()[:14]) + "\n")
    return FRAME % ("#1b1a17", "<pre>%s</pre>" % escape(shown.rstrip()))


def mail(message):
    m = email.message_from_bytes(message, policy=email.policy.default)
    return FRAME % ("#eceae4", '<div class="mail"><div class="head"><h1>%s</h1>%s<br>to %s</div>%s</div>' % (
        escape(m["Subject"]), escape(m["From"]), escape(m["To"]), m.get_body(("html",)).get_content()))


def take(browser, url, path, width, height, clip=None, script=True, **how):
    page = browser.page(width, height, **how)
    page.open(url)
    if script:
        page.until("(document.querySelector('#stream') || { textContent: '' }).textContent.includes('live') && document.querySelector('#wall').dataset.shown > 0")
        page.mouse(width - 2, 2)
        time.sleep(0.5)
    page.picture(path, clip)
    page.close()
    shrink(path)
    print("%s: %d KiB" % (path, os.path.getsize(path) // 1024))


def main():
    out = sys.argv[1]
    if not chromium.found() or not shutil.which("faketime"):
        raise SystemExit("chromium and faketime are needed")
    os.makedirs(out, exist_ok=True)
    box, room = Mailbox(), Newsroom(more=WIRES, spread=True)
    room.down.update(["el-faro"] + ["w%d" % n for n in range(40, WIRES, 400)])
    room.configure(notify='notify editor { type = "smtp" server = "%s" starttls = "off" from = "nightdesk@example.org" to = { "night.editor@example.org" } }' % box.url)
    play(room)
    world.until(lambda: "not read yet" not in room.desk.ask("feeds", "list")[1])
    room.desk.stop()
    fall_silent(room, ("atom-watch", "relief-map"))
    room.run()
    world.until(lambda: len(box.got) >= 3)
    time.sleep(3)
    browser = chromium.Browser()
    take(browser, room.url(), os.path.join(out, "page-light.png"), 1280, 960)
    take(browser, room.url(), os.path.join(out, "page-dark.png"), 1280, 960, dark=True)
    take(browser, room.url(), os.path.join(out, "page-phone.png"), 390, 844)
    take(browser, room.url("?wall=1"), os.path.join(out, "page-wall.png"), 1600, 900, dark=True)
    for name, text, width, height in (("terminal", terminal(room), 1200, 640), ("mail", mail(next(m for m in box.got if b"Embassy_staff" in m or b"Embassy staff" in m)), 712, 560)):
        source = room.desk.directory.write(name + ".html", text)
        page = browser.page(width, height)
        height = int(page.open("file://" + source).js("document.body.scrollHeight"))
        page.close()
        take(browser, "file://" + source, os.path.join(out, name + ".png"), width, height, script=False)
    browser.close()
    room.end()


main()
