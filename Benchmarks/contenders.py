"""The ways to make a thumbnail that are compared. Each has `measure`, which returns how many images
it made in how long, with what latency and at what cost in CPU time."""

import json
import os
import re
import socket
import subprocess
import time
import urllib.request

from inputs import size
from processes import Stop, Tree, difference

QUERY = "rs=fit:300:300&q=80&f=jpg"
SETTLE = 0.15


class Setup:
    """What all of them need to know."""

    def __init__(self, processes, programs, repository, folder, vips):
        self.processes = processes
        self.programs = programs
        self.repository = repository
        self.folder = folder
        self.images = os.path.join(folder, "images")
        self.vips = vips  # a folder, or "system"

    def environment(self, library="system", **more):
        """For a program that is linked with libvips, or for Glovebox."""
        environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LANG": "C.UTF-8", **more}
        if library != "system":
            environment["LD_LIBRARY_PATH"] = library
        return environment

    def glovebox(self, *arguments, vips=None, **options):
        """Starts it as a user would; the admin listener is off, so that no second port is needed."""
        with open(os.path.join(self.folder, f"{arguments[0]}.log"), "ab") as log:
            return self.processes.start(
                [os.path.join(self.programs, "glovebox"), *arguments,
                 "--vips", vips or self.vips,
                 "--policies", os.path.join(self.repository, "policies"), "--log-level", "info"],
                env=self.environment(
                    GLOVEBOX_ADMIN_LISTEN="off",
                    GLOVEBOX_STATE=os.path.join(self.folder, "state")),
                stderr=log, cwd=self.folder, **options)


class InProcess:
    """A loop in one process: nothing between the image and libvips."""

    def __init__(self, setup, key, kind, threads, library, title):
        self.setup, self.kind, self.threads, self.library = setup, kind, threads, library
        self.key, self.title = key, title

    def measure(self, image, seconds, out=None):
        process = self.setup.processes.start(
            [os.path.join(self.setup.programs, "inprocess"), self.kind,
             os.path.join(self.setup.images, image), str(seconds), str(self.threads)]
            + ([out] if out else []),
            env=self.setup.environment(self.library), stdout=subprocess.PIPE)
        text, _ = self.setup.processes.finish(process, seconds + 60)
        if process.returncode != 0:
            raise Stop("inprocess failed; its message is above.")
        found = json.loads(text)
        images = max(1, found["images"])
        return found | {
            "cpu_ms": (found["user_ms"] + found["system_ms"]) / images,
            "minor_faults": found["minor_faults"] / images,
        }

    def result_size(self, image):
        found = self.measure(image, 0)
        return found["width"], found["height"]


