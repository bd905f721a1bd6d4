# SPDX-License-Identifier: MIT
"""Webhooks of Google Chat: https://developers.google.com/workspace/chat/quickstart/webhooks; spaces.messages.create; text of
cards: https://developers.google.com/workspace/chat/format-messages."""
import html.parser
import re

from receiver import Receiver, Shown, members, need, no_address

PATH = "/v1/spaces/AAAAbCdEfGh/messages"
QUERY = {"key": "AIzaSyDdI0hCZtE6vySjMm-WEfRq3CPzqKqqsHI", "token": "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789_-AbCdE="}


class Parser(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=False)
        self.shown, self.open = Shown(), []

    def handle_starttag(self, tag, attrs):
        need(tag in ("b", "a", "br") and [name for name, _ in attrs] == (["href"] if tag == "a" else []), "tag <%s %r>" % (tag, attrs))
        if tag == "br":
            self.shown.text += "\n"
        else:
            self.open.append((tag, dict(attrs).get("href"), len(self.shown.text)))

    def handle_endtag(self, tag):
        need(self.open and self.open[-1][0] == tag, "</%s>" % tag)
        _, href, start = self.open.pop()
        if tag == "a":
            self.shown.links.append((href, self.shown.text[start:]))
        else:
            self.shown.strong.append(self.shown.text[start:])

    def handle_data(self, data):
        need("<" not in data and "&" not in data, "%r" % data)
        self.shown.text += data

    def handle_entityref(self, name):
        self.shown.text += {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}[name]

    def handle_comment(self, data):
        need(False, "a comment")

    handle_decl = handle_pi = unknown_decl = handle_charref = handle_comment


def error(code, status, message):
    return (code, [], {"error": {"code": code, "message": message, "status": status}})


class Service(Receiver):
    credentials = {"googlechat-url": "URL%s?%s" % (PATH, "&".join("%s=%s" % (k, v.replace("=", "%3D")) for k, v in QUERY.items()))}
    mention = "<users/all>"
    can_reply = True
    pace = 1  # 60 a minute
    refusals = (
        ("a limit", error(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."), 75, "asked to wait 60 s"),
        ("a webhook that was removed", error(404, "NOT_FOUND", "Webhook not found."), 75, "NOT_FOUND"),
        ("a wrong key", error(403, "PERMISSION_DENIED", "Permission denied."), 75, "PERMISSION_DENIED"),
        ("a message that is bad", error(400, "INVALID_ARGUMENT", "Invalid JSON payload received."), 1, "INVALID_ARGUMENT"),
        ("something else than the service", (200, [], b"<html>"), 75, "no answer of this service"),
    )

    def keys(self):
        return 'type = "googlechat" url-credential = "googlechat-url"'

    def bad(self, text):
        return error(400, "INVALID_ARGUMENT", text)[2]

    def accept(self, request):
        need(request.method == "POST" and request.path == PATH, "NOT_FOUND")
        need(request.headers["Content-Type"] == "application/json" and len(request.body) <= 32000, "more than 32,000 bytes")
        query = dict(request.query)
        id = query.pop("requestId")
        need(re.fullmatch(r"[a-z]+_[a-z0-9]+", id), "requestId")
        need(query.pop("messageReplyOption") == "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD" and query == QUERY, "query")
        body = request.json()
        members(body, {"cardsV2": list, "fallbackText": str, "thread": dict}, {"text": str})
        members(body["thread"], {"threadKey": str})
        need(len(body["cardsV2"]) == 1, "one card")
        members(body["cardsV2"][0], {"cardId": str, "card": dict})
        members(body["cardsV2"][0]["card"], {"sections": list})
        parser = Parser()
        for section in body["cardsV2"][0]["card"]["sections"]:
            members(section, {"widgets": list})
            for widget in section["widgets"]:
                members(widget, {"textParagraph": dict})
                members(widget["textParagraph"], {"text": str})
                parser.feed(widget["textParagraph"]["text"])
        parser.close()
        need(not parser.open, "no end tag")
        shown = parser.shown
        no_address(shown.text)
        if "text" in body:  # text of its own has markup of its own
            need(re.fullmatch(r"(<users/\w+> ?)+", body["text"]), "markup in text")
            shown.mentions.append(body["text"])
        shown.name = id
        shown.replies = body["thread"]["threadKey"] if body["thread"]["threadKey"] != id else None
        self.got.append(shown)
        return 200, [], {"name": "spaces/AAAAbCdEfGh/messages/%d" % len(self.got), "thread": {"name": "spaces/AAAAbCdEfGh/threads/1"}}
