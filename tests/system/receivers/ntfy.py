# SPDX-License-Identifier: MIT
"""ntfy: https://docs.ntfy.sh/publish/ ("Publish as JSON", "Limitations") and the limits and errors of its server
(server.go, errors.go). A message of more than 4,096 bytes becomes a file, and JSON may be twice as long. No Debian
or npm package has the server itself."""
import re
import urllib.parse

from receiver import Receiver, Shown, members, need, no_address

TOPIC, TOKEN = "desk-duty", "tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2"


def error(code, text, http=None):
    status = http or code // 100
    return status, [], {"code": code, "http": status, "error": text, "link": "https://ntfy.sh/docs/publish/"}


class Service(Receiver):
    credentials = {"ntfy-token": TOKEN}
    pace = 1
    refusals = (
        ("a limit", error(42901, "limit reached: too many requests"), 75, "asked to wait 5 s: limit reached: too many requests"),
        ("the limit of a day", error(42908, "limit reached: daily message quota reached"), 75, "asked to wait 3600 s"),
        ("too many wrong logins", error(42909, "limit reached: too many auth failures"), 75, "too many auth failures"),
        ("a wrong token", error(40101, "unauthorized"), 75, "HTTP 401: unauthorized"),
        ("a topic of somebody else", error(40301, "forbidden"), 75, "HTTP 403: forbidden"),
        ("a topic that cannot be", error(40009, "invalid request: topic invalid"), 75, "topic invalid"),
        ("a message that is too long", error(41303, "JSON body too large"), 1, "JSON body too large"),
        ("a server in trouble", error(50001, "internal server error"), 75, "HTTP 500: internal server error"),
        ("something else than the service", (200, [], b"<html>Log in to the network"), 75, "no answer of this service"),
    )

    def keys(self):
        return 'type = "ntfy" server = "%s" topic = "%s" token-credential = "ntfy-token"' % (self.url, TOPIC)

    def bad(self, text):
        return error(40017, "invalid request: " + text)[2]

    def accept(self, request):
        need(request.method == "POST" and request.path == "/" and not request.query, "not POST /")
        need(request.headers["Authorization"] == "Bearer " + TOKEN, "unauthorized")
        need(len(request.body) <= 2 * 4096, "JSON body too large")
        body = request.json()
        members(body, {"topic": str, "title": str, "message": str, "priority": int}, {"click": str, "tags": list})
        need(re.fullmatch(r"[-_A-Za-z0-9]{1,64}", body["topic"]) and body["topic"] == TOPIC, "topic invalid")
        need(1 <= body["priority"] <= 5, "invalid priority parameter")
        need(body["message"] and len(body["message"].encode()) <= 4096, "the message would be a file")
        need(len(body["title"].encode()) <= 256 and "\n" not in body["title"], "a long title")
        # FCM and APNs take about 4 KB of all.
        need(sum(len(body[k].encode()) for k in ("title", "message", "topic")) <= 4000, "too long for a phone")
        no_address("\n".join(line for line in body["message"].split("\n") if not line.startswith("https://")))
        shown = Shown()
        shown.text, shown.priority = body["title"] + "\n" + body["message"], body["priority"]
        headline = re.sub(r"^(FLASH|URGENT|LOW) ", "", body["title"])
        if "click" in body:
            click = urllib.parse.urlsplit(body["click"])
            need(click.scheme in ("http", "https") and click.hostname and not click.username, "a click that is no web page")
            shown.links.append((body["click"], headline))
        shown.links += [(line, line) for line in body["message"].split("\n") if line.startswith("https://")]
        self.got.append(shown)
        return 200, [], {"id": "sPs71M8A2T%d" % len(self.got), "time": 1644862835, "expires": 1644906035, "event": "message",
                         "topic": TOPIC, "title": body["title"], "message": body["message"], "priority": body["priority"]}