class Children:
    """The pool of confined children, driven without HTTP, for as long as this lives."""

    def __init__(self, setup):
        self.setup = setup
        self.driver = setup.glovebox(
            "bench-children", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.tree = Tree(self.driver.pid)

    def ask(self, image, seconds, concurrency):
        order = f"{seconds} {concurrency} {os.path.join(self.setup.images, image)}\n"
        self.driver.stdin.write(order.encode())
        self.driver.stdin.flush()
        line = self.driver.stdout.readline()
        if not line:
            raise Stop("glovebox bench-children ended; bench-children.log says why.")
        found = json.loads(line)
        if found["failed"]:
            raise Stop(f"glovebox bench-children: {found['failed']} jobs on {image} failed.")
        return found


class Isolated:
    """An isolated child for each image, without HTTP."""

    def __init__(self, children, concurrency):
        self.children, self.concurrency = children, concurrency
        self.key, self.title = f"children-{concurrency}", f"isolated children, {concurrency} at a time"

    def measure(self, image, seconds):
        before = self.children.tree.usage()
        found = self.children.ask(image, seconds, self.concurrency)
        time.sleep(SETTLE)
        return found | difference(self.children.tree.usage(), before, found["images"])

    def result_size(self, image):
        found = self.children.ask(image, 0.05, 1)
        return found["width"], found["height"]


class Service:
    """`glovebox serve`, for as long as this lives."""

    def __init__(self, setup):
        self.setup = setup
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = setup.glovebox(
            "serve", "--dev", "--listen", f"127.0.0.1:{self.port}", "--images", setup.images)
        self.tree = Tree(self.process.pid)
        end = time.monotonic() + 20
        while True:
            try:
                with urllib.request.urlopen(self.url("/health"), timeout=5):
                    return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > end:
                    raise Stop("glovebox serve does not answer; serve.log says why.") from None
                time.sleep(0.05)

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def load(self, image, seconds, connections, post=False):
        """wrk's figures; `seconds` must be whole, wrk knows no others."""
        environment = self.setup.environment()
        path = f"/v1/images/{image}?{QUERY}"
        if post:
            environment["BODY"] = os.path.join(self.setup.images, image)
            path = f"/v1/process?{QUERY}"
        wrk = self.setup.processes.start(
            ["wrk", "-t", "1", "-c", str(connections), "-d", f"{seconds}s", "--timeout", "30s",
             "-s", os.path.join(self.setup.repository, "Benchmarks/report.lua"), self.url(path)],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        text, _ = self.setup.processes.finish(wrk, seconds + 60)
        match = re.search(r"^\{.*\}$", text, re.MULTILINE)
        if not match:
            raise Stop(f"wrk says: {text.strip()}")
        found = json.loads(match.group())
        if found["failed"]:
            raise Stop(f"{found['failed']} requests for {image} failed; serve.log says why.")
        return found


class HTTP:
    """The service over HTTP."""

    def __init__(self, service, connections, post=False):
        self.service, self.connections, self.post = service, connections, post
        self.key = f"{'post' if post else 'http'}-{connections}"
        self.title = f"service, {'POST' if post else 'GET'}, {connections} connection" + (
            "s" if connections > 1 else "")

    def measure(self, image, seconds):
        before = self.service.tree.usage()
        found = self.service.load(image, seconds, self.connections, self.post)
        time.sleep(SETTLE)
        return found | difference(self.service.tree.usage(), before, found["images"])

    def result_size(self, image):
        path = os.path.join(self.service.setup.folder, "result.jpg")
        urllib.request.urlretrieve(self.service.url(f"/v1/images/{image}?{QUERY}"), path)
        return size(path)


class PerImage:
    """A new vipsthumbnail for each image, two at a time, the system's libvips."""

    def __init__(self, setup, key, title, wrapper):
        self.setup, self.key, self.title, self.wrapper = setup, key, title, wrapper
        self.out = os.path.join(setup.folder, "out")
        os.makedirs(self.out, exist_ok=True)
        self.rate = {}

    def start(self, image, count):
        source = os.path.join(self.setup.images, image)
        target = os.path.join(self.out, "%.jpg[Q=80,optimize_coding,strip]")
        if self.wrapper:
            command = [part.format(images=self.setup.images, out=self.out) for part in self.wrapper]
        else:
            command = []
        command += ["vipsthumbnail", source, "--size", "300x300>", "-o", target]
        process = self.setup.processes.start(
            ["xargs", "-P", "2", "-I", "%", *command],
            env=self.setup.environment(VIPS_CONCURRENCY="1"), stdin=subprocess.PIPE)
        process.stdin.write("".join(f"{number}\n" for number in range(count)).encode())
        process.stdin.close()
        return process

    def measure(self, image, seconds):
        # xargs is given a number of images, the one that its last measurement makes likely.
        count = max(4, int(self.rate.get(image, 4) * seconds))
        start = time.monotonic()
        process = self.start(image, count)
        _, usage = self.setup.processes.finish(process, 120)
        elapsed = time.monotonic() - start
        if process.returncode != 0:
            raise Stop(f"{self.title} failed for {image}; its message is above.")
        self.rate[image] = count / elapsed
        found = {"images": count, "seconds": elapsed}
        if not self.wrapper:
            # bwrap leaves its own PID 1 behind, so that nobody is told what was used inside.
            found["cpu_ms"] = (usage.ru_utime + usage.ru_stime) * 1e3 / count
            found["minor_faults"] = usage.ru_minflt / count
        return found

    def result_size(self, image):
        self.measure(image, 0)
        return size(os.path.join(self.out, "0.jpg"))


# As people isolate a converter today: every namespace, a system that can only be read.
BWRAP = [
    "bwrap", "--unshare-all", "--die-with-parent", "--ro-bind", "/usr", "/usr",
    "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64",
    "--symlink", "usr/bin", "/bin", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp",
    "--ro-bind", "{images}", "{images}", "--bind", "{out}", "{out}",
]


def all_of(setup, service, children):
    """Every contender, in the order of the table."""
    system = setup.vips == "system"
    found = [
        InProcess(setup, "inprocess-1", "thumbnail", 1, setup.vips, "in process, 1 thread"),
        InProcess(setup, "inprocess-2", "thumbnail", 2, setup.vips, "in process, 2 threads"),
        InProcess(setup, "samecalls-1", "steps", 1, setup.vips, "in process, a child's calls, 1 thread"),
        InProcess(setup, "samecalls-2", "steps", 2, setup.vips, "in process, a child's calls, 2 threads"),
    ]
    if not system:
        found += [
            InProcess(setup, "debian-1", "thumbnail", 1, "system", "in process, Debian's, 1 thread"),
            InProcess(setup, "debian-2", "thumbnail", 2, "system", "in process, Debian's, 2 threads"),
        ]
    return found + [
        Isolated(children, 1), Isolated(children, 2),
        HTTP(service, 1), HTTP(service, 4), HTTP(service, 16), HTTP(service, 4, post=True),
        PerImage(setup, "vipsthumbnail", "vipsthumbnail each, Debian's", None),
        PerImage(setup, "bwrap", "bwrap + vipsthumbnail each, Debian's", BWRAP),
    ]
