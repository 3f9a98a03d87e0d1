"""The ways to make a thumbnail that are compared. Each has `measure`, which returns how many images
it made in how long, with what latency and at what cost in CPU time."""

import json
import os
import subprocess
import time
import urllib.request

from inputs import size
from processes import Stop, difference

SETTLE = 0.15


class InProcess:
    """A loop in one process: nothing between the image and libvips."""

    def __init__(self, setup, key, kind, threads, library, title):
        self.setup, self.kind, self.threads, self.library = setup, kind, threads, library
        self.key, self.title = key, title

    def measure(self, case, seconds, out=None):
        process = self.setup.processes.start(
            [os.path.join(self.setup.programs, "inprocess"), self.kind,
             case.format, os.path.join(self.setup.images, case.file()), str(seconds),
             str(self.threads)]
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

    def result_size(self, case):
        found = self.measure(case, 0)
        return found["width"], found["height"]


class Isolated:
    """An isolated child for each image, without HTTP."""

    def __init__(self, children, concurrency):
        self.children, self.concurrency = children, concurrency
        self.key = f"children-{concurrency}"
        self.title = f"isolated children, {concurrency} at a time"

    def measure(self, case, seconds):
        before = self.children.tree.usage()
        found = self.children.ask(case, seconds, self.concurrency)
        time.sleep(SETTLE)
        return found | difference(self.children.tree.usage(), before, found["images"])

    def result_size(self, case):
        found = self.children.ask(case, 0.05, 1)
        return found["width"], found["height"]


class HTTP:
    """The service over HTTP."""

    @property
    def only_main(self):
        return self.post or self.connections > 4

    def __init__(self, service, connections, post=False):
        self.service, self.connections, self.post = service, connections, post
        self.key = f"{'post' if post else 'http'}-{connections}"
        self.title = f"service, {'POST' if post else 'GET'}, {connections} connection" + (
            "s" if connections > 1 else "")

    def measure(self, case, seconds):
        before = self.service.tree.usage()
        found = self.service.load(case, seconds, self.connections, self.post)
        time.sleep(SETTLE)
        return found | difference(self.service.tree.usage(), before, found["images"])

    def result_size(self, case):
        path = os.path.join(self.service.setup.folder, f"result.{case.format}")
        urllib.request.urlretrieve(
            self.service.url(f"/v1/images/{case.file()}?{case.query}"), path)
        return size(path)


class PerImage:
    """A new vipsthumbnail for each image, two at a time, the system's libvips."""

    only_main = True

    def __init__(self, setup, key, title, wrapper):
        self.setup, self.key, self.title, self.wrapper = setup, key, title, wrapper
        self.out = os.path.join(setup.folder, "out")
        os.makedirs(self.out, exist_ok=True)
        self.rate = {}

    def start(self, case, count):
        source = os.path.join(self.setup.images, case.file())
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

    def measure(self, case, seconds):
        # xargs is given a number of images, the one that its last measurement makes likely.
        count = max(4, int(self.rate.get(case, 4) * seconds))
        start = time.monotonic()
        process = self.start(case, count)
        _, usage = self.setup.processes.finish(process, 120)
        elapsed = time.monotonic() - start
        if process.returncode != 0:
            raise Stop(f"{self.title} failed for {case.name}; its message is above.")
        self.rate[case] = count / elapsed
        found = {"images": count, "seconds": elapsed}
        if not self.wrapper:
            # bwrap leaves its own PID 1 behind, so that nobody is told what was used inside.
            found["cpu_ms"] = (usage.ru_utime + usage.ru_stime) * 1e3 / count
            found["minor_faults"] = usage.ru_minflt / count
        return found

    def result_size(self, case):
        self.measure(case, 0)
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
    def loop(key, kind, threads, library, title):
        title += f", {threads} thread" + ("s" if threads > 1 else "")
        return InProcess(setup, f"{key}-{threads}", kind, threads, library, title)

    system = setup.vips == "system"
    found = [
        loop("inprocess", "thumbnail", 1, setup.vips, "in process"),
        loop("inprocess", "thumbnail", 2, setup.vips, "in process"),
        loop("samecalls", "steps", 1, setup.vips, "in process, a child's calls"),
        loop("samecalls", "steps", 2, setup.vips, "in process, a child's calls"),
    ]
    if not system:
        found += [
            loop("debian", "thumbnail", 1, "system", "in process, Debian's"),
            loop("debian", "thumbnail", 2, "system", "in process, Debian's"),
        ]
    return found + [
        Isolated(children, 1), Isolated(children, 2),
        HTTP(service, 1), HTTP(service, 4), HTTP(service, 16), HTTP(service, 4, post=True),
        PerImage(setup, "vipsthumbnail", "vipsthumbnail each, Debian's", None),
        PerImage(setup, "bwrap", "bwrap + vipsthumbnail each, Debian's", BWRAP),
    ]
