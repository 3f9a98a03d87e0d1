"""What a soak found, against what must hold."""

import glob
import json
import os
import re
from dataclasses import dataclass

from processes import status_kib

MEMORY_FACTOR = 1.10
MEMORY_MIB = 4  # on top of the factor: arenas of the C library come in such pieces
DESCRIPTORS = 4
SAME_MOMENT = 0.05
# What a child came to that is no death, in glovebox_children_ended_total.
FINE = ("completed", "dismissed")


def look(tree):
    """Of the quiet service: memory, descriptors, processes."""
    launchers, zygotes, children = tree.members()
    memory = tree.memory()
    return {
        "supervisor's memory, KiB": memory["supervisor_kib"],
        "zygotes' memory, KiB": memory["zygote_kib"],
        "supervisor's descriptors": len(os.listdir(f"/proc/{tree.supervisor}/fd")),
        "zygotes' descriptors": sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in zygotes),
        "supervisor's threads": status_kib(tree.supervisor, "Threads"),
        "zygotes": len(zygotes),
        "processes": 1 + len(launchers) + len(zygotes) + len(children),
    }


def records(state):
    """Lines of the crash log, all of its files."""
    found = []
    for path in glob.glob(os.path.join(state, "crashes", "crashes.jsonl*")):
        with open(path, encoding="utf-8") as file:
            found += [json.loads(line) for line in file]
    return found


@dataclass
class Evidence:
    """All that was seen."""

    before: dict
    after: dict
    metrics: str
    records: list
    tally: object
    troubles: list
    status: int
    left: list


def metric(text, name):
    """`{labels: value}` of one metric."""
    found = {}
    for line in text.splitlines():
        match = re.fullmatch(name + r"(?:\{(.*)\})? (\S+)", line)
        if match:
            found[match[1] or ""] = float(match[2])
    return found


def ended(evidence):
    """Children that did not end well by class, as the metrics count them."""
    found = {}
    for labels, value in metric(evidence.metrics, "glovebox_children_ended_total").items():
        name = re.search(r'class="([^"]*)"', labels)[1]
        if name not in FINE and value:
            found[name] = found.get(name, 0) + int(value)
    return found


def recorded(evidence):
    """The same as the crash log has them, records and counts together."""
    found = {}
    for record in evidence.records:
        count = record["count"] if record.get("kind") == "count" else 1
        found[record["class"]] = found.get(record["class"], 0) + count
    return found


def twice(evidence):
    """Children with more than one record."""
    seen, again = set(), 0
    for record in evidence.records:
        if record.get("kind") != "count":
            child = (record["policy"]["name"], record["child"]["generation"], record["child"]["id"])
            again += child in seen
            seen.add(child)
    return again


def unexplained(evidence):
    """Answers beyond those expected, apart from 422 for images whose child was killed here."""
    tally = evidence.tally
    excused = tally.events.get("children killed", 0)
    rest = []
    for kind, status, request in tally.unexpected:
        if status == 422 and excused > 0:
            excused -= 1
        else:
            rest.append(f"{kind}: {status} ({request})")
    return rest


def done(evidence):
    rows = [["", "times"]]
    for kind, statuses in sorted(evidence.tally.answers.items()):
        text = ", ".join(f"{count} × {status}" for status, count in sorted(
            statuses.items(), key=lambda pair: str(pair[0])))
        rows.append([kind, text])
    rows += [[name, str(count)] for name, count in sorted(evidence.tally.events.items())]
    rows += [
        [f"children ended: {name}", str(count)] for name, count in sorted(ended(evidence).items())]
    return rows


def verdicts(evidence):
    rows = [["", "must be", "is", ""]]

    def hold(name, must, value, holds):
        rows.append([name, str(must), str(value), "ok" if holds else "FAILED"])

    for name, before in evidence.before.items():
        after = evidence.after[name]
        if name.endswith("KiB"):
            most = before * MEMORY_FACTOR + MEMORY_MIB * 1024
            hold(name.replace(", KiB", ", MiB"), f"at most {most / 1024:.1f}",
                 f"{before / 1024:.1f} -> {after / 1024:.1f}", after <= most)
        elif "zygotes" == name or name == "processes":
            hold(name, before, after, before == after)
        else:
            hold(name, f"at most {before + DESCRIPTORS}", f"{before} -> {after}",
                 after <= before + DESCRIPTORS)
    by_metrics, by_log = ended(evidence), recorded(evidence)
    for name in sorted(set(by_metrics) | set(by_log)):
        hold(f"records and counts, {name}", by_metrics.get(name, 0), by_log.get(name, 0),
             by_metrics.get(name, 0) == by_log.get(name, 0))
    killed = evidence.tally.events.get("children killed", 0)
    crashed = by_log.get("crash", 0)
    # The service may have ended one in the same moment, which is then no crash.
    least = int(killed * (1 - SAME_MOMENT))
    hold("crashes on record, children killed", f"{least} to {killed}", crashed,
         least <= crashed <= killed)
    hold("children with two records", 0, twice(evidence), twice(evidence) == 0)
    lost = sum(value for labels, value in metric(
        evidence.metrics, "glovebox_crash_records_total").items() if "lost" in labels)
    hold("records lost", 0, int(lost), lost == 0)
    rest = unexplained(evidence)
    hold("answers of another class than expected", 0, len(rest), not rest)
    rows += [[f"  {line}", "", "", ""] for line in rest[:10]]
    hold("threads of this program that stopped", 0, len(evidence.troubles), not evidence.troubles)
    rows += [[f"  {line}", "", "", ""] for line in evidence.troubles[:10]]
    hold("exit status after SIGTERM", 0, evidence.status, evidence.status == 0)
    hold("processes left", 0, len(evidence.left), not evidence.left)
    return rows
