"""How much the service's pictures are those of the plain loop: mean SSIM (Wang, Bovik, Sheikh and
Simoncelli, IEEE Transactions on Image Processing 13(4), 2004), over luma, with their constants and
their Gaussian window of 11 × 11 pixels and σ = 1.5."""

import os
import urllib.request

import numpy

from inputs import vips
from processes import Stop

RADIUS, SIGMA = 5, 1.5
C1, C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2


def window():
    weights = numpy.exp(-(numpy.arange(-RADIUS, RADIUS + 1) ** 2) / (2 * SIGMA**2))
    return weights / weights.sum()


def smooth(plane):
    """The window at each place where it fits wholly."""
    weights = window()
    for axis in (0, 1):
        count = plane.shape[axis] - 2 * RADIUS
        plane = sum(
            weight * plane.take(range(place, place + count), axis)
            for place, weight in enumerate(weights))
    return plane


def luma(path):
    """Rec. 601 luma of an image, read by libvips' own tool."""
    plain = path + ".ppm"
    vips("colourspace", path, plain, "srgb")
    with open(plain, "rb") as file:
        data = file.read()
    os.remove(plain)
    # "P6", width, height and 255, white space between them, comment lines perhaps.
    fields, place = [], 0
    while len(fields) < 4:
        end = data.index(b"\n", place)
        text = data[place:end].split(b"#")[0]
        fields += text.split()
        place = end + 1
    kind, width, height, most = fields
    if kind not in (b"P6", b"P5") or most != b"255":
        raise Stop(f"{path} does not become a PPM of 8 bits.")
    pixels = numpy.frombuffer(data, numpy.uint8, offset=place)
    if kind == b"P5":
        return pixels.reshape(int(height), int(width)).astype(float)
    return pixels.reshape(int(height), int(width), 3) @ numpy.array([0.299, 0.587, 0.114])


def ssim(one, other):
    mean_one, mean_other = smooth(one), smooth(other)
    variance_one = smooth(one * one) - mean_one**2
    variance_other = smooth(other * other) - mean_other**2
    both = smooth(one * other) - mean_one * mean_other
    found = ((2 * mean_one * mean_other + C1) * (2 * both + C2)) / (
        (mean_one**2 + mean_other**2 + C1) * (variance_one + variance_other + C2))
    return float(found.mean())


def compare(service, loops, cases):
    """`{case: {loop: SSIM}}` of the service's result over that of each loop, by its key."""
    found = {}
    for case in cases:
        folder = service.setup.folder
        ours = os.path.join(folder, f"ours.{case.format}")
        theirs = os.path.join(folder, f"theirs.{case.format}")
        urllib.request.urlretrieve(service.url(f"/v1/images/{case.file()}?{case.query}"), ours)
        mine = luma(ours)
        found[case.name] = {}
        for loop in loops:
            loop.measure(case, 0, theirs)
            plain = luma(theirs)
            if plain.shape != mine.shape:
                raise Stop(f"{case.name} has other dimensions than those of {loop.title}.")
            found[case.name][loop.key] = ssim(mine, plain)
    return found
