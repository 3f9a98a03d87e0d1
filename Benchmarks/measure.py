"""Benchmarks/run: rounds of measurements, each of every contender on every image, and a report."""

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile

import checks
import inputs
import memory
import mixes
import quality
import report
import tables
import where
from contenders import InProcess, all_of
from processes import Processes, Stop
from service import Children, Service, Setup
from starts import zygote_start

SECONDS = 1  # of one measurement
QUICK_MEMORY_IMAGES = 2000


def arguments():
    parser = argparse.ArgumentParser(prog="Benchmarks/run")
    for name in ("--programs", "--repository", "--vips"):
        parser.add_argument(name, required=True, help=argparse.SUPPRESS)
    parser.add_argument(
        "--quick", action="store_true", help="one of the images, and less of the rest")
    parser.add_argument("--where", action="store_true", help="where a child's time goes, alone")
    parser.add_argument("--json", action="store_true", help="print the JSON to standard output")
    parser.add_argument(
        "--only", action="append", choices=[case.name for case in inputs.CASES], help="this image")
    parser.add_argument("--rounds", type=int, help="how often every figure is taken")
    parser.add_argument("--out", help="where the JSON is written")
    parser.add_argument("--markdown", help="where the tables are written as Markdown")
    options = parser.parse_args()
    options.programs = os.path.abspath(options.programs)
    return options


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        models = (line.split(":")[1].strip() for line in file if "model name" in line)
        model = next(models, "unknown")
    return {
        "processors": os.cpu_count(),
        "model": model,
        "kernel": os.uname().release,
        "architecture": os.uname().machine,
        "load_at_start": os.getloadavg()[0],
    }


def takes_part(contender, case):
    return case.is_main or not getattr(contender, "only_main", False)


def same_sizes(contenders, cases):
    """Everyone must make a picture of the same size, `{case: size}`; what differs is how."""
    found = {}
    for case in cases:
        sizes = {one.title: one.result_size(case) for one in contenders if takes_part(one, case)}
        if len(set(sizes.values())) != 1:
            raise Stop(f"{case.name} does not come out alike: {sizes}")
        found[case.name] = list(next(iter(sizes.values())))
    return found


def take_rounds(contenders, cases, rounds, say):
    """`{case: {contender: [measurement of each round]}}`; a round begins with another contender."""
    taken = {
        case.name: {one.key: [] for one in contenders if takes_part(one, case)} for case in cases}
    for number in range(rounds):
        turn = (number * 5) % len(contenders)
        order = contenders[turn:] + contenders[:turn]
        for case in cases:
            say(f"round {number + 1} of {rounds}: {case.name}")
            for one in order:
                if takes_part(one, case):
                    taken[case.name][one.key].append(one.measure(case, SECONDS))
    return taken


def make_inputs(options, setup, cases, say):
    say("making the images")
    names = list(dict.fromkeys(case.image for case in cases))
    if not options.where and "icon.png" not in names:
        names.append("icon.png")  # the smallest, for the memory
    images = inputs.make(os.path.join(options.repository, "samples"), setup.images, names)
    return {image["name"]: image for image in images}


def run(options, setup, cases, say):
    rounds = options.rounds or 4
    images = make_inputs(options, setup, cases, say)
    found = {
        "version": 2,
        "quick": options.quick,
        "machine": machine(),
        "rounds": rounds,
        "seconds": SECONDS,
        "library": setup.vips,
    }
    say("starts of a zygote")
    found["zygote_start"] = {"own": zygote_start(setup, setup.vips, 5)}
    if setup.vips != "system":
        found["zygote_start"]["debian"] = zygote_start(setup, "system", 5)
    service = Service(setup)
    children = Children(setup)
    contenders = all_of(setup, service, children)
    say("all results have the same size")
    sizes = same_sizes(contenders, cases)
    found["cases"] = [
        {"name": case.name, "image": images[case.image], "format": case.format.upper(),
         "result": sizes[case.name]} for case in cases]
    say("likeness of the pictures")
    loops = [InProcess(setup, "plain", "thumbnail", 1, "system", "the plain loop")]
    if setup.vips != "system":
        loops.append(InProcess(setup, "own", "thumbnail", 1, setup.vips, "the plain loop"))
    found["ssim"] = quality.compare(service, loops, cases)
    found["results"] = report.results(take_rounds(contenders, cases, rounds, say))
    found["contenders"] = {contender.key: contender.title for contender in contenders}
    say("peaks of children")
    found["child_peak_kib"] = memory.child_peaks(service, cases)
    main_cases = [case for case in cases if case.is_main]
    if len(main_cases) > 1:
        say("all images in turn")
        found["mixed"] = mixes.sizes(service, main_cases, 8)
    wanted = QUICK_MEMORY_IMAGES if options.quick else checks.MEMORY_IMAGES
    say(f"memory over {wanted} images")
    found["memory"] = memory.measure(
        service, next(case for case in inputs.CASES if case.image == "icon.png"), wanted)
    children.stop()
    service.stop()
    if not options.quick:
        say("images slower than the deadline among others")
        found["poison"] = mixes.poison(setup, cases[0], 10)
    found["checks"] = checks.of(found)
    return found, list(tables.sections(found))


def look_inside(options, setup, cases, say):
    make_inputs(options, setup, cases, say)
    found = {"version": 2, "machine": machine(), "rounds": 1, "seconds": where.SECONDS}
    service = Service(setup)
    found["where"] = {}
    for case in cases:
        say(f"where the time goes: {case.name}")
        found["where"][case.name] = where.measure(setup, service, case)
    return found, list(where.sections(found["where"]))


def measure(options, processes, folder, say):
    setup = Setup(processes, options.programs, options.repository, folder, options.vips)
    cases = inputs.CASES
    if options.quick or options.where:
        cases = inputs.QUICK
    if options.only:
        cases = [case for case in inputs.CASES if case.name in options.only]
    return (look_inside if options.where else run)(options, setup, cases, say)


def write(options, found, sections):
    # The tables go to standard error when JSON is asked for.
    print(tables.text(found, sections), file=sys.stderr if options.json else sys.stdout)
    if options.markdown:
        with open(options.markdown, "w", encoding="utf-8") as file:
            file.write(tables.markdown(found, sections))
    name = "where.json" if options.where else "benchmarks.json"
    out = options.out or os.path.join(options.programs, name)
    with open(out, "w", encoding="utf-8") as file:
        json.dump(found, file, indent=1)
    if options.json:
        json.dump(found, sys.stdout)
        print()
    else:
        print(f"JSON: {out}")


def main():
    options = arguments()

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
        found, sections = measure(options, processes, folder, say)
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
    write(options, found, sections)
    return 0


sys.exit(main())
