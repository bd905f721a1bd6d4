# SPDX-License-Identifier: MIT
"""Bot API: https://core.telegram.org/bots/api, sendMessage, editMessageText, "HTML style", "Making requests",
InlineKeyboardMarkup, getUpdates, CallbackQuery, answerCallbackQuery."""
import html.parser
import re

from receiver import Receiver, Shown, members, need, no_address, utf16

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
CHAT = -1001234567890
TAGS = {"b": (), "strong": (), "i": (), "em": (), "u": (), "s": (), "a": ("href",), "code": (), "pre": (),
        "blockquote": ("expandable",), "tg-spoiler": ()}


class Parser(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=False)
        self.shown, self.open, self.start = Shown(), [], []

    def handle_starttag(self, tag, attrs):
        need(tag in TAGS and all(name in TAGS[tag] for name, _ in attrs), "can't parse entities: <%s %r>" % (tag, attrs))
        self.open.append((tag, dict(attrs)))
        self.start.append(len(self.shown.text))

    def handle_endtag(self, tag):
        need(self.open and self.open[-1][0] == tag, "can't parse entities: </%s>" % tag)
        text = self.shown.text[self.start.pop():]
        _, attrs = self.open.pop()
        if tag == "a" and attrs["href"].startswith("tg://user?id="):
            self.shown.mentions.append(text)
        elif tag == "a":
            self.shown.links.append((attrs["href"], text))
        elif tag == "b":
            self.shown.strong.append(text)

    def handle_data(self, data):
        need("<" not in data and "&" not in data, "can't parse entities: %r" % data)
        self.shown.text += data

    def handle_entityref(self, name):
        need(name in ("lt", "gt", "amp", "quot"), "unsupported entity &%s;" % name)
        self.shown.text += {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}[name]

    def handle_comment(self, data):
        need(False, "a comment")

    handle_decl = handle_pi = unknown_decl = handle_charref = handle_comment


