"""What a soak sends: images of every format, and files that are none."""

import os
import random
import shutil
from dataclasses import dataclass

import inputs
from processes import Stop

SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" width="240" height="160">
<rect width="240" height="160" fill="#246"/><circle cx="120" cy="80" r="60" fill="#fc6"/></svg>
"""


def pdf():
    """One page with one line on it."""
    drawing = b"0 0 200 100 re 0.2 0.4 0.6 rg f"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 240 160]/Contents 4 0 R>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawing), drawing),
    ]
    text, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects):
        places.append(len(text))
        text += b"%d 0 obj%s endobj\n" % (number + 1, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(text)
    return text + b"xref\n0 5\n0000000000 65535 f \n" + table + end


@dataclass
class Input:
    """A file, and the statuses that it may be answered with."""

    kind: str
    bytes: bytes
    expected: frozenset
    is_cut: bool = False


def good(repository, folder):
    """An image of each format; the tools that make some may lack a codec."""
    photo = os.path.join(repository, "samples/photo.jpg")
    found = {"svg": SVG, "pdf": pdf()}
    made = {"png": "", "webp": "[Q=80]", "gif": "", "tiff": "[compression=lzw]", "jpg": "[Q=85]",
            "avif": "[compression=av1,effort=0]"}
    for name, options in made.items():
        path = os.path.join(folder, "made." + name)
        try:
            inputs.vips("thumbnail", photo, path + options, "500")
        except Stop:
            continue
        with open(path, "rb") as file:
            found[name] = file.read()
    large = os.path.join(folder, "wall.v")
    inputs.vips("replicate", photo, large, "4", "4")
    inputs.vips("copy", large, os.path.join(folder, "large.jpg"))
    inputs.vips("thumbnail", os.path.join(repository, "samples/alpha.png"),
                os.path.join(folder, "icon.png"), "64")
    for name in ("large.jpg", "icon.png"):
        with open(os.path.join(folder, name), "rb") as file:
            found[name] = file.read()
    fixtures = os.path.join(repository, "Tests/Fixtures/formats")
    for name in ("plain.heic", "lossy.jxl", "plain.jp2", "rgb24.bmp", "icon32.ico"):
        with open(os.path.join(fixtures, name), "rb") as file:
            found[name.split(".")[1]] = file.read()
    return [Input(kind, data, frozenset({200})) for kind, data in found.items()]


def bad(images):
    """Cut off, random, of another format than the first bytes say, none at all."""
    by_kind = {one.kind: one.bytes for one in images}
    noise = random.Random(1).randbytes(60_000)
    cut = [
        Input("truncated " + kind, by_kind[kind][:len(by_kind[kind]) // 2], frozenset({422}), True)
        for kind in ("jpg", "png", "webp", "avif", "large.jpg") if kind in by_kind
    ]
    return cut + [
        Input("random bytes", noise, frozenset({415})),
        Input("text", b"This is no image.\n" * 40, frozenset({415})),
        Input("JPEG's first bytes, then noise", by_kind["jpg"][:4] + noise, frozenset({422})),
        Input("PNG's first bytes, then noise", by_kind["png"][:16] + noise, frozenset({422})),
        Input("WebP's first bytes, then noise", by_kind["webp"][:16] + noise, frozenset({422})),
        Input("nothing", b"", frozenset({400})),
    ]


def policies(repository, folder):
    """A copy of the policies, so that one can be changed."""
    target = os.path.join(folder, "policies")
    shutil.copytree(os.path.join(repository, "policies"), target)
    return target
