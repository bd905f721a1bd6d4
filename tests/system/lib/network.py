# SPDX-License-Identifier: MIT
"""A network of the test's own: namespaces in which every address is this machine, and a name server
for them. No privilege is needed where the kernel lets users have namespaces."""
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile

INSIDE = "NIGHTDESK_TEST_NETWORK"
NXDOMAIN = 3


def enter():
    """Runs this test again in such namespaces, and returns there. Returns why it cannot, or None."""
    if INSIDE in os.environ:
        shutil.rmtree(os.environ[INSIDE])
        return None
    for tool in ("unshare", "mount", "ip"):
        if not shutil.which(tool):
            return "no %s here" % tool
    how = next((how for how in (["--map-root-user", "--net", "--mount"], ["--net", "--mount"])
                if subprocess.run(["unshare", *how, "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0),
               None)
    if not how:
        return "no namespaces of one's own here"
    files = tempfile.mkdtemp(prefix="nightdesk-network-")
    for name, text in (("resolv.conf", "nameserver 127.0.0.1\n"), ("nsswitch.conf", "hosts: files dns\n"),
                       ("hosts", "127.0.0.1 localhost\n")):
        with open(os.path.join(files, name), "w", encoding="ascii") as f:
            f.write(text)
    script = ("for f in resolv.conf nsswitch.conf hosts; do mount --bind %s/$f /etc/$f || exit 1; done; "
              "ip link set lo up && ip route add local 0.0.0.0/0 dev lo && { ip -6 route add local ::/0 dev lo || true; } && exec \"$@\"" % files)
    os.environ[INSIDE] = files
    os.execvp("unshare", ["unshare", *how, "sh", "-c", script, "sh", sys.executable, *sys.argv])


def question(packet):
    """Returns name, type and the end of the first question."""
    labels, at = [], 12
    while packet[at]:
        labels.append(packet[at + 1:at + 1 + packet[at]].decode("ascii", "replace").lower())
        at += 1 + packet[at]
    return ".".join(labels), struct.unpack_from("!H", packet, at + 1)[0], at + 5


def reply(packet, end, addresses, kind=1):
    """A list of addresses is an answer without a time to live; a number is an error. kind: 1 asks for those of
    IPv4, 28 for those of IPv6."""
    family = {1: socket.AF_INET, 28: socket.AF_INET6}.get(kind)
    code, found = (addresses, []) if isinstance(addresses, int) else (
        0, [socket.inet_pton(family, a) for a in addresses if family and (":" in a) == (kind == 28)])
    head = packet[:2] + struct.pack("!HHHHH", 0x8580 | code, 1, len(found), 0, 0)
    return head + packet[12:end] + b"".join(b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 0, len(a)) + a for a in found)


def serve_names(answer):
    """A process that answers with answer(name, how often it was asked before); None: not at all.
    Returns its id."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))
    child = os.fork()
    if child:
        server.close()
        return child
    asked = {}
    while True:
        packet, client = server.recvfrom(4096)
        name, kind, end = question(packet)
        found = answer(name, asked.get(name, 0))
        if found is None:
            continue
        if kind == 1:
            asked[name] = asked.get(name, 0) + 1
        server.sendto(reply(packet, end, found, kind), client)
