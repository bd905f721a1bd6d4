# SPDX-License-Identifier: MIT
"""Alertmanager: its API v2 (api/v2/openapi.yaml) and what it checks of labels and times. The real one is in
tests/system/alertmanager.py."""
import datetime
import re
import urllib.parse

from receiver import Receiver, Shown, members, need, no_address


def stamp(text):
    need(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", text), "no date-time: " + text)
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


class Service(Receiver):
    credentials = {"alertmanager-url": "URL/base"}
    refusals = (
        ("an alert that is refused", (400, [], "start time must be before end time"), 1, "start time must be before end time"),
        ("a wrong address", (404, [], b"404 page not found\n"), 75, "HTTP 404: 404 page not found"),
        ("a server in trouble", (500, [], "internal"), 75, "HTTP 500"),
        ("something else than the service", (200, [], b"<html>Log in to the network"), 75, "HTTP 200: <html>"),
    )

    def keys(self):
        return 'type = "alertmanager" url-credential = "alertmanager-url" labels = { "team=foreign" }'

    def accept(self, request):
        need(request.method == "POST" and request.path == "/base/api/v2/alerts" and not request.query, "not POST /api/v2/alerts")
        need(request.headers["Content-Type"] == "application/json", "no JSON")
        alerts = request.json()
        need(isinstance(alerts, list) and alerts, "no list of alerts")
        for alert in alerts:
            members(alert, {"labels": dict, "annotations": dict, "startsAt": str, "endsAt": str}, {"generatorURL": str})
            for kind in ("labels", "annotations"):
                for name, value in alert[kind].items():
                    need(re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]*", name) and isinstance(value, str) and value, "bad " + kind)
            labels = alert["labels"]
            need({"alertname", "watch", "priority"} < set(labels) and labels["team"] == "foreign", "labels: %s" % sorted(labels))
            need(("alert_id" in labels) != ("trouble" in labels), "what is it about?")
            starts, ends = stamp(alert["startsAt"]), stamp(alert["endsAt"])
            need(starts <= ends, "start time must be before end time")
            no_address("\n".join(line for line in alert["annotations"]["description"].split("\n") if not line.startswith("https://")))
            shown = Shown()
            shown.text = alert["annotations"]["summary"] + "\n" + alert["annotations"]["description"]
            shown.labels, shown.starts, shown.ends = labels, starts, ends
            if "generatorURL" in alert:
                url = urllib.parse.urlsplit(alert["generatorURL"])
                need(url.scheme in ("http", "https") and url.hostname and not url.username, "no web page")
                need(alert["annotations"]["link"] == alert["generatorURL"], "two links")
                shown.links.append((alert["generatorURL"], re.sub(r"^(FLASH|URGENT|LOW) ", "", alert["annotations"]["summary"])))
            shown.links += [(line, line) for line in shown.text.split("\n") if line.startswith("https://")]
            self.got.append(shown)
        return 200, [], b""
