# SPDX-License-Identifier: MIT
"""Zulip: https://zulip.com/api/send-message, update-message, get-message, get-user, rest-error-handling; https://zulip.com/help/format-your-message-using-markdown:
no backslash escapes, but references of HTML."""
import base64
import re

from receiver import Receiver, Shown, members, need, no_address

KEY = "gjA04ZYcqXKalvYMA8OeXSfzUOLrtbZv"
USER = "nightdesk-bot@news.example"
SPECIAL = set("*_~`[]<>&$#@|\\")


def shown_of(text):
    shown = Shown()
    first = re.match(r"(?:@\*+[^*]+\*+ )+", text)
    if first:
        shown.mentions = first.group(0).split()
        shown.text, text = first.group(0), text[first.end():]
    quoted = False
    no_address(re.sub(r"\[link\]\(https?://[^\s()]+\)", "", text))
    for line in text.split("\n"):
        need(not quoted or line == "" or line.startswith("> "), "the quotation goes on: %r" % line)
        quoted = line.startswith("> ")
        line = line[2:] if quoted else line
        need(not re.match(r"\s*([-+=]|\d+[.)]\s)", line), "a list or rule: %r" % line)
        at, strong = 0, None
        while at < len(line):
            reference = re.compile(r"&#(\d+);").match(line, at)
            link = re.compile(r"\[link\]\((https?://[^\s()]+)\)").match(line, at)
            if reference:
                shown.text += chr(int(reference.group(1)))
                at = reference.end()
            elif line.startswith("**", at):
                if strong is not None:
                    shown.strong.append(shown.text[strong:])
                strong = len(shown.text) if strong is None else None
                at += 2
            elif link:
                shown.links.append((link.group(1), shown.text.rsplit("\n", 1)[-1].split("URGENT ")[-1].split("FLASH ")[-1].split("LOW ")[-1]
                                    .removeprefix("• ").strip()))
                at = link.end()
            else:
                need(line[at] not in SPECIAL, "markup at %r" % line[at:at + 40])
                need(not re.match(r":[A-Za-z0-9_+-]+:", line[at:]), "an emoji at %r" % line[at:at + 40])
                shown.text += line[at]
                at += 1
        need(strong is None, "no end of strong text: %r" % line)
        shown.text += "\n"
    return shown


class Service(Receiver):
    credentials = {"zulip-key": KEY}
    can_edit = template = can_acknowledge = True
    mention = "@*duty*"
    pace = 1
    refusals = (
        ("a limit", (429, [], {"result": "error", "msg": "API usage exceeded rate limit", "retry-after": 28.706807374954224,
                               "code": "RATE_LIMIT_HIT"}), 75, "asked to wait 28 s"),
        ("a channel that is not there", (400, [], {"result": "error", "msg": "Channel 'nonexistent' does not exist", "stream": "nonexistent",
                                                   "code": "STREAM_DOES_NOT_EXIST"}), 75, "STREAM_DOES_NOT_EXIST: Channel"),
        ("a wrong key", (401, [], {"result": "error", "msg": "Invalid API key", "code": "INVALID_API_KEY"}), 75, "Invalid API key"),
        ("a channel that is closed to it", (400, [], {"result": "error", "msg": "Not authorized to send to channel 'x'", "code": "BAD_REQUEST"}),
         75, "Not authorized"),
        ("a message that is bad", (400, [], {"result": "error", "msg": "Message must not be empty", "code": "BAD_REQUEST"}), 1, "must not be empty"),
        ("something else than the service", (200, [], b"<html>"), 75, "no answer of this service"),
    )

    def __init__(self):
        super().__init__()
        self.reactions = {}

    def acknowledge(self, name):
        with self.lock:
            self.reactions[name] = [
                {"emoji_name": emoji, "emoji_code": code, "reaction_type": kind, "user_id": 7}
                for emoji, code, kind in (("scream", "1f631", "unicode_emoji"), ("ours", "2705", "realm_emoji"),
                                          ("check", "2705", "unicode_emoji"))]

    def reads(self, request):
        return request.method == "GET"

    def read(self, request):
        need(request.headers["Authorization"] == "Basic " + base64.b64encode(("%s:%s" % (USER, KEY)).encode()).decode(), "Invalid API key")
        if request.path == "/api/v1/users/7":
            self.asked.pop()
            return 200, [], {"result": "success", "msg": "", "user": {"user_id": 7, "full_name": "Emil Early", "email": "user7@x"}}
        name = request.path.removeprefix("/api/v1/messages/")
        need(request.query == {"apply_markdown": "false"} and any(s.name == name for s in self.got), "Invalid message(s)")
        return 200, [], {"result": "success", "msg": "", "raw_content": "…", "message": {
            "id": int(name), "reactions": self.reactions.get(name, [])}}

    def keys(self):
        return 'type = "zulip" server = "%s" user = "%s" token-credential = "zulip-key" channel = "news"' % (self.url, USER)

    def bad(self, text):
        return {"result": "error", "msg": text, "code": "BAD_REQUEST"}

    def accept(self, request):
        need(request.headers["Authorization"] == "Basic " + base64.b64encode(("%s:%s" % (USER, KEY)).encode()).decode(), "Invalid API key")
        need(request.headers["Content-Type"] == "application/x-www-form-urlencoded" and not request.query, "no form")
        form = request.form()
        if request.method == "PATCH":
            need(re.fullmatch(r"/api/v1/messages/\d+", request.path), "Invalid message(s)")
            members(form, {"content": str})
        else:
            need(request.method == "POST" and request.path == "/api/v1/messages", "no such endpoint")
            members(form, {"type": str, "to": str, "topic": str, "content": str})
            need(form["type"] in ("stream", "channel") and form["to"] == "news", "STREAM_DOES_NOT_EXIST")
            need(1 <= len(form["topic"]) <= 60 and "\n" not in form["topic"], "topic")
        need(1 <= len(form["content"].strip()) <= 10000, "Message too long")
        shown = shown_of(form["content"])
        shown.name = request.path.rsplit("/", 1)[1] if request.method == "PATCH" else str(40 + len(self.got))
        shown.edits = shown.name if request.method == "PATCH" else None
        self.got.append(shown)
        if shown.edits:
            return 200, [], {"msg": "", "result": "success"}
        return 200, [], {"id": int(shown.name), "msg": "", "result": "success", "automatic_new_visibility_policy": 2}
