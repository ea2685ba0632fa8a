#!/usr/bin/env python3
"""Writes the pictures in this folder, and prints what Pillow reads in them where that is not plain to see.

Needs Pillow 10 or newer. Blocks of 8 x 8 px are flat, so that a JPEG keeps their values.
"""
import pathlib, struct, zlib
from PIL import Image

folder = pathlib.Path(__file__).parent
colours = [(250, 10, 20), (30, 240, 40), (50, 60, 230), (200, 200, 0), (0, 180, 190), (90, 90, 90), (140, 0, 160), (20, 30, 40)]


def blocks(mode, values, columns):
    picture = Image.new(mode, (8 * columns, 8 * (len(values) // columns)))
    for number, value in enumerate(values):
        left, top = 8 * (number % columns), 8 * (number // columns)
        picture.paste(value, (left, top, left + 8, top + 8))
    return picture


def exif(orientation):
    tags = Image.Exif()
    tags[274] = orientation
    return tags


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png16(name, width, samples, colour, extra=b""):
    """A PNG of 16-bit samples, which Pillow writes in grey only."""
    row = 2 * width * {0: 1, 2: 3}[colour]
    data = struct.pack(f">{len(samples)}H", *samples)
    rows = b"".join(b"\0" + data[at:at + row] for at in range(0, len(data), row))
    header = struct.pack(">IIBBBBB", width, len(data) // row, 16, colour, 0, 0, 0)
    (folder / name).write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra
                                + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def show(name):
    picture = Image.open(folder / name).convert("RGB")
    left = (picture.width - 16) // 2
    means = picture.crop((left, 0, left + 16, 16)).reduce(8)
    print(name, [means.getpixel((x, y)) for y in range(2) for x in range(2)])


photograph = blocks("RGB", colours, 4)
odd = Image.new("RGB", (3, 2))
odd.putdata(colours[:6])
for orientation in range(1, 9):
    photograph.save(folder / f"orientation-{orientation}.jpg", quality=100, subsampling=0, exif=exif(orientation))
    odd.save(folder / f"odd-{orientation}.png", exif=exif(orientation))
odd.save(folder / "odd-6.webp", lossless=True, exif=exif(6))
photograph.save(folder / "lossy.webp", quality=90)
blocks("RGBA", [c + (a,) for c, a in zip(colours, (255, 0, 128, 255, 1, 254))][:4], 2).save(
    folder / "transparent.webp", lossless=True, exact=True)
photograph.save(folder / "animated.webp", save_all=True, append_images=[photograph.rotate(180)], duration=100)

inks = blocks("CMYK", [(0, 0, 0, 0), (255, 0, 0, 0), (0, 128, 64, 0), (10, 20, 30, 128)], 2)
inks.save(folder / "cmyk.jpg", quality=100, subsampling=0)
# The last byte of Adobe's marker says that the first three inks are a lightness and two differences of colour.
file = (folder / "cmyk.jpg").read_bytes()
marker = file.index(b"Adobe")
(folder / "ycck.jpg").write_bytes(file[:marker + 11] + b"\2" + file[marker + 12:])

png16("grey-16.png", 16, [257 * value for value in range(256)], 0)
png16("grey-16-between.png", 16, [min(65535, 257 * value + (value * 7) % 257) for value in range(256)], 0)
png16("rgb-16.png", 16, [257 * ((value * step) % 256) for value in range(256) for step in (1, 3, 5)], 2)
# gAMA 1: samples are light itself.
png16("linear-16.png", 2, [0, 65535, 32768, 14135], 0, chunk(b"gAMA", struct.pack(">I", 100000)))

for name in ("orientation-1.jpg", "lossy.webp", "cmyk.jpg", "ycck.jpg"):
    show(name)
