"""Glovebox as it is measured: the service, its pool without HTTP, and the load on them."""

import json
import os
import re
import socket
import subprocess
import time
import urllib.request

import variants
from processes import Stop, Tree


class Setup:
    """What all of them need to know."""

    def __init__(self, processes, programs, repository, folder, vips):
        self.processes = processes
        self.programs = programs
        self.repository = repository
        self.folder = folder
        self.images = os.path.join(folder, "images")
        self.vips = vips  # a folder, or "system"
        os.makedirs(self.images, exist_ok=True)

    def environment(self, library="system", **more):
        """For a program that is linked with libvips, or for Glovebox."""
        environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LANG": "C.UTF-8", **more}
        if library != "system":
            environment["LD_LIBRARY_PATH"] = library
        return environment

    def glovebox(
        self, *arguments, name=None, vips=None, settings=None, policies=None, **options
    ):
        """Starts it as a user would; the admin listener is off unless `settings` say otherwise."""
        name = name or arguments[0]
        environment = self.environment(
            GLOVEBOX_ADMIN_LISTEN="off",
            GLOVEBOX_STATE=os.path.join(self.folder, f"state-{name}"))
        environment.update(settings or {})
        with open(os.path.join(self.folder, f"{name}.log"), "ab") as log:
            return self.processes.start(
                [os.path.join(self.programs, "glovebox"), *arguments,
                 "--vips", vips or self.vips,
                 "--policies", policies or os.path.join(self.repository, "policies"),
                 "--log-level", "info"],
                env=environment, stderr=log, cwd=self.folder, **options)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Service:
    """`glovebox serve`, for as long as this lives."""

    def __init__(self, setup, name="serve", settings=None, policies=None):
        self.setup, self.name = setup, name
        self.port = free_port()
        self.process = setup.glovebox(
            "serve", "--dev", "--listen", f"127.0.0.1:{self.port}", "--images", setup.images,
            name=name, settings=settings, policies=policies)
        self.tree = Tree(self.process.pid)
        end = time.monotonic() + 20
        while True:
            try:
                with urllib.request.urlopen(self.url("/health"), timeout=5):
                    return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > end:
                    raise Stop(f"glovebox serve does not answer; {name}.log says why.") from None
                time.sleep(0.05)

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    @property
    def state(self):
        return os.path.join(self.setup.folder, f"state-{self.name}")

    def stop(self):
        self.setup.processes.stop(self.process)

    def wrk(self, targets, seconds, connections, record=None):
        """wrk's figures over `targets`, lines of load.lua, in turn; it knows whole seconds only."""
        file = os.path.join(self.setup.folder, "targets")
        with open(file, "w", encoding="utf-8") as out:
            out.writelines(f"{line}\n" for line in targets)
        environment = self.setup.environment(TARGETS=file)
        if record:
            environment |= {"RECORD": record, "THREADS": str(connections)}
        wrk = self.setup.processes.start(
            ["wrk", "-t", str(connections if record else 1), "-c", str(connections),
             "-d", f"{seconds}s", "--timeout", "30s",
             "-s", os.path.join(self.setup.repository, "Benchmarks/load.lua"), self.url("")],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        text, _ = self.setup.processes.finish(wrk, seconds + 60)
        match = re.search(r"^\{.*\}$", text, re.MULTILINE)
        if not match:
            raise Stop(f"wrk says: {text.strip()}")
        found = json.loads(match.group())
        if found["failed"]:
            raise Stop(f"{found['failed']} requests failed; {self.name}.log says why.")
        return found

    def load(self, case, seconds, connections, post=False):
        """wrk's figures for one case."""
        if post:
            # Each body is in wrk's memory twice: no more of them than there have to be.
            files = [
                os.path.join(self.setup.images, case.file(n)) for n in range(2 * connections)]
            lines = [f"{case.name} /v1/process?{case.query} {file}" for file in files]
        else:
            lines = targets([case])
        found = self.wrk(lines, seconds, connections)
        if found["refused"]:
            raise Stop(f"{found['refused']} of {case.name} were refused; {self.name}.log says why.")
        return found


def targets(cases):
    """Lines for load.lua: a variant of each case, then the next variant of each."""
    return [
        f"{case.name} /v1/images/{case.file(number)}?{case.query}"
        for number in range(variants.COUNT) for case in cases
    ]


class Children:
    """The pool of confined children, driven without HTTP, for as long as this lives."""

    def __init__(self, setup):
        self.setup = setup
        self.driver = setup.glovebox(
            "bench-children", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.tree = Tree(self.driver.pid)

    def stop(self):
        self.setup.processes.stop(self.driver)

    def ask(self, case, seconds, concurrency):
        paths = ":".join(
            os.path.join(self.setup.images, case.file(number)) for number in range(2 * concurrency))
        order = f"{seconds} {concurrency} {case.options} {paths}\n"
        self.driver.stdin.write(order.encode())
        self.driver.stdin.flush()
        line = self.driver.stdout.readline()
        if not line:
            raise Stop("glovebox bench-children ended; bench-children.log says why.")
        found = json.loads(line)
        if found["failed"]:
            raise Stop(f"glovebox bench-children: {found['failed']} jobs on {case.name} failed.")
        return found
