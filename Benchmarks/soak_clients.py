"""Those who use the service, and those who disturb it, each in a thread of its own."""

import http.client
import json
import os
import random
import signal
import socket
import threading
import time

from processes import stat

FORMATS = ["jpg", "png", "webp", "avif"]
TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "avif": "image/avif",
         "json": "application/json"}


class Tally:
    """What was asked and answered, by all threads."""

    def __init__(self):
        self.lock = threading.Lock()
        self.answers = {}
        self.unexpected = []
        self.events = {}

    def answer(self, kind, status, expected, request_id):
        with self.lock:
            statuses = self.answers.setdefault(kind, {})
            statuses[status] = statuses.get(status, 0) + 1
            if status not in expected:
                self.unexpected.append((kind, status, request_id))

    def event(self, name, count=1):
        with self.lock:
            self.events[name] = self.events.get(name, 0) + count


class Actor(threading.Thread):
    """Does one thing again and again while the gate is open, until told to stop."""

    def __init__(self, soak, seed):
        super().__init__(daemon=True)
        self.soak, self.random = soak, random.Random(seed)
        self.resting = threading.Event()
        self.trouble = None

    def run(self):
        try:
            while not self.soak.over.is_set():
                if self.soak.gate.is_set():
                    self.resting.clear()
                    self.act()
                else:
                    self.resting.set()
                    time.sleep(0.02)
        except Exception as error:  # pylint: disable=broad-except
            self.trouble = f"{type(self).__name__}: {error!r}"
        self.resting.set()

    def pause(self, seconds):
        self.soak.over.wait(seconds * self.random.uniform(0.5, 1.5))

    def query(self):
        side = self.random.randrange(40, 400)
        return (f"rs={self.random.choice(['fit', 'fill', 'force'])}:{side}:{side}"
                f"&f={self.random.choice(FORMATS)}")


class Visitor(Actor):
    """Sends images and takes the answers, over a connection that lasts for some of them."""

    connection = None
    left = 0

    def act(self):
        one = self.random.choice(self.soak.inputs)
        if self.left == 0:
            if self.connection:
                self.connection.close()
            self.connection = http.client.HTTPConnection("127.0.0.1", self.soak.port, timeout=60)
            self.left = self.random.randrange(1, 40)
        self.left -= 1
        query = self.query()
        path, expected, kind = f"/v1/process?{query}", one.expected, query.rsplit("=", 1)[1]
        if self.random.random() < 0.2:
            # What is cut off has its header still.
            path, expected, kind = "/v1/info", expected | ({200} if one.is_cut else set()), "json"
        try:
            self.connection.request("POST", path, one.bytes)
            response = self.connection.getresponse()
            response.read()
            status = response.status
            if status == 200 and response.getheader("Content-Type") != TYPES[kind]:
                status = f"200 as {response.getheader('Content-Type')}"
            self.soak.tally.answer(one.kind, status, expected,
                                   response.getheader("X-Request-ID"))
            if response.will_close:
                self.left = 0
        except (OSError, http.client.HTTPException) as error:
            self.soak.tally.answer(one.kind, type(error).__name__, expected, None)
            self.left = 0
        self.pause(0.02)


class Leaver(Actor):
    """Goes away in the middle of an upload, or before the answer."""

    def act(self):
        body = self.soak.large
        upload = self.random.random() < 0.5
        sent = body[:self.random.randrange(1, len(body))] if upload else body
        head = (f"POST /v1/process?{self.query()} HTTP/1.1\r\nHost: localhost\r\n"
                f"Content-Length: {len(body)}\r\n\r\n").encode()
        try:
            with socket.create_connection(("127.0.0.1", self.soak.port), timeout=30) as connection:
                connection.sendall(head + sent)
                time.sleep(self.random.uniform(0, 0.06))
        except OSError:
            pass
        self.soak.tally.event("left while uploading" if upload else "left while waiting")
        self.pause(0.3)


class Killer(Actor):
    """Ends children by SIGKILL, as the kernel's out-of-memory killer would."""

    def act(self):
        # Not while a reload tries the new policy: it would be refused, and rightly.
        with self.soak.reloading:
            _, _, children = self.soak.tree.members()
            if children and self.kill(self.random.choice(children)):
                self.soak.tally.event("children killed")
        self.pause(0.5)

    @staticmethod
    def kill(pid):
        """Whether it was killed here: stopped first, so that its own end cannot come between."""
        try:
            handle = os.pidfd_open(pid)
        except OSError:
            return False
        try:
            signal.pidfd_send_signal(handle, signal.SIGSTOP)
            for _ in range(100):
                fields = stat(pid)
                if fields is None or fields[0] in "ZX":
                    return False
                if fields[0] == "T":
                    signal.pidfd_send_signal(handle, signal.SIGKILL)
                    return True
                time.sleep(0.0002)
            signal.pidfd_send_signal(handle, signal.SIGCONT)
        except OSError:
            pass
        finally:
            os.close(handle)
        return False


class Operator(Actor):
    """Reloads in both ways, with a policy or a setting changed, and rotates zygotes."""

    turn = 0

    def act(self):
        self.turn += 1
        with self.soak.reloading:
            if self.turn % 4 == 1:
                self.soak.change_policy(self.turn)
            self.soak.change_setting(self.turn)
            if self.turn % 2:
                self.hang_up()
            else:
                self.order("/cmd/reload", "reload by command")
            if self.turn % 5 == 0:
                self.order("/cmd/rotate", "rotation")
        self.pause(6)

    def hang_up(self):
        """SIGHUP, and what came of it: it has no answer of its own."""
        def last():
            reload = self.soak.admin("GET", "/cmd/status")[1]["last_reload"]
            return reload and (reload["at"], reload["outcome"], reload["reasons"])

        before = last()
        self.soak.process.send_signal(signal.SIGHUP)
        end = time.monotonic() + 30
        while (now := last()) == before:
            if time.monotonic() > end:
                self.soak.tally.answer("reload by SIGHUP", "no end", {"applied"}, None)
                return
            time.sleep(0.1)
        self.soak.tally.answer("reload by SIGHUP", now[1], {"applied"}, now[2])

    def order(self, path, name):
        status, body = self.soak.admin("POST", path)
        self.soak.tally.answer(name, status, {200}, json.dumps(body)[:200])
