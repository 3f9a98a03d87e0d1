"""Where a child's time goes beyond the same calls in a loop: what it uses before its image is there
and with it, which calls it makes and which pages it touches first. The last two are perf's, where
it is installed and allowed."""

import glob
import os
import re
import shutil
import statistics
import subprocess
import threading
import time

from contenders import InProcess
from processes import children_of, stat

SECONDS = 3
MOST_CALLS = 16
EVENTS = {
    "minor-faults": "minor page faults",
    "context-switches": "context switches",
    "raw_syscalls:sys_enter": "system calls",
}


def resting(tree):
    """What children that wait have used: medians of minor faults, CPU milliseconds and context
    switches. They are confined, and have no image yet."""
    faults, cpu, switches = [], [], []
    for pid in tree.members()[2]:
        fields = stat(pid)
        try:
            with open(f"/proc/{pid}/schedstat", encoding="utf-8") as file:
                nanoseconds = int(file.read().split()[0])
            with open(f"/proc/{pid}/status", encoding="utf-8") as file:
                counts = re.findall(r"ctxt_switches:\s*(\d+)", file.read())
        except (OSError, IndexError):
            continue
        if fields:
            faults.append(int(fields[7]))
            cpu.append(nanoseconds / 1e6)
            switches.append(sum(map(int, counts)))

    def middle(values):
        return statistics.median(values) if values else None

    return {"minor page faults": middle(faults), "CPU ms": middle(cpu),
            "context switches": middle(switches)}


