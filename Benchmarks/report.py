"""From measurements to figures: ratios within rounds, medians over rounds, tables, the checklist."""

from statistics import median

BASE, BASE_ONE = "inprocess-2", "inprocess-1"
SAME, SAME_ONE = "samecalls-2", "samecalls-1"


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
        found[image] = {}
        for key, rounds in rounds_of.items():
            figures = {
                "images_per_second": spread([rate(one) for one in rounds]),
                "throughput_ratio": ratios(rounds, rounds_of[BASE], rate),
                "throughput_ratio_debian": ratios(rounds, debian, rate),
                "throughput_ratio_bwrap": ratios(rounds, rounds_of["bwrap"], rate),
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
                figures["p50_ratio_same_calls"] = ratios(
                    rounds, rounds_of[SAME_ONE], lambda one: one["p50_ms"])
            if "cpu_parts_ms" in rounds[0]:
                figures["cpu_parts_ms"] = {
                    part: median(one["cpu_parts_ms"][part] for one in rounds)
                    for part in rounds[0]["cpu_parts_ms"]
                }
            found[image][key] = figures
    return found


def checks(found):
    """What the service must reach, with what was measured."""
    list_of = []

    def check(name, target, unit, measured, most):
        state = "not measured"
        if measured is not None:
            state = "ok" if (measured <= target if most else measured >= target) else "missed"
        list_of.append({
            "name": name, "target": target, "is": "at most" if most else "at least", "unit": unit,
            "measured": measured, "state": state,
        })

    two = found["results"].get("2mp.jpg")

    def middle(contender, figure):
        return two[contender][figure]["median"] if two else None

    check("CPU of an isolated 2-megapixel JPEG, everything included, over the same library in process",
          1.4, "×", middle("http-4", "cpu_ratio"), True)
    check("the same, over the very calls that a child makes",
          1.4, "×", middle("http-4", "cpu_ratio_same_calls"), True)
    check("throughput over bwrap + vipsthumbnail", 3, "×",
          middle("http-4", "throughput_ratio_bwrap"), False)
    check("p50 over HTTP with a warm child, one connection, over one thread in process",
          1.3, "×", middle("http-1", "p50_ratio"), True)
    check("the same, over the very calls that a child makes",
          1.3, "×", middle("http-1", "p50_ratio_same_calls"), True)

    for key, name, target in (("own", "the fetched libvips", 25), ("debian", "Debian's libvips", 120)):
        start = found["zygote_start"].get(key)
        if key == "own" and found["library"] == "system":
            name, target = "Debian's libvips", 120
        if start is None:
            continue
        if start["ready_ms"] is not None:
            check(f"zygote ready, {name}", target, "ms", start["ready_ms"], True)
        else:
            # Start, job and end of a whole command: says enough only when that is short enough.
            whole = start["whole_ms"]
            check(f"zygote ready, {name} (whole of glovebox info: {whole:.0f} ms)", target, "ms",
                  whole if whole <= target else None, True)
    memory = found["memory"]
    before, after = (memory[when]["supervisor_kib"] for when in ("before", "after"))
    check(f"supervisor's memory after {memory['images']} images over before "
          f"({before / 1024:.1f} MiB)", 1.05, "×", after / before, True)
    return list_of


def number(value, digits=2):
    return f"{value:.{digits}f}"


def cell(figures, name, digits=2):
    return number(figures[name]["median"], digits) if figures.get(name) else "-"


def table(rows):
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  " + row[0].ljust(widths[0]) + "".join(
            "  " + value.rjust(width) for value, width in zip(row[1:], widths[1:]))
        for row in rows)


def text(found):
    """The tables, for people."""
    machine = found["machine"]
    lines = [
        f"{machine['processors']} × {machine['model']}, Linux {machine['kernel']}; "
        f"{found['rounds']} rounds of {found['seconds']} s; medians, [lowest-highest] of rounds",
    ]
    if machine["load_at_start"] > 0.5:
        lines.append(f"The machine was not idle: load {machine['load_at_start']:.1f} at the start.")
    titles = found["contenders"]
    for image in found["inputs"]:
        name = image["name"]
        lines.append(
            f"\n{name}: {image['width']} × {image['height']}, {image['bytes']:,} bytes, to "
            f"{image['result'][0]} × {image['result'][1]} JPEG")
        rows = [["", "images/s", "× in proc. 2", "", "× Debian 2", "CPU ms", "× CPU", "× calls",
                 "p50 ms", "p95", "p99", "× p50", "faults"]]
        for key, figures in found["results"][name].items():
            ratio = figures["throughput_ratio"]
            rows.append([
                titles[key], cell(figures, "images_per_second", 1), number(ratio["median"]),
                f"[{ratio['low']:.2f}-{ratio['high']:.2f}]",
                cell(figures, "throughput_ratio_debian"), cell(figures, "cpu_ms"),
                cell(figures, "cpu_ratio"), cell(figures, "cpu_ratio_same_calls"),
                cell(figures, "p50_ms"), cell(figures, "p95_ms", 1), cell(figures, "p99_ms", 1),
                cell(figures, "p50_ratio"), cell(figures, "minor_faults", 0),
            ])
        lines.append(table(rows))
    lines.append("\nCPU milliseconds for each image, 4 connections")
    rows = [["", "supervisor", "zygote", "child", "child's peak MiB"]]
    for name, contenders in found["results"].items():
        parts = contenders["http-4"]["cpu_parts_ms"]
        rows.append([name] + [number(parts[kind]) for kind in ("supervisor", "zygote", "child")]
                    + [number(found["child_peak_kib"][name] / 1024, 1)])
    lines.append(table(rows))
    memory = found["memory"]
    lines.append("\nResident memory in MiB")
    rows = [["", "supervisor", "its peak", "zygote"]]
    for when in ("before", "after"):
        parts = memory[when]
        rows.append([f"{when} {memory['images']} images"] + [
            number(parts[kind] / 1024, 1)
            for kind in ("supervisor_kib", "supervisor_peak_kib", "zygote_kib")])
    lines.append(table(rows))
    lines.append("\nMust reach")
    rows = []
    for check in found["checks"]:
        measured = "-" if check["measured"] is None else f"{check['measured']:.2f} {check['unit']}"
        rows.append([check["name"], f"{check['is']} {check['target']} {check['unit']}", measured,
                     check["state"]])
    lines.append(table(rows))
    return "\n".join(lines)
