# SPDX-License-Identifier: MIT
"""Runs in the network of a booted machine: a feed whose items are the lines of the file ITEMS, and a receiver
of signed webhooks that appends what it got to the file GOT. Arguments: ITEMS GOT KEY URLS, a file that gets
a line for each."""
import json
import sys
import time

import world


def main():
    items, got, key, urls = sys.argv[1:]

    class Kept(world.Hook):
        def take(self, headers, body):
            status = super().take(headers, body)
            with open(got, "a", encoding="utf-8") as f:
                data = json.loads(body)["data"]
                f.write("%d %s %s\n" % (status, headers["webhook-id"], data["item"]["title"]))
            return status

    def feed(_):
        with open(items, encoding="utf-8") as f:
            return world.rss([(line.split()[0], line.strip()) for line in f])

    web, hook = world.serve(feed), Kept(key)
    with open(urls, "w", encoding="utf-8") as f:
        f.write("%s/feed\n%s\n" % (web.url, hook.url))
    while True:
        time.sleep(60)


if __name__ == "__main__":
    main()