def perf(arguments, seconds):
    """What perf prints; None where there is none, or it may not."""
    if not shutil.which("perf"):
        return None
    done = subprocess.run(["perf", *arguments, "--", "sleep", str(seconds)], check=False,
                          capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"})
    return done.stdout + done.stderr if done.returncode == 0 else None


def counts(pid):
    """`{event: count}` of a process and all that it forks meanwhile."""
    text = perf(["stat", "-x", ",", "-e", ",".join(EVENTS), "-p", str(pid)], SECONDS)
    found = {}
    for line in (text or "").splitlines():
        fields = line.split(",")
        if len(fields) > 2 and fields[0].isdigit() and fields[2] in EVENTS:
            found[EVENTS[fields[2]]] = int(fields[0])
    return found


def ranges(pid):
    """The zygote's memory as (start, end, kind). A child's is a copy of it."""
    found = []
    try:
        with open(f"/proc/{pid}/maps", encoding="utf-8") as file:
            for line in file:
                fields = line.split()
                start, end = (int(text, 16) for text in fields[0].split("-"))
                name = fields[5] if len(fields) > 5 else ""
                if name == "[heap]":
                    kind = "heap"
                elif name == "[stack]":
                    kind = "stack"
                elif name.startswith("/") and "w" not in fields[1]:
                    kind = "programs' and libraries' code and constants"
                elif name.startswith("/"):
                    kind = "libraries' variables"
                else:
                    kind = "the zygote's other memory, copied"
                found.append((start, end, kind))
    except OSError:
        pass
    return found


def faults_by_kind(pid, folder):
    """`{kind: count}` of page faults of the zygote's children, by the addresses in perf's record."""
    data = os.path.join(folder, "faults.perf")
    events = ["-e", "minor-faults", "-c", "1", "-d"]
    if perf(["record", "-q", "-o", data, *events, "-p", str(pid)], 1) is None:
        return {}
    script = subprocess.run(["perf", "script", "-i", data, "-F", "pid,addr"], check=False,
                            capture_output=True, text=True)
    os.remove(data)
    known = ranges(pid)
    heap_end = max((end for _, end, kind in known if kind == "heap"), default=0)
    found = {}
    for line in script.stdout.splitlines():
        fields = line.split()
        if len(fields) < 2 or fields[0] == str(pid):
            continue
        address = int(fields[1], 16)
        kind = next((kind for start, end, kind in known if start <= address < end), None)
        if kind is None:
            grown = heap_end <= address < heap_end + (1 << 30)
            kind = "heap that has grown" if grown else "new memory (pixels, codecs, thread stacks)"
        found[kind] = found.get(kind, 0) + 1
    return found


def names_of_calls():
    """`{number: name}` by the kernel's header; empty where it is not installed."""
    found = {}
    for path in glob.glob("/usr/include/*/asm/unistd*.h"):
        with open(path, encoding="utf-8") as file:
            pairs = re.findall(r"#define __NR_(\w+)\s+(\d+)$", file.read(), re.MULTILINE)
        if "x32" not in path and not path.endswith("_32.h"):
            for name, number in pairs:
                found.setdefault(int(number), name)
    return found


def calls_by_name(pid, folder):
    """`{(who, call): count}` of system calls, of the zygote's children and its own."""
    data = os.path.join(folder, "calls.perf")
    events = ["-e", "raw_syscalls:sys_enter"]
    if perf(["record", "-q", "-o", data, *events, "-p", str(pid)], 1) is None:
        return {}
    script = subprocess.run(["perf", "script", "-i", data, "-F", "pid,trace"], check=False,
                            capture_output=True, text=True)
    os.remove(data)
    names, found = names_of_calls(), {}
    for line in script.stdout.splitlines():
        match = re.match(r"\s*(\d+)\s+NR (\d+) ", line)
        if match:
            who = "zygote" if match[1] == str(pid) else "child"
            call = names.get(int(match[2]), f"number {match[2]}")
            found[who, call] = found.get((who, call), 0) + 1
    return found


def beside(service, case, look):
    """Calls `look` beside one connection; returns its result and the images of a second."""
    ended = {}
    load = threading.Thread(
        target=lambda: ended.update(service.load(case, SECONDS + 2, 1)))
    load.start()
    time.sleep(0.5)
    found = look()
    load.join()
    return found, ended["images"] / ended["seconds"]


def busy_zygote(service, case):
    """The zygote whose children the images go to: the one that uses the most time for them."""
    def waited(pid):
        fields = stat(pid)
        return int(fields[13]) + int(fields[14]) if fields else 0

    zygotes = service.tree.members()[1]
    before = {pid: waited(pid) for pid in zygotes}
    service.load(case, 1, 2)
    return max(zygotes, key=lambda pid: waited(pid) - before[pid])


def measure(setup, service, case):
    zygote = busy_zygote(service, case)
    before = service.tree.usage()
    load = service.load(case, SECONDS, 1)
    time.sleep(0.2)
    after = service.tree.usage()
    images = load["images"]
    whole = {
        "CPU ms": (after["child"] - before["child"]) / images,
        "of it in the kernel, ms": (after["child_system"] - before["child_system"]) / images,
        "minor page faults": (after["faults"] - before["faults"]) / images,
        "zygote's CPU ms": (after["zygote"] - before["zygote"]) / images,
        "supervisor's CPU ms": (after["supervisor"] - before["supervisor"]) / images,
    }
    time.sleep(0.3)
    rest = resting(service.tree) if children_of([zygote]) else {}
    counted, rate = beside(service, case, lambda: counts(zygote))
    for event, count in counted.items():
        whole.setdefault(event, count / (rate * SECONDS))
    kinds, rate = beside(service, case, lambda: faults_by_kind(zygote, setup.folder))
    calls, call_rate = beside(service, case, lambda: calls_by_name(zygote, setup.folder))
    loop = InProcess(setup, "loop", "steps", 1, setup.vips, "the same calls in a loop").measure(
        case, SECONDS)
    return {
        "whole": whole, "resting": rest,
        "loop": {"CPU ms": loop["cpu_ms"], "minor page faults": loop["minor_faults"],
                 "of it in the kernel, ms": loop["system_ms"] / max(1, loop["images"])},
        "faults": {kind: count / rate for kind, count in kinds.items()},
        "calls": [
            {"who": who, "call": call, "count": count / call_rate}
            for (who, call), count in calls.items()],
    }


def sections(found):
    """A table for each case, and one of faults."""
    def text(value, digits=2):
        return "-" if value is None else f"{value:.{digits}f}"

    for name, parts in found.items():
        rows = [["", "before its image", "with it", "whole child", "the same calls in a loop"]]
        for figure, value in parts["whole"].items():
            digits = 2 if figure.endswith("ms") else 0
            rest = parts["resting"].get(figure)
            rows.append([figure, text(rest, digits),
                         text(None if rest is None else value - rest, digits), text(value, digits),
                         text(parts["loop"].get(figure), digits)])
        yield (f"{name}: what a child uses, 1 connection",
               "Context switches and system calls hold those that its zygote makes for it.", rows)
        calls = sorted(parts["calls"], key=lambda call: -call["count"])[:MOST_CALLS]
        if calls:
            yield (f"{name}: system calls for each child, the most frequent", "",
                   [["", "by", "calls"]] + [
                       [call["call"], call["who"], text(call["count"], 1)] for call in calls])
        faults = sorted(parts["faults"].items(), key=lambda pair: -pair[1])
        if faults:
            yield (f"{name}: minor page faults of a child by what was touched", "",
                   [["", "for each child"]] + [[kind, text(count, 0)] for kind, count in faults])
