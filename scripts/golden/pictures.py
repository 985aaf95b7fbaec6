"""Writes src/test/resources/image: small pictures and the pixels that Pillow and torchvision make of them.

Needs Pillow 13.0.0 (its wheel for x86-64), torch 2.7.1, torchvision 0.22.1 and numpy.
Run from the repository's root: python3 scripts/golden/pictures.py

  FORMAT/NAME.*    a picture
  pictures.tsv     for each: its path, width, height, SHA-256 of convert("RGB"), SHA-256 of that after Resize((224, 224));
                   or its path and "refused"
  damaged.tsv      some of them with bytes cut off ("cut" and how many are left) or changed ("flip", place, what is
                   XORed to the byte there): path, damage, then the first 16 digits of the SHA-256 of the size and the
                   pixels, or "refused"
  transforms.tsv   path, imageSize, resize, centerCrop (height first, "-" for none), width, height, SHA-256 of the result
  tensors.tsv      path, mean, std, SHA-256 of ToTensor and Normalize: little-endian float32, NCHW
"""
import hashlib
import io
import pathlib
import random
import shutil
import struct
import warnings

import numpy
import torch
from PIL import Image, ImageCms, ImageFile
from torchvision import transforms
from torchvision.transforms import InterpolationMode

import picture_files as files

warnings.filterwarnings("ignore")
ROOT = pathlib.Path("src/test/resources/image")
FORMATS = ["JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF"]
MOST_PIXELS = 1 << 20  # the limit the tests set, too
Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2  # Pillow refuses from twice that on
MADE = []


# What the pictures show -----------------------------------------------------------------------------------------------

