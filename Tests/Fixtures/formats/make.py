"""Makes the files of this folder; README.md says with which tools. Run it in this folder."""

import os
import shutil
import struct
import subprocess

from PIL import Image

WIDTH, HEIGHT = 13, 9
COLOURS = [
    (224, 32, 32), (32, 192, 32), (32, 32, 224), (240, 240, 240), (0, 0, 0), (255, 255, 0),
    (1, 2, 3), (200, 100, 50), (17, 34, 51), (68, 85, 102), (119, 136, 153), (170, 187, 204),
    (221, 238, 255), (64, 128, 192), (192, 128, 64), (10, 250, 128),
]


def number(x, y):
    """A palette number that differs between rows and columns."""
    return (x * 5 + y * 3 + x * y) % 16


def write(name, data):
    with open(name, "wb") as file:
        file.write(data)


def rows(depth, value, bottom_up=True):
    """Rows of pixels of `depth` bits, filled up to multiples of four bytes."""
    out = b""
    for y in reversed(range(HEIGHT)) if bottom_up else range(HEIGHT):
        row = b""
        if depth < 8:
            bits = "".join(format(value(x, y), f"0{depth}b") for x in range(WIDTH))
            bits += "0" * (-len(bits) % 8)
            row = bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))
        else:
            for x in range(WIDTH):
                row += value(x, y).to_bytes(depth // 8, "little")
        out += row + b"\0" * (-len(row) % 4)
    return out


def palette(count, size=4):
    return b"".join(
        bytes((b, g, r)) + b"\0" * (size - 3) for r, g, b in (COLOURS * 16)[:count])


def bmp(name, depth, pixels, header=40, compression=0, colours=b"", used=0, height=HEIGHT,
        masks=b"", gap=b""):
    """A BMP file with an information header of `header` bytes."""
    if header == 12:
        info = struct.pack("<IHHHH", 12, WIDTH, height, 1, depth)
    else:
        info = struct.pack("<IiiHHIIiiII", header, WIDTH, height, 1, depth, compression,
                           len(pixels), 2835, 2835, used, 0)
        if header > 40:
            info += masks
            info += b"\0" * (header - len(info))
            if header >= 108:
                info = info[:56] + b"BGRs" + info[60:]
        else:
            info += masks
    start = 14 + len(info) + len(colours) + len(gap)
    write(name, b"BM" + struct.pack("<IHHI", start + len(pixels), 0, 0, start) + info + colours
          + gap + pixels)


def rgb(x, y):
    r, g, b = COLOURS[number(x, y)]
    return r << 16 | g << 8 | b


def alpha(x, y):
    return (x * 19 + y * 7) % 256


def packed(bits):
    """A pixel whose red, green, blue and alpha have so many bits, alpha uppermost."""
    def value(x, y):
        channels = [rgb(x, y) >> 16 & 255, rgb(x, y) >> 8 & 255, rgb(x, y) & 255, alpha(x, y)]
        shift, pixel = 0, 0
        for index in (2, 1, 0, 3):
            pixel |= (channels[index] * ((1 << bits[index]) - 1) // 255) << shift
            shift += bits[index]
        return pixel
    return value


def masks(bits):
    shift, out = 0, {}
    for index in (2, 1, 0, 3):
        out[index] = ((1 << bits[index]) - 1) << shift
        shift += bits[index]
    return struct.pack("<4I", out[0], out[1], out[2], out[3])


def rle8():
    """Runs, literals of odd length, a jump, rows that end early, and the end."""
    out = b""
    for y in reversed(range(HEIGHT)):
        line = [number(x, y) for x in range(WIDTH)]
        if y == 4:
            out += bytes((0, 2, 3, 1)) + bytes((4, 5, 0, 0))
        elif y == 3:
            continue
        elif y % 3 == 0:
            out += bytes((5, 7)) + bytes((0, 5)) + bytes(line[5:10]) + b"\0" + bytes((3, 2, 0, 0))
        elif y % 3 == 1:
            out += b"".join(bytes((1, n)) for n in line) + b"\0\0"
        else:
            out += bytes((0, 13)) + bytes(line) + b"\0" + b"\0\0"
    return out + b"\0\1"


def rle4():
    out = b""
    for y in reversed(range(HEIGHT)):
        if y % 2:
            out += bytes((5, 0x12, 0, 7, 0x34, 0x56, 0x78, 0x90, 1, 0xA0, 0, 0))
        else:
            out += bytes((13, 0xB4 ^ y, 0, 0))
    return out + b"\0\1"


def bitmaps():
    few = lambda n: lambda x, y: number(x, y) % n
    bmp("palette1.bmp", 1, rows(1, few(2)), colours=palette(2), used=2)
    bmp("palette4.bmp", 4, rows(4, few(16)), colours=palette(16))
    bmp("palette4-few.bmp", 4, rows(4, few(5)), colours=palette(5), used=5)
    bmp("palette8.bmp", 8, rows(8, few(16)), colours=palette(256))
    bmp("palette8-gap.bmp", 8, rows(8, few(16)), colours=palette(20), used=20, gap=b"gap!" * 3)
    bmp("rgb16.bmp", 16, rows(16, packed((5, 5, 5, 0))))
    bmp("rgb24.bmp", 24, rows(24, rgb))
    bmp("rgb32.bmp", 32, rows(32, lambda x, y: rgb(x, y) | 0x55 << 24))
    bmp("topdown24.bmp", 24, rows(24, rgb, bottom_up=False), height=-HEIGHT)
    bmp("topdown8.bmp", 8, rows(8, few(16), bottom_up=False), colours=palette(16), used=16,
        height=-HEIGHT)
    bmp("core1.bmp", 1, rows(1, few(2)), header=12, colours=palette(2, 3))
    bmp("core4.bmp", 4, rows(4, few(16)), header=12, colours=palette(16, 3))
    bmp("core8.bmp", 8, rows(8, few(16)), header=12, colours=palette(256, 3))
    bmp("core24.bmp", 24, rows(24, rgb), header=12)
    bmp("os2-24.bmp", 24, rows(24, rgb), header=64)
    bmp("masks565.bmp", 16, rows(16, packed((5, 6, 5, 0))), compression=3,
        masks=masks((5, 6, 5, 0))[:12])
    bmp("masks4444.bmp", 16, rows(16, packed((4, 4, 4, 4))), header=108, compression=3,
        masks=masks((4, 4, 4, 4)))
    bmp("masks8888.bmp", 32, rows(32, packed((8, 8, 8, 8))), header=124, compression=3,
        masks=masks((8, 8, 8, 8)))
    bmp("masks8888-v3.bmp", 32, rows(32, packed((8, 8, 8, 8))), header=56, compression=3,
        masks=masks((8, 8, 8, 8)))
    bmp("masks10.bmp", 32, rows(32, packed((10, 10, 10, 0))), header=108, compression=3,
        masks=masks((10, 10, 10, 0)))
    bmp("rle8.bmp", 8, rle8(), compression=1, colours=palette(16), used=16)
    bmp("rle4.bmp", 4, rle4(), compression=2, colours=palette(16), used=16)


def dib(depth, pixels, colours=b"", mask=None):
    """An icon's image: the height counts the mask's rows too."""
    mask = rows(1, mask or (lambda x, y: (x + y) % 3 == 0))
    return struct.pack("<IiiHHIIiiII", 40, WIDTH, 2 * HEIGHT, 1, depth, 0, 0, 0, 0, 0, 0) \
        + colours + pixels + mask


def icon(name, images, kind=1):
    """`images`: width, height, bits, data."""
    start = 6 + 16 * len(images)
    directory, data = struct.pack("<HHH", 0, kind, len(images)), b""
    for width, height, bits, image in images:
        directory += struct.pack("<BBBBHHII", width % 256, height % 256, 0, 0,
                                 1 if kind == 1 else 3, bits if kind == 1 else 2, len(image),
                                 start + len(data))
        data += image
    write(name, directory + data)


def icons():
    full = rows(32, packed((8, 8, 8, 8)))
    hidden = rows(32, packed((8, 8, 8, 0)))
    icon("icon1.ico", [(WIDTH, HEIGHT, 1, dib(1, rows(1, lambda x, y: number(x, y) % 2),
                                              palette(2)))])
    icon("icon4.ico", [(WIDTH, HEIGHT, 4, dib(4, rows(4, number), palette(16)))])
    icon("icon8.ico", [(WIDTH, HEIGHT, 8, dib(8, rows(8, number), palette(256)))])
    icon("icon24.ico", [(WIDTH, HEIGHT, 24, dib(24, rows(24, rgb)))])
    icon("icon32.ico", [(WIDTH, HEIGHT, 32, dib(32, full))])
    icon("icon32-mask.ico", [(WIDTH, HEIGHT, 32, dib(32, hidden))])
    icon("cursor.cur", [(WIDTH, HEIGHT, 0, dib(4, rows(4, number), palette(16)))], kind=2)
    with open("alpha.png", "rb") as file:
        png = file.read()
    icon("png.ico", [(64, 48, 32, png)])
    icon("several.ico", [(WIDTH, HEIGHT, 4, dib(4, rows(4, number), palette(16))),
                         (WIDTH, HEIGHT, 32, dib(32, full)),
                         (5, 5, 32, b"\0" * 60)])


def quarters():
    """The image that the tests of the other formats show: four quarters of 64 by 48 pixels."""
    image = Image.new("RGB", (64, 48))
    for y in range(48):
        for x in range(64):
            image.putpixel((x, y), COLOURS[(x >= 32) + 2 * (y >= 24)])
    image.save("quarters.png")
    clear = image.convert("RGBA")
    for y in range(48):
        for x in range(32, 64):
            clear.putpixel((x, y), clear.getpixel((x, y))[:3] + (96,))
    clear.save("alpha.png")


def run(*command):
    subprocess.run(command, check=True, capture_output=True)


def box(kind, *content):
    data = b"".join(content)
    return struct.pack(">I", 8 + len(data)) + kind.encode() + data


def full(kind, version, flags, *content):
    return box(kind, struct.pack(">I", version << 24 | flags), *content)


def boxes(data):
    """The boxes side by side in `data`: type and content."""
    while data:
        size, kind = struct.unpack(">I4s", data[:8])
        yield kind.decode(), data[8:size]
        data = data[size:]


def coded(image):
    """One image as HEVC: its configuration and its bytes."""
    name = "tile.heic"
    image.save("tile.png")
    run("heif-enc", "-q", "70", "-o", name, "tile.png")
    with open(name, "rb") as file:
        data = file.read()
    top = dict(boxes(data))
    meta = dict(boxes(top["meta"][4:]))
    properties = dict(boxes(dict(boxes(meta["iprp"]))["ipco"]))
    return properties["hvcC"], top["mdat"]


def phone():
    """What a phone writes: four tiles, one grid of them that is cut off and turned, and EXIF that
    says the same turn again."""
    upright = Image.open("quarters.png").resize((100, 120), Image.NEAREST)
    stored = upright.rotate(90, expand=True)
    canvas = Image.new("RGB", (128, 128))
    canvas.paste(stored, (0, 0))
    tiles = [coded(canvas.crop((x, y, x + 64, y + 64))) for y in (0, 64) for x in (0, 64)]
    exif = b"\0\0\0\6Exif\0\0II*\0\x08\0\0\0\x01\0\x12\1\3\0\1\0\0\0\6\0\0\0\0\0\0\0"
    grid = struct.pack(">BBBBHH", 0, 0, 1, 1, 120, 100)
    items = [(n + 1, b"hvc1", tiles[n][1]) for n in range(4)] \
        + [(5, b"grid", grid), (6, b"Exif", exif)]
    infe = b"".join(full("infe", 2, 1 if n < 5 else 0, struct.pack(">HH4s", n, 0, kind), b"\0")
                    for n, kind, _ in items)
    ipco = box(
        "ipco", box("hvcC", tiles[0][0]), full("ispe", 0, 0, struct.pack(">II", 64, 64)),
        full("ispe", 0, 0, struct.pack(">II", 120, 100)), full("pixi", 0, 0, b"\3\x08\x08\x08"),
        box("irot", b"\3"))
    ipma = full(
        "ipma", 0, 0, struct.pack(">I", 5),
        b"".join(struct.pack(">HBBB", n, 2, 0x81, 2) for n in (1, 2, 3, 4)),
        struct.pack(">HBBBB", 5, 3, 3, 4, 0x85))
    iref = full("iref", 0, 0, box("dimg", struct.pack(">HHHHHH", 5, 4, 1, 2, 3, 4)),
                box("cdsc", struct.pack(">HHH", 6, 1, 5)))
    ftyp = box("ftyp", b"heic", b"\0\0\0\0", b"mif1", b"heic")
    handler = full("hdlr", 0, 0, b"\0\0\0\0pict", b"\0" * 13)

    def meta(start):
        places, offset = b"", start
        for n, _, data in items:
            places += struct.pack(">HHHII", n, 0, 1, offset, len(data))
            offset += len(data)
        return full("meta", 0, 0, handler, full("pitm", 0, 0, struct.pack(">H", 5)),
                    full("iloc", 0, 0, b"\x44\0", struct.pack(">H", len(items)), places),
                    full("iinf", 0, 0, struct.pack(">H", len(items)), infe), iref,
                    box("iprp", ipco, ipma))

    start = len(ftyp) + len(meta(0)) + 8
    write("phone.heic", ftyp + meta(start) + box("mdat", b"".join(d for _, _, d in items)))


def others():
    run("heif-enc", "-q", "80", "-o", "plain.heic", "quarters.png")
    run("heif-enc", "-q", "80", "-o", "alpha.heic", "alpha.png")
    run("heif-enc", "-q", "90", "-t", "32", "-o", "preview.heic", "quarters.png")
    phone()
    run("cjxl", "-d", "0", "quarters.png", "lossless.jxl")
    run("cjxl", "-d", "0", "--container=1", "alpha.png", "alpha.jxl")
    run("cjxl", "-d", "1", "quarters.png", "lossy.jxl")
    run("opj_compress", "-i", "quarters.png", "-o", "plain.jp2")
    run("opj_compress", "-i", "alpha.png", "-o", "alpha.jp2")
    run("opj_compress", "-i", "quarters.png", "-o", "tiles.jp2", "-t", "32,32", "-I", "-r", "4")
    run("opj_compress", "-i", "quarters.png", "-o", "codestream.j2k")


def known(name, value):
    """What was put into a file, from the numbers alone."""
    image = Image.new("RGBA", (WIDTH, HEIGHT))
    for y in range(HEIGHT):
        for x in range(WIDTH):
            image.putpixel((x, y), value(x, y))
    image.save(f"expected/{name}.png")


def rounded(bits):
    def value(x, y):
        pixel, shift, out = packed(bits)(x, y), 0, [0, 0, 0, 255]
        for index in (2, 1, 0, 3):
            most = (1 << bits[index]) - 1
            if most:
                out[index] = int((pixel >> shift & most) * 255 / most + 0.5)
            shift += bits[index]
        return tuple(out)
    return value


def masked(x, y):
    r, g, b = COLOURS[number(x, y)]
    return r, g, b, 0 if (x + y) % 3 == 0 else 255


def expected():
    """What other decoders make of each bitmap and icon."""
    os.makedirs("expected", exist_ok=True)
    for name in sorted(os.listdir(".")):
        target = f"expected/{name}.png"
        if name in ("masks565.bmp", "rgb16.bmp", "cursor.cur"):
            run("convert", name, "-define", "png:exclude-chunks=all", f"png32:{target}")
        elif name.endswith((".bmp", ".ico")) and name not in ("masks4444.bmp", "masks10.bmp"):
            Image.open(name).convert("RGBA").save(target)
    known("masks4444.bmp", rounded((4, 4, 4, 4)))
    known("masks10.bmp", rounded((10, 10, 10, 0)))
    known("icon32-mask.ico", masked)
    # Of two images of one size Pillow and ImageMagick show the one of fewer colours.
    shutil.copy("expected/icon32.ico.png", "expected/several.ico.png")


def photographs():
    """JPEG files in wide colours, and of inks."""
    import pyvips

    profile = bytes(pyvips.Operation.call("profile_load", "p3"))
    for name, colour in (("p3.jpg", (200, 100, 50)), ("p3-green.jpg", (0, 255, 0))):
        Image.new("RGB", (16, 16), colour).save(
            name, quality=95, subsampling=0, icc_profile=profile)
    inks = Image.new("CMYK", (16, 16), (0, 0, 255, 0))
    inks.paste((255, 0, 0, 0), (8, 0, 16, 16))
    inks.save("cmyk.jpg", quality=95)


quarters()
photographs()
bitmaps()
icons()
others()
for left in ("tile.png", "tile.heic"):
    os.remove(left)
expected()
