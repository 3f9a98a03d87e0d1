"""Benchmarks/soak: some minutes of everything at once, and what has to be as it was afterwards."""

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

import soak_inputs
import soak_judge
import tables
from processes import Processes, Stop
from service import Service, Setup, free_port
from soak_clients import Killer, Leaver, Operator, Tally, Visitor

VISITORS = 4
QUIET_SECONDS = 4


def arguments():
    parser = argparse.ArgumentParser(prog="Benchmarks/soak")
    for name in ("--programs", "--repository", "--vips"):
        parser.add_argument(name, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--minutes", type=float, default=5, help="how long")
    parser.add_argument("--seed", type=int, help="for the same order of events")
    options = parser.parse_args()
    options.programs = os.path.abspath(options.programs)
    return options


class Soak:
    """The service and everything that is done to it."""

    def __init__(self, options, processes, folder, say):
        self.say, self.folder = say, folder
        self.gate, self.over = threading.Event(), threading.Event()
        self.reloading = threading.Lock()
        self.tally = Tally()
        self.setup = Setup(processes, options.programs, options.repository, folder, options.vips)
        good = soak_inputs.good(options.repository, folder)
        self.inputs = good + soak_inputs.bad(good)
        self.large = next(one.bytes for one in good if one.kind == "large.jpg")
        self.policies = soak_inputs.policies(options.repository, folder)
        self.admin_port = free_port()
        self.config = os.path.join(folder, "soak.yaml")
        self.change_setting(0)
        self.service = Service(self.setup, "soak", settings={
            "GLOVEBOX_ADMIN_LISTEN": f"127.0.0.1:{self.admin_port}",
            "GLOVEBOX_CONFIG": self.config,
            # Killed children are no fault of their images here.
            "GLOVEBOX_POISON_COUNT": "0",
            "GLOVEBOX_SLOWING_DEATHS": "0",
        }, policies=self.policies)
        self.process, self.port = self.service.process, self.service.port
        self.tree = self.service.tree
        with open(os.path.join(self.service.state, "admin.json"), encoding="utf-8") as file:
            self.key = json.load(file)["key"]
        seeds = random.Random(options.seed)
        kinds = [Visitor] * VISITORS + [Leaver, Killer, Operator]
        self.actors = [kind(self, seeds.random()) for kind in kinds]

    # What the operator changes.

    def change_setting(self, turn):
        self.write(self.config, f"timeout: {10 + turn % 2}s\n")

    def change_policy(self, turn):
        path = os.path.join(self.policies, "raster.yaml")
        with open(path, encoding="utf-8") as file:
            text = file.read().split("\n# soak")[0]
        self.write(path, f"{text}\n# soak {turn}\n")

    @staticmethod
    def write(path, text):
        """At once: a reload that comes in between must not see a half."""
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.rename(path + ".new", path)

    def admin(self, method, path):
        """Status and text, or JSON where it is."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.admin_port}{path}", method=method,
            headers={"X-API-Key": self.key})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                status, text = answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read().decode()
        return status, json.loads(text) if text.startswith("{") else text

    # The course of it.

    def drop_unserved(self):
        """Formats that this service does not read are not asked for."""
        kept = []
        for one in self.inputs:
            if one.expected == {200}:
                request = urllib.request.Request(
                    self.service.url("/v1/info"), data=one.bytes, method="POST")
                try:
                    with urllib.request.urlopen(request, timeout=60):
                        pass
                except urllib.error.HTTPError as error:
                    if error.code == 415:
                        self.say(f"{one.kind} is not served here, and left out")
                        continue
                    raise Stop(f"{one.kind} is answered with {error.code} at the start.") from error
            kept.append(one)
        self.inputs = kept

    def quiet(self):
        """Nobody asks anything, until no job is there and every zygote has its children."""
        self.gate.clear()
        for actor in self.actors:
            actor.resting.wait(90)
        end = time.monotonic() + 30
        while time.monotonic() < end:
            _, status = self.admin("GET", "/cmd/status")
            jobs = status["jobs"]
            if not jobs["running"] and not jobs["waiting"]:
                break
            time.sleep(0.2)
        time.sleep(QUIET_SECONDS)

    def part(self, seconds):
        self.gate.set()
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            time.sleep(0.2)

    def run(self, minutes):
        self.drop_unserved()
        for actor in self.actors:
            actor.start()
        third = minutes * 20
        self.say(f"warming up for {third:.0f} s")
        self.part(third)
        self.quiet()
        before = soak_judge.look(self.tree)
        self.say(f"soaking for {2 * third:.0f} s")
        self.part(2 * third)
        self.quiet()
        after = soak_judge.look(self.tree)
        _, metrics = self.admin("GET", "/metrics")
        self.over.set()
        for actor in self.actors:
            actor.join(90)
        members = [pid for group in self.tree.members() for pid in group]
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(40)
        left = self.left(members)
        return soak_judge.Evidence(
            before, after, metrics, soak_judge.records(self.service.state), self.tally,
            [actor.trouble for actor in self.actors if actor.trouble], status, left)

    @staticmethod
    def left(members):
        """Those that do not end although their supervisor has."""
        end = time.monotonic() + 5
        while members and time.monotonic() < end:
            time.sleep(0.1)
            members = [pid for pid in members if os.path.exists(f"/proc/{pid}")]
        return members


def main():
    options = arguments()

    def say(text):
        print(f"  {text}", file=sys.stderr, flush=True)

    def stop(*_):
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    processes = Processes()
    folder = tempfile.mkdtemp(prefix="glovebox-soak-")
    os.chmod(folder, 0o755)  # the service drops root's rights before it reads what is there
    fine = False
    try:
        soak = Soak(options, processes, folder, say)
        evidence = soak.run(options.minutes)
        for title, rows in (("What was done", soak_judge.done(evidence)),
                            ("What must hold", soak_judge.verdicts(evidence))):
            print(f"\n{title}\n{tables.aligned(rows)}")
        fine = all(row[-1] in ("ok", "") for row in soak_judge.verdicts(evidence))
        print(f"\nBenchmarks/soak: {'passed' if fine else f'FAILED; the logs are in {folder}'}")
    except Stop as error:
        print(f"Benchmarks/soak: {error}\nThe logs are in {folder}.", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nBenchmarks/soak: stopped.", file=sys.stderr)
        shutil.rmtree(folder, ignore_errors=True)
        return 130
    finally:
        processes.stop_all()
    if fine:
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if fine else 1


sys.exit(main())
