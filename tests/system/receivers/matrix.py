# SPDX-License-Identifier: MIT
"""Client-server API of Matrix: https://spec.matrix.org/latest/client-server-api/, sending events, m.room.message,
rich replies, event replacements, user and room mentions, rate limiting, relations of events, m.reaction."""
import html.parser
import json
import re
import urllib.parse

from receiver import Receiver, Shown, members, need, no_address

TOKEN = "syt_bmlnaHRkZXNr_AbCdEfGhIjKlMnOpQrSt_0a1B2c"
ROOM = "!QtykxKocfZaZOUrTwp:news.example"
#: Tags that the specification lets clients show, as far as they are used.
TAGS = {"strong": (), "a": ("href",), "br": (), "blockquote": ()}


class Parser(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=False)
        self.shown, self.open = Shown(), []

    def handle_starttag(self, tag, attrs):
        need(tag in TAGS and all(name in TAGS[tag] for name, _ in attrs), "tag <%s %r>" % (tag, attrs))
        if tag in ("br", "blockquote"):
            self.shown.text += "\n"
        if tag != "br":
            self.open.append((tag, dict(attrs).get("href"), len(self.shown.text)))

    def handle_endtag(self, tag):
        need(self.open and self.open[-1][0] == tag, "</%s>" % tag)
        _, href, start = self.open.pop()
        text = self.shown.text[start:]
        if tag == "a" and href.startswith("https://matrix.to/#/@"):
            self.shown.mentions.append(href[len("https://matrix.to/#/"):])
        elif tag == "a":
            self.shown.links.append((href, text))
        elif tag == "strong":
            self.shown.strong.append(text)
        self.shown.text += "\n" if tag == "blockquote" else ""

    def handle_data(self, data):
        need("<" not in data and "&" not in data, "%r" % data)
        self.shown.text += data

    def handle_entityref(self, name):
        self.shown.text += {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}[name]

    def handle_comment(self, data):
        need(False, "a comment")

    handle_decl = handle_pi = unknown_decl = handle_charref = handle_comment


