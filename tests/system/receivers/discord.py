# SPDX-License-Identifier: MIT
"""Execute Webhook and Edit Webhook Message: https://discord.com/developers/docs/resources/webhook; allowed mentions:
https://discord.com/developers/docs/resources/message."""
from markdown_text import shown_of
from receiver import Receiver, members, need, utf16

PATH = "/api/webhooks/1234567890123456789/AbCdEfGhIjKlMnOpQrStUvWxYz-0123456789_AbCdEfGhIjKlMnOpQrStUvWxYz0123"
THREAD = "2345678901234567890"


class Service(Receiver):
    credentials = {"discord-url": "URL" + PATH}
    parser = "discord"
    can_edit = template = True
    mention = "<@&3456789012345678901>"
    pace = 2  # 30 a minute
    refusals = (
        ("a limit", (429, [("Retry-After", "1"), ("X-RateLimit-Reset-After", "64.57")],
                     {"message": "You are being rate limited.", "retry_after": 64.57, "global": False}), 75, "asked to wait 64 s"),
        ("a webhook that was removed", (404, [], {"message": "Unknown Webhook", "code": 10015}), 1, "Unknown Webhook"),
        ("a wrong token", (401, [], {"message": "Invalid Webhook Token", "code": 50027}), 75, "Invalid Webhook Token"),
        ("a thread that is not there", (404, [], {"message": "Unknown Channel", "code": 10003}), 75, "Unknown Channel"),
        ("a forum", (400, [], {"message": "Webhooks posted to forum channels must have a thread_name or thread_id",
                               "code": 220001}), 75, "forum"),
        ("a message that is bad", (400, [], {"message": "Invalid Form Body", "code": 50035}), 1, "Invalid Form Body"),
        ("a server in trouble", (502, [], b"<html>502</html>"), 75, "HTTP 502"),
    )

    def keys(self):
        return 'type = "discord" url-credential = "discord-url" thread = "%s"' % THREAD

    def in_link(self, title):
        return title.replace("[", "(").replace("]", ")")

    def bad(self, text):
        return {"message": "Invalid Form Body", "code": 50035, "errors": {"_": text}}

    def accept(self, request):
        edit = request.method == "PATCH"
        need(request.headers["Content-Type"] == "application/json", "no JSON")
        need(request.path == PATH if not edit else request.path.startswith(PATH + "/messages/"), "Unknown Webhook")
        need(request.query == ({"thread_id": THREAD} if edit else {"wait": "true", "thread_id": THREAD}), "unknown query")
        body = request.json()
        members(body, {"content": str, "allowed_mentions": dict}, {"flags": int})
        need(1 <= utf16(body["content"]) <= 2000, "content: must be 2000 or fewer in length")
        need(body["flags"] & ~(4 | (0 if edit else 4096)) == 0 and body["flags"] & 4, "flags")
        allowed = body["allowed_mentions"]
        members(allowed, {"parse": list}, {"roles": list, "users": list})
        shown = shown_of(body["content"], r"(?:<@&?\d+>|@everyone|@here)")
        rings = ["<@&%s>" % id for id in allowed.get("roles", [])] + ["<@%s>" % id for id in allowed.get("users", [])]
        need(sorted(m for m in shown.mentions if m[0] == "<") == sorted(rings), "what is mentioned is not what is allowed")
        need(bool(allowed["parse"]) == bool([m for m in shown.mentions if m[0] == "@"]), "everyone")
        shown.silent, shown.body = bool(body["flags"] & 4096), body
        shown.name = request.path.rsplit("/", 1)[1] if edit else "98765432109876%05d" % len(self.got)
        shown.edits = shown.name if edit else None
        self.got.append(shown)
        return 200, [], {"type": 0, "content": body["content"], "mentions": [], "id": shown.name,
                         "channel_id": THREAD, "webhook_id": "1234567890123456789"}
