"""How much clients suffer from others: one with a hundred times the load, and slow connections."""

import argparse
import asyncio
import os
import resource
import shutil
import socket
import statistics
import sys
import tempfile
import time

from processes import Processes, Stop, status_kib
from service import Service, Setup

CLIENTS = 50
TIMES = 100
# Seconds for which slow connections are there before it counts: heads are refused after ten.
SETTLING = 12
# More than are ever asked at once, and nothing is made once for two.
QUEUE = {"GLOVEBOX_QUEUE": "1000", "GLOVEBOX_JOBS_COALESCE": "false"}


def source(number):
    """Each address of 127.0.0.0/8 is a client of its own."""
    return f"127.1.{number // 250}.{number % 250 + 1}"


async def connect(port, number):
    return await asyncio.open_connection("127.0.0.1", port, local_addr=(source(number), 0))


async def answer(reader):
    """The status of one answer, which is read whole."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = head.split(b"content-length:", 1)
    if len(length) > 1:
        await reader.readexactly(int(length[1].split(b"\r\n", 1)[0]))
    return int(head.split(b" ", 2)[1]), b"connection: close" in head


class Asker:
    """A client that asks for an image, waits for it, and asks again."""

    def __init__(self, port, number, pause=0.0):
        self.port, self.number, self.pause = port, number, pause
        self.times, self.refused = [], 0

    async def run(self, end):
        reader = writer = None
        while time.monotonic() < end:
            if writer is None:
                reader, writer = await connect(self.port, self.number)
            start = time.monotonic()
            target = f"/v1/images/photo.jpg?w=300&h=300&q={50 + self.number % 50}"
            writer.write(f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            try:
                status, is_last = await answer(reader)
            except (asyncio.IncompleteReadError, ConnectionError):
                status, is_last = 0, True
            if status == 200:
                self.times.append(time.monotonic() - start)
            else:
                self.refused += 1
                # Whoever is refused comes again, and not at once.
                await asyncio.sleep(0.05)
            if is_last:
                writer.close()
                writer = None
            if self.pause:
                await asyncio.sleep(self.pause)
        if writer:
            writer.close()


def percentiles(times):
    if len(times) < 2:
        raise Stop("Hardly anything was answered; the service's log says why.")
    parts = statistics.quantiles(times, n=100, method="inclusive")
    return parts[49] * 1000, parts[98] * 1000


def heavy(port, seconds):
    """One client with a hundred connections, in a process of its own."""
    os.nice(5)

    async def ask():
        end = time.monotonic() + seconds
        askers = [Asker(port, 0) for _ in range(TIMES)]
        await asyncio.gather(*(asker.run(end) for asker in askers))
        print(sum(len(one.times) for one in askers), sum(one.refused for one in askers))

    asyncio.run(ask())


async def others(port, seconds, pause):
    askers = [Asker(port, number, pause) for number in range(1, CLIENTS)]
    end = time.monotonic() + seconds
    await asyncio.gather(*(asker.run(end) for asker in askers))
    times = [one for asker in askers for one in asker.times[1:]]
    return percentiles(times), sum(asker.refused for asker in askers)


async def fairness(setup, seconds, rounds):
    print(f"\n{CLIENTS} clients, of which one sends {TIMES} times as much: the other "
          f"{CLIENTS - 1}\n")
    for title, pause in (("always one request each", 0.0), ("with pauses of 2 s", 2.0)):
        service = Service(setup, name="fair", settings=QUEUE)
        ratios = []
        try:
            await Asker(service.port, 0).run(time.monotonic() + 2)
            for _ in range(rounds):
                found = []
                for count in (1, TIMES):
                    process = await asyncio.create_subprocess_exec(
                        sys.executable, "-B", __file__, "--heavy", str(service.port),
                        str(seconds), str(count), stdout=asyncio.subprocess.PIPE)
                    times, refused = await others(service.port, seconds, pause)
                    text, _ = await process.communicate()
                    found.append(times)
                    print(f"  {title:26} {count:3} of the one: p50 {times[0]:7.1f} ms  "
                          f"p99 {times[1]:7.1f} ms  refused {refused}  "
                          f"the one (answers, refused) {text.decode().strip()}")
                ratios.append(found[1][1] / found[0][1])
            print(f"  {title:26} p99 × {statistics.median(ratios):.2f} (median of {rounds})")
        finally:
            service.stop()


class Slow:
    """Connections that want little and never finish."""

    def __init__(self, port, count):
        self.port, self.count = port, count
        self.open, self.closed = [], 0

    def begin(self, number):
        connection = socket.socket()
        connection.bind((source(1000 + number % 5000), 0))
        connection.setblocking(False)
        if number % 5 == 4:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        try:
            connection.connect(("127.0.0.1", self.port))
        except BlockingIOError:
            pass
        return connection, number % 5, [0]

    BEGINNINGS = (
        b"GET /health HTTP/1.1\r\nHost: a\r\nX-Slow: ",
        b"POST /v1/process HTTP/1.1\r\nHost: a\r\nContent-Length: 90000\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n", b"",
        b"GET /v1/options HTTP/1.1\r\nHost: a\r\n\r\n")

    def dribble(self, one):
        connection, kind, state = one
        try:
            if state[0] == 0:
                if self.BEGINNINGS[kind]:
                    connection.send(self.BEGINNINGS[kind])
            elif kind in (0, 1):
                connection.send(b"a")
            elif kind == 4:
                connection.recv(100)
            state[0] += 1
        except BlockingIOError:
            pass
        except OSError:
            return False
        return True

    async def run(self, end):
        """Keeps as many open as there may be, each with a byte every few seconds."""
        number = 0
        while time.monotonic() < end:
            for _ in range(50):
                if len(self.open) < self.count:
                    self.open.append(self.begin(number))
                    number += 1
            for _ in range(min(30, len(self.open))):
                one = self.open.pop(0)
                if self.dribble(one):
                    self.open.append(one)
                else:
                    one[0].close()
                    self.closed += 1
            print(f"{len(self.open)} {self.closed}", flush=True)
            await asyncio.sleep(0.02)


async def healthy(port, seconds):
    """A client's requests, one after the other, each on a connection of its own."""
    times, refused = [], 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        start = time.monotonic()
        try:
            reader, writer = await connect(port, 0)
            writer.write(b"GET /v1/images/photo.jpg?w=300 HTTP/1.1\r\nHost: a\r\n\r\n")
            status, _ = await asyncio.wait_for(answer(reader), 20)
            writer.close()
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            status = 0
        if status == 200:
            times.append(time.monotonic() - start)
        else:
            refused += 1
        await asyncio.sleep(0.002)
    return percentiles(times), refused, len(times)


