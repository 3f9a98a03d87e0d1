"""What the service must reach, each with what was measured."""

# Throughput at 4 connections over two threads of the plain loop with Debian's libvips.
THROUGHPUT = {
    "12mp.jpg": 1.3, "2mp.jpg": 1.6, "0.3mp.jpg": 1.2, "2mp.png": 1.25, "2mp.webp": 1.1,
    "icon.png": 0.8, "2mp.jpg-to-webp": 1.6, "12mp.jpg-to-webp": 1.35,
}
# CPU of an isolated image over the same calls in process.
CPU = {"2mp.jpg": 1.25, "12mp.jpg": 1.15}
LATENCY = {"2mp.jpg": 1.0, "12mp.jpg": 1.0}
TAIL = 3
SUPERVISOR_MIB = 80
MEMORY_IMAGES = 10_000
ZYGOTE_GROWTH = 1.05
LATE_MS = 50
POISON = 2
SSIM = 0.98


class Checks:
    """The list as it grows."""

    def __init__(self):
        self.list_of = []

    def add(self, name, target, unit, measured, most=True):
        state = "not measured"
        if measured is not None:
            state = "ok" if (measured <= target if most else measured >= target) else "missed"
        self.list_of.append({
            "name": name, "target": target, "is": "at most" if most else "at least", "unit": unit,
            "measured": measured, "state": state,
        })


def middle(found, image, contender, figure):
    """The median of one figure; None where it was not measured."""
    figures = found["results"].get(image, {}).get(contender, {}).get(figure)
    return figures["median"] if figures else None


def p99_over(poison):
    def p99(run):
        return run["kinds"][poison["healthy"]]["p99_ms"]

    return p99(poison["with"]) / p99(poison["without"])


def of(found):
    """The whole list, in the order in which the aims are written down."""
    checks = Checks()
    for image, target in THROUGHPUT.items():
        checks.add(f"throughput, {image}, 4 connections, over the loop", target, "×",
                   middle(found, image, "http-4", "throughput_ratio_debian"), most=False)
    for image, target in LATENCY.items():
        checks.add(f"p50 at 1 connection, {image}, over the loop's time for an image", target, "×",
                   middle(found, image, "http-1", "p50_ratio_debian"))
    for image, target in CPU.items():
        checks.add(f"CPU of an isolated {image}, over the same calls in process", target, "×",
                   middle(found, image, "children-2", "cpu_ratio_same_calls"))
        checks.add("the same, with HTTP", target, "×",
                   middle(found, image, "http-4", "cpu_ratio_same_calls"))
    for image in ("2mp.jpg", "12mp.jpg"):
        checks.add(f"p99 at 16 connections over p50, {image}", TAIL, "×",
                   middle(found, image, "http-16", "tail"))
    memory = found["memory"]
    enough = memory["images"] >= MEMORY_IMAGES
    before, after = memory["before"], memory["after"]
    checks.add(f"supervisor's memory after {MEMORY_IMAGES} images", SUPERVISOR_MIB, "MiB",
               after["supervisor_kib"] / 1024 if enough else None)
    checks.add("zygotes' memory after them over before", ZYGOTE_GROWTH, "×",
               after["zygote_kib"] / before["zygote_kib"] if enough else None)
    poison = found.get("poison")
    checks.add("worker occupied beyond the deadline, one request in ten too slow, worst case",
               LATE_MS, "ms", poison["late_largest_ms"] if poison else None)
    checks.add("p99 of healthy images among them, over p99 without them", POISON, "×",
               p99_over(poison) if poison else None)
    compared = [loops["plain"] for loops in found.get("ssim", {}).values()]
    checks.add("mean SSIM with the loop's picture, equal dimensions: the worst of the images",
               SSIM, "", min(compared) if compared else None, most=False)
    checks.add("the same: all images together", SSIM, "",
               sum(compared) / len(compared) if compared else None, most=False)
    return checks.list_of
