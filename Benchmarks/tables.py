"""A report's tables, as text and as Markdown."""

import peers

SUMMARY = ["", "images/s", "× Debian 2", "", "× in proc. 2", "CPU ms", "× calls", "p50 ms", "p95",
           "p99", "p99/p50", "× p50", "faults"]


def number(value, digits=2):
    return "-" if value is None else f"{value:.{digits}f}"


def cell(figures, name, digits=2):
    return number(figures[name]["median"], digits) if figures.get(name) else "-"


def machine_line(found):
    machine = found["machine"]
    line = (f"{machine['processors']} × {machine['model']}, Linux {machine['kernel']}; "
            f"rounds: {found['rounds']} of {found['seconds']} s; medians, [lowest-highest]")
    if machine["load_at_start"] > 0.5:
        line += f". The machine was not idle: load {machine['load_at_start']:.1f} at the start"
    return line


def contenders(found):
    for case in found["cases"]:
        rows = [SUMMARY]
        for key, figures in found["results"][case["name"]].items():
            ratio = figures["throughput_ratio_debian"]
            rows.append([
                found["contenders"][key], cell(figures, "images_per_second", 1),
                number(ratio["median"]), f"[{ratio['low']:.2f}-{ratio['high']:.2f}]",
                cell(figures, "throughput_ratio"), cell(figures, "cpu_ms"),
                cell(figures, "cpu_ratio_same_calls"), cell(figures, "p50_ms"),
                cell(figures, "p95_ms", 1), cell(figures, "p99_ms", 1), cell(figures, "tail", 1),
                cell(figures, "p50_ratio_debian"), cell(figures, "minor_faults", 0),
            ])
        image = case["image"]
        yield (f"{case['name']}: {image['width']} × {image['height']}, {image['bytes']:,} bytes, "
               f"to {case['result'][0]} × {case['result'][1]} {case['format']}", "", rows)


def parts(found):
    rows = [["", "supervisor", "zygote", "child", "of it system", "child's peak MiB"]]
    for name, contenders_of in found["results"].items():
        figures = contenders_of["http-4"]["cpu_parts_ms"]
        rows.append([name] + [number(figures[kind])
                              for kind in ("supervisor", "zygote", "child", "child_system")]
                    + [number(found["child_peak_kib"][name] / 1024, 1)])
    return "CPU milliseconds for each image, 4 connections", "", rows


def memory(found):
    measured = found["memory"]
    rows = [["", "supervisor", "its peak", "zygotes"]]
    for when in ("before", "after"):
        rows.append([f"{when} {measured['images']} images"] + [
            number(measured[when][kind] / 1024, 1)
            for kind in ("supervisor_kib", "supervisor_peak_kib", "zygote_kib")])
    return "Resident memory in MiB", "", rows


def starts(found):
    rows = [["", "ready ms", "whole of glovebox info ms"]]
    for key, title in (("own", "the libvips that serves"), ("debian", "Debian's libvips")):
        start = found["zygote_start"].get(key)
        if start:
            rows.append([title, number(start["ready_ms"], 1), number(start["whole_ms"], 1)])
    return "Start of a zygote", "", rows


def kinds_of(run, title):
    for kind, figures in run["kinds"].items():
        statuses = ", ".join(f"{count} × {status}" for status, count in figures["statuses"].items())
        yield [title, kind, number(figures["p50_ms"], 1), number(figures["p99_ms"], 1),
               number(figures["largest_ms"], 1), statuses]


def mixed(found):
    rows = [["", "image", "p50 ms", "p99", "most", "answers"]]
    for run in found["mixed"]:
        rows += kinds_of(run, f"{run['connections']} connections")
    return ("All images in turn over the same connections",
            ", ".join(f"{run['images_per_second']:.1f} images/s at {run['connections']} connections"
                      for run in found["mixed"]), rows)


def poison(found):
    measured = found["poison"]
    rows = [["", "image", "p50 ms", "p99", "most", "answers"]]
    rows += kinds_of(measured["without"], "healthy alone")
    rows += kinds_of(measured["with"], "one in ten slow")
    return (f"One request in {measured['every']} for an image slower than the deadline of "
            f"{measured['deadline_ms']} ms, 4 connections",
            f"{measured['deadlines']} children missed it; their workers were free "
            f"{number(measured['late_p50_ms'], 1)} ms later (median), "
            f"{number(measured['late_largest_ms'], 1)} ms at most. {measured['too_late']} healthy "
            "images waited until their own deadline.", rows)


def ssim(found):
    names = {"plain": "the loop with Debian's libvips", "own": "the loop with its own libvips"}
    rows = [["", *names.values()]]
    for case, loops in found["ssim"].items():
        rows.append([case] + [number(loops.get(key), 4) for key in names])
    return "Mean SSIM of the service's picture with that of", "", rows


def checks(found):
    rows = [["", "aim", "measured", ""]]
    for check in found["checks"]:
        unit = f" {check['unit']}".rstrip()
        measured = "-" if check["measured"] is None else f"{check['measured']:.3g}{unit}"
        aim = f"{check['is']} {check['target']}{unit}"
        rows.append([check["name"], aim, measured, check["state"]])
    return "Must reach", "", rows


def sections(found):
    """Title, note and rows of each table."""
    yield from contenders(found)
    yield parts(found)
    yield memory(found)
    yield starts(found)
    if found.get("mixed"):
        yield mixed(found)
    if found.get("poison"):
        yield poison(found)
    yield ssim(found)
    yield "Beside other servers", peers.NOTE, peers.rows(found)
    yield checks(found)


def aligned(rows):
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        ("  " + row[0].ljust(widths[0]) + "".join(
            "  " + value.rjust(width) for value, width in zip(row[1:], widths[1:]))).rstrip()
        for row in rows)


def text(found, tables):
    """For a terminal."""
    lines = [machine_line(found)]
    for title, note, rows in tables:
        lines.append(f"\n{title}")
        if note:
            lines.append(note)
        lines.append(aligned(rows))
    return "\n".join(lines)


def markdown(found, tables):
    """For docs/performance.md."""
    lines = [machine_line(found) + "."]
    for title, note, rows in tables:
        lines += ["", f"### {title}", ""]
        if note:
            lines += [note, ""]
        lines.append("| " + " | ".join(rows[0]) + " |")
        lines.append("|---|" + "---:|" * (len(rows[0]) - 1))
        lines += ["| " + " | ".join(row) + " |" for row in rows[1:]]
    return "\n".join(lines) + "\n"
