"""Prints URLs that pyimgproxy makes for many sets of options, and what each must answer.

pyimgproxy_matrix.py URL KEY SALT reads the sources from standard input, as a JSON list of objects:
address, width and height as stored, turned (whether EXIF asks for a quarter turn), border (pixels of
one colour at its left, top, right and bottom), type. It prints one JSON object a line: url, options,
width, height, type.

The sizes are worked out here, once more and on fractions, from imgproxy's published rules; nothing is
asked of the service. What lies so near the middle of two numbers that floating point could fall to
either side is left out.
"""

import json
import random
import sys
from fractions import Fraction
from math import floor

from pyimgproxy import ImgProxy

HALF = Fraction(1, 2)
MEDIA_TYPES = {"jpg": "jpeg"}
PRESETS = {"thumb": [("resize", ("fill", 90, 70)), ("format", ("webp",))]}


class Undecided(Exception):
    """Two ways of rounding are right."""


def half_away(value):
    if abs(value - floor(value) - HALF) < Fraction(1, 10**6):
        raise Undecided
    return floor(value + HALF)


def half_even(value):
    return round(value)


def number(value):
    return Fraction(str(value))


class Wish:
    """What a list of steps asks for. Later steps win, and None leaves a value as it is."""

    def __init__(self, steps):
        self.type = "fit"
        self.box = [0, 0]
        self.least = [0, 0]
        self.zoom = [Fraction(1), Fraction(1)]
        self.dpr = Fraction(1)
        self.enlarge = self.extend = self.extend_ratio = self.raw = False
        self.crop = [Fraction(0), Fraction(0)]
        self.trim = None
        self.padding = [0, 0, 0, 0]
        self.auto_rotate = True
        self.angle = 0
        self.format = None
        for name, arguments in steps:
            self.take(name, list(arguments))

    def take(self, name, arguments):
        if name == "resize":
            self.type = arguments.pop(0) or self.type
            name = "size"
        if name == "size":
            width, height, enlarge, extend = (arguments + [None] * 4)[:4]
            self.box = [self.box[0] if width is None else width,
                        self.box[1] if height is None else height]
            self.enlarge = self.enlarge if enlarge is None else enlarge
            self.extend = self.extend if extend is None else extend
        elif name == "resizing_type":
            self.type = arguments[0]
        elif name in ("width", "height"):
            self.box[name == "height"] = arguments[0]
        elif name in ("min_width", "min_height"):
            self.least[name == "min_height"] = arguments[0]
        elif name == "zoom":
            self.zoom = [number(arguments[0]), number(arguments[-1])]
        elif name == "dpr":
            self.dpr = number(arguments[0])
        elif name == "crop":
            self.crop = [number(value) for value in (arguments + [0])[:2]]
        elif name == "padding":
            top, right, bottom, left = (arguments + [None] * 3)[:4]
            right = top if right is None else right
            self.padding = [top, right, top if bottom is None else bottom,
                            right if left is None else left]
        elif name == "trim":
            self.trim = (arguments + [None] * 3)[2:4]
        elif name == "extend_aspect_ratio":
            self.extend_ratio = arguments[0]
        elif name == "rotate":
            self.angle = arguments[0]
        elif name == "preset":
            for step in PRESETS[arguments[0]]:
                self.take(step[0], list(step[1]))
        elif name in ("enlarge", "extend", "auto_rotate", "format", "raw"):
            setattr(self, name, arguments[0])


def seen(source, wish):
    """Width and height of the source as scaling sees it: trimmed, turned, cropped."""
    sides = [source["width"], source["height"]]
    if wish.trim:
        left, top, right, bottom = source["border"]
        margins = [(left, right), (top, bottom)]
        for index, (margin, equal) in enumerate(zip(margins, wish.trim)):
            sides[index] -= 2 * min(margin) if equal else sum(margin)
    turned = wish.auto_rotate and source["turned"]
    if turned != (wish.angle % 180 == 90):
        sides.reverse()
    for index, asked in enumerate(wish.crop):
        if asked >= 1:
            sides[index] = min(sides[index], floor(asked))
        elif asked > 0:
            sides[index] = min(sides[index], max(1, half_away(sides[index] * asked)))
    return sides


