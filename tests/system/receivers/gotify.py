# SPDX-License-Identifier: MIT
"""Gotify: its API (model/message.go, api/message.go) and https://gotify.net/docs/msgextras. No Debian or npm package
has the server itself."""
import re
import urllib.parse

from receiver import Receiver, Shown, members, need, no_address

TOKEN = "AzyoeNS.D4iJLVa"


def error(status, name, text):
    return status, [], {"error": name, "errorCode": status, "errorDescription": text}


class Service(Receiver):
    credentials = {"gotify-token": TOKEN}
    refusals = (
        ("a wrong token", error(401, "Unauthorized", "you need to provide a valid access token or user credentials to access this api"),
         75, "HTTP 401: you need to provide a valid access token"),
        ("the token of a client", error(403, "Forbidden", "you are not allowed to access this api"), 75, "HTTP 403: you are not"),
        ("a message without a text", error(400, "Bad Request", "Field 'message' is required"), 1, "Field 'message' is required"),
        ("a wrong address", error(404, "Not Found", "page not found"), 75, "HTTP 404: page not found"),
        ("a server in trouble", error(500, "Internal Server Error", "database is locked"), 75, "HTTP 500: database is locked"),
        ("something else than the service", (200, [], b"<html>Log in to the network"), 75, "no answer of this service"),
    )

    def keys(self):
        return 'type = "gotify" server = "%s/push/" token-credential = "gotify-token"' % self.url

    def bad(self, text):
        return error(400, "Bad Request", text)[2]

    def accept(self, request):
        need(request.method == "POST" and request.path == "/push/message" and not request.query, "not POST /message")
        need(request.headers["X-Gotify-Key"] == TOKEN, "unauthorized")
        need(request.headers["Content-Type"] == "application/json", "extras need JSON")
        body = request.json()
        members(body, {"title": str, "message": str, "priority": int, "extras": dict})
        need(body["message"], "Field 'message' is required")
        need(0 <= body["priority"] <= 10, "no priority")
        members(body["extras"], {"client::display": dict}, {"client::notification": dict})
        # Without this, or as text/markdown, the apps would format it.
        need(body["extras"]["client::display"] == {"contentType": "text/plain"}, "Markdown")
        no_address("\n".join(line for line in body["message"].split("\n") if not line.startswith("https://")))
        shown = Shown()
        shown.text, shown.priority = body["title"] + "\n" + body["message"], body["priority"]
        if "client::notification" in body["extras"]:
            members(body["extras"]["client::notification"], {"click": dict})
            members(body["extras"]["client::notification"]["click"], {"url": str})
            url = body["extras"]["client::notification"]["click"]["url"]
            click = urllib.parse.urlsplit(url)
            need(click.scheme in ("http", "https") and click.hostname and not click.username, "a click that is no web page")
            shown.links.append((url, re.sub(r"^(FLASH|URGENT|LOW) ", "", body["title"])))
        shown.links += [(line, line) for line in body["message"].split("\n") if line.startswith("https://")]
        self.got.append(shown)
        return 200, [], {"id": len(self.got), "appid": 5, "message": body["message"], "title": body["title"],
                         "priority": body["priority"], "extras": body["extras"], "date": "2022-02-14T18:20:35.5+00:00"}
