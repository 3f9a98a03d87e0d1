"""A web server that answers by path, mostly as no web server should.

    origin.py IMAGE PORT ADDRESS...

It listens on each address, on one port (0: any that is free), and prints lines to standard error:
`ready PORT` when it listens, `connection ADDRESS` for each connection and `request ADDRESS TARGET`
for each request, with the address of this side. SIGTERM ends it, after whoever waits was counted.
"""
import os
import select
import signal
import socket
import struct
import sys
import threading
import urllib.parse
import zlib

OK = b"HTTP/1.1 200 OK\r\n"
IMAGE_TYPE = b"Content-Type: image/png\r\n"
CLOSE = b"Connection: close\r\n\r\n"
image = b""
lock = threading.Lock()


def say(*words):
    with lock:
        print(*words, file=sys.stderr, flush=True)


def answer(body, fields=b"", status=b"200 OK"):
    length = b"Content-Length: %d\r\n" % len(body)
    return b"HTTP/1.1 " + status + b"\r\n" + IMAGE_TYPE + fields + length + CLOSE + body


def raw(fields, body=b""):
    """A body whose end only the fields, or the connection's end, tell."""
    return OK + IMAGE_TYPE + fields + CLOSE + body


def chunked(*chunks, fields=b""):
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return raw(b"Transfer-Encoding: chunked\r\n" + fields, body)