def result(source, wish):
    """Width and height of the result: the contract's steps 1 to 12."""
    if wish.raw:
        return [source["width"], source["height"]]
    src = seen(source, wish)
    wanted = [asked or side for asked, side in zip(wish.box, src)]
    shrink = [Fraction(side, asked) for side, asked in zip(src, wanted)]
    kind = wish.type
    if kind == "auto":
        alike = (src[0] - src[1] >= 0) == (wanted[0] - wanted[1] >= 0)
        kind = "fill" if alike else "fit"
    if kind != "force":
        if not wish.box[0]:
            shrink[0] = shrink[1]
        if not wish.box[1]:
            shrink[1] = shrink[0]
        shrink = [max(shrink) if kind == "fit" else min(shrink)] * 2
    shrink = [one / zoom for one, zoom in zip(shrink, wish.zoom)]
    ratio = wish.dpr
    if not wish.enlarge:
        least = min(shrink)
        if least < 1:
            shrink = [one / least for one in shrink]
            if not wish.extend:
                ratio /= least
        ratio = min(ratio, *shrink)
    for index, least in enumerate(wish.least):
        if least and Fraction(src[index], least) < shrink[index]:
            factor = Fraction(src[index], least) / shrink[index]
            shrink = [one * factor for one in shrink]
    shrink = [min(one / ratio, side) for one, side in zip(shrink, src)]
    scaled = [half_away(side / one) for side, one in zip(src, shrink)]
    target = [half_away(asked * ratio * zoom) for asked, zoom in zip(wish.box, wish.zoom)]

    cut = list(target)
    if wish.type == "fill-down" and not wish.enlarge and all(target):
        excess = [Fraction(asked, side) for asked, side in zip(target, scaled)]
        if max(excess) > 1 and excess[0] != excess[1]:
            kept = excess.index(max(excess))
            cut[kept] = scaled[kept]
            cut[1 - kept] = half_away(Fraction(scaled[kept] * target[1 - kept], target[kept]))
    out = [min(asked, side) if asked else side for asked, side in zip(cut, scaled)]
    canvas = list(out)
    if wish.extend:
        canvas = [max(side, asked) for side, asked in zip(canvas, target)]
    if wish.extend_ratio and all(target):
        lack = [Fraction(asked, side) for asked, side in zip(target, out)]
        if lack[0] != lack[1]:
            short = lack.index(max(lack))
            length = half_away(Fraction(out[1 - short] * target[short], target[1 - short]))
            canvas[short] = max(canvas[short], length)
    top, right, bottom, left = [half_even(side * ratio) for side in wish.padding]
    return [canvas[0] + left + right, canvas[1] + top + bottom]


TYPES = ["fit", "fill", "fill-down", "force", "auto"]
SIZES = [(300, 200), (200, 300), (120, 0), (0, 90), (700, 500), (64, 64), (900, 80), (33, 47)]
PLACES = ["ce", "no", "so", "ea", "we", "noea", "nowe", "soea", "sowe"]
FORMATS = ["jpg", "jpeg", "png", "webp", "gif", "tiff", "avif"]