async def slow_connections(setup, count, seconds, limit):
    settings = {**QUEUE, "GLOVEBOX_LOG_LEVEL": "error"}
    if limit:
        settings["GLOVEBOX_HTTP_CONNECTIONS"] = str(limit)
    service = Service(setup, name="slow", settings=settings)
    print(f"\nA client that asks for one image after the other, beside {count} slow connections"
          + (f" of which {limit} may be open" if limit else "") + "\n")
    try:
        await Asker(service.port, 0).run(time.monotonic() + 2)
        memory = status_kib(service.process.pid, "VmRSS")
        before = await healthy(service.port, seconds)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-B", __file__, "--slow", str(service.port), str(count),
            str(seconds + SETTLING + 30), stdout=asyncio.subprocess.PIPE)
        try:
            opened = 0
            end = time.monotonic() + 25
            while opened < count and time.monotonic() < end:
                opened = int((await process.stdout.readline()).split()[0])
            reading = asyncio.create_task(drain(process.stdout))
            await asyncio.sleep(SETTLING)
            during = await healthy(service.port, seconds)
            more = status_kib(service.process.pid, "VmRSS") - memory
        finally:
            process.terminate()
            await process.wait()
        last = await reading
        after = await healthy(service.port, seconds)
        titles = ("alone", "beside them", "alone again")
        for title, ((p50, p99), refused, answers) in zip(titles, (before, during, after)):
            print(f"  {title:12} p50 {p50:6.1f} ms  p99 {p99:6.1f} ms  answers {answers}  "
                  f"not answered {refused}")
        alone = [(one + other) / 2 for one, other in zip(before[0], after[0])]
        print(f"  p50 × {during[0][0] / alone[0]:.2f}  p99 × {during[0][1] / alone[1]:.2f}")
        print(f"  open on the clients' side {last}; memory of the supervisor + {more} KiB")
    finally:
        service.stop()


async def drain(stream):
    last = b""
    while line := await stream.readline():
        last = line
    now, closed = last.decode().split()
    return f"{now}, after {closed} that were closed"


def main():
    parser = argparse.ArgumentParser(prog="Benchmarks/clients")
    for name in ("--programs", "--repository", "--vips"):
        parser.add_argument(name, help=argparse.SUPPRESS)
    parser.add_argument("--heavy", nargs=3, type=int, help=argparse.SUPPRESS)
    parser.add_argument("--slow", nargs=3, type=int, help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=int, default=10, help="length of a measurement")
    parser.add_argument("--rounds", type=int, default=3, help="how often fairness is measured")
    parser.add_argument("--connections", type=int, help="slow ones; as many as descriptors allow")
    parser.add_argument("--only", choices=("fairness", "slow"), help="one of the two")
    options = parser.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if options.heavy:
        global TIMES
        port, seconds, TIMES = options.heavy
        return heavy(port, seconds)
    if options.slow:
        port, count, seconds = options.slow
        return asyncio.run(Slow(port, count).run(time.monotonic() + seconds))
    processes = Processes()
    folder = tempfile.mkdtemp(prefix="glovebox-clients-")
    os.chmod(folder, 0o755)  # the service drops root's rights before it reads what is there
    try:
        setup = Setup(processes, options.programs, options.repository, folder, options.vips)
        shutil.copy(os.path.join(options.repository, "samples/photo.jpg"), setup.images)
        if options.only != "slow":
            asyncio.run(fairness(setup, options.seconds, options.rounds))
        if options.only != "fairness":
            count = options.connections or min(most - 500, 20_000)
            asyncio.run(slow_connections(setup, count, options.seconds, None))
            asyncio.run(slow_connections(setup, count, options.seconds, max(64, count // 10)))
    except Stop as reason:
        sys.exit(str(reason))
    finally:
        processes.stop_all()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
