"""Requests for several images at a time: what each kind of image waits for the others."""

import glob
import json
import os
from statistics import median

from inputs import Case, make_slow
from service import Service, targets

SLOW = Case("slow.avif", "jpg", 80)
DEADLINE_MS = 500
EVERY = 10  # one request of so many is for an image that is slower than the deadline
# No input and no client is refused for what it did before, and
# each death is recorded with its times.
SETTINGS = {
    "GLOVEBOX_TIMEOUT": f"{DEADLINE_MS}ms",
    "GLOVEBOX_POISON_COUNT": "0",
    "GLOVEBOX_SLOWING_DEATHS": "0",
    "GLOVEBOX_CRASHES_FULL": "10000",
}


def percentile(values, part):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * part // 100)]


def figures(answers):
    """Of the answers of one kind, (status, milliseconds) each."""
    times = [time for _, time in answers]
    statuses = {}
    for status, _ in answers:
        statuses[status] = statuses.get(status, 0) + 1
    return {
        "answers": len(answers), "statuses": statuses,
        "p50_ms": median(times), "p99_ms": percentile(times, 99), "largest_ms": max(times),
    }


def recorded(service, lines, seconds, connections):
    """`{kind: figures}` of one run; the connections have a request in flight each."""
    record = os.path.join(service.setup.folder, "answers")
    whole = service.wrk(lines, seconds, connections, record)
    answers = {}
    for path in glob.glob(record + ".*"):
        with open(path, encoding="utf-8") as file:
            for line in file:
                parts = line.split()
                if len(parts) == 3:
                    answers.setdefault(parts[0], []).append((parts[1], float(parts[2])))
        os.remove(path)
    return {
        "connections": connections,
        "images_per_second": whole["images"] / whole["seconds"],
        "kinds": {kind: figures(answers[kind]) for kind in sorted(answers)},
    }


def sizes(service, cases, seconds):
    """All cases in turn over the same connections."""
    return [recorded(service, targets(cases), seconds, connections) for connections in (4, 16)]


def occupancy(state):
    """How long after its deadline each child that missed it gave its worker free, in milliseconds:
    by the crash records, from the job's start until the kernel had taken the child away."""
    late = []
    for path in glob.glob(os.path.join(state, "crashes", "crashes.jsonl*")):
        with open(path, encoding="utf-8") as file:
            for line in file:
                found = json.loads(line)
                if found.get("class") != "deadline" or "given_ms" not in found.get("times", {}):
                    continue
                times = found["times"]
                had = found["observed"]["limits"]["deadline_ms"]
                late.append(times["gone_ms"] - times["given_ms"] - had)
    return late


def poison(setup, case, seconds):
    """Healthy images with and without one in ten that is slower than the deadline."""
    make_slow(os.path.join(setup.repository, "samples"), setup.images)
    service = Service(setup, "poison", SETTINGS)
    healthy = targets([case])
    lines = []
    for number, slow in enumerate(targets([SLOW])):
        start = number * (EVERY - 1)
        lines += [healthy[(start + more) % len(healthy)] for more in range(EVERY - 1)] + [slow]
    without = recorded(service, healthy, seconds, 4)
    mixed = recorded(service, lines, seconds, 4)
    service.stop()
    late = occupancy(service.state)
    statuses = mixed["kinds"][case.name]["statuses"]
    return {
        "too_late": sum(statuses.values()) - statuses.get("200", 0),
        "deadline_ms": DEADLINE_MS, "every": EVERY, "healthy": case.name,
        "without": without, "with": mixed,
        "deadlines": len(late),
        "late_p50_ms": median(late) if late else None,
        "late_largest_ms": max(late) if late else None,
    }
