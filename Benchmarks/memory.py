"""What stays in memory after many images."""

import threading
import time

SECONDS = 2


def settled(tree):
    """The least of some looks: what a moment needs is not what stays."""
    looks = []
    for _ in range(10):
        looks.append(tree.memory())
        time.sleep(0.1)
    return {name: min(look[name] for look in looks) for name in looks[0]}


def measure(service, case, images):
    """Resident memory before and after so many images. A quarter of them, at most 500, goes before,
    so that what is allocated once is allocated."""

    def make(least):
        made = 0
        while made < least:
            made += service.load(case, SECONDS, 4)["images"]
        return made

    make(min(500, images // 4))
    before = settled(service.tree)
    made = make(images)
    return {"images": made, "before": before, "after": settled(service.tree)}


def child_peaks(service, cases):
    """The largest child seen for each case, in KiB."""
    return {case.name: peak_beside(service, case) for case in cases}


def peak_beside(service, case):
    """One window of load beside which the children are looked at."""
    load = threading.Thread(target=service.load, args=(case, SECONDS, 2))
    load.start()
    peak = service.tree.largest_child(time.monotonic() + SECONDS)
    load.join()
    return peak