def bomb():
    """A PNG of 30000 by 30000 pixels, as far as its header says (PNG 11.2.2)."""
    header = b"IHDR" + struct.pack(">IIBBBBB", 30000, 30000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    return image[:8] + chunk + image[8 + len(chunk):]


def damaged():
    middle = len(image) // 2
    return image[:middle] + bytes(64) + image[middle + 64:]


def page():
    return b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"


# What is sent for a path, all at once.
FIXED = {
    "/no-location": lambda: b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n" + CLOSE,
    "/empty-location": lambda: b"HTTP/1.1 302 Found\r\nLocation:\r\nContent-Length: 0\r\n" + CLOSE,
    "/two-locations": lambda: b"HTTP/1.1 302 Found\r\nLocation: /good.png\r\n"
    b"Location: http://169.254.169.254/\r\nContent-Length: 0\r\n" + CLOSE,
    "/loop": lambda: b"HTTP/1.1 302 Found\r\nLocation: /loop\r\nContent-Length: 0\r\n" + CLOSE,
    "/close-delimited.png": lambda: b"HTTP/1.0 200 OK\r\n\r\n" + image,
    "/chunked.png": lambda: chunked(image[:100], image[100:], b""),
    "/html": lambda: answer(page()),
    "/text": lambda: answer(b"no image\n" * 20),
    "/empty": lambda: answer(b""),
    "/svg": lambda: answer(b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"),
    "/damaged.png": lambda: answer(damaged()),
    "/truncated.png": lambda: answer(image[:len(image) // 2]),
    "/signature-only.png": lambda: answer(image[:8]),
    "/bomb.png": lambda: answer(bomb()),
    "/large.png": lambda: answer(image + bytes(1 << 17)),
    "/length-short": lambda: raw(b"Content-Length: 40\r\n", image),
    "/length-zero": lambda: raw(b"Content-Length: 0\r\n", image),
    "/length-long": lambda: raw(b"Content-Length: %d\r\n" % (len(image) + 99), image),
    "/length-huge": lambda: raw(b"Content-Length: 9000000000000000000\r\n", image),
    "/length-overflow": lambda: raw(b"Content-Length: 18446744073709551617\r\n", image),
    "/length-negative": lambda: raw(b"Content-Length: -1\r\n", image),
    "/length-plus": lambda: raw(b"Content-Length: +%d\r\n" % len(image), image),
    "/length-hex": lambda: raw(b"Content-Length: 0x%x\r\n" % len(image), image),
    "/length-list": lambda: raw(b"Content-Length: 40, %d\r\n" % len(image), image),
    "/two-lengths": lambda: raw(
        b"Content-Length: 40\r\nContent-Length: %d\r\n" % len(image), image),
    "/chunk-no-number": lambda: raw(b"Transfer-Encoding: chunked\r\n", b"zz\r\n" + image),
    "/chunk-overflow": lambda: raw(
        b"Transfer-Encoding: chunked\r\n", b"ffffffffffffffff1\r\n" + image),
    "/chunk-no-end": lambda: chunked(image[:100]),
    "/chunk-cut": lambda: raw(b"Transfer-Encoding: chunked\r\n", b"ffff\r\n" + image),
    "/gzip": lambda: answer(image, b"Content-Encoding: gzip\r\n"),
    "/brotli": lambda: answer(image, b"Content-Encoding: br\r\n"),
    "/deflate-later": lambda: answer(image, b"Content-Encoding: identity, deflate\r\n"),
    "/gzip-second-field": lambda: answer(
        image, b"Content-Encoding: identity\r\nContent-Encoding: GZIP\r\n"),
    "/gzip-transfer": lambda: raw(b"Transfer-Encoding: gzip\r\n", image),
    "/partial": lambda: answer(
        image[:50], b"Content-Range: bytes 0-49/%d\r\n" % len(image), b"206 Partial Content"),
    "/garbage": lambda: bytes(range(256)) * 8,
    "/tls": lambda: b"\x15\x03\x01\x00\x02\x02\x46",
    "/ssh": lambda: b"SSH-2.0-OpenSSH_9.2\r\n",
    "/redis": lambda: b"-ERR wrong number of arguments for 'get' command\r\n",
    "/http-0.9": lambda: image,
    "/http-2": lambda: b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + bytes(18),
    "/http-2-preface": lambda: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "/version-9": lambda: b"HTTP/9.9 200 OK\r\nContent-Length: 0\r\n\r\n",
    "/request": lambda: b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "/field-no-colon": lambda: OK + b"nothing\r\n" + CLOSE + image,
    "/field-zero": lambda: OK + b"X-A: \0\r\n" + CLOSE + image,
    "/field-name": lambda: OK + b"X A: b\r\n" + CLOSE + image,
    "/many-fields": lambda: OK + b"X-A: b\r\n" * 100_000 + CLOSE + image,
    "/long-field": lambda: OK + b"X-A: " + b"b" * (1 << 20) + b"\r\n" + CLOSE + image,
    "/long-reason": lambda: b"HTTP/1.1 200 " + b"O" * (1 << 22) + b"\r\n" + CLOSE + image,
    "/head-cut": lambda: OK + IMAGE_TYPE,
    "/closed": lambda: b"",
    "/switching": lambda: b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n"
    b"Connection: Upgrade\r\n\r\n" + image,
    "/continue-then-good.png": lambda: b"HTTP/1.1 100 Continue\r\n\r\n" + answer(image),
}


def reset(connection, head):
    connection.sendall(head)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def endless(connection, head, part):
    connection.sendall(head)
    while True:
        connection.sendall(part)


def drip(connection, head, part):
    """A byte at a time, until the other side has had enough."""
    connection.sendall(head)
    at = 0
    while not select.select([connection], [], [], 0.02)[0]:
        connection.sendall(part[at % len(part):][:1])
        at += 1


def silent(connection, head):
    connection.sendall(head)
    select.select([connection], [], [])


PART = b"10000\r\n" + bytes(1 << 16) + b"\r\n"
LONG = b"Content-Length: 60000\r\n"
# What goes on, or ends otherwise.
ACTING = {
    "/reset": lambda c: reset(c, b""),
    "/reset-in-head": lambda c: reset(c, OK),
    "/reset-in-body": lambda c: reset(c, raw(LONG, image)),
    "/endless-chunks": lambda c: endless(c, chunked(image), PART),
    "/endless-body": lambda c: endless(c, raw(b"", image), bytes(1 << 16)),
    "/endless-head": lambda c: endless(c, OK, b"X-A: b\r\n"),
    "/endless-field": lambda c: endless(c, OK + b"X-A: ", b"b" * 4096),
    "/endless-extension": lambda c: endless(
        c, raw(b"Transfer-Encoding: chunked\r\n", b"1;"), b"a" * 4096),
    "/endless-trailer": lambda c: endless(c, chunked(image, b"")[:-2], b"X-A: b\r\n"),
    "/drip-head": lambda c: drip(c, OK, b"X-A: b\r\n"),
    "/drip-status": lambda c: drip(c, b"", OK[:-2] + b"K" * 9999),
    "/drip-body": lambda c: drip(c, raw(LONG), image),
    "/drip-chunks": lambda c: drip(
        c, raw(b"Transfer-Encoding: chunked\r\n"), b"1\r\na\r\n"),
    "/drip-continue": lambda c: drip(c, b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "/silent": lambda c: silent(c, b""),
    "/silent-in-head": lambda c: silent(c, OK),
    "/silent-in-body": lambda c: silent(c, raw(LONG, image)),
}


def redirect(target, status=b"302 Found"):
    return (b"HTTP/1.1 " + status + b"\r\nLocation: " + target + b"\r\nContent-Length: 0\r\n"
            + CLOSE)


def reply(path, query):
    """The answer of a path that is no fixed one."""
    if path.endswith("good.png"):
        return answer(image, b"ETag: \"a\"\r\n")
    name, _, rest = path[1:].partition("/")
    if path.endswith("/to"):
        return redirect(urllib.parse.unquote_to_bytes(query))
    if name == "hops":
        left = int(rest)
        return redirect(b"/hops/%d" % (left - 1) if left > 1 else b"../good.png", b"307 Hop")
    if name == "status":
        return answer(b"" if rest in ("204", "304") else image, status=rest.encode() + b" Status")
    return answer(b"", status=b"404 Not Found")


def serve(connection, address):
    try:
        head = b""
        while b"\r\n\r\n" not in head:
            part = connection.recv(1 << 16)
            if not part:
                return
            head += part
        target = head.split(b" ", 2)[1].decode("ascii")
        say("request", address, target)
        path, _, query = target.partition("?")
        if path in ACTING:
            ACTING[path](connection)
        else:
            connection.sendall(FIXED[path]() if path in FIXED else reply(path, query))
    except OSError:
        pass
    finally:
        connection.close()


def listen(address, port):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    listener.bind((address, port))
    listener.listen(128)
    return listener


def load(path):
    global image
    with open(path, "rb") as file:
        image = file.read()


def run(listeners, ready):
    """Serves until SIGTERM comes."""
    woken, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker)
    signal.signal(signal.SIGTERM, lambda *_: None)
    say("ready", ready)
    while True:
        found = select.select(listeners + [woken], [], [])[0]
        for listener in found:
            if listener != woken:
                connection, _ = listener.accept()
                address = listener.getsockname()[0]
                say("connection", address)
                threading.Thread(
                    target=serve, args=(connection, address), daemon=True).start()
        if found == [woken]:
            os._exit(0)


def main():
    load(sys.argv[1])
    port = int(sys.argv[2])
    listeners = []
    for address in sys.argv[3:]:
        listeners.append(listen(address, port))
        port = listeners[0].getsockname()[1]
    run(listeners, port)


if __name__ == "__main__":
    main()
