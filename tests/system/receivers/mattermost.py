# SPDX-License-Identifier: MIT
"""Incoming webhooks of Mattermost: https://developers.mattermost.com/integrate/webhooks/incoming/, with the grammar of
its Markdown: https://github.com/mattermost/marked."""
import re

from markdown_text import shown_of
from receiver import Receiver, members, need

PATH = "/hooks/x4bkr1y9ypbpjnwkqk6cbd5h8y"


def error(status, id, message):
    return (status, [], {"id": id, "message": message, "detailed_error": "", "request_id": "r1", "status_code": status})


def own(text):
    """What its clients and server read differently from others."""
    need(not re.search(r"\\[^`*{}\[\]()#+\-.!_>|~]", text), "a backslash that hides nothing: %r" % text[:300])
    need(not re.search(r"\$[^$\n]+\$(?!\w)", text), "a formula: %r" % text[:300])
    need(not re.search(r"<(?!https?://[^<>\s]+>\))", text), "a link or a tag: %r" % text[:300])


class Service(Receiver):
    credentials = {"mattermost-url": "URL" + PATH}
    parser = "markdown"
    template = True
    mention = "@duty"
    pace = 1
    refusals = (
        ("a limit", (429, [("Retry-After", "3"), ("X-RateLimit-Limit", "101")], b"limit exceeded"), 75, "asked to wait 3 s"),
        ("a webhook that was removed", error(400, "web.incoming_webhook.invalid.app_error", "Invalid webhook."), 75, "Invalid webhook"),
        ("a channel that is not there", error(400, "web.incoming_webhook.channel.app_error", "Der Kanal wurde nicht gefunden."),
         75, "Der Kanal"),
        ("webhooks that are switched off", error(501, "web.incoming_webhook.disabled.app_error", "Disabled."), 75, "Disabled"),
        ("a message that is bad", error(400, "web.incoming_webhook.text.app_error", "No text specified."), 1, "No text"),
        ("something else than the service", (200, [], b"<!doctype html>"), 75, "no answer of this service"),
    )

    def keys(self):
        return 'type = "mattermost" url-credential = "mattermost-url" channel = "newsroom"'

    def bad(self, text):
        return error(400, "web.incoming_webhook.parse.app_error", text)[2]

    def accept(self, request):
        need(request.method == "POST" and request.path == PATH and not request.query, "no such hook")
        need(request.headers["Content-Type"] == "application/json", "no JSON")
        body = request.json()
        members(body, {"text": str}, {"channel": str, "priority": dict})
        if "priority" in body:
            members(body["priority"], {"priority": str}, {"requested_ack": bool, "persistent_notifications": bool})
            need(body["priority"]["priority"] in ("important", "urgent"), "priority")
        own(body["text"])
        need(1 <= len(body["text"]) <= 16383, "more than 16383 characters: it would be split")
        need(body["channel"] == "newsroom", "another channel")
        lines = body["text"].split("\n")
        for line, after in zip(lines, lines[1:]):
            need(not line.startswith("> ") or after == "" or after.startswith("> "), "the quotation goes on: %r" % after)
        self.got.append(shown_of(body["text"], r"@[a-z]+", entities=True))
        return 200, [], b"ok"
