# SPDX-License-Identifier: MIT
"""Strict stand-ins for services: each checks every request against the documentation of its service and answers
as that says. One file in tests/system/receivers/ each, with a class Service(Receiver)."""
import json
import re
import threading
import time
import urllib.parse

import world

JOINER = "\u2060"  # follows an @ in text of a feed


class Request:
    def __init__(self, handler, body):
        parts = urllib.parse.urlsplit(handler.path)
        self.method, self.path, self.headers, self.body = handler.command, parts.path, handler.headers, body
        self.query = dict(urllib.parse.parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))

    def json(self):
        return json.loads(self.body.decode("utf-8"), object_pairs_hook=unique)

    def form(self):
        return unique(urllib.parse.parse_qsl(self.body.decode("ascii"), keep_blank_values=True, strict_parsing=True))


class Wrong(Exception):
    """The request is not as documented."""


def unique(pairs):
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        raise Wrong("a member stands twice")
    return dict(pairs)


def need(ok, text):
    if not ok:
        raise Wrong(text)


def members(document, required, optional=()):
    """The document has these members and no others; the values say their types."""
    need(isinstance(document, dict), "no object")
    known = dict(required, **dict(optional))
    for key in required:
        need(key in document, "no member " + key)
    for key, value in document.items():
        need(key in known, "unknown member " + key)
        need(isinstance(value, known[key]) and not (isinstance(value, bool) and known[key] is int),
             "%s: not of type %s" % (key, known[key]))


def no_address(text):
    """Clients find addresses in a text by themselves; a joiner keeps them from it."""
    need(not re.search(r"https?://|www\.\w|[A-Za-z0-9]{2}\.[A-Za-z]{2}", text), "an address in the text: %r" % text[:300])


def utf16(text):
    return len(text.encode("utf-16-le")) // 2


class Shown:
    """What people see of a message."""

    def __init__(self):
        self.text, self.links, self.strong, self.mentions = "", [], [], []
        self.time = time.monotonic()
        #: What the service calls the message, and the one that this one changes or is tied to.
        self.name = self.edits = self.replies = None


class Receiver:
    """keys(): of its notify block; credentials: name and content; message: what a request with one is answered."""

    credentials = {}
    #: What it can do with an earlier message, as the manual says: change it, tie another one to it.
    can_edit = can_reply = False
    #: Has the type a template, whose text can be read like that of other messages?
    template = False
    #: The one of tests/system/lib/markup.mjs that reads its messages as its clients do.
    parser = None
    #: What the service answers when it refuses: name, answer (status, headers, document), exit status of
    #: test-notify, text that it prints.
    refusals = ()
    #: Least seconds between two messages, as documented.
    pace = 0
    #: Can people acknowledge there? acknowledge(name) does what they do with that message.
    can_acknowledge = False
    #: How many links a digest of many alerts has at least.
    digest_links = 5

    def __init__(self):
        self.wrong, self.got, self.script, self.bodies = [], [], [], []
        #: When it was asked what people answered.
        self.asked = []
        self.lock, receiver = threading.Lock(), self

        class Handler(world.Handler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"] or 0))
                self.answer(*receiver.take(Request(self, body)))

            do_PUT = do_PATCH = do_GET = do_POST

        self.url = world.Server(Handler).url

    def take(self, request):
        with self.lock:
            if self.script and not self.reads(request):
                status, headers, document = self.script.pop(0)
            else:
                status, headers, document = self.try_accept(request)
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        kind = "text/plain" if isinstance(document, bytes) else "application/json"
        return status, body, [("Content-Type", kind), *headers]

    def try_accept(self, request):
        try:
            need(request.headers["User-Agent"].startswith("nightdesk/"), "no User-Agent")
            if self.reads(request):
                self.asked.append(time.monotonic())
                return self.read(request)
            self.bodies.append(request.body.decode())
            return self.accept(request)
        except (Wrong, ValueError, KeyError, TypeError) as error:
            self.wrong.append("%s %s: %r in %s" % (request.method, request.path, error, request.body[:600]))
            return 400, [], self.bad(str(error))

    # Of each service:

    def keys(self):
        raise NotImplementedError

    def accept(self, request):
        """Checks the request, appends a Shown to got, returns status, headers and document; raises Wrong."""
        raise NotImplementedError

    def reads(self, request):
        """Is it no message, but a question what people answered?"""
        return False

    def read(self, request):
        """The same for such a request."""
        raise NotImplementedError

    def bad(self, text):
        """The document that the service answers to a malformed request."""
        return {"error": text}


def load():
    """All services, by name."""
    import importlib
    import os
    import sys

    directory = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "receivers")
    sys.path.insert(0, directory)
    names = sorted(name[:-3] for name in os.listdir(directory) if name.endswith(".py"))
    return {name: importlib.import_module(name).Service() for name in names}