class Service(Receiver):
    credentials = {"matrix-token": TOKEN}
    can_edit = can_reply = template = can_acknowledge = True
    mention = "@duty:news.example"
    pace = 1
    refusals = (
        ("a limit", (429, [], {"errcode": "M_LIMIT_EXCEEDED", "error": "Too many requests", "retry_after_ms": 4200}), 75,
         "asked to wait 4 s"),
        ("a limit in the header", (429, [("Retry-After", "5")], {"errcode": "M_LIMIT_EXCEEDED"}), 75, "asked to wait 5 s"),
        ("a token that is unknown", (401, [], {"errcode": "M_UNKNOWN_TOKEN", "error": "Unrecognised access token", "soft_logout": False}),
         75, "M_UNKNOWN_TOKEN: Unrecognised"),
        ("a room that it is not in", (403, [], {"errcode": "M_FORBIDDEN", "error": "User not in room"}), 75, "User not in room"),
        ("another server", (404, [], {"errcode": "M_UNRECOGNIZED", "error": "Unrecognized request"}), 75, "M_UNRECOGNIZED"),
        ("a message that is too large", (413, [], {"errcode": "M_TOO_LARGE", "error": "event too large"}), 1, "M_TOO_LARGE"),
        ("a message that is bad", (400, [], {"errcode": "M_BAD_JSON", "error": "bad"}), 1, "M_BAD_JSON"),
        ("something else than the service", (200, [], b"<html>"), 75, "no answer of this service"),
    )

    def __init__(self):
        super().__init__()
        self.transactions, self.reactions = {}, {}

    def acknowledge(self, name):
        def reaction(sender, time, key):
            return {"type": "m.reaction", "event_id": "$r%d" % time, "room_id": ROOM, "sender": sender, "origin_server_ts": time,
                    "content": {"m.relates_to": {"rel_type": "m.annotation", "event_id": name, "key": key}}}
        with self.lock:
            self.reactions[name] = [reaction("@late:news.example", 300, "✅"), reaction("@clara:news.example", 200, "👍🏽"),
                                    reaction("@eve:news.example", 100, "😱")]

    def reads(self, request):
        return request.method == "GET"

    def read(self, request):
        start = "/_matrix/client/v1/rooms/%s/relations/" % urllib.parse.quote(ROOM, safe="")
        need(request.headers["Authorization"] == "Bearer " + TOKEN, "M_UNKNOWN_TOKEN")
        need(request.path.startswith(start) and not request.body, "M_UNRECOGNIZED")
        event, _, kind = request.path[len(start):].partition("/")
        need(kind == "m.annotation/m.reaction" and request.query == {"dir": "b", "limit": "50"}, "M_UNRECOGNIZED")
        event = urllib.parse.unquote(event)
        need(event in self.transactions.values(), "M_NOT_FOUND")
        return 200, [], {"chunk": self.reactions.get(event, [])}

    def keys(self):
        return 'type = "matrix" server = "%s" room = "%s" token-credential = "matrix-token"' % (self.url, ROOM)

    def bad(self, text):
        return {"errcode": "M_BAD_JSON", "error": text}

    def accept(self, request):
        start = "/_matrix/client/v3/rooms/%s/send/m.room.message/" % urllib.parse.quote(ROOM, safe="")
        need(request.method == "PUT" and request.path.startswith(start) and not request.query, "M_UNRECOGNIZED")
        need(request.headers["Authorization"] == "Bearer " + TOKEN, "M_UNKNOWN_TOKEN")
        transaction, content = request.path[len(start):], request.json()
        need(re.fullmatch(r"[A-Za-z0-9_.~-]+", transaction), "no transaction")
        need(len(json.dumps(content, ensure_ascii=False).encode()) < 60000, "M_TOO_LARGE")
        if transaction in self.transactions:  # a repeat
            return 200, [], {"event_id": self.transactions[transaction]}
        common = {"msgtype": str, "body": str, "format": str, "formatted_body": str, "m.mentions": dict}
        need(content.get("msgtype") in ("m.text", "m.notice"), "msgtype")
        if content["body"].startswith("own: "):  # a template is plain text
            members(content, {"msgtype": str, "body": str, "m.mentions": dict}, {"m.relates_to": dict})
            need(content["m.mentions"] == {}, "mentions")
            shown = Shown()
            shown.text = content["body"]
            return self.keep(transaction, shown)
        members(content, common, {"m.relates_to": dict, "m.new_content": dict})
        need(content["format"] == "org.matrix.custom.html", "format")
        members(content["m.mentions"], {}, {"user_ids": list, "room": bool})
        parser = Parser()
        parser.feed(content["formatted_body"])
        parser.close()
        need(not parser.open, "no end tag")
        shown = parser.shown
        no_address(shown.text.replace("news.example", ""))
        need(sorted(shown.mentions) == sorted(content["m.mentions"].get("user_ids", [])), "mentions")
        need("@room" not in content["body"], "it rings the room")
        need(("FLASH" in shown.text or "URGENT" in shown.text) == (content["msgtype"] == "m.text") or "digest" in shown.text,
             "silence by priority: %s" % content["msgtype"])
        relation = content.get("m.relates_to", {})
        if relation.get("rel_type") == "m.replace":
            members(relation, {"rel_type": str, "event_id": str})
            need(content["m.new_content"] == {k: v for k, v in content.items() if k in common}, "m.new_content")
            shown.edits = relation["event_id"]
        elif relation:
            members(relation, {"m.in_reply_to": dict})
            shown.replies = relation["m.in_reply_to"]["event_id"]
        return self.keep(transaction, shown)

    def keep(self, transaction, shown):
        self.got.append(shown)
        self.transactions[transaction] = shown.name = "$event%d" % len(self.got)
        return 200, [], {"event_id": self.transactions[transaction]}
