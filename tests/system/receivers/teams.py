# SPDX-License-Identifier: MIT
"""Workflows of Teams that post an Adaptive Card: https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors,
https://adaptivecards.io/explorer/; elements of version 1.2."""
import re

from receiver import Receiver, Shown, members, need

PATH = "/workflows/0123456789abcdef0123456789abcdef/triggers/manual/paths/invoke"
QUERY = {"api-version": "2016-06-01", "sp": "/triggers/manual/run", "sv": "1.0", "sig": "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789_-AbCdE"}


def take(element, shown):
    kind = element["type"]
    if kind == "Container":
        members(element, {"type": str, "style": str, "items": list})
        need(element["style"] == "emphasis", "style")
        for item in element["items"]:
            take(item, shown)
        return
    if kind == "TextBlock":
        members(element, {"type": str, "text": str, "wrap": bool})
        need(re.fullmatch(r"(<at>[^<>]+</at> ?)+", element["text"]), "markup in a TextBlock: " + element["text"])
        shown.text += element["text"] + "\n"
        return
    members(element, {"type": str, "inlines": list}, {"spacing": str})
    need(kind == "RichTextBlock" and element["inlines"], "unknown element " + kind)
    for run in element["inlines"]:
        members(run, {"type": str, "text": str}, {"weight": str, "color": str, "selectAction": dict})
        need(run["type"] == "TextRun" and run["text"] != "", "no run")
        need("<at>" not in run["text"].lower(), "a tag of mentions")
        shown.text += run["text"]
        if run.get("weight") == "Bolder":
            shown.strong.append(run["text"])
        if "selectAction" in run:
            members(run["selectAction"], {"type": str, "url": str})
            need(run["selectAction"]["type"] == "Action.OpenUrl", "action")
            need(run["selectAction"]["url"].startswith(("http://", "https://")), "no link")
            shown.links.append((run["selectAction"]["url"], run["text"]))
    shown.text += "\n"


class Service(Receiver):
    credentials = {"teams-url": "URL%s?%s" % (PATH, "&".join("%s=%s" % (k, v.replace("/", "%2F")) for k, v in QUERY.items()))}
    parser = "card"
    mention = "Duty Desk <duty@news.example>"
    pace = 1
    refusals = (
        ("a limit", (429, [("Retry-After", "20")], {"error": {"code": "WorkflowRunActionRateLimit", "message": "Rate limit is exceeded."}}),
         75, "asked to wait 20 s"),
        ("a workflow that was deleted", (404, [], {"error": {"code": "WorkflowNotFound", "message": "The workflow could not be found."}}),
         75, "WorkflowNotFound"),
        ("a wrong signature", (401, [], {"error": {"code": "DirectApiAuthorizationRequired", "message": "The request must be authenticated."}}),
         75, "HTTP 401"),
        ("a workflow that is switched off", (400, [], {"error": {"code": "WorkflowTriggerIsNotEnabled", "message": "Could not execute."}}),
         75, "WorkflowTriggerIsNotEnabled"),
        ("a message that is bad", (400, [], {"error": {"code": "InvalidJson", "message": "bad"}}), 1, "InvalidJson"),
        ("a limit of an old connector", (200, [], b"Webhook message delivery failed with error: Microsoft Teams endpoint returned "
                                                  b"HTTP error 429 with ContextId tcid=0"), 75, "HTTP error 429"),
        ("a message too large for an old connector", (200, [], b"Webhook message delivery failed with error: Microsoft Teams endpoint "
                                                               b"returned HTTP error 413 with ContextId tcid=0"), 1, "HTTP error 413"),
    )

    def keys(self):
        return 'type = "teams" url-credential = "teams-url"'

    def bad(self, text):
        return {"error": {"code": "InvalidRequestContent", "message": text}}

    def accept(self, request):
        need(request.method == "POST" and request.path == PATH and request.query == QUERY, "another address")
        need(request.headers["Content-Type"] == "application/json", "no JSON")
        need(len(request.body) <= 28 * 1024, "more than 28 KB")
        body = request.json()
        members(body, {"type": str, "attachments": list})
        need(body["type"] == "message" and len(body["attachments"]) == 1, "no message")
        attachment = body["attachments"][0]
        members(attachment, {"contentType": str, "contentUrl": type(None), "content": dict})
        need(attachment["contentType"] == "application/vnd.microsoft.card.adaptive", "no card")
        card = attachment["content"]
        members(card, {"$schema": str, "type": str, "version": str, "body": list}, {"msteams": dict})
        need(card["type"] == "AdaptiveCard" and card["version"] == "1.2", "no card")
        members(card["msteams"], {"width": str, "entities": list})
        shown = Shown()
        for element in card["body"]:
            take(element, shown)
        for entity in card["msteams"]["entities"]:
            members(entity, {"type": str, "text": str, "mentioned": dict})
            members(entity["mentioned"], {"id": str, "name": str})
            need(shown.text.count(entity["text"]) == 1, "an entity without its text")
            shown.mentions.append("%s <%s>" % (entity["mentioned"]["name"], entity["mentioned"]["id"]))
        self.got.append(shown)
        return 202, [], b""
