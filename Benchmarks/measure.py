"""Benchmarks/run: rounds of measurements, each of every contender on every image, and a report."""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import inputs
import report
from contenders import Children, Service, Setup, all_of
from processes import Processes, Stop

SECONDS = 1  # of one measurement
MEMORY_REQUESTS = 2000


def arguments():
    parser = argparse.ArgumentParser(prog="Benchmarks/run")
    parser.add_argument("--programs", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--repository", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--vips", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--quick", action="store_true", help="one of the images, four rounds")
    parser.add_argument("--json", action="store_true", help="print the JSON to standard output")
    parser.add_argument("--only", action="append", choices=inputs.NAMES, help="this image")
    parser.add_argument("--rounds", type=int, help="how often every figure is taken")
    parser.add_argument("--out", help="where the JSON is written")
    return parser.parse_args()


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        model = next((line.split(":")[1].strip() for line in file if "model name" in line), "unknown")
    return {
        "processors": os.cpu_count(),
        "model": model,
        "kernel": os.uname().release,
        "architecture": os.uname().machine,
        "load_at_start": os.getloadavg()[0],
    }


def same_sizes(contenders, images):
    """Everyone must make the same picture; what differs is how."""
    for image in images:
        sizes = {contender.title: contender.result_size(image["name"]) for contender in contenders}
        if len(set(sizes.values())) != 1:
            raise Stop(f"{image['name']} does not come out alike: {sizes}")
        image["result"] = list(next(iter(sizes.values())))


def take_rounds(contenders, images, rounds, say):
    """`{image: {contender: [measurement of each round]}}`; a round begins with another contender."""
    taken = {image["name"]: {contender.key: [] for contender in contenders} for image in images}
    for number in range(rounds):
        turn = (number * 5) % len(contenders)
        order = contenders[turn:] + contenders[:turn]
        for image in images:
            say(f"round {number + 1} of {rounds}: {image['name']}")
            for contender in order:
                taken[image["name"]][contender.key].append(contender.measure(image["name"], SECONDS))
    return taken


def memory(service, image):
    """The supervisor's resident memory before and after 2,000 images; 500 go before, so that what
    is allocated once is allocated."""
    made = 0
    while made < MEMORY_REQUESTS / 4:
        made += service.load(image, SECONDS, 4)["images"]
    before = service.tree.memory()
    made = 0
    while made < MEMORY_REQUESTS:
        made += service.load(image, SECONDS, 4)["images"]
    after = service.tree.memory()
    return {"images": made, "before": before, "after": after}


def child_peaks(service, images):
    peaks = {}
    for image in images:
        # One window of load beside which the children are looked at.
        end = time.monotonic() + SECONDS
        load = service.setup.processes.start(
            ["wrk", "-t", "1", "-c", "2", "-d", f"{SECONDS}s",
             service.url(f"/v1/images/{image['name']}?rs=fit:300:300&q=80&f=jpg")],
            stdout=subprocess.DEVNULL)
        peaks[image["name"]] = service.tree.largest_child(end)
        service.setup.processes.finish(load, 60)
    return peaks


def zygote_start(setup, library, times):
    """Milliseconds until a zygote is ready: by the service's own word where its log has it, else
    the whole of `glovebox info`, which starts one, runs a job and ends: an upper bound."""
    log = os.path.join(setup.folder, "info.log")
    whole, own = [], []
    for _ in range(times):
        if os.path.exists(log):
            os.remove(log)
        start = time.monotonic()
        process = setup.glovebox(
            "info", os.path.join(setup.repository, "samples/photo.jpg"), vips=library,
            stdout=subprocess.DEVNULL)
        setup.processes.finish(process, 60)
        whole.append((time.monotonic() - start) * 1e3)
        if process.returncode != 0:
            raise Stop("glovebox info failed; info.log says why.")
        with open(log, encoding="utf-8") as file:
            own += [
                float(line["duration_ms"]) for line in map(parsed, file)
                if line.get("message") == "zygote ready" and "duration_ms" in line
            ]
    return {"ready_ms": report.median(own) if own else None, "whole_ms": report.median(whole)}


def parsed(line):
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def run(options, processes, folder, say):
    rounds = options.rounds or (4 if options.quick else 5)
    names = options.only or (inputs.QUICK if options.quick else inputs.NAMES)
    setup = Setup(processes, options.programs, options.repository, folder, options.vips)
    os.makedirs(setup.images)
    say("making the images")
    images = inputs.make(os.path.join(options.repository, "samples"), setup.images, names)
    found = {
        "version": 1,
        "quick": options.quick,
        "machine": machine(),
        "rounds": rounds,
        "seconds": SECONDS,
        "library": options.vips,
        "inputs": images,
    }
    say("starts of a zygote")
    starts = {"own": zygote_start(setup, options.vips, 5)}
    if options.vips != "system":
        starts["debian"] = zygote_start(setup, "system", 5)
    service = Service(setup)
    say(f"memory over {MEMORY_REQUESTS} images")
    found["memory"] = memory(service, names[0])
    found["zygote_start"] = starts
    children = Children(setup)
    contenders = all_of(setup, service, children)
    say("all results have the same size")
    same_sizes(contenders, images)
    taken = take_rounds(contenders, images, rounds, say)
    say("peaks of children")
    found["child_peak_kib"] = child_peaks(service, images)
    found["contenders"] = {contender.key: contender.title for contender in contenders}
    found["results"] = report.results(taken)
    found["checks"] = report.checks(found)
    return found


def main():
    options = arguments()
    # Progress, and the tables when JSON is asked for, go to standard error.
    text_to = sys.stderr if options.json else sys.stdout

    def say(text):
        print(f"  {text}", file=sys.stderr, flush=True)

    def stop(*_):
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    processes = Processes()
    folder = tempfile.mkdtemp(prefix="glovebox-benchmarks-")
    os.chmod(folder, 0o755)  # the service drops root's rights before it reads the images
    done = False
    try:
        found = run(options, processes, folder, say)
        done = True
    except Stop as error:
        print(f"Benchmarks/run: {error}\nThe logs are in {folder}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nBenchmarks/run: stopped.", file=sys.stderr)
        done = True
        return 130
    finally:
        processes.stop_all()
        if done:
            shutil.rmtree(folder, ignore_errors=True)
    print(report.text(found), file=text_to)
    out = options.out or os.path.join(options.programs, "benchmarks.json")
    with open(out, "w", encoding="utf-8") as file:
        json.dump(found, file, indent=1)
    if options.json:
        json.dump(found, sys.stdout)
        print()
    else:
        print(f"JSON: {out}", file=text_to)
    return 0


sys.exit(main())
