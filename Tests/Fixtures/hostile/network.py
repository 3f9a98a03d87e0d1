"""A network of its own, in which every address is on this machine and every name is a trap.

    network.py IMAGE FOLDER

It makes a network and a mount namespace, puts public and private addresses on their loopback
interface with the server of origin.py on port 80 of each, answers DNS, and carries connections to
a port of the loopback outside to the same port inside: whoever starts a program inside with
nsenter(1) on that port can talk to it. Its lines are those of origin.py, beside `query NAME` for
each question about an IPv4 address. It needs root.
"""
import ctypes
import fcntl
import os
import socket
import struct
import sys
import threading

import origin

PUBLIC, PUBLIC6 = "93.184.216.34", "2606:4700::1111"
PRIVATE = ["10.1.2.3", "127.0.0.1", "169.254.169.254", "100.64.0.7"]
PRIVATE6 = ["::1", "fd00::1"]
DNS = "127.0.0.53"

# sched.h, sys/mount.h, linux/sockios.h, linux/if.h
CLONE_NEWNS, CLONE_NEWNET = 0x20000, 0x40000000
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000
SIOCSIFADDR, SIOCSIFNETMASK, SIOCGIFFLAGS, SIOCSIFFLAGS = 0x8916, 0x891C, 0x8913, 0x8914
IFF_UP = 1

libc = ctypes.CDLL(None, use_errno=True)


def check(result, what):
    if result != 0:
        raise OSError(ctypes.get_errno(), what)


def files(folder):
    texts = {
        "hosts": "127.0.0.1 localhost\n10.1.2.3 listed.test\n",
        # Longer than a test waits: a look-up that nobody answers does not end by itself.
        "resolv.conf": f"nameserver {DNS}\noptions timeout:30 attempts:5\n",
        "nsswitch.conf": "hosts: files dns\n",
    }
    for name, text in texts.items():
        path = os.path.join(folder, name)
        with open(path, "w") as file:
            file.write(text)
        os.chmod(path, 0o644)
        check(libc.mount(path.encode(), b"/etc/" + name.encode(), None, MS_BIND, None), name)


def interface():
    """What `ip address add` does, for machines without it (netdevice(7))."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        def set_flags(name):
            request = struct.pack("16sh22x", name, 0)
            flags = struct.unpack("16sh22x", fcntl.ioctl(control, SIOCGIFFLAGS, request))[1]
            fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh22x", name, flags | IFF_UP))

        set_flags(b"lo")
        for number, address in enumerate([PUBLIC] + PRIVATE):
            if address.startswith("127."):
                continue
            name = b"lo:%d" % number
            for call, value in ((SIOCSIFADDR, address), (SIOCSIFNETMASK, "255.255.255.255")):
                where = struct.pack("HH4s8x", socket.AF_INET, 0, socket.inet_aton(value))
                fcntl.ioctl(control, call, struct.pack("16s16s8x", name, where))
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as control:
        for address in [PUBLIC6, "fd00::1"]:
            request = struct.pack(
                "16sIi", socket.inet_pton(socket.AF_INET6, address), 128,
                socket.if_nametoindex("lo"))
            fcntl.ioctl(control, SIOCSIFADDR, request)


# IPv4 and IPv6 addresses of a name. A list of lists is answered one after the other, the last again
# and again.
NAMES = {
    "good.test": ([PUBLIC], []),
    "six.test": ([], [PUBLIC6]),
    "both.test": ([PUBLIC, "10.1.2.3"], []),
    "both-turned.test": (["10.1.2.3", PUBLIC], []),
    "private-six.test": ([PUBLIC], ["fd00::1"]),
    "many.test": ([PUBLIC] + [f"93.184.216.{n}" for n in range(35, 45)] + ["127.0.0.1"], []),
    "private.test": (["10.1.2.3"], []),
    "loopback.test": (["127.0.0.1"], []),
    "metadata.test": (["169.254.169.254"], []),
    "provider.test": (["100.64.0.7"], []),
    "zero.test": (["0.0.0.0"], []),
    "broadcast.test": (["255.255.255.255"], []),
    "six-loopback.test": ([], ["::1"]),
    "mapped.test": ([], ["::ffff:127.0.0.1"]),
    "compatible.test": ([], ["::127.0.0.1"]),
    "translated.test": ([], ["64:ff9b::a9fe:a9fe"]),
    "6to4.test": ([], ["2002:a01:203::1"]),
    "rebinding.test": ([[PUBLIC], ["127.0.0.1"]], []),
    "turning.test": ([[PUBLIC], ["10.1.2.3"]], []),
    "empty.test": ([], []),
}
ALIASES = {"alias.test": "private.test", "alias-of-localhost.test": "loopback.test"}
asked = {}


def records(name, kind):
    """Type and data of what a name has (RFC 1035 section 3.2, RFC 3596)."""
    four, six = NAMES.get(name, ([], []))
    if kind == 28:
        return [(28, socket.inet_pton(socket.AF_INET6, address)) for address in six]
    if kind != 1:
        return []
    origin.say("query", name)
    if four and isinstance(four[0], list):
        asked[name] = asked.get(name, -1) + 1
        four = four[min(asked[name], len(four) - 1)]
    return [(1, socket.inet_aton(address)) for address in four]


def written(name):
    labels = name.encode().split(b".")
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def reply(query):
    """An answer to a query with one question; nothing for what gets none."""
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode().lower())
        at += 1 + query[at]
    kind = struct.unpack(">H", query[at + 1:at + 3])[0]
    question, name = query[12:at + 5], ".".join(labels)
    if name == "silent.test":
        origin.say("query", name)
        return None
    found, code = [], 0
    owner = name
    if name in ALIASES:
        owner = ALIASES[name]
        found.append((name, 5, written(owner)))
    found += [(owner, *record) for record in records(owner, kind)]
    if owner not in NAMES:
        code = 2 if name == "failing.test" else 3
    body = b"".join(
        written(of) + struct.pack(">HHIH", kind, 1, 0, len(data)) + data
        for of, kind, data in found)
    return query[:2] + struct.pack(">HHHHH", 0x8580 | code, 1, len(found), 0, 0) + question + body


def answer_names():
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((DNS, 53))

    def go():
        while True:
            query, client = server.recvfrom(4096)
            text = reply(query)
            if text:
                server.sendto(text, client)

    threading.Thread(target=go, daemon=True).start()


def carry(outer):
    """Joins connections from outside to the same port inside."""
    def pump(source, target):
        try:
            while part := source.recv(1 << 16):
                target.sendall(part)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def join(client):
        try:
            inner = socket.create_connection(outer.getsockname())
        except OSError:
            client.close()
            return
        with client, inner:
            back = threading.Thread(target=pump, args=(inner, client), daemon=True)
            back.start()
            pump(client, inner)
            back.join()

    def go():
        while True:
            threading.Thread(target=join, args=(outer.accept()[0],), daemon=True).start()

    threading.Thread(target=go, daemon=True).start()


def main():
    origin.load(sys.argv[1])
    outer = origin.listen("127.0.0.1", 0)
    check(libc.unshare(CLONE_NEWNS | CLONE_NEWNET), "unshare")
    check(libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None), "mount")
    files(sys.argv[2])
    interface()
    answer_names()
    carry(outer)
    addresses = [PUBLIC, PUBLIC6] + PRIVATE + PRIVATE6
    origin.run([origin.listen(address, 80) for address in addresses], outer.getsockname()[1])


if __name__ == "__main__":
    main()
