"""How long a zygote takes until it is ready."""

import json
import os
import subprocess
import time
from statistics import median

from processes import Stop


def parsed(line):
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


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
    return {"ready_ms": median(own) if own else None, "whole_ms": median(whole)}
