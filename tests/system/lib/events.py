# SPDX-License-Identifier: MIT
"""A client of server-sent events that keeps all it got."""
import http.client
import json
import socket
import threading

import world


class Events:
    """One stream; got is a list of pairs of name and data, ids those of the events (None: without).
    read: at once, else when read() is called."""

    def __init__(self, port, path="/api/v1/events", last=None, read=True):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        if not read:  # its buffers are small
            self.connection.sock = socket.socket()
            self.connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            self.connection.sock.settimeout(120)
            self.connection.sock.connect(("127.0.0.1", port))
        self.connection.request("GET", path, headers={"Last-Event-ID": last} if last else {})
        self.got, self.ids, self.ended = [], [], False
        self.lock = threading.Lock()
        if read:
            self.read()

    def read(self):
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        name = data = last = None
        try:
            self.answer = self.connection.getresponse()
            for line in iter(self.answer.readline, b""):
                field, _, value = line.decode().rstrip("\n").partition(": ")
                if field == "event":
                    name = value
                elif field == "data":
                    data = json.loads(value)
                elif field == "id":
                    last = value
                elif not field and name:
                    with self.lock:
                        self.got.append((name, data))
                        self.ids.append(last)
                    name = data = last = None
        except (OSError, http.client.HTTPException, ValueError, AttributeError):
            pass  # it was closed
        self.ended = True

    def all(self, name, fresh=False):
        """The data of the events of that name; fresh: that have an id."""
        with self.lock:
            return [data for (n, data), last in zip(self.got, self.ids) if n == name and (last or not fresh)]

    def wait(self, condition, seconds=30):
        """Waits until condition(self); returns whether it came true."""
        return world.until(lambda: condition(self), seconds)

    def close(self):
        self.connection.sock and self.connection.sock.shutdown(2)
        self.connection.close()
