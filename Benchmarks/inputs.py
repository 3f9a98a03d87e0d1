"""The images that are measured, made from the photographs in samples/ by libvips' own tools."""

import os
import subprocess
from dataclasses import dataclass

import variants
from processes import Stop

IMAGES = ["2mp.jpg", "0.3mp.jpg", "12mp.jpg", "2mp.png", "2mp.webp", "icon.png"]
SIDE = 300


@dataclass(frozen=True)
class Case:
    """One image and what it becomes: at most 300 × 300 pixels."""

    image: str
    format: str
    quality: int

    @property
    def name(self):
        return self.image if self.format == "jpg" else f"{self.image}-to-{self.format}"

    @property
    def query(self):
        return f"rs=fit:{SIDE}:{SIDE}&q={self.quality}&f={self.format}"

    @property
    def options(self):
        return f"rs:fit:{SIDE}:{SIDE}/q:{self.quality}/f:{self.format}"

    @property
    def ending(self):
        return os.path.splitext(self.image)[1]

    @property
    def is_main(self):
        """Whether everyone takes part, those too that cannot win."""
        return self.format == "jpg"

    def file(self, number=0):
        """One of its variants, in the folder of images."""
        return f"{self.image}/{number % variants.COUNT:02d}{self.ending}"


CASES = [Case(image, "jpg", 80) for image in IMAGES] + [
    Case(image, "webp", 75) for image in ("2mp.jpg", "12mp.jpg")
]
QUICK = CASES[:1]


def vips(*arguments):
    result = subprocess.run(["vips", *arguments], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise Stop(f"vips {' '.join(arguments)}: {result.stderr.strip()}")


def size(path):
    """Width and height by the file's header."""
    texts = [
        subprocess.run(
            ["vipsheader", "-f", field, path], capture_output=True, text=True, check=False
        ).stdout.strip()
        for field in ("width", "height")
    ]
    if not all(text.isdigit() for text in texts):
        raise Stop(f"{path} is no image.")
    return int(texts[0]), int(texts[1])


def make(samples, folder, names):
    """Writes the images, each as a folder of variants, and describes them.

    The two large ones are the photograph set side by side, not enlarged: enlarged pictures hold
    less detail for each pixel, and decode faster than photographs do.
    """
    photo = os.path.join(samples, "photo.jpg")
    alpha = os.path.join(samples, "alpha.png")

    def path(name):
        return os.path.join(folder, name)

    vips("replicate", photo, path("wall.v"), "5", "5")
    vips("crop", path("wall.v"), path("two.v"), "0", "0", "1632", "1224")
    described = []
    for name in names:
        if name == "0.3mp.jpg":
            vips("thumbnail", photo, path(name) + "[Q=85,strip]", "640")
        elif name == "2mp.jpg":
            vips("copy", path("two.v"), path(name) + "[Q=85,strip]")
        elif name == "2mp.webp":
            vips("copy", path("two.v"), path(name) + "[Q=80,strip]")
        elif name == "2mp.png":
            vips("extract_band", path("two.v"), path("band.v"), "1")
            vips("bandjoin", f"{path('two.v')} {path('band.v')}", path(name))
            os.remove(path("band.v"))
        elif name == "12mp.jpg":
            vips("crop", path("wall.v"), path("large.v"), "0", "0", "4000", "3000")
            vips("copy", path("large.v"), path(name) + "[Q=85,strip]")
            os.remove(path("large.v"))
        elif name == "icon.png":
            vips("thumbnail", alpha, path(name), "64", "--height", "64", "--crop", "centre")
        else:
            raise Stop(f"There is no image {name}; there are {', '.join(IMAGES)}.")
        width, height = size(path(name))
        described.append(
            {"name": name, "width": width, "height": height, "bytes": os.path.getsize(path(name))}
        )
        variants.write(path(name))
    os.remove(path("wall.v"))
    os.remove(path("two.v"))
    return described


def make_slow(samples, folder):
    """49 megapixels of AVIF: within every limit of size, and slower than its deadline."""
    path = os.path.join(folder, "slow.avif")
    wall, large = os.path.join(folder, "wall.v"), os.path.join(folder, "large.v")
    vips("replicate", os.path.join(samples, "photo.jpg"), wall, "8", "10")
    vips("crop", wall, large, "0", "0", "7000", "7000")
    vips("heifsave", large, path, "--compression", "av1", "--effort", "0", "--Q", "40")
    os.remove(wall)
    os.remove(large)
    variants.write(path)
