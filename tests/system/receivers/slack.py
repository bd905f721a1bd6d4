# SPDX-License-Identifier: MIT
"""Web API of Slack: https://docs.slack.dev/reference/methods/chat.postMessage and chat.update; rich_text blocks:
https://docs.slack.dev/reference/block-kit/blocks/rich-text-block; reactions.get and users.info."""
import json

from receiver import Receiver, Shown, members, need

TOKEN = "xoxb-8877665544-8877665544-AbCdEfGhIjKlMnOpQrStUvWx"
CHANNEL = "C0123456789"


def text_of(element, shown):
    kind = element["type"]
    if kind == "text":
        members(element, {"type": str, "text": str}, {"style": dict})
        need(element["text"] != "", "empty text")
        members(element.get("style", {}), {}, {"bold": bool, "italic": bool, "strike": bool, "code": bool})
        if element.get("style", {}).get("bold"):
            shown.strong.append(element["text"])
        shown.text += element["text"]
    elif kind == "link":
        members(element, {"type": str, "url": str, "text": str}, {"style": dict})
        need(element["url"].startswith(("http://", "https://")) and len(element["url"]) <= 3000, "no link")
        shown.links.append((element["url"], element["text"]))
        shown.text += element["text"]
    else:
        id = {"broadcast": "range", "user": "user_id", "usergroup": "usergroup_id"}
        need(kind in id, "unknown element " + kind)
        members(element, {"type": str, id[kind]: str})
        need(kind != "broadcast" or element["range"] in ("here", "channel", "everyone"), "unknown range")
        shown.mentions.append("<!%s>" % element["range"] if kind == "broadcast" else
                              ("<@%s>" if kind == "user" else "<!subteam^%s>") % element[id[kind]])


def block_of(element, shown):
    kind = element["type"]
    if kind == "rich_text_list":
        members(element, {"type": str, "style": str, "elements": list}, {"indent": int})
        need(element["style"] in ("bullet", "ordered") and element["elements"], "no list")
        for item in element["elements"]:
            need(item["type"] == "rich_text_section", "a list has sections")
            block_of(item, shown)
            shown.text += "\n"
        return
    need(kind in ("rich_text_section", "rich_text_quote"), "unknown block " + kind)
    members(element, {"type": str, "elements": list})
    need(element["elements"], "no elements")
    for part in element["elements"]:
        text_of(part, shown)
    shown.text += "\n" if kind == "rich_text_quote" else ""


def shown_of(body):
    """What is shown of a message of blocks; its text is a fallback that is read as markup."""
    shown = Shown()
    need(len(body["blocks"]) == 1 and len(json.dumps(body["blocks"], ensure_ascii=False)) <= 13000, "msg_blocks_too_long")
    members(body["blocks"][0], {"type": str, "elements": list})
    need(body["blocks"][0]["type"] == "rich_text", "invalid_blocks")
    for element in body["blocks"][0]["elements"]:
        block_of(element, shown)
    need(0 < len(body["text"]) <= 4000, "no_text")
    need("<" not in body["text"] and ">" not in body["text"], "markup in the fallback")
    return shown


class Service(Receiver):
    credentials = {"slack-token": TOKEN}
    mention = "<!subteam^S0123456>"
    can_edit = can_reply = can_acknowledge = True
    pace = 1
    refusals = (
        ("a limit", (429, [("Retry-After", "30")], {"ok": False, "error": "ratelimited"}), 75, "asked to wait 30 s: ratelimited"),
        ("a channel that is not there", (200, [], {"ok": False, "error": "channel_not_found"}), 75, "HTTP 200: channel_not_found"),
        ("a bot that is not in it", (200, [], {"ok": False, "error": "not_in_channel"}), 75, "not_in_channel"),
        ("a revoked token", (200, [], {"ok": False, "error": "token_revoked"}), 75, "token_revoked"),
        ("a scope that is missing", (200, [], {"ok": False, "error": "missing_scope", "needed": "chat:write", "provided": "x"}),
         75, "missing_scope"),
        ("an archived channel", (200, [], {"ok": False, "error": "is_archived"}), 1, "is_archived"),
        ("a message that is too long", (200, [], {"ok": False, "error": "msg_blocks_too_long"}), 1, "msg_blocks_too_long"),
        ("an error that is new", (200, [], {"ok": False, "error": "whatever"}), 75, "whatever"),
        ("a server in trouble", (503, [], b"upstream"), 75, "HTTP 503"),
        ("something else than the service", (200, [], b"<html>Log in</html>"), 75, "no answer of this service"),
    )

    def __init__(self):
        super().__init__()
        #: The reactions to messages, by their names.
        self.reactions = {}

    def acknowledge(self, name):
        with self.lock:
            self.reactions[name] = [{"name": "scream", "users": ["U1"], "count": 1},
                                    {"name": "white_check_mark", "users": ["U061F7AUR"], "count": 1}]

    def reads(self, request):
        return request.path in ("/api/reactions.get", "/api/users.info")

    def read(self, request):
        need(request.method == "POST" and request.headers["Content-Type"] == "application/x-www-form-urlencoded", "no form")
        need(request.headers["Authorization"] == "Bearer " + TOKEN, "invalid_auth")
        form = request.form()
        if request.path == "/api/users.info":
            self.asked.pop()
            need(form == {"user": "U061F7AUR"}, "user_not_found")
            return 200, [], {"ok": True, "user": {"id": "U061F7AUR", "name": "bert", "profile": {
                "real_name": "Bert Desk", "display_name": "bert"}}}
        members(form, {"channel": str, "timestamp": str}, {"full": str})
        found = [s for s in self.got if s.name == form["timestamp"] and not s.edits]
        need(form["channel"] == CHANNEL and found, "message_not_found")
        message = {"type": "message", "ts": form["timestamp"], "text": found[0].body["text"],
                   "blocks": found[0].body.get("blocks", []), "permalink": "https://x.slack.com/archives/C/p1"}
        if form["timestamp"] in self.reactions:
            message["reactions"] = self.reactions[form["timestamp"]]
        return 200, [], {"ok": True, "type": "message", "channel": CHANNEL, "message": message}

    def keys(self):
        return 'type = "slack" server = "%s" channel = "%s" token-credential = "slack-token"' % (self.url, CHANNEL)

    def bad(self, text):
        return {"ok": False, "error": "invalid_arguments", "response_metadata": {"messages": [text]}}

    def accept(self, request):
        need(request.method == "POST" and request.path in ("/api/chat.postMessage", "/api/chat.update"), "no such method")
        need(request.headers["Content-Type"] == "application/json; charset=utf-8", "missing_charset")
        need(request.headers["Authorization"] == "Bearer " + TOKEN, "invalid_auth")
        body = request.json()
        common = {"channel": str, "text": str, "blocks": list}
        optional = {"unfurl_links": bool, "unfurl_media": bool}
        if request.path.endswith("update"):
            members(body, dict(common, ts=str))
        else:
            members(body, common, dict(optional, thread_ts=str, reply_broadcast=bool))
        need(body["channel"] == CHANNEL and not body.get("unfurl_links") and not body.get("unfurl_media"), "unfurled")
        shown = shown_of(body)
        shown.body = body
        ts = body.get("ts", "1644862835.%06d" % len(self.got))
        shown.name, shown.edits, shown.replies = ts, body.get("ts"), body.get("thread_ts")
        self.got.append(shown)
        return 200, [], {"ok": True, "channel": CHANNEL, "ts": ts, "message": {"text": body["text"], "blocks": body["blocks"]}}
