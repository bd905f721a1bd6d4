#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A syslog receiver that counts and keeps its connections open: syslog_receiver.py SCHEME PORT COUNT [CERT KEY].

Prints "ready", and after COUNT messages how many a second there were from the first to the last. A message is
what contains MARK once."""
import socket
import ssl
import sys
import time

MARK = b"[origin software="


def connections(port, files):
    with socket.create_server(("127.0.0.1", port)) as server:
        print("ready", flush=True)
        while True:
            client = server.accept()[0]
            if files:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(*files)
                client = context.wrap_socket(client, server_side=True)
            while True:
                got = client.recv(1 << 16)
                if not got:
                    break
                yield got


def datagrams(port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        server.bind(("127.0.0.1", port))
        print("ready", flush=True)
        while True:
            yield server.recv(1 << 16)


def main():
    scheme, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    n, first, rest = 0, 0.0, b""
    for got in datagrams(port) if scheme == "udp" else connections(port, sys.argv[4:]):
        now = time.monotonic()
        first = first or now
        text = rest + got
        n += text.count(MARK)
        rest = text[-len(MARK) + 1:]   # a mark may be cut in two
        if n >= count:
            print("%.0f" % (n / (now - first + 1e-6)), flush=True)
            return


main()
