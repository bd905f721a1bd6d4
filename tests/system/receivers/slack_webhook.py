# SPDX-License-Identifier: MIT
"""Incoming webhooks of Slack: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks."""
import slack
from receiver import Receiver, members, need

PATH = "/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX"


class Service(Receiver):
    credentials = {"slack-url": "URL" + PATH}
    mention = "<!here>"
    pace = 1
    refusals = (
        ("a limit", (429, [("Retry-After", "1")], {"retry_after": 1, "ok": False, "error": "rate_limited"}), 75, "asked to wait 1 s"),
        ("a webhook that was removed", (404, [], b"no_service"), 75, "no_service"),
        ("a wrong token", (403, [], b"invalid_token"), 75, "invalid_token"),
        ("an archived channel", (410, [], b"channel_is_archived"), 1, "channel_is_archived"),
        ("a message that is bad", (400, [], b"invalid_blocks"), 1, "invalid_blocks"),
        ("a channel that takes no posts", (403, [], b"posting_to_general_channel_denied"), 75, "posting_to_general"),
    )

    def keys(self):
        return 'type = "slack" url-credential = "slack-url"'

    def bad(self, text):
        return ("invalid_payload: " + text).encode()

    def accept(self, request):
        need(request.method == "POST" and request.path == PATH, "no_service")
        need(request.headers["Content-Type"].startswith("application/json"), "invalid_payload")
        body = request.json()
        members(body, {"text": str, "blocks": list}, {"unfurl_links": bool, "unfurl_media": bool})
        self.got.append(slack.shown_of(body))
        return 200, [], b"ok"
