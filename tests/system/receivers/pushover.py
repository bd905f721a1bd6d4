# SPDX-License-Identifier: MIT
"""Pushover: https://pushover.net/api ("Limitations", "Message Priority", "Being Friendly to our API") and
https://pushover.net/api/receipts."""
import re
import urllib.parse

from receiver import Receiver, Shown, need, no_address

TOKEN, USER = "azGDORePK8gMaC0QOYAMyEEuzJnyUi", "uQiRzpo4DXghDmr9QzzfQu27cmVRsG"
REQUEST = "647d2300-702c-4b38-8b2f-d56326ae460b"


def refusal(text, status=400, **members):
    return status, [], dict(members, errors=[text], status=0, request=REQUEST)


class Service(Receiver):
    credentials = {"pushover-token": TOKEN, "pushover-user": USER}
    digest_links = 0  # a text has 1,024 characters: headlines only
    pace = 1
    refusals = (
        ("a wrong token", refusal("application token is invalid, see https://pushover.net/api", token="invalid"), 75,
         "HTTP 400: application token is invalid"),
        ("a wrong user", refusal("user identifier is not a valid user, group, or subscribed user key", user="invalid"), 75,
         "HTTP 400: user identifier is not a valid user"),
        ("a user without a phone", refusal("user is valid but has no active devices", user="valid"), 75, "no active devices"),
        ("a message that is refused", refusal("message cannot be blank", message="cannot be blank"), 1, "message cannot be blank"),
        ("a month that is used up", refusal("application is over its quota", 429), 75, "asked to wait 3600 s: application is over"),
        ("a service in trouble", (500, [], b""), 75, "HTTP 500"),
        ("something else than the service", (200, [], b"<html>Log in to the network"), 75, "no answer of this service"),
    )

    def __init__(self):
        super().__init__()
        self.ringing = {}  # receipt: title

    def keys(self):
        return ('type = "pushover" server = "%s" token-credential = "pushover-token" user-credential = "pushover-user"'
                % self.url)

    def bad(self, text):
        return refusal(text)[2]

    def accept(self, request):
        need(request.method == "POST" and request.headers["Content-Type"] == "application/x-www-form-urlencoded", "no form")
        form = request.form()
        need(form.get("token") == TOKEN, "application token is invalid")
        cancel = re.fullmatch(r"/1/receipts/([A-Za-z0-9]{30})/cancel\.json", request.path)
        if cancel:
            need(set(form) == {"token"} and cancel[1] in self.ringing, "receipt not found; may be invalid or expired")
            del self.ringing[cancel[1]]
            return 200, [], {"status": 1, "request": REQUEST}
        need(request.path == "/1/messages.json", "no such path")
        need(set(form) <= {"token", "user", "title", "message", "priority", "timestamp", "url", "url_title", "retry", "expire"},
             "unknown fields: %s" % sorted(form))
        need(form.get("user") == USER, "user identifier is not a valid user")
        need(1 <= len(form["message"]) <= 1024 and 1 <= len(form["title"]) <= 250, "message or title is too long")
        need(len(form.get("url", "")) <= 512 and len(form.get("url_title", "")) <= 100, "url is too long")
        need(form["priority"] in ("-2", "-1", "0", "1", "2") and form["timestamp"].isdigit(), "priority is invalid")
        answer = {"status": 1, "request": REQUEST}
        if form["priority"] == "2":
            need(int(form["retry"]) >= 30 and 0 < int(form["expire"]) <= 10800, "retry and expire must be supplied")
            answer["receipt"] = "rLqVuqTRh62UzxtmqiaLzQmVcPg%03d" % len(self.got)
            self.ringing[answer["receipt"]] = form["title"]
        else:
            need("retry" not in form and "expire" not in form, "only of an emergency")
        no_address("\n".join(line for line in form["message"].split("\n") if not line.startswith("https://")))
        shown = Shown()
        shown.text, shown.priority = form["title"] + "\n" + form["message"], int(form["priority"])
        if "url" in form:
            url = urllib.parse.urlsplit(form["url"])
            need(url.scheme in ("http", "https") and url.hostname and not url.username, "no web page")
            shown.links.append((form["url"], re.sub(r"^(FLASH|URGENT|LOW) ", "", form["title"])))
        self.got.append(shown)
        return 200, [], answer
