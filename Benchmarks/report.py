"""From measurements to figures: ratios within rounds, medians over rounds."""

from statistics import median

BASE, BASE_ONE = "inprocess-2", "inprocess-1"
SAME = "samecalls-2"


def rate(measured):
    return measured["images"] / measured["seconds"]


def spread(values):
    """The middle, and how far the rounds went."""
    return {"median": median(values), "low": min(values), "high": max(values)} if values else None


def ratios(rounds, others, figure):
    """Of the same round each: both numbers were taken under the same conditions."""
    return spread([
        figure(one) / figure(other) for one, other in zip(rounds, others) if figure(other) > 0
    ])


def results(taken):
    """`{image: {contender: figures}}`"""
    found = {}
    for image, rounds_of in taken.items():
        # Where the service runs on the system's library, that is the system's column too.
        debian = rounds_of.get("debian-2") or rounds_of[BASE]
        debian_one = rounds_of.get("debian-1") or rounds_of[BASE_ONE]
        found[image] = {}
        for key, rounds in rounds_of.items():
            figures = {
                "images_per_second": spread([rate(one) for one in rounds]),
                "throughput_ratio": ratios(rounds, rounds_of[BASE], rate),
                "throughput_ratio_debian": ratios(rounds, debian, rate),
                "rounds": rounds,
            }
            if "cpu_ms" in rounds[0]:
                figures["cpu_ms"] = spread([one["cpu_ms"] for one in rounds])
                figures["minor_faults"] = spread([one["minor_faults"] for one in rounds])
                figures["cpu_ratio"] = ratios(rounds, rounds_of[BASE], lambda one: one["cpu_ms"])
                figures["cpu_ratio_same_calls"] = ratios(
                    rounds, rounds_of[SAME], lambda one: one["cpu_ms"])
            if "p50_ms" in rounds[0]:
                for part in ("p50_ms", "p95_ms", "p99_ms"):
                    figures[part] = spread([one[part] for one in rounds])
                figures["p50_ratio"] = ratios(
                    rounds, rounds_of[BASE_ONE], lambda one: one["p50_ms"])
                figures["p50_ratio_debian"] = ratios(
                    rounds, debian_one, lambda one: one["p50_ms"])
                figures["tail"] = spread([one["p99_ms"] / one["p50_ms"] for one in rounds])
            if "cpu_parts_ms" in rounds[0]:
                figures["cpu_parts_ms"] = {
                    part: median(one["cpu_parts_ms"][part] for one in rounds)
                    for part in rounds[0]["cpu_parts_ms"]
                }
            found[image][key] = figures
    return found
