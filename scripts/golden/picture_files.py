"""Writers of picture files that Pillow cannot write: odd JPEG samplings, interlaced PNGs, tiled TIFFs and the like.

Plain and slow; they need only be right enough for Pillow to read what they write. Used by pictures.py.
"""
import ctypes
import glob
import io
import os
import struct
import zlib

import numpy
import PIL
from PIL import Image, _webp  # noqa: F401  (_webp loads the libwebp that webp_with borrows)

ZIGZAG = sorted(range(64), key=lambda i: (i // 8 + i % 8, i // 8 if (i // 8 + i % 8) % 2 else i % 8))
LUMINANCE = [16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56,
             14, 17, 22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
             49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99]


# JPEG -----------------------------------------------------------------------------------------------------------------

def huffman_tables():
    """The standard tables, taken from a file that Pillow writes: {(class, index): (segment, {symbol: (code, size)})}."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG")
    data, at, found = out.getvalue(), 2, {}
    while data[at + 1] != 0xDA:
        length = struct.unpack(">H", data[at + 2:at + 4])[0]
        if data[at + 1] == 0xC4:
            part = data[at + 4:at + 2 + length]
            while part:
                counts, codes, code, index = part[1:17], {}, 0, 17
                for size in range(1, 17):
                    for _ in range(counts[size - 1]):
                        codes[part[index]] = code, size
                        code, index = code + 1, index + 1
                    code <<= 1
                found[part[0] >> 4, part[0] & 15] = part[:index], codes
                part = part[index:]
        at += 2 + length
    return found


HUFFMAN = huffman_tables()


class Bits:
    """Bits from the highest down, 0xFF escaped."""

    def __init__(self):
        self.done, self.bits, self.count = bytearray(), 0, 0

    def put(self, value, size):
        self.bits, self.count = self.bits << size | value, self.count + size
        while self.count >= 8:
            self.count -= 8
            byte = self.bits >> self.count & 0xFF
            self.done += bytes([byte, 0]) if byte == 0xFF else bytes([byte])
        self.bits &= (1 << self.count) - 1

    def flush(self):
        if self.count:
            self.put((1 << (8 - self.count)) - 1, 8 - self.count)

    def value(self, codes, run, number):
        size = abs(number).bit_length()
        self.put(*codes[run << 4 | size])
        if size:
            self.put(number if number > 0 else number + (1 << size) - 1, size)


def blocks_of(plane, steps):
    """Quantised 8x8 blocks of a plane whose sides are multiples of 8: [row][column][zigzag index]."""
    k = numpy.arange(8)
    dct = numpy.cos((2 * k[None, :] + 1) * k[:, None] * numpy.pi / 16) / 2
    dct[0] /= numpy.sqrt(2)
    high, wide = plane.shape[0] // 8, plane.shape[1] // 8
    blocks = (plane - 128.0).reshape(high, 8, wide, 8).transpose(0, 2, 1, 3)
    coefficients = dct @ blocks @ dct.T
    return numpy.rint(coefficients.reshape(high, wide, 64)[:, :, ZIGZAG] / steps).astype(int)


def shrunk(plane, width, height, high, wide):
    """A plane averaged down to the given size."""
    rows = numpy.arange(high) * height // high
    columns = numpy.arange(wide) * width // wide
    step_y, step_x = -(-height // high), -(-width // wide)
    padded = numpy.pad(plane, ((0, step_y), (0, step_x)), "edge")
    total = sum(padded[rows + y][:, columns + x].astype(float) for y in range(step_y) for x in range(step_x))
    return total / (step_x * step_y)


def segment(marker, data):
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def adobe(transform):
    return segment(0xEE, b"Adobe" + struct.pack(">HHHB", 100, 0, 0, transform))


JFIF = segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")


def jpeg(planes, factors, *, ids=(1, 2, 3, 4), head=JFIF, quality=75, progressive=False, separate=False, restart=0,
         wide_steps=False, tail=b"\xff\xd9"):
    """A JPEG of planes of equal size, of which each is stored by its sampling factors.

    separate: a scan for each component; progressive: DC, then bands of AC for each component, without refinement.
    """
    height, width = planes[0].shape
    most_h, most_v = max(h for h, v in factors), max(v for h, v in factors)
    mcus_wide, mcus_high = -(-width // (8 * most_h)), -(-height // (8 * most_v))
    scale = 5000 / quality if quality < 50 else 200 - 2 * quality
    limit = 65535 if wide_steps else 255
    steps = numpy.clip((numpy.array(LUMINANCE) * scale * (40 if wide_steps else 1) + 50) // 100, 1, limit).astype(int)
    steps = steps[ZIGZAG]
    sizes, blocks = [], []
    for plane, (h, v) in zip(planes, factors):
        size = -(-height * v // most_v), -(-width * h // most_h)
        small = shrunk(plane, width, height, *size)
        full = (mcus_high * v * 8 - size[0], mcus_wide * h * 8 - size[1])
        blocks.append(blocks_of(numpy.pad(small, ((0, full[0]), (0, full[1])), "edge"), steps))
        sizes.append((-(-size[0] // 8), -(-size[1] // 8)))
    table = bytes([16]) + steps.astype(">u2").tobytes() if wide_steps else bytes([0]) + bytes(steps.tolist())
    out = b"\xff\xd8" + head + segment(0xDB, table)
    out += b"".join(segment(0xC4, HUFFMAN[key][0]) for key in sorted(HUFFMAN))
    frame = struct.pack(">BHHB", 8, height, width, len(planes))
    frame += b"".join(bytes([ids[i], h << 4 | v, 0]) for i, (h, v) in enumerate(factors))
    out += segment(0xC2 if progressive else 0xC1 if wide_steps else 0xC0, frame)
    if restart:
        out += segment(0xDD, struct.pack(">H", restart))
    everything = list(range(len(planes)))
    if progressive:
        scans = [(everything, 0, 0)] + [([i], *band) for i in everything for band in ((1, 5), (6, 63))]
    elif separate:
        scans = [([i], 0, 63) for i in everything]
    else:
        scans = [(everything, 0, 63)]
    for scan in scans:
        out += scan_of(scan, blocks, sizes, factors, ids, (mcus_high, mcus_wide), restart)
    return out + tail


def scan_of(scan, blocks, sizes, factors, ids, mcus, restart):
    components, first, last = scan
    header = bytes([len(components)]) + b"".join(bytes([ids[i], 0x00 if i == 0 else 0x11]) for i in components)
    out = bytearray(segment(0xDA, header + bytes([first, last, 0])))
    bits, predicted, done = Bits(), {i: 0 for i in components}, 0
    single = len(components) == 1
    rows, columns = sizes[components[0]] if single else mcus
    for y in range(rows):
        for x in range(columns):
            if restart and done and done % restart == 0:
                bits.flush()
                out += bits.done + bytes([0xFF, 0xD0 + (done // restart - 1) % 8])
                bits, predicted = Bits(), {i: 0 for i in components}
            done += 1
            for i in components:
                h, v = (1, 1) if single else factors[i]
                for n in range(h * v):
                    put_block(bits, blocks[i][y * v + n // h][x * h + n % h], i, first, last, predicted)
    bits.flush()
    return bytes(out + bits.done)


def put_block(bits, block, i, first, last, predicted):
    table = 0 if i == 0 else 1
    if first == 0:
        bits.value(HUFFMAN[0, table][1], 0, int(block[0]) - predicted[i])
        predicted[i] = int(block[0])
    codes, run = HUFFMAN[1, table][1], 0
    if last == 0:
        return
    for k in range(max(1, first), last + 1):
        if block[k] == 0:
            run += 1
            continue
        while run > 15:
            bits.put(*codes[0xF0])
            run -= 16
        bits.value(codes, run, int(block[k]))
        run = 0
    if run:
        bits.put(*codes[0])


# PNG ------------------------------------------------------------------------------------------------------------------

def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def packed(samples, depth):
    """A row of samples as bytes, the first in the highest bits."""
    if depth == 16:
        return samples.astype(">u2").tobytes()
    if depth == 8:
        return samples.astype("u1").tobytes()
    bits = (samples[:, None] >> numpy.arange(depth - 1, -1, -1)) & 1
    return numpy.packbits(bits.astype("u1").reshape(-1)).tobytes()


def filtered(row, above, step, kind):
    row, above = numpy.frombuffer(row, "u1").astype(int), numpy.frombuffer(above, "u1").astype(int)
    left = numpy.concatenate([numpy.zeros(step, int), row])[:len(row)]
    corner = numpy.concatenate([numpy.zeros(step, int), above])[:len(row)]
    estimate = left + above - corner
    near = numpy.stack([abs(estimate - left), abs(estimate - above), abs(estimate - corner)])
    paeth = numpy.choose(near.argmin(0), [left, above, corner])
    prediction = [0 * row, left, above, (left + above) // 2, paeth][kind]
    return bytes([kind]) + ((row - prediction) & 0xFF).astype("u1").tobytes()


def png_rows(samples, depth, kinds):
    """Filtered rows of an array [row][column][channel]."""
    if samples.size == 0:
        return b""
    step = max(1, samples.shape[2] * depth // 8)
    rows = [packed(row.reshape(-1), depth) for row in samples]
    aboves = [bytes(len(rows[0]))] + rows[:-1]
    return b"".join(filtered(r, a, step, kinds[i % len(kinds)]) for i, (r, a) in enumerate(zip(rows, aboves)))


ADAM7 = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))


def png(samples, depth, colour, *, interlaced=False, extra=b"", kinds=(0, 1, 2, 3, 4), idat=1 << 30):
    """A PNG of an array [row][column][channel]."""
    height, width = samples.shape[:2]
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)
    if interlaced:
        data = b"".join(png_rows(samples[y::dy, x::dx], depth, kinds) for y, x, dy, dx in ADAM7)
    else:
        data = png_rows(samples, depth, kinds)
    data = zlib.compress(data, 9)
    parts = b"".join(chunk(b"IDAT", data[i:i + idat]) for i in range(0, len(data), idat))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + parts + chunk(b"IEND", b"")


# GIF and LZW ----------------------------------------------------------------------------------------------------------

def lzw(data, clear, early, push, clears_when_full=True):
    """Sends codes to push(code, size). early: 1 if a code's length grows one code early, as in TIFF."""
    start = clear.bit_length()

    def fresh():
        return {bytes([i]): i for i in range(min(clear, 256))}, clear + 2, start

    table, following, size = fresh()
    push(clear, size)
    word = b""
    for i in range(len(data)):
        byte = data[i:i + 1]
        if word + byte in table:
            word += byte
            continue
        push(table[word], size)
        if following < 4096:
            table[word + byte] = following
            following += 1
            if following > (1 << size) - early and size < 12:
                size += 1
        if following >= 4094 and clears_when_full:
            push(clear, size)
            table, following, size = fresh()
        word = byte
    if word:
        push(table[word], size)
        following += 1
        if following > (1 << size) - early and size < 12:
            size += 1
    push(clear + 1, size)


def gif_data(data, bits, clears_when_full=True):
    total, count = 0, 0

    def push(code, size):
        nonlocal total, count
        total, count = total | code << count, count + size

    lzw(data, 1 << bits, 0, push, clears_when_full)
    coded = total.to_bytes((count + 7) // 8, "little")
    blocks = b"".join(bytes([len(coded[i:i + 255])]) + coded[i:i + 255] for i in range(0, len(coded), 255))
    return bytes([bits]) + blocks + b"\0"


def gif(indices, palette, bits, *, screen=None, at=(0, 0), local=False, interlaced=False, transparent=None,
        background=0, version=b"89a", clears_when_full=True, extra=b""):
    """A GIF of one image; palette: 3 << bits bytes."""
    height, width = indices.shape
    screen = screen or (width, height)
    flags = 0x80 | (bits - 1)
    out = b"GIF" + version + struct.pack("<HHBBB", *screen, 0 if local else flags, background, 0)
    out += b"" if local else palette
    if transparent is not None:
        out += b"!\xf9\x04\x01\0\0" + bytes([transparent, 0])
    out += extra
    out += b"," + struct.pack("<HHHHB", *at, width, height, (flags if local else 0) | (0x40 if interlaced else 0))
    out += palette if local else b""
    if interlaced:
        indices = numpy.concatenate([indices[0::8], indices[4::8], indices[2::4], indices[1::2]])
    return out + gif_data(indices.astype("u1").tobytes(), max(2, bits), clears_when_full) + b";"


# BMP ------------------------------------------------------------------------------------------------------------------

def bmp(rows, width, bits, *, size=40, compression=0, palette=b"", colours=0, masks=(), top_down=False, data=None,
        offset=None):
    """A BMP of rows of bytes from top to bottom, which are padded here; or of data as it stands."""
    if data is None:
        rows = list(rows) if top_down else list(rows)[::-1]
        data = b"".join(row + bytes(-len(row) % 4) for row in rows)
    height = len(rows)
    if size == 12:
        header = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        stored = (1 << 32) - height if top_down else height
        header = struct.pack("<IIIHHIIIIII", size, width, stored, 1, bits, compression, len(data), 2835, 2835, colours, 0)
        fields = b"".join(struct.pack("<I", mask) for mask in masks)
        header += fields if size == 40 else (fields + bytes(size))[:size - 40]
    start = 14 + len(header) + len(palette) if offset is None else offset
    return b"BM" + struct.pack("<IHHI", 14 + len(header) + len(palette) + len(data), 0, 0, start) + header + palette + data


def bmp_runs(rows, pairs):
    """Rows of indices from bottom to top, run-length coded; runs and literals in turn, with escapes."""
    out = bytearray()
    for row in rows[::-1]:
        x = 0
        while x < len(row):
            run = 1
            while x + run < len(row) and row[x + run] == row[x] and run < 255:
                run += 1
            if run > 2:
                out += bytes([run, row[x] * 17 if pairs else row[x]])
                x += run
                continue
            literals = row[x:x + 7]
            if len(literals) < 3:
                out += b"".join(bytes([1, i * 17 if pairs else i]) for i in literals)
            else:
                coded = literals
                if pairs:
                    padded = literals + [0] * (len(literals) % 2)
                    coded = [a << 4 | b for a, b in zip(padded[::2], padded[1::2])]
                out += bytes([0, len(literals)]) + bytes(coded) + bytes(len(coded) % 2)
            x += len(literals)
        out += b"\0\0"
    return bytes(out) + b"\0\1"


# TIFF -----------------------------------------------------------------------------------------------------------------

def pack_bits(data):
    out = bytearray()
    i = 0
    while i < len(data):
        run = 1
        while i + run < len(data) and data[i + run] == data[i] and run < 128:
            run += 1
        if run > 1:
            out += bytes([257 - run, data[i]])
        else:
            while i + run < len(data) and run < 128 and (i + run + 1 == len(data) or data[i + run] != data[i + run + 1]):
                run += 1
            out += bytes([run - 1]) + data[i:i + run]
        i += run
    return bytes(out)


def tiff_lzw(data):
    total, count = 0, 0

    def push(code, size):
        nonlocal total, count
        total, count = total << size | code, count + size

    lzw(data, 256, 1, push)
    return (total << (-count % 8)).to_bytes((count + 7) // 8, "big")


COMPRESS = {1: bytes, 5: tiff_lzw, 8: zlib.compress, 32946: zlib.compress, 32773: pack_bits}


def tiff(samples, depth, photometric, *, order="<", big=False, compression=1, tile=None, rows=None, planar=False,
         predictor=1, fill_order=1, kind=None, tags=(), segments=None, before=0):
    """A TIFF of an array [row][column][channel]; or of segments as they stand.

    kind: numpy type of a sample, without byte order; tags: more of (tag, type, values).
    """
    height, width, channels = samples.shape
    kind = numpy.dtype(kind or {8: "u1", 16: "u2", 32: "u4"}.get(depth, "u1")).newbyteorder(order)
    high, wide = tile if tile else (rows or height, width)
    planes = [samples[:, :, i:i + 1] for i in range(channels)] if planar else [samples]
    made = []
    for plane in planes:
        for y in range(0, height, high):
            for x in range(0, width, wide):
                part = plane[y:y + high, x:x + wide]
                if tile:
                    part = numpy.pad(part, ((0, high - part.shape[0]), (0, wide - part.shape[1]), (0, 0)))
                if predictor == 2:
                    wrapped = part.astype(numpy.int64)
                    part = numpy.concatenate([wrapped[:, :1], numpy.diff(wrapped, axis=1)], 1) & ((1 << depth) - 1)
                if depth < 8:
                    data = b"".join(packed(row.reshape(-1), depth) for row in part)
                else:
                    data = part.astype(kind).tobytes()
                data = COMPRESS.get(compression, bytes)(data)
                if fill_order == 2:
                    data = bytes(int(f"{b:08b}"[::-1], 2) for b in data)
                made.append(data)
    segments = segments or made
    entries = {256: (4, [width]), 257: (4, [height]), 258: (3, [depth] * channels), 259: (3, [compression]),
               262: (3, [photometric]), 277: (3, [channels]), 284: (3, [2 if planar else 1])}
    if predictor != 1:
        entries[317] = 3, [predictor]
    if fill_order != 1:
        entries[266] = 3, [fill_order]
    if tile:
        entries[322], entries[323] = (4, [wide]), (4, [high])
    else:
        entries[278] = 4, [high]
    for tag, type_, values in tags:
        entries[tag] = type_, values
    at, offsets = (16 if big else 8) + before, []
    for data in segments:
        offsets.append(at)
        at += len(data) + len(data) % 2
    entries[324 if tile else 273] = 4, offsets
    entries[325 if tile else 279] = 4, [len(data) for data in segments]
    body = bytes(before) + b"".join(data + bytes(len(data) % 2) for data in segments)
    return directory(entries, order, big, body)


def directory(entries, order, big, body):
    """The file of a directory behind the body."""
    start = (16 if big else 8) + len(body)
    inline, counts, words = (8, "Q", "Q") if big else (4, "I", "I")
    behind = start + (8 + 20 * len(entries) + 8 if big else 2 + 12 * len(entries) + 4)
    out, values_out = struct.pack(order + ("Q" if big else "H"), len(entries)), b""
    for tag in sorted(entries):
        type_, values = entries[tag]
        data = bytes(values) if type_ in (1, 7) else struct.pack(order + {3: "H", 4: "I"}[type_] * len(values), *values)
        out += struct.pack(order + "HH" + counts, tag, type_, len(values))
        if len(data) <= inline:
            out += data + bytes(inline - len(data))
        else:
            out += struct.pack(order + words, behind + len(values_out))
            values_out += data + bytes(len(data) % 2)
    out += bytes(8 if big else 4)
    mark = b"II" if order == "<" else b"MM"
    head = struct.pack(order + "HHHQ", 43, 8, 0, start) if big else struct.pack(order + "HI", 42, start)
    return mark + head + body + out + values_out


# WebP -----------------------------------------------------------------------------------------------------------------

class Config(ctypes.Structure):
    """libwebp's WebPConfig."""
    _fields_ = [(name, ctypes.c_float if name in ("quality", "target_PSNR") else ctypes.c_int) for name in (
        "lossless quality method image_hint target_size target_PSNR segments sns_strength filter_strength "
        "filter_sharpness filter_type autofilter alpha_compression alpha_filtering alpha_quality passes show_compressed "
        "preprocessing partitions partition_limit emulate_jpeg_size thread_level low_memory near_lossless exact "
        "use_delta_palette use_sharp_yuv qmin qmax").split()]


WRITER = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_uint8), ctypes.c_size_t, ctypes.c_void_p)


class Picture(ctypes.Structure):
    """libwebp's WebPPicture."""
    _fields_ = [("use_argb", ctypes.c_int), ("colorspace", ctypes.c_int), ("width", ctypes.c_int),
                ("height", ctypes.c_int), ("y", ctypes.c_void_p), ("u", ctypes.c_void_p), ("v", ctypes.c_void_p),
                ("y_stride", ctypes.c_int), ("uv_stride", ctypes.c_int), ("a", ctypes.c_void_p),
                ("a_stride", ctypes.c_int), ("pad1", ctypes.c_uint32 * 2), ("argb", ctypes.c_void_p),
                ("argb_stride", ctypes.c_int), ("pad2", ctypes.c_uint32 * 3), ("writer", WRITER),
                ("custom_ptr", ctypes.c_void_p), ("extra_info_type", ctypes.c_int), ("extra_info", ctypes.c_void_p),
                ("stats", ctypes.c_void_p), ("error_code", ctypes.c_int), ("progress_hook", ctypes.c_void_p),
                ("user_data", ctypes.c_void_p), ("pad3", ctypes.c_uint32 * 3), ("pad4", ctypes.c_void_p),
                ("pad5", ctypes.c_void_p), ("pad6", ctypes.c_uint32 * 8), ("memory", ctypes.c_void_p),
                ("memory_argb", ctypes.c_void_p), ("pad7", ctypes.c_void_p * 2), ("room", ctypes.c_uint8 * 256)]


ABI = 0x0210


def webp_with(image, **options):
    """A WebP with options of libwebp that Pillow does not offer."""
    library = ctypes.CDLL(glob.glob(os.path.join(os.path.dirname(PIL.__file__), "..", "pillow.libs", "libwebp-*"))[0])
    config, picture, out = Config(), Picture(), bytearray()
    assert library.WebPConfigInitInternal(ctypes.byref(config), 0, ctypes.c_float(options.pop("quality", 75)), ABI)
    for name, value in options.items():
        setattr(config, name, value)
    assert library.WebPValidateConfig(ctypes.byref(config))
    assert library.WebPPictureInitInternal(ctypes.byref(picture), ABI)
    picture.width, picture.height, picture.use_argb = *image.size, config.lossless

    @WRITER
    def write(data, size, _):
        out.extend(ctypes.string_at(data, size))
        return 1

    picture.writer = write
    rgb = image.convert("RGB").tobytes()
    assert library.WebPPictureImportRGB(ctypes.byref(picture), rgb, 3 * image.width)
    assert library.WebPEncode(ctypes.byref(config), ctypes.byref(picture)), picture.error_code
    library.WebPPictureFree(ctypes.byref(picture))
    return bytes(out)
