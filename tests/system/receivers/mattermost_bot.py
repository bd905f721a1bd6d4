# SPDX-License-Identifier: MIT
"""The REST API of Mattermost for a bot: https://developers.mattermost.com/api-documentation, posts, patch of a post,
reactions, users."""
import itertools
import re

import mattermost
from markdown_text import shown_of
from receiver import Receiver, members, need

TOKEN = "9xuqwrwgstrb3mzrxb83nb357a"
CHANNEL = "4xp9fdt77pncbef59f4k1qe83o"
USER = "8xtkz3p1pbnc9gqiw7ebn5ig5y"


class Service(Receiver):
    credentials = {"mattermost-token": TOKEN}
    can_edit = can_reply = template = can_acknowledge = True
    mention = "@duty"
    pace = 1
    refusals = (
        ("a limit", (429, [("Retry-After", "3"), ("X-RateLimit-Limit", "101")], b"limit exceeded"), 75, "asked to wait 3 s"),
        ("a token that is wrong", mattermost.error(401, "api.context.session_expired.app_error", "Invalid session."), 75,
         "Invalid session"),
        ("a channel that it is not in", mattermost.error(403, "api.context.permissions.app_error", "No permissions."), 75,
         "No permissions"),
        ("a message that is bad", mattermost.error(400, "model.post.is_valid.message_length.app_error", "Too long."), 1, "Too long"),
        ("something else than the service", (200, [], b"<!doctype html>"), 75, "no answer of this service"),
    )

    def __init__(self):
        super().__init__()
        self.reactions, self.numbers = {}, itertools.count(10)

    def keys(self):
        return ('type = "mattermost" server = "%s" token-credential = "mattermost-token" channel = "%s"' % (self.url, CHANNEL))

    def bad(self, text):
        return mattermost.error(400, "api.context.invalid_body_param.app_error", text)[2]

    def acknowledge(self, name):
        with self.lock:
            self.reactions[name] = [
                {"user_id": USER, "post_id": name, "emoji_name": emoji, "create_at": 1000 + n, "update_at": 0, "delete_at": 0}
                for n, emoji in enumerate(("scream", "+1_medium_light_skin_tone"))]

    def reads(self, request):
        return request.method == "GET"

    def read(self, request):
        need(request.headers["Authorization"] == "Bearer " + TOKEN and not request.body and not request.query, "invalid session")
        if request.path == "/api/v4/users/" + USER:
            self.asked.pop()
            return 200, [], {"id": USER, "username": "dora", "first_name": "Dora", "last_name": "Night", "nickname": ""}
        post = re.fullmatch(r"/api/v4/posts/([a-z0-9]{26})/reactions", request.path)
        need(post and any(s.name == post.group(1) for s in self.got), "app.post.get.app_error")
        return 200, [], self.reactions.get(post.group(1), b"null")

    def accept(self, request):
        need(request.headers["Authorization"] == "Bearer " + TOKEN, "invalid session")
        need(request.headers["Content-Type"] == "application/json" and not request.query, "no JSON")
        body, patch = request.json(), re.fullmatch(r"/api/v4/posts/([a-z0-9]{26})/patch", request.path)
        if patch:
            need(request.method == "PUT" and any(s.name == patch.group(1) for s in self.got), "app.post.get.app_error")
            members(body, {"message": str})
        else:
            need(request.method == "POST" and request.path == "/api/v4/posts", "no such path")
            members(body, {"channel_id": str, "message": str}, {"root_id": str})
            need(body["channel_id"] == CHANNEL, "another channel")
        need(1 <= len(body["message"]) <= 16383, "too long")
        mattermost.own(body["message"])
        shown = shown_of(body["message"], r"@[a-z]+", entities=True)
        shown.name = patch.group(1) if patch else "post%022d" % next(self.numbers)
        shown.edits, shown.replies = patch and patch.group(1), body.get("root_id")
        need(not shown.replies or any(s.name == shown.replies and not s.replies for s in self.got), "root_id")
        self.got.append(shown)
        return (200 if patch else 201), [], {"id": shown.name, "channel_id": CHANNEL, "message": body["message"], "root_id":
                                             shown.replies or "", "create_at": 1644862835000, "metadata": {}}
