#!/usr/bin/env python3
"""Writes the pictures in this folder, and prints what Pillow reads in them where that is not plain to see.

Needs Pillow 10 or newer. Blocks of 8 x 8 px are flat, so that a JPEG keeps their values.
"""
import pathlib, struct, zlib
from PIL import Image, ImageCms

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


def png(name, width, bits, colour, samples, extra=b""):
    """A PNG of samples of any number of bits, of which Pillow writes a few kinds only."""
    row = width * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    rows = b""
    for at in range(0, len(samples), row):
        digits = "".join(f"{sample:0{bits}b}" for sample in samples[at:at + row])
        digits += "0" * (-len(digits) % 8)
        rows += b"\0" + int(digits, 2).to_bytes(len(digits) // 8, "big")
    header = struct.pack(">IIBBBBB", width, len(samples) // row, bits, colour, 0, 0, 0)
    (folder / name).write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra
                                + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def png16(name, width, samples, colour, extra=b""):
    png(name, width, 16, colour, samples, extra)


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

# Pictures to be changed: all kinds of samples, of an odd size.
png("grey-1.png", 3, 1, 0, [1, 0, 1, 0, 0, 1])
png("grey-2.png", 3, 2, 0, [0, 1, 2, 3, 2, 1])
# Of four bits, one value stands for transparency.
png("grey-4.png", 3, 4, 0, [0, 3, 6, 9, 12, 15], chunk(b"tRNS", struct.pack(">H", 12)))
palette = chunk(b"PLTE", bytes(sum(colours[:3], ())))
png("palette.png", 3, 2, 3, [0, 1, 2, 2, 1, 0], palette)
png("palette-alpha.png", 3, 2, 3, [0, 1, 2, 2, 1, 0], palette + chunk(b"tRNS", bytes([255, 128])))
png("rgba-16.png", 2, 16, 6, [1, 2, 3, 65535, 40000, 30001, 20002, 32768])
png("grey-alpha-16.png", 2, 16, 4, [1000, 65535, 60001, 257])
Image.linear_gradient("L").crop((0, 0, 5, 7)).save(folder / "grey.jpg", quality=95)
# The rows of the sixth and the seventh pass of a picture of 2 x 2 px; the first has the upper left pixel.
header = struct.pack(">IIBBBBB", 2, 2, 8, 0, 0, 0, 1)
(folder / "interlaced.png").write_bytes(
    b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    + chunk(b"IDAT", zlib.compress(b"\0\x0a" + b"\0\x14" + b"\0\x1e\x28")) + chunk(b"IEND", b""))

# A red square with an edge that can be half seen through, in transparent black.
square = Image.new("RGBA", (9, 7))
square.paste((200, 0, 0, 128), (2, 2, 7, 5))
square.paste((250, 10, 20, 255), (3, 3, 6, 4))
square.save(folder / "edge.png")
square.save(folder / "edge.webp", lossless=True, exact=True)

profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
# The time at which it was made would make each profile another.
profile = profile[:24] + struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + profile[36:]
for name in ("profile.png", "profile.jpg", "profile.webp"):
    odd.save(folder / name, icc_profile=profile, **({} if name.endswith("png") else {"quality": 95}))
png("gamma.png", 1, 8, 2, [1, 2, 3], chunk(b"gAMA", struct.pack(">I", 45455)) + chunk(b"sRGB", b"\1"))

for name in ("orientation-1.jpg", "lossy.webp", "cmyk.jpg", "ycck.jpg"):
    show(name)