def scene(width, height, seed=0, noise=5):
    """An array [row][column][RGB] with slopes, edges, texture and a little noise."""
    rng = numpy.random.default_rng(seed)
    y, x = numpy.mgrid[0:height, 0:width].astype(float)
    out = numpy.empty((height, width, 3))
    for channel in range(3):
        a, b, phase = rng.uniform(2, 9, 3)
        out[:, :, channel] = 128 + 80 * numpy.sin(a * x / width + b * y / height + phase)
    for _ in range(4):
        centre_x, centre_y, radius = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(0.1, 0.3) * width
        out[(x - centre_x) ** 2 + (y - centre_y) ** 2 < radius ** 2] = rng.uniform(0, 255, 3)
    left, top = int(width * 0.6), int(height * 0.1)
    out[top:top + height // 3, left:left + width // 3] = rng.choice([0, 255], (height // 3, min(width // 3, width - left), 1))
    return numpy.clip(out + rng.normal(0, noise, out.shape), 0, 255).astype("u1")


def picture(width=57, height=43, mode="RGB", seed=0, noise=5):
    image = Image.fromarray(scene(width, height, seed, noise))
    if mode in ("RGBA", "LA"):
        image.putalpha(Image.fromarray(scene(width, height, seed + 1)[:, :, 0]))
        return image if mode == "RGBA" else image.convert("LA")
    if mode == "P":
        return image.quantize(256)
    return image.convert(mode)


def flat(width=37, height=29, colours=16, seed=0):
    """Indices of a few large areas."""
    values = scene(width, height, seed, 1)[:, :, 0].astype(int) * colours // 256
    return values.astype("u1")


def palette(colours, seed=3):
    return numpy.random.default_rng(seed).integers(0, 256, 3 * colours).astype("u1").tobytes()


def deep(width=57, height=43, channels=3, seed=0):
    """16-bit samples, some of the greys below 256."""
    wide = numpy.random.default_rng(seed).integers(0, 1 << 16, (height, width, channels))
    dark = numpy.random.default_rng(seed + 1).integers(0, 300, (height, width, channels))
    return numpy.where(scene(width, height, seed)[:, :, :1] > 128, wide, dark)


def add(path, data):
    """Keeps a picture: bytes, or an image with the options to save it."""
    MADE.append((path, bytes(data)))


def save(path, image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    add(path, out.getvalue())


# The pictures ---------------------------------------------------------------------------------------------------------

def wide_gamut():
    """An ICC profile whose colours are not those of sRGB: red and blue exchanged by its primaries."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = struct.pack(">6H", 2000, 1, 1, 0, 0, 0)  # when it was made
    red, blue = profile.find(b"rXYZ"), profile.find(b"bXYZ")
    profile[red:red + 4], profile[blue:blue + 4] = b"bXYZ", b"rXYZ"
    return bytes(profile)


def jpegs():
    profile = wide_gamut()
    for sampling in ("4:4:4", "4:2:2", "4:2:0"):
        name = sampling.replace(":", "")
        for progressive in (False, True):
            for icc in (None, profile):
                path = f"jpeg/{'progressive' if progressive else 'baseline'}-{name}{'-icc' if icc else ''}.jpg"
                save(path, picture(119, 83), "JPEG", subsampling=sampling, progressive=progressive, icc_profile=icc)
        for quality in (5, 30, 95, 100):
            save(f"jpeg/quality{quality}-{name}.jpg", picture(seed=quality), "JPEG", subsampling=sampling, quality=quality)
        for width, height in ((1, 1), (2, 2), (3, 1), (1, 3), (1, 37), (37, 1), (4, 5), (5, 16), (16, 17), (33, 8)):
            save(f"jpeg/{width}x{height}-{name}.jpg", picture(width, height), "JPEG", subsampling=sampling, quality=90)
        save(f"jpeg/rows-{name}.jpg", picture(), "JPEG", subsampling=sampling, restart_marker_rows=1)
        save(f"jpeg/blocks-{name}.jpg", picture(seed=2), "JPEG", subsampling=sampling, restart_marker_blocks=2,
             progressive=True)
        save(f"jpeg/optimised-{name}.jpg", picture(seed=3), "JPEG", subsampling=sampling, optimize=True)
        save(f"jpeg/noise-{name}.jpg", picture(seed=4, noise=90), "JPEG", subsampling=sampling, quality=92)
    save("jpeg/photo-420.jpg", picture(320, 214, seed=5), "JPEG", quality=80, subsampling="4:2:0")
    for progressive in (False, True):
        name = "progressive" if progressive else "baseline"
        for mode in ("L", "CMYK"):
            save(f"jpeg/{name}-{mode}.jpg", picture(71, 53, mode), "JPEG", progressive=progressive)
            save(f"jpeg/{name}-{mode}-icc.jpg", picture(71, 53, mode), "JPEG", progressive=progressive, icc_profile=profile)
    save("jpeg/rgb.jpg", picture(), "JPEG", keep_rgb=True)
    for orientation in (3, 6, 8):
        exif = Image.Exif()
        exif[0x112] = orientation
        save(f"jpeg/exif{orientation}.jpg", picture(), "JPEG", exif=exif)
    save("jpeg/comment.jpg", picture(), "JPEG", comment="x" * 500, dpi=(72, 96))
    save("jpeg/four-tables.jpg", picture(), "JPEG", qtables=[[3] * 64, [7] * 64, [20] * 64], subsampling=0)
    odd_samplings()
    colour_spaces()


def planes(mode="YCbCr", width=57, height=43):
    """Planes of a picture in the given colour space; YCCK has inverted inks."""
    if mode == "YCCK":
        cmyk = numpy.array(picture(width, height, "CMYK"))
        ycc = numpy.array(Image.fromarray(255 - cmyk[:, :, :3]).convert("YCbCr"))
        return [*ycc.transpose(2, 0, 1), 255 - cmyk[:, :, 3]]
    return list(numpy.array(picture(width, height, mode)).transpose(2, 0, 1))


def odd_samplings():
    samplings = {"440": ((1, 2), (1, 1), (1, 1)), "411": ((4, 1), (1, 1), (1, 1)), "410": ((4, 2), (1, 1), (1, 1)),
                 "1x4": ((1, 4), (1, 1), (1, 1)), "2x4": ((2, 4), (1, 1), (1, 1)), "chroma": ((1, 1), (2, 2), (2, 2)),
                 "mixed": ((2, 2), (2, 1), (1, 2)), "422v": ((2, 1), (1, 1), (2, 1)), "4x1-2x1": ((4, 1), (2, 1), (1, 1)),
                 "3x1": ((3, 1), (1, 1), (1, 1)), "1x3": ((1, 3), (1, 1), (1, 1)), "2x2": ((2, 2), (2, 2), (2, 2)),
                 "3x1-2x1": ((3, 1), (2, 1), (1, 1)), "4x4": ((4, 4), (1, 1), (1, 1))}
    for name, factors in samplings.items():
        separate = name in ("4x4", "2x2")  # their MCUs would have too many blocks
        add(f"jpeg/baseline-{name}.jpg", files.jpeg(planes(), factors, separate=separate))
        if not separate:
            add(f"jpeg/progressive-{name}.jpg", files.jpeg(planes(), factors, progressive=True))
            add(f"jpeg/together-{name}.jpg", files.jpeg(planes(width=19, height=23), factors, restart=1, quality=95))
    add("jpeg/too-many-blocks.jpg", files.jpeg(planes(), samplings["2x2"]))
    for name in ("440", "411", "410", "1x4", "chroma", "mixed"):
        for width, height in ((1, 1), (2, 3), (5, 2), (9, 33)):
            add(f"jpeg/{width}x{height}-{name}.jpg", files.jpeg(planes("YCbCr", width, height), samplings[name]))
    halved = ((2, 2), (1, 1), (1, 1))
    add("jpeg/separate-420.jpg", files.jpeg(planes(), halved, separate=True))
    add("jpeg/separate-420-restart.jpg", files.jpeg(planes(), halved, separate=True, restart=3))
    add("jpeg/wide-steps.jpg", files.jpeg(planes(), halved, wide_steps=True, quality=90))
    add("jpeg/grey-2x2.jpg", files.jpeg(planes()[:1], ((2, 2),)))
    add("jpeg/two-components.jpg", files.jpeg(planes()[:2], ((1, 1),) * 2))
    add("jpeg/no-eoi.jpg", files.jpeg(planes(), halved, tail=b""))
    add("jpeg/rubbish-behind.jpg", files.jpeg(planes(), halved, tail=b"\xff\xd9" + b"rubbish" * 9))
    add("jpeg/rubbish-before-eoi.jpg", files.jpeg(planes(), halved, tail=b"rubbish" * 9 + b"\xff\xff\xff\xd9"))


def colour_spaces():
    ones = ((1, 1),) * 4
    rgb = list(scene(57, 43).transpose(2, 0, 1))
    plain, ids = files.JFIF, (0x52, 0x47, 0x42, 0x4B)
    heads = {"bare": b"", "jfif": plain, "adobe0": files.adobe(0), "adobe1": files.adobe(1), "adobe2": files.adobe(2),
             "jfif-adobe0": plain + files.adobe(0), "adobe9": files.adobe(9)}
    for name, head in heads.items():
        add(f"jpeg/three-{name}.jpg", files.jpeg(planes(), ones[:3], head=head))
        add(f"jpeg/four-{name}.jpg", files.jpeg(planes("CMYK"), ones, head=head))
        add(f"jpeg/one-{name}.jpg", files.jpeg(planes()[:1], ones[:1], head=head))
        add(f"jpeg/rgb-ids-{name}.jpg", files.jpeg(rgb, ones[:3], head=head, ids=ids))
    for name, factors in {"444": ones, "420": ((2, 2), (1, 1), (1, 1), (2, 2)), "k": ((1, 1), (1, 1), (1, 1), (2, 2))}.items():
        for progressive in (False, True):
            data = files.jpeg(planes("YCCK"), factors, head=files.adobe(2), progressive=progressive)
            add(f"jpeg/ycck-{name}{'-progressive' if progressive else ''}.jpg", data)
    add("jpeg/short-adobe.jpg", files.jpeg(planes(), ones[:3], head=files.segment(0xEE, b"Adobe\0\0\0\0\0\0")))
    add("jpeg/short-jfif.jpg", files.jpeg(rgb, ones[:3], head=files.segment(0xE0, b"JFIF\0\1\1"), ids=ids))
    add("jpeg/ids-zero.jpg", files.jpeg(planes(), ones[:3], head=b"", ids=(0, 1, 2)))
    add("jpeg/ids-same.jpg", files.jpeg(planes(), ones[:3], head=b"", ids=(1, 1, 1)))


def pngs():
    wide, high = 57, 43
    greys = {depth: flat(colours=1 << depth)[:, :, None] for depth in (1, 2, 4, 8)}
    colours = {depth: flat(colours=1 << depth, seed=6)[:, :, None] for depth in (1, 2, 4, 8)}
    rgba = numpy.array(picture(mode="RGBA"))
    la = numpy.array(picture(mode="LA"))
    for interlaced in (False, True):
        mark = "-adam7" if interlaced else ""
        for depth in (1, 2, 4, 8):
            add(f"png/grey{depth}{mark}.png", files.png(greys[depth], depth, 0, interlaced=interlaced))
            table = files.chunk(b"PLTE", palette(1 << depth))
            add(f"png/palette{depth}{mark}.png", files.png(colours[depth], depth, 3, interlaced=interlaced, extra=table))
        add(f"png/rgb8{mark}.png", files.png(scene(wide, high), 8, 2, interlaced=interlaced))
        add(f"png/rgba8{mark}.png", files.png(rgba, 8, 6, interlaced=interlaced))
        add(f"png/la8{mark}.png", files.png(la, 8, 4, interlaced=interlaced))
        for channels, colour in ((1, 0), (2, 4), (3, 2), (4, 6)):
            samples = deep(23, 17, channels)
            add(f"png/deep{channels}{mark}.png", files.png(samples, 16, colour, interlaced=interlaced))
        for width, height in ((1, 1), (2, 3), (4, 4), (5, 1), (1, 9)):
            samples = scene(width, height)
            add(f"png/{width}x{height}{mark}.png", files.png(samples, 8, 2, interlaced=interlaced))
    for kind in range(5):
        add(f"png/filter{kind}.png", files.png(scene(31, 19), 8, 2, kinds=(kind,)))
    transparency(greys, colours)
    png_chunks(colours)
    save("png/pillow.png", picture(), "PNG", optimize=True)
    save("png/pillow-bits.png", picture(mode="1"), "PNG")
    save("png/icc.png", picture(), "PNG", icc_profile=wide_gamut())
    save("png/animated.png", picture(), "PNG", save_all=True, append_images=[picture(seed=1), picture(seed=2)])
    save("png/animated-default.png", picture(), "PNG", save_all=True, default_image=True, append_images=[picture(seed=1)])
    save("png/photo.png", picture(150, 101, noise=1), "PNG")
    save("png/tall.png", picture(31, 97, noise=1), "PNG")


def transparency(greys, colours):
    table = files.chunk(b"PLTE", palette(16))
    add("png/trns-palette.png", files.png(colours[4], 4, 3, extra=table + files.chunk(b"tRNS", bytes(range(0, 160, 10)))))
    add("png/trns-one.png", files.png(colours[4], 4, 3, extra=table + files.chunk(b"tRNS", b"\xff\xff\0")))
    add("png/trns-grey.png", files.png(greys[8], 8, 0, extra=files.chunk(b"tRNS", b"\0\x50")))
    add("png/trns-grey1.png", files.png(greys[1], 1, 0, extra=files.chunk(b"tRNS", b"\0\1")))
    add("png/trns-rgb.png", files.png(scene(57, 43), 8, 2, extra=files.chunk(b"tRNS", b"\0\1\0\2\0\3")))


def png_chunks(colours):
    """What may stand where, and what may not."""
    rgb = scene(31, 19)
    plain = files.png(rgb, 8, 2)
    add("png/split.png", files.png(rgb, 8, 2, idat=100))
    add("png/split-bytes.png", files.png(rgb[:3], 8, 2, idat=1))
    add("png/short-palette.png", files.png(colours[8], 8, 3, extra=files.chunk(b"PLTE", palette(5))))
    add("png/odd-palette.png", files.png(colours[4], 4, 3, extra=files.chunk(b"PLTE", palette(16)[:-1])))
    add("png/no-palette.png", files.png(colours[4], 4, 3))
    add("png/long-palette.png", files.png(colours[8], 8, 3, extra=files.chunk(b"PLTE", palette(257))))
    add("png/gamma.png", files.png(rgb, 8, 2, extra=files.chunk(b"gAMA", struct.pack(">I", 100000))))
    add("png/unknown.png", files.png(rgb, 8, 2, extra=files.chunk(b"prIv", b"\1\2\3")))
    add("png/bad-name.png", files.png(rgb, 8, 2, extra=files.chunk(b"\1\2\3\4", b"\1\2\3")))
    add("png/no-end.png", plain[:-12])
    add("png/behind-end.png", plain + b"rubbish")
    at = plain.find(b"IDAT")
    length = struct.unpack(">I", plain[at - 4:at])[0]
    add("png/bad-crc-data.png", plain[:at + 4 + length] + b"\0\0\0\0" + plain[at + 8 + length:])
    add("png/bad-crc-header.png", plain[:29] + b"\0\0\0\0" + plain[33:])
    text = files.chunk(b"tEXt", b"a\0b")
    add("png/bad-crc-text.png", plain[:33] + text[:-4] + b"\0\0\0\0" + plain[33:])
    add("png/text-behind.png", plain[:-12] + text + plain[-12:])
    add("png/half-text-behind.png", plain[:-12] + text[:-6])
    add("png/two-headers.png", plain[:33] + plain[8:])
    add("png/depth3.png", plain[:24] + b"\3" + plain[25:29] + struct.pack(">I", 0) + plain[33:])
    for depth, colour in ((4, 2), (16, 3), (8, 5), (1, 4), (8, 7)):
        add(f"png/type{colour}-depth{depth}.png", files.png(scene(8, 8), depth if depth > 4 else 8, colour)[:24]
            + with_crc(b"IHDR", struct.pack(">IIBBBBB", 8, 8, depth, colour, 0, 0, 0))[24 - 8:] + plain[33:])


def with_crc(kind, data):
    return files.chunk(kind, data)


def gifs():
    for bits in range(1, 9):
        add(f"gif/bits{bits}.gif", files.gif(flat(colours=1 << bits), palette(1 << bits), bits))
    grey = bytes(i for i in range(256) for _ in range(3))
    colours = palette(16)
    indices = flat(seed=2)
    add("gif/grey.gif", files.gif(flat(colours=256), grey, 8))
    add("gif/version87.gif", files.gif(indices, colours, 4, version=b"87a"))
    add("gif/interlaced.gif", files.gif(indices, colours, 4, interlaced=True))
    add("gif/interlaced-3.gif", files.gif(indices[:3], colours, 4, interlaced=True))
    add("gif/local.gif", files.gif(indices, colours, 4, local=True))
    add("gif/transparent.gif", files.gif(indices, colours, 4, transparent=3))
    add("gif/screen.gif", files.gif(indices, colours, 4, screen=(80, 60), at=(7, 11)))
    add("gif/screen-background.gif", files.gif(indices, colours, 4, screen=(80, 60), at=(7, 11), background=5))
    add("gif/screen-transparent.gif", files.gif(indices, colours, 4, screen=(80, 60), at=(7, 11), transparent=2, background=5))
    add("gif/screen-local.gif", files.gif(indices, colours, 4, screen=(80, 60), at=(7, 11), local=True))
    add("gif/beyond-screen.gif", files.gif(indices, colours, 4, screen=(20, 20), at=(3, 5)))
    add("gif/beyond-interlaced.gif", files.gif(indices, colours, 4, screen=(20, 20), at=(3, 5), interlaced=True))
    add("gif/no-screen.gif", files.gif(indices, colours, 4, screen=(0, 0)))
    noisy = numpy.random.default_rng(1).integers(0, 256, (97, 83)).astype("u1")
    add("gif/full-table.gif", files.gif(noisy, palette(256), 8, clears_when_full=False))
    add("gif/clears.gif", files.gif(noisy, palette(256), 8))
    add("gif/repeats.gif", files.gif(numpy.zeros((60, 70), "u1"), colours, 4))
    comment = b"!\xfe" + bytes([5]) + b"hello\0"
    add("gif/comment.gif", files.gif(indices, colours, 4, extra=comment))
    add("gif/no-trailer.gif", files.gif(indices, colours, 4)[:-1])
    add("gif/no-terminator.gif", files.gif(indices, colours, 4)[:-2])
    add("gif/no-palette.gif", files.gif(indices, b"", 4)[:10] + b"\0" + files.gif(indices, b"", 4)[11:])
    save("gif/pillow.gif", picture(mode="P"), "GIF")
    save("gif/pillow-bits.gif", picture(mode="1"), "GIF")
    save("gif/animated.gif", picture(mode="P"), "GIF", save_all=True, append_images=[picture(mode="P", seed=1)], disposal=2)
    save("gif/1x1.gif", picture(1, 1, "P"), "GIF")
    save("gif/1x29.gif", picture(1, 29, "P"), "GIF")


def bmps():
    wide, high = 37, 29
    rgb = scene(wide, high)
    bgr = [row[:, ::-1].tobytes() for row in rgb]
    bgrx = [numpy.concatenate([row[:, ::-1], row[:, :1]], 1).tobytes() for row in rgb]
    five = [((row[:, 0].astype("<u2") >> 3 << 10) | (row[:, 1].astype("<u2") >> 3 << 5) | row[:, 2] >> 3).tobytes() for row in rgb]
    six = [((row[:, 0].astype("<u2") >> 3 << 11) | (row[:, 1].astype("<u2") >> 2 << 5) | row[:, 2] >> 3).tobytes() for row in rgb]
    tables = {bits: numpy.insert(numpy.frombuffer(palette(1 << bits), "u1").reshape(-1, 3), 3, 0, 1).tobytes() for bits in (1, 4, 8)}
    greys = {bits: numpy.repeat(numpy.arange(1 << bits) * 255 // ((1 << bits) - 1), 4).astype("u1").tobytes() for bits in (1, 4, 8)}
    for bits in (1, 4, 8):
        rows = [files.packed(row, bits) for row in flat(colours=1 << bits)]
        add(f"bmp/palette{bits}.bmp", files.bmp(rows, wide, bits, palette=tables[bits]))
        add(f"bmp/palette{bits}-top-down.bmp", files.bmp(rows, wide, bits, palette=tables[bits], top_down=True))
        add(f"bmp/grey{bits}.bmp", files.bmp(rows, wide, bits, palette=greys[bits]))
        os2 = numpy.frombuffer(tables[bits], "u1").reshape(-1, 4)[:, :3].tobytes()
        add(f"bmp/os2-{bits}.bmp", files.bmp(rows, wide, bits, size=12, palette=os2))
    rows = [files.packed(row, 8) for row in flat(colours=7)]
    add("bmp/few-colours.bmp", files.bmp(rows, wide, 8, palette=tables[8][:28], colours=7))
    ramp = numpy.repeat(numpy.arange(7), 4).astype("u1").tobytes()
    add("bmp/grey-ramp.bmp", files.bmp(rows, wide, 8, palette=ramp, colours=7))
    add("bmp/grey-ramp4.bmp", files.bmp([files.packed(r, 4) for r in flat(colours=7)], wide, 4, palette=ramp, colours=7))
    two = bytes([0, 0, 0, 0, 255, 255, 255, 0])
    add("bmp/black-white8.bmp", files.bmp(rows, wide, 8, palette=two, colours=2))
    add("bmp/white-black1.bmp", files.bmp([files.packed(r, 1) for r in flat(colours=2)], wide, 1, palette=two[4:] + two[:4]))
    for name, data, bits in (("rgb16", five, 16), ("rgb24", bgr, 24), ("rgb32", bgrx, 32)):
        add(f"bmp/{name}.bmp", files.bmp(data, wide, bits))
        add(f"bmp/{name}-top-down.bmp", files.bmp(data, wide, bits, top_down=True))
        for size in (12, 52, 56, 64, 108, 124):
            add(f"bmp/{name}-header{size}.bmp", files.bmp([d for d in data], wide, bits, size=size))
    add("bmp/fields565.bmp", files.bmp(six, wide, 16, compression=3, masks=(0xF800, 0x7E0, 0x1F)))
    add("bmp/fields555.bmp", files.bmp(five, wide, 16, compression=3, masks=(0x7C00, 0x3E0, 0x1F)))
    add("bmp/fields444.bmp", files.bmp(five, wide, 16, compression=3, masks=(0xF00, 0xF0, 0xF)))
    add("bmp/fields24.bmp", files.bmp(bgr, wide, 24, compression=3, masks=(0xFF0000, 0xFF00, 0xFF)))
    for i, masks in enumerate(((0xFF0000, 0xFF00, 0xFF, 0), (0xFF000000, 0xFF0000, 0xFF00, 0), (0xFF000000, 0xFF00, 0xFF, 0),
                               (0xFF000000, 0xFF0000, 0xFF00, 0xFF), (0xFF, 0xFF00, 0xFF0000, 0xFF000000),
                               (0xFF0000, 0xFF00, 0xFF, 0xFF000000), (0xFF000000, 0xFF00, 0xFF, 0xFF0000), (0, 0, 0, 0),
                               (0xFF, 0xFF00, 0xFF0000, 0))):
        add(f"bmp/fields32-{i}.bmp", files.bmp(bgrx, wide, 32, size=56, compression=3, masks=masks))
        add(f"bmp/fields32-{i}-short.bmp", files.bmp(bgrx, wide, 32, size=40, compression=3, masks=masks[:3]))
    runs = [row.tolist() for row in flat(colours=16)]
    add("bmp/rle8.bmp", files.bmp(runs, wide, 8, compression=1, palette=tables[8], data=files.bmp_runs(runs, False)))
    add("bmp/rle4.bmp", files.bmp(runs, wide, 4, compression=2, palette=tables[4], data=files.bmp_runs(runs, True)))
    skips = bytes([3, 9, 0, 2, 5, 2, 4, 7, 0, 0, 60, 1, 0, 0]) + files.bmp_runs(runs[:25], False)
    add("bmp/rle8-skips.bmp", files.bmp(runs, wide, 8, compression=1, palette=tables[8], data=skips))
    add("bmp/rle8-short.bmp", files.bmp(runs, wide, 8, compression=1, palette=tables[8], data=files.bmp_runs(runs[5:], False)))
    add("bmp/rle4-odd.bmp", files.bmp(runs, wide, 4, compression=2, palette=tables[4],
                                      data=bytes([0, 5, 0x12, 0x34, 0x50, 0, 7, 0x9A, 0, 0]) + files.bmp_runs(runs[1:], True)))
    add("bmp/rle8-top-down.bmp", files.bmp(runs, wide, 8, compression=1, palette=tables[8], top_down=True,
                                           data=files.bmp_runs(runs, False)))
    add("bmp/rle-grey.bmp", files.bmp(runs, wide, 8, compression=1, palette=greys[8], data=files.bmp_runs(runs, False)))
    add("bmp/gap.bmp", files.bmp(bgr, wide, 24, palette=bytes(50)))
    add("bmp/offset0.bmp", files.bmp(bgr, wide, 24, offset=0))
    add("bmp/jpeg.bmp", files.bmp(bgr, wide, 24, compression=4))
    add("bmp/1x1.bmp", files.bmp([b"\1\2\3"], 1, 24))
    save("bmp/pillow.bmp", picture(), "BMP")
    save("bmp/pillow-rgba.bmp", picture(mode="RGBA"), "BMP")


def webps():
    for quality in (0, 20, 50, 80, 100):
        for method in (0, 4, 6):
            save(f"webp/lossy-q{quality}-m{method}.webp", picture(seed=quality), "WEBP", quality=quality, method=method)
    for width, height in ((1, 1), (2, 2), (7, 3), (16, 16), (17, 33), (1, 50), (50, 1), (64, 48)):
        save(f"webp/lossy-{width}x{height}.webp", picture(width, height), "WEBP", quality=60)
        save(f"webp/lossless-{width}x{height}.webp", picture(width, height), "WEBP", lossless=True)
    image = picture(101, 77, seed=8, noise=12)
    for kind in (0, 1):
        for sharpness in (0, 3, 7):
            for strength in (0, 20, 60, 100):
                add(f"webp/filter{kind}-{sharpness}-{strength}.webp", files.webp_with(
                    image, quality=25, filter_type=kind, filter_sharpness=sharpness, filter_strength=strength))
    for segments in (1, 2, 4):
        add(f"webp/segments{segments}.webp", files.webp_with(image, quality=40, segments=segments, sns_strength=100))
    for partitions in (1, 2, 3):
        add(f"webp/partitions{partitions}.webp", files.webp_with(image, quality=40, partitions=partitions))
    for method in range(7):
        save(f"webp/lossless-m{method}.webp", picture(seed=method, noise=2), "WEBP", lossless=True, method=method,
             quality=100 if method > 4 else 50)
    for colours in (1, 2, 3, 4, 5, 16, 17, 200, 256):
        indexed = Image.fromarray(flat(colours=colours))
        indexed.putpalette(palette(colours))
        save(f"webp/palette{colours}.webp", indexed.convert("RGB"), "WEBP", lossless=True)
    grey = picture(mode="L", noise=2).convert("RGB")
    save("webp/lossless-grey.webp", grey, "WEBP", lossless=True)
    add("webp/near-lossless.webp", files.webp_with(picture(), lossless=1, near_lossless=30))
    save("webp/lossless-large.webp", picture(210, 140, noise=0), "WEBP", lossless=True, quality=100, method=6)
    for mode in ("RGBA", "LA"):
        save(f"webp/lossy-{mode}.webp", picture(mode=mode).convert("RGBA"), "WEBP")
        save(f"webp/lossless-{mode}.webp", picture(mode=mode).convert("RGBA"), "WEBP", lossless=True)
        save(f"webp/exact-{mode}.webp", picture(mode=mode).convert("RGBA"), "WEBP", lossless=True, exact=True)
    save("webp/icc.webp", picture(), "WEBP", icc_profile=wide_gamut())
    others = [picture(seed=1), picture(seed=2)]
    save("webp/animated.webp", picture(), "WEBP", save_all=True, append_images=others, duration=50)
    save("webp/animated-lossless.webp", picture(), "WEBP", save_all=True, append_images=others, lossless=True)
    save("webp/animated-alpha.webp", picture(mode="RGBA"), "WEBP", save_all=True, append_images=[picture(mode="RGBA", seed=4)])
    plain = io.BytesIO()
    picture().save(plain, "WEBP")
    plain = plain.getvalue()
    add("webp/rubbish-behind.webp", plain + b"rubbish!")
    for name, (x, y, wide, high) in {"inside": (4, 6, 80, 60), "beyond": (40, 6, 80, 60), "exact": (0, 0, 57, 43)}.items():
        add(f"webp/frame-{name}.webp", framed(plain[12:], x, y, wide, high))
    add("webp/wrong-canvas.webp", container(b"VP8X", struct.pack("<I", 0) + three(59) + three(42), plain[12:]))


def three(value):
    return struct.pack("<I", value)[:3]


def container(kind, data, rest):
    body = b"WEBP" + kind + struct.pack("<I", len(data)) + data + rest
    return b"RIFF" + struct.pack("<I", len(body)) + body


def framed(image, x, y, wide, high):
    """An animation of one frame at a place of a larger canvas."""
    frame = three(x // 2) + three(y // 2) + three(56) + three(42) + three(100) + b"\0" + image
    chunks = b"ANIM" + struct.pack("<IIH", 6, 0xFF336699, 0) + b"ANMF" + struct.pack("<I", len(frame)) + frame
    return container(b"VP8X", struct.pack("<I", 2) + three(wide - 1) + three(high - 1), chunks)


def tiffs():
    rgb, grey, cmyk = scene(41, 31), scene(41, 31)[:, :, :1], numpy.array(picture(41, 31, "CMYK"))
    small = scene(37, 29, noise=2)
    for order, mark in (("<", "le"), (">", "be")):
        for compression, name in ((1, "raw"), (5, "lzw"), (8, "deflate"), (32773, "packbits")):
            add(f"tiff/{name}-strips-{mark}.tif", files.tiff(small, 8, 2, order=order, compression=compression, rows=10))
            add(f"tiff/{name}-tiles-{mark}.tif", files.tiff(small, 8, 2, order=order, compression=compression, tile=(16, 32)))
        for compression in (1, 5, 8):
            add(f"tiff/predictor{compression}-{mark}.tif", files.tiff(small, 8, 2, order=order, compression=compression, predictor=2))
        for channels, photometric in ((1, 1), (3, 2), (4, 5)):
            samples = deep(19, 15, channels)
            extra = [] if channels != 4 or photometric == 5 else [(338, 3, [0])]
            for predictor in (1, 2):
                add(f"tiff/deep{channels}-p{predictor}-{mark}.tif", files.tiff(
                    samples, 16, photometric, order=order, compression=5, predictor=predictor, tags=extra))
        add(f"tiff/signed16-{mark}.tif", files.tiff(deep(19, 15, 1) - 200, 16, 1, order=order, kind="i2", tags=[(339, 3, [2])]))
        add(f"tiff/int32-{mark}.tif", files.tiff(deep(19, 15, 1) - 200, 32, 1, order=order, kind="i4", tags=[(339, 3, [2])]))
        add(f"tiff/uint32-{mark}.tif", files.tiff(deep(19, 15, 1), 32, 1, order=order, kind="u4"))
        add(f"tiff/float32-{mark}.tif", files.tiff(deep(19, 15, 1) / 1.7 - 20, 32, 1, order=order, kind="f4", tags=[(339, 3, [3])]))
        add(f"tiff/big-{mark}.tif", files.tiff(small, 8, 2, order=order, big=True, rows=7))
        for depth in (1, 2, 4, 8):
            for photometric in (0, 1):
                indices = flat(colours=1 << depth)[:, :, None]
                add(f"tiff/grey{depth}-{photometric}-{mark}.tif", files.tiff(indices, depth, photometric, order=order, compression=8))
            colours = (numpy.frombuffer(palette(1 << depth), "u1").reshape(-1, 3).T.astype(int) * 257).reshape(-1).tolist()
            add(f"tiff/palette{depth}-{mark}.tif", files.tiff(
                flat(colours=1 << depth)[:, :, None], depth, 3, order=order, tags=[(320, 3, colours)]))
        add(f"tiff/white16-{mark}.tif", files.tiff(deep(19, 15, 1), 16, 0, order=order))
    tiff_colours(rgb, grey, cmyk)
    for orientation in range(0, 10):
        add(f"tiff/orientation{orientation}.tif", files.tiff(small, 8, 2, compression=5, tags=[(274, 3, [orientation])]))
    add("tiff/many-strips.tif", files.tiff(small, 8, 2, rows=1, compression=5))
    add("tiff/one-row-more.tif", files.tiff(small, 8, 2, rows=28, compression=8))
    add("tiff/small-tiles.tif", files.tiff(rgb, 8, 2, tile=(16, 16), compression=5, predictor=2))
    add("tiff/lzw-noise.tif", files.tiff(scene(90, 70, noise=80), 8, 2, compression=5))
    add("tiff/old-deflate.tif", files.tiff(small, 8, 2, compression=32946))
    add("tiff/fill-order.tif", files.tiff(flat(colours=2)[:, :, None], 1, 1, fill_order=2))
    add("tiff/fill-order-lzw.tif", files.tiff(grey, 8, 1, fill_order=2, compression=5))
    add("tiff/unknown-compression.tif", files.tiff(small, 8, 2, compression=777))
    for name, mode in (("rgb", "RGB"), ("rgba", "RGBA"), ("grey", "L"), ("bits", "1"), ("cmyk", "CMYK"), ("p", "P"), ("la", "LA")):
        for compression in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"):
            save(f"tiff/pillow-{name}-{compression}.tif", picture(31, 23, mode), "TIFF", compression=compression)
    tiff_jpegs()
    for compression in ("group3", "group4"):
        save(f"tiff/{compression}.tif", picture(mode="1"), "TIFF", compression=compression)


def tiff_colours(rgb, grey, cmyk):
    rgba, la = (numpy.array(picture(41, 31, mode)) for mode in ("RGBA", "LA"))
    add("tiff/cmyk.tif", files.tiff(cmyk, 8, 5, compression=5))
    add("tiff/cmyk-planar.tif", files.tiff(cmyk, 8, 5, compression=5, planar=True))
    add("tiff/planar.tif", files.tiff(rgb, 8, 2, compression=8, planar=True, rows=20))
    add("tiff/planar-tiles.tif", files.tiff(rgb, 8, 2, compression=1, planar=True, tile=(16, 16)))
    add("tiff/planar-predictor.tif", files.tiff(rgb, 8, 2, compression=5, planar=True, predictor=2))
    add("tiff/planar16.tif", files.tiff(deep(19, 15, 3), 16, 2, compression=5, planar=True))
    for extra in (0, 1, 2):
        add(f"tiff/rgba-extra{extra}.tif", files.tiff(rgba, 8, 2, compression=5, tags=[(338, 3, [extra])]))
        add(f"tiff/rgba-planar-extra{extra}.tif", files.tiff(rgba, 8, 2, compression=5, planar=True, tags=[(338, 3, [extra])]))
        add(f"tiff/la-extra{extra}.tif", files.tiff(la, 8, 1, compression=5, tags=[(338, 3, [extra])]))
        add(f"tiff/rgba16-extra{extra}.tif", files.tiff(deep(19, 15, 4), 16, 2, tags=[(338, 3, [extra])]))
        five = numpy.concatenate([rgba, rgba[:, :, :1]], 2)
        add(f"tiff/five-extra{extra}.tif", files.tiff(five, 8, 2, compression=5, tags=[(338, 3, [extra, 0])]))
    add("tiff/rgba-no-extra.tif", files.tiff(rgba, 8, 2))
    add("tiff/la-no-extra.tif", files.tiff(la, 8, 1))
    add("tiff/cmyka.tif", files.tiff(numpy.concatenate([cmyk, grey], 2), 8, 5, compression=5, tags=[(338, 3, [0])]))
    add("tiff/lab.tif", files.tiff(rgb, 8, 8))
    add("tiff/ycbcr.tif", files.tiff(rgb, 8, 6))


def tiff_jpegs():
    for mode in ("RGB", "L", "CMYK"):
        for quality in (30, 75, 95):
            save(f"tiff/jpeg-{mode}-{quality}.tif", picture(91, 67, mode), "TIFF", compression="jpeg", quality=quality)
        save(f"tiff/jpeg-strips-{mode}.tif", picture(91, 67, mode), "TIFF", compression="jpeg", strip_size=91 * 16 * len(mode))
    image = picture(64, 48)
    tiles = []
    for y in (0, 16, 32):
        for x in (0, 32):
            out = io.BytesIO()
            image.crop((x, y, x + 32, y + 16)).save(out, "JPEG", quality=85, subsampling="4:2:0")
            tiles.append(out.getvalue())
    add("tiff/jpeg-tiles.tif", files.tiff(numpy.array(image), 8, 6, compression=7, tile=(16, 32), segments=tiles,
                                          tags=[(530, 3, [2, 2])]))
    out = io.BytesIO()
    image.save(out, "JPEG", keep_rgb=True)
    add("tiff/jpeg-plain-rgb.tif", files.tiff(numpy.array(image), 8, 2, compression=7, segments=[out.getvalue()]))


# What Pillow makes of them --------------------------------------------------------------------------------------------

def opened(data):
    """Pillow's RGB picture, or None."""
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
        image.load()
        return image.convert("RGB")
    except Exception:  # whatever Pillow and its plugins raise
        return None


def sha(data):
    return hashlib.sha256(data).hexdigest()


def resize(size, **options):
    return transforms.Resize(size, InterpolationMode.BILINEAR, **options)


def expected(path, data):
    image = opened(data)
    if image is None:
        return f"{path}\trefused"
    square = resize((224, 224))(image)
    return "\t".join([path, str(image.width), str(image.height), sha(image.tobytes()), sha(square.tobytes())])


def damages(path, data):
    """Descriptions and results of damage, spread over the file."""
    rng = random.Random(path)
    cuts = {len(data) * i // 14 for i in range(1, 14)} | {len(data) - 1, len(data) - 2, len(data) - 12}
    todo = [(f"cut {cut}", data[:cut]) for cut in sorted(cuts)]
    for _ in range(34):
        at, by = rng.randrange(len(data)), 1 << rng.randrange(8)
        todo.append((f"flip {at} {by}", data[:at] + bytes([data[at] ^ by]) + data[at + 1:]))
    return [f"{path}\t{what}\t{short(opened(changed))}" for what, changed in todo]


def short(image):
    return "refused" if image is None else sha(f"{image.width} {image.height} ".encode() + image.tobytes())[:16]


DAMAGED = ["jpeg/baseline-444.jpg", "jpeg/baseline-420.jpg", "jpeg/progressive-422.jpg", "jpeg/progressive-420.jpg",
           "jpeg/rows-420.jpg", "jpeg/blocks-422.jpg", "jpeg/separate-420-restart.jpg", "jpeg/ycck-420.jpg",
           "jpeg/baseline-L.jpg", "png/rgb8.png", "png/rgba8-adam7.png", "png/palette4.png", "png/deep1.png",
           "png/split.png", "png/animated.png", "gif/bits8.gif", "gif/interlaced.gif", "gif/screen-transparent.gif",
           "gif/animated.gif", "bmp/rgb24.bmp", "bmp/rle8.bmp", "bmp/rle4.bmp", "bmp/palette4.bmp", "bmp/fields32-4.bmp",
           "webp/lossy-q50-m4.webp", "webp/filter1-0-60.webp", "webp/partitions2.webp", "webp/lossless-m4.webp",
           "webp/palette16.webp", "webp/animated.webp", "webp/lossy-RGBA.webp", "tiff/lzw-strips-le.tif",
           "tiff/deflate-tiles-be.tif", "tiff/raw-strips-le.tif", "tiff/packbits-strips-be.tif", "tiff/jpeg-RGB-75.tif",
           "tiff/palette4-le.tif"]

TRANSFORMED = ["jpeg/photo-420.jpg", "png/photo.png", "png/tall.png", "jpeg/1x37-444.jpg", "jpeg/37x1-444.jpg",
               "png/1x1.png", "png/grey8.png"]
SIZES = [(224, 224), (112, 96), (31, 400), (1, 1), (300, 7), (101, 150), (3, 3), (214, 320), (214, 100), (50, 320)]
EDGES = [1, 7, 50, 101, 214, 256]
CROPS = [None, (224, 224), (31, 30), (64, 101), (400, 20), (1, 1), (7, 333), (256, 255)]


def transformed(images):
    for path in TRANSFORMED:
        cases = [(size, None, crop) for size in SIZES for crop in CROPS[:3]]
        cases += [(None, edge, crop) for edge in EDGES for crop in CROPS] + [(None, None, crop) for crop in CROPS]
        for size, edge, crop in cases:
            steps = [resize(size)] if size else [resize(edge)] if edge else []
            steps += [transforms.CenterCrop(crop)] if crop else []
            out = transforms.Compose(steps)(images[path])
            words = ["x".join(map(str, size)) if size else "-", str(edge or "-"), "x".join(map(str, crop)) if crop else "-"]
            yield "\t".join([path, *words, str(out.width), str(out.height), sha(out.tobytes())])


NORMALISED = [((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)), ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)), ((0, 0, 0), (1, 1, 1)),
              ((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)), ((1e-3, 7, -2), (1e-6, 3e4, 0.1))]


def tensors(images):
    every = Image.fromarray(numpy.arange(768).reshape(16, 16, 3).astype("u1"))
    for path, image in (("every", every), *((path, images[path]) for path in TRANSFORMED[:3])):
        for mean, std in NORMALISED:
            tensor = transforms.Compose([transforms.ToTensor(), transforms.Normalize(mean, std)])(image)
            assert tensor.dtype == torch.float32
            words = [" ".join(repr(float(v)) for v in values) for values in (mean, std)]
            yield "\t".join([path, *words, sha(tensor.numpy().astype("<f4").tobytes())])


def write(name, lines):
    (ROOT / name).write_text("".join(line + "\n" for line in lines))


def main():
    for format_ in (jpegs, pngs, gifs, bmps, webps, tiffs):
        format_()
    shutil.rmtree(ROOT, ignore_errors=True)
    for path, data in MADE:
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        assert not (ROOT / path).exists(), path
        (ROOT / path).write_bytes(data)
    write("pictures.tsv", (expected(path, data) for path, data in MADE))
    made = dict(MADE)
    write("damaged.tsv", (line for path in DAMAGED for line in damages(path, made[path])))
    images = {path: opened(made[path]) for path in TRANSFORMED}
    write("transforms.tsv", transformed(images))
    write("tensors.tsv", tensors(images))


if __name__ == "__main__":
    main()