def sets():
    """The sets of options, each a list of pyimgproxy's methods with their arguments."""
    for kind in TYPES:
        for width, height in SIZES:
            yield [("resize", (kind, width, height))]
            yield [("resize", (kind, width, height, True))]
            yield [("resizing_type", (kind,)), ("width", (width,)), ("height", (height,)),
                   ("dpr", (1.5,)), ("quality", (60,))]
        for zoom in [(0.5,), (1.5,), (2, 0.75)]:
            yield [("resize", (kind, 110, 70)), ("zoom", zoom)]
            yield [("resize", (kind, 110, None, True)), ("zoom", zoom)]
        for dpr in [0.5, 2, 3.25]:
            yield [("resize", (kind, 90, 140)), ("dpr", (dpr,)), ("padding", (3, 5))]
        yield [("resize", (kind, 80, 60)), ("min_width", (150,))]
        yield [("resize", (kind, 80, 60)), ("min_height", (130,)), ("dpr", (2,))]
        yield [("resize", (kind, 500, 450, None, True)), ("padding", (1, 2, 3, 4))]
        yield [("resize", (kind, 240, 50)), ("extend_aspect_ratio", (True,))]
    for place in PLACES:
        yield [("resize", ("fill", 70, 90)), ("gravity", (place, 3, 0.1))]
        yield [("size", (400, 350, False, True, place, 10, -4)), ("enlarge", (False,))]
        yield [("crop", (100, 0.5, place)), ("width", (60,))]
        yield [("crop", (0.3, 40, place, 5, 0.2)), ("extend", (True, place)), ("size", (99, 98))]
        yield [("size", (130, 50)), ("extend_aspect_ratio", (True, place, 2, 2))]
    yield [("gravity", ("fp", 0.3, 0.7)), ("resize", ("fill", 50, 120))]
    yield [("gravity", ("sm",)), ("resize", ("fill", 60, 40))]
    yield [("crop", (50, 60, "fp", 0, 1))]
    yield [("crop", (0, 45))]
    yield [("crop", (44,)), ("height", (20,))]
    for angle in [0, 90, 180, 270, 450]:
        for turned in [True, False]:
            yield [("auto_rotate", (turned,)), ("rotate", (angle,)), ("width", (150,))]
            yield [("rotate", (angle,)), ("auto_rotate", (turned,)), ("crop", (50, 0.75)),
                   ("resize", ("fill", 30, 31))]
    for kind in FORMATS:
        yield [("format", (kind,)), ("size", (96, 72)), ("quality", (40,))]
        yield [("resize", ("force", 64, 48)), ("format", (kind,)), ("background", ("hex:0af",))]
    for step in [("blur", (1.5,)), ("sharpen", (0.5,)), ("pixelate", (7,)), ("brightness", (20,)),
                 ("contrast", (1.2,)), ("saturation", (0.5,)), ("adjust", (None, 0.8)),
                 ("strip_metadata", (True,)), ("keep_copyright", (False,)),
                 ("strip_color_profile", (True,)), ("enforce_thumbnail", (True,)),
                 ("cachebuster", ("v2",)), ("return_attachment", (True,)),
                 ("background", ("rgb:10:200:30",)), ("background", ("hex:ff8800",)),
                 ("add_option", ("fl", 1)), ("add_option", ("mb", 20000)),
                 ("add_option", ("fq", "jpeg", 50, "png", 60)), ("add_option", ("sm", "f")),
                 ("raw", (True,)), ("preset", ("thumb",))]:
        yield [step, ("size", (70,))] if step[0] != "preset" else [("size", (70,)), step]
    chance = random.Random(2026)
    for _ in range(80):
        steps = [
            ("resize", (chance.choice(TYPES), chance.randrange(0, 260), chance.randrange(0, 260),
                        chance.choice([None, True, False]), chance.choice([None, True, False]))),
            ("crop", (chance.choice([0, 0.4, 90, 1000]), chance.choice([0, 0.6, 120]))),
            ("zoom", (chance.choice([0.5, 1, 1.25, 2]),)),
            ("dpr", (chance.choice([0.75, 1, 1.5, 2]),)),
            ("padding", tuple(chance.randrange(0, 9) for _ in range(chance.randrange(1, 5)))),
            ("min_width", (chance.choice([0, 0, 100]),)),
            ("extend_aspect_ratio", (chance.choice([True, False]),)),
            ("rotate", (chance.choice([0, 90, 180, 270]),)),
            ("gravity", (chance.choice(PLACES),)),
            ("format", (chance.choice(["jpg", "png", "webp"]),)),
        ]
        yield chance.sample(steps, chance.randrange(2, len(steps) + 1))


TRIMS = [(10,), (10, None, True), (10, "ffffff", False, True), (5, "fff", True, True)]


def made(image, steps):
    """The image with the steps as pyimgproxy's own methods write them."""
    for name, arguments in steps:
        if name == "background":
            form, *parts = arguments[0].split(":")
            colours = {"hex_color": parts[0]} if form == "hex" else dict(
                zip(("red", "green", "blue"), map(int, parts)))
            image = image.background(**colours)
        elif name == "preset":
            image = image.add_option("preset", *arguments)
        else:
            image = getattr(image, name)(*arguments)
    return image


def row(proxy, source, steps):
    wish = Wish(steps)
    width, height = result(source, wish)
    image = made(proxy.image(source["address"]), steps)
    kind = source["type"] if wish.raw else wish.format or source["type"]
    return {"url": image.url, "options": "/".join(image.options), "width": width,
            "height": height, "type": "image/" + MEDIA_TYPES.get(kind, kind)}


def main():
    url, key, salt = sys.argv[1:]
    proxy = ImgProxy(url, key=key, salt=salt)
    sources = json.load(sys.stdin)
    bordered = [source for source in sources if any(source["border"])]
    others = [source for source in sources if not any(source["border"])]
    work = [(others[index % len(others)], steps) for index, steps in enumerate(sets())]
    for source in bordered:
        work += [(source, [("trim", trim), *rest]) for trim in TRIMS
                 for rest in ([], [("width", (50,))], [("resize", ("fill", 60, 60))])]
    for source, steps in work:
        if source["type"] == "webp" and not any(name == "format" for name, _ in steps):
            steps = [*steps, ("format", ("webp",))]
        try:
            print(json.dumps(row(proxy, source, steps)))
        except Undecided:
            continue


if __name__ == "__main__":
    main()
