# SPDX-License-Identifier: MIT
"""PagerDuty, Events API v2: https://developer.pagerduty.com/docs/events-api-v2/ (overview, trigger events, rate
limits)."""
import datetime
import re
import urllib.parse

from receiver import Receiver, Shown, members, need, no_address

KEY = "0123456789abcdef0123456789ABCDEF"


def invalid(*errors):
    return 400, [], {"status": "invalid event", "message": "Event object is invalid", "errors": list(errors)}


class Service(Receiver):
    credentials = {"pagerduty-key": KEY}
    pace = 0.5  # about 120 events a minute
    refusals = (
        ("a limit", (429, [], b"Request Limit Exceeded"), 75, "asked to wait 30 s: Request Limit Exceeded"),
        ("a wrong key", invalid("Length of 'routing_key' is incorrect (should be 32 characters)"), 75, "Length of 'routing_key'"),
        ("a key that is not there", invalid("Invalid routing key"), 75, "Invalid routing key"),
        ("an event that is refused", invalid("'payload.severity' is invalid (must be one of the following: ...)"), 1,
         "'payload.severity' is invalid"),
        ("a service in trouble", (500, [], {"message": "Internal Server Error"}), 75, "HTTP 500"),
        ("something else than the service", (200, [], b"<html>Log in to the network"), 75, "no answer of this service"),
    )

    def __init__(self):
        super().__init__()
        self.incidents = {}  # dedup_key: summary; what was resolved is gone

    def keys(self):
        return 'type = "pagerduty" server = "%s" key-credential = "pagerduty-key"' % self.url

    def bad(self, text):
        return invalid(text)[2]

    def accept(self, request):
        need(request.method == "POST" and request.path == "/v2/enqueue", "not POST /v2/enqueue")
        need(request.headers["Content-Type"] == "application/json" and len(request.body) <= 512 * 1024, "no JSON of 512 KB")
        body = request.json()
        members(body, {"routing_key": str, "event_action": str, "dedup_key": str},
                {"payload": dict, "links": list, "images": list, "client": str, "client_url": str})
        need(body["routing_key"] == KEY, "Invalid routing key")
        need(1 <= len(body["dedup_key"]) <= 255, "'dedup_key' is too long")
        answer = 202, [], {"status": "success", "message": "Event processed", "dedup_key": body["dedup_key"]}
        if body["event_action"] in ("acknowledge", "resolve"):
            self.incidents.pop(body["dedup_key"], None)
            return answer
        need(body["event_action"] == "trigger", "'event_action' is invalid")
        payload = body["payload"]
        members(payload, {"summary": str, "source": str, "severity": str},
                {"timestamp": str, "component": str, "group": str, "class": str, "custom_details": dict})
        need(1 <= len(payload["summary"]) <= 1024 and "\n" not in payload["summary"], "'payload.summary' is too long")
        need(payload["source"], "'payload.source' is missing or blank")
        need(payload["severity"] in ("critical", "error", "warning", "info"), "'payload.severity' is invalid")
        need(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)", payload["timestamp"]), "timestamp")
        datetime.datetime.fromisoformat(payload["timestamp"].replace("Z", "+00:00"))
        no_address("\n".join(line for line in payload["custom_details"]["text"].split("\n") if not line.startswith("https://")))
        shown = Shown()
        shown.text = payload["summary"] + "\n" + payload["custom_details"]["text"]
        headline = re.sub(r"^(FLASH|URGENT|LOW) ", "", payload["summary"]).rsplit(" · ", 1)[0]
        for link in body.get("links", []):
            members(link, {"href": str}, {"text": str})
            url = urllib.parse.urlsplit(link["href"])
            need(url.scheme in ("http", "https") and url.hostname and not url.username, "no web page")
            shown.links.append((link["href"], headline))
        shown.links += [(line, line) for line in shown.text.split("\n") if line.startswith("https://")]
        self.incidents[body["dedup_key"]] = payload["summary"]
        self.got.append(shown)
        return answer
