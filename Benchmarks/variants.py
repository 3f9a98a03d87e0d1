"""Copies of an image whose bytes differ and whose pixels do not.

A service may make equal requests that are in flight together once. Whoever wants to know what an
image costs must never ask for the same bytes twice at a time.
"""

import os
import struct
import zlib

from processes import Stop

COUNT = 32  # twice the connections that are ever open


def jpeg(image, label):
    """A comment (COM, ITU-T T.81 B.2.4.5) behind the start of the image."""
    return image[:2] + b"\xff\xfe" + struct.pack(">H", 2 + len(label)) + label + image[2:]


def png(image, label):
    """A chunk of text (tEXt) before the end."""
    body = b"tEXt" + b"Comment\0" + label
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return image[:-12] + chunk + image[-12:]


def webp(image, label):
    """A chunk that no reader knows behind the last one; the container's size grows with it."""
    chunk = b"junk" + struct.pack("<I", len(label)) + label + b"\0" * (len(label) % 2)
    size = struct.unpack_from("<I", image, 4)[0] + len(chunk)
    return image[:4] + struct.pack("<I", size) + image[8:] + chunk


def avif(image, label):
    """A box of free space (ISO/IEC 14496-12, 8.1.2) behind the last one."""
    return image + struct.pack(">I", 8 + len(label)) + b"free" + label


BY_START = [(b"\xff\xd8", jpeg), (b"\x89PNG", png), (b"RIFF", webp)]


def variant(image, number):
    """The image with a number inside that nobody shows."""
    label = b"variant %08d" % number
    for start, function in BY_START:
        if image.startswith(start):
            return function(image, label)
    if image[4:8] == b"ftyp":
        return avif(image, label)
    raise Stop("There are variants of JPEG, PNG, WebP and AVIF alone.")


def write(path, count=COUNT):
    """Replaces a file by a folder of its name with variants of it."""
    with open(path, "rb") as file:
        image = file.read()
    ending = os.path.splitext(path)[1]
    os.remove(path)
    os.mkdir(path)
    for number in range(count):
        with open(os.path.join(path, f"{number:02d}{ending}"), "wb") as file:
            file.write(variant(image, number))