class Service(Receiver):
    credentials = {"telegram-token": TOKEN}
    can_edit = can_reply = template = can_acknowledge = True
    mention = "@duty_editor"
    pace = 3  # 20 a minute in a group
    refusals = (
        ("a limit", (429, [], {"ok": False, "error_code": 429, "description": "Too Many Requests: retry after 7",
                               "parameters": {"retry_after": 7}}), 75, "asked to wait 7 s: Too Many Requests"),
        ("a chat that is not there", (400, [], {"ok": False, "error_code": 400, "description": "Bad Request: chat not found"}),
         75, "HTTP 400: Bad Request: chat not found"),
        ("a group that is a supergroup now", (400, [], {
            "ok": False, "error_code": 400, "description": "Bad Request: group chat was upgraded to a supergroup chat",
            "parameters": {"migrate_to_chat_id": -1009876543210}}), 75, 'write chat = "-1009876543210"'),
        ("a bot that was removed", (403, [], {"ok": False, "error_code": 403, "description":
                                              "Forbidden: bot was kicked from the supergroup chat"}), 75, "bot was kicked"),
        ("a wrong token", (401, [], {"ok": False, "error_code": 401, "description": "Unauthorized"}), 75, "HTTP 401: Unauthorized"),
        ("a message that cannot be parsed", (400, [], {"ok": False, "error_code": 400, "description":
                                                       "Bad Request: can't parse entities"}), 1, "can't parse entities"),
        ("something else than the service", (200, [], b"<html>Log in to the network"), 75, "no answer of this service"),
    )

    def __init__(self):
        super().__init__()
        #: The data of the button that a message has, by its name; the presses that were not confirmed yet; what the
        #: presses were answered.
        self.buttons, self.updates, self.replies = {}, [], {}
        self.presses, self.next_update = {}, 500

    def keys(self):
        return ('type = "telegram" server = "%s" chat = "%d" topic = 12 token-credential = "telegram-token"' % (self.url, CHAT))

    def bad(self, text):
        return {"ok": False, "error_code": 400, "description": "Bad Request: " + text}

    def acknowledge(self, name, person={"id": 9, "is_bot": False, "first_name": "Anna", "last_name": "Duty", "username": "anna"}):
        with self.lock:
            query = "4382%d" % self.next_update
            self.updates.append({"update_id": self.next_update, "callback_query": {
                "id": query, "from": person, "chat_instance": "-3", "data": self.buttons[name],
                "message": {"message_id": int(name), "date": 1644862835, "chat": {"id": CHAT, "type": "supergroup"},
                            "text": "…"}}})
            self.presses[query] = name
            self.next_update += 1
            return query

    def reads(self, request):
        return request.path.rsplit("/", 1)[1] in ("getUpdates", "answerCallbackQuery")

    def read(self, request):
        need(request.method == "POST" and request.headers["Content-Type"] == "application/json", "no JSON")
        need(request.path.startswith("/bot%s/" % TOKEN), "wrong token")
        body = request.json()
        if request.path.endswith("answerCallbackQuery"):
            self.asked.pop()
            members(body, {"callback_query_id": str}, {"text": str, "show_alert": bool, "url": str, "cache_time": int})
            need(body["callback_query_id"] in self.presses, "query is too old and response timeout expired or query ID is invalid")
            need(body["callback_query_id"] not in self.replies and utf16(body["text"]) <= 200, "answered twice, or too long")
            self.replies[body["callback_query_id"]] = body["text"]
            return 200, [], {"ok": True, "result": True}
        members(body, {}, {"offset": int, "limit": int, "timeout": int, "allowed_updates": list})
        need(1 <= body.get("limit", 100) <= 100 and 0 <= body.get("timeout", 0) <= 50, "limit or timeout")
        need(body["allowed_updates"] == ["callback_query"], "it wants what it does not need")
        self.updates = [u for u in self.updates if u["update_id"] >= body["offset"]]
        return 200, [], {"ok": True, "result": self.updates[:body["limit"]]}

    def button_of(self, body):
        """Of the message after this; one that does not say so has none."""
        if "reply_markup" not in body:
            return None
        members(body["reply_markup"], {"inline_keyboard": list})
        need(len(body["reply_markup"]["inline_keyboard"]) == 1 and len(body["reply_markup"]["inline_keyboard"][0]) == 1, "one button")
        button = body["reply_markup"]["inline_keyboard"][0][0]
        members(button, {"text": str, "callback_data": str})
        need(button["text"] and 1 <= len(button["callback_data"].encode()) <= 64, "BUTTON_DATA_INVALID")
        return button["callback_data"]

    def accept(self, request):
        need(request.method == "POST" and request.headers["Content-Type"] == "application/json", "no JSON")
        need(request.path.startswith("/bot%s/" % TOKEN), "wrong token")
        method, body = request.path.rsplit("/", 1)[1], request.json()
        common = {"chat_id": (int, str), "text": str}
        optional = {"parse_mode": str, "link_preview_options": dict, "reply_markup": dict}
        need(method in ("sendMessage", "editMessageText"), "no method " + method)
        if method == "sendMessage":
            members(body, common, dict(optional, message_thread_id=int, disable_notification=bool, reply_parameters=dict))
        else:
            members(body, dict(common, message_id=int), optional)
        if "reply_parameters" in body:
            members(body["reply_parameters"], {"message_id": int}, {"allow_sending_without_reply": bool, "chat_id": (int, str)})
        need(body["chat_id"] == CHAT and body["parse_mode"] == "HTML", "another chat or no HTML")
        members(body["link_preview_options"], {}, {"is_disabled": bool})
        parser = Parser()
        parser.feed(body["text"])
        parser.close()
        need(not parser.open, "can't parse entities: no end tag")
        shown = parser.shown
        shown.text = shown.text.strip()
        no_address(shown.text)
        need(1 <= utf16(shown.text) <= 4096, "message is too long")
        need(utf16(body["text"]) <= 4096, "more than 4096 with its markup")
        # What clients find by themselves: names after @ that no word precedes.
        shown.mentions += re.findall(r"(?<!\w)@[A-Za-z][A-Za-z0-9_]{2,31}", shown.text)
        shown.silent, shown.body, shown.edit = body.get("disable_notification", False), body, method == "editMessageText"
        shown.name = str(body.get("message_id", 1000 + len(self.got)))
        shown.edits = shown.name if shown.edit else None
        if "reply_parameters" in body:
            shown.replies = str(body["reply_parameters"]["message_id"])
        self.buttons[shown.name] = self.button_of(body)
        self.got.append(shown)
        return 200, [], {"ok": True, "result": {
            "message_id": int(shown.name), "from": {"id": 110201543, "is_bot": True},
            "chat": {"id": CHAT, "type": "supergroup"}, "date": 1644862835, "text": shown.text}}
