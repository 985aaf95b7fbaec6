"""Draws street scenes in perspective, each with the class of each of its pixels.

Needs Pillow 13.0.0 and numpy. Run from the repository's root to write the sample pictures street1.jpg and street2.jpg anew:
    python scripts/samples/street.py
The same seed gives the same scene. Training and held-out scenes (train_unet.py) use other seeds than the samples.

Places are in metres: x to the right of the street's middle, y up from the ground, z away from the camera.
"""
import dataclasses
import math
import random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from draw import FINE, INK, OUT, WHITE, darker, lighter, mix, rgb

# A class's number is its place here; the server paints it in that colour of PASCAL VOC's.
CLASSES = ("road", "building", "tree", "lamp", "car", "person", "sky", "pavement")
FAR = 400.0  # where a street without an end seems to end
SAMPLES = (("street1.jpg", "s10"), ("street2.jpg", "s7"))


@dataclasses.dataclass(frozen=True)
class Street:
    road: float  # half its width
    pavement: float  # the width of each
    end: float  # where houses or trees stand across it
    haze: float  # metres after which two thirds of a colour are lost
    air: tuple  # the colour that then is left
    light: float  # what the sun gives, 0 to 1
    sunny_side: int  # -1 or 1


class Canvas:
    """Draws every shape twice: in its colour, and as the number of its class."""

    def __init__(self, rng, size, street):
        self.picture, self.classes = Image.new("RGB", size), Image.new("L", size)
        self.pens = ImageDraw.Draw(self.picture), ImageDraw.Draw(self.classes)
        self.street = street
        self.focal = size[0] * rng.uniform(0.62, 1.0)
        self.vanishing = size[0] * rng.uniform(0.3, 0.7), size[1] * rng.uniform(0.4, 0.56)
        self.x = rng.uniform(-0.6, 0.6) * street.road
        self.y = rng.uniform(1.4, 2.4)

    def at(self, x, y, z):
        scale = self.focal / z
        return self.vanishing[0] + scale * (x - self.x), self.vanishing[1] + scale * (self.y - y)

    def seen(self, colour, z):
        return mix(colour, self.street.air, 1 - math.exp(-z / self.street.haze))

    def flat(self, name, points, colour):
        """A shape given in pixels."""
        self.pens[0].polygon(points, fill=colour)
        self.pens[1].polygon(points, fill=CLASSES.index(name))

    def shape(self, name, corners, colour):
        """A polygon given by places."""
        middle = sum(z for _, _, z in corners) / len(corners)
        self.flat(name, [self.at(*corner) for corner in corners], self.seen(colour, middle))

    def upright(self, name, x, y, z, half_width, height, colour):
        """A rectangle that faces the camera; x is its middle, y its foot."""
        self.shape(name, [(x - half_width, y, z), (x + half_width, y, z), (x + half_width, y + height, z),
                          (x - half_width, y + height, z)], colour)

    def ball(self, name, x, y, z, radius, colour, high=1.0):
        u, v = self.at(x, y, z)
        r = self.focal * radius / z
        for pen, fill in zip(self.pens, (self.seen(colour, z), CLASSES.index(name))):
            pen.ellipse([u - r, v - r * high, u + r, v + r * high], fill=fill)


# What stands along a street -------------------------------------------------------------------------------------------

def sky(canvas, rng):
    width, height = canvas.picture.size
    top = mix(canvas.street.air, rgb(rng.uniform(0.54, 0.62), rng.uniform(0.1, 0.6), rng.uniform(0.5, 1)), rng.uniform(0.2, 1))
    column = np.array([[top], [canvas.street.air]], np.uint8)
    canvas.picture.paste(Image.fromarray(column).resize((width, round(canvas.vanishing[1]) + 1), Image.Resampling.BILINEAR))
    canvas.pens[1].rectangle([0, 0, width, height], fill=CLASSES.index("sky"))
    for _ in range(rng.choice([0, 0, 3, 8])):
        x, y, r = rng.uniform(0, width), rng.uniform(0, 0.8) * canvas.vanishing[1], rng.uniform(0.03, 0.1) * width
        colour = mix(top, rng.choice([WHITE, WHITE, (150, 150, 158)]), rng.uniform(0.3, 0.9))
        for _ in range(6):
            u, v, size = x + rng.uniform(-2, 2) * r, y + rng.uniform(-0.3, 0.3) * r, r * rng.uniform(0.4, 1)
            canvas.pens[0].ellipse([u - size, v - size / 2, u + size, v + size / 2], fill=colour)


def ground(canvas, rng):
    street = canvas.street
    tar = rgb(rng.uniform(0.05, 0.7), rng.uniform(0, 0.12), rng.uniform(0.25, 0.5) * (0.6 + 0.4 * street.light))
    stone = mix(lighter(tar, rng.uniform(0.18, 0.5)), rgb(rng.uniform(0.02, 0.1), 0.3, 0.7), rng.uniform(0, 0.4))
    near, wide = 0.4, 60

    def strip(name, left, right, colour, begin=near, end=FAR):
        # In pieces, for the haze.
        edges = [begin * (end / begin) ** (i / 12) for i in range(13)]
        for a, b in zip(edges[::-1][1:], edges[::-1]):
            canvas.shape(name, [(left, 0, a), (right, 0, a), (right, 0, b), (left, 0, b)], colour)

    strip("pavement", -wide, wide, stone)
    if rng.random() < 0.5:
        for i in range(40):
            z = 1 + i * 1.2
            strip("pavement", -wide, wide, darker(stone, 0.12), z, z + 0.08)
    strip("road", -street.road, street.road, tar)
    for side in (-1, 1):
        strip("pavement", side * street.road, side * (street.road + 0.2), lighter(stone, 0.25))
    if rng.random() < 0.7:
        paint, gap = mix(tar, WHITE, rng.uniform(0.4, 0.9)), rng.choice([0.0, 3.0, 5.0])
        for i in range(30):
            strip("road", -0.08, 0.08, paint, 0.6 + i * (2 + gap), 2.6 + i * (2 + gap) - (0 if gap else 0.05))
    if rng.random() < 0.3:
        z, x = rng.uniform(4, 14), -street.road + 0.3
        while x < street.road - 0.4:
            strip("road", x, x + 0.5, mix(tar, WHITE, 0.75), z, z + 2.5)
            x += 1.0
    if street.light > 0.5 and rng.random() < 0.7:
        edge = street.sunny_side * street.road * rng.uniform(-0.6, 0.9)
        outer = street.sunny_side * (street.road + street.pavement)
        inner = street.sunny_side * street.road
        strip("road", inner, edge, darker(tar, 0.4))
        strip("pavement", outer, inner, darker(stone, 0.4))


def house(canvas, rng, side, begin, end):
    street = canvas.street
    wall = side * (street.road + street.pavement)
    height = rng.uniform(5, 17)
    hue = rng.choice([rng.uniform(0, 0.12), rng.uniform(0, 0.12), rng.random()])
    front = rgb(hue, rng.uniform(0.05, 0.55), rng.uniform(0.35, 0.95) * (0.5 + 0.5 * street.light))
    lit = front if side == street.sunny_side else darker(front, 0.3 * street.light)
    begin, shown = max(begin, 0.7), max(begin, 0.7)
    canvas.shape("building", [(wall, 0, begin), (wall + 12 * side, 0, begin), (wall + 12 * side, height, begin),
                              (wall, height, begin)], darker(front, 0.15))
    if rng.random() < 0.5:
        roof, top, ridge = rgb(rng.choice([0.02, 0.06, 0.6]), 0.4, rng.uniform(0.2, 0.55)), height + rng.uniform(1.5, 4), wall + 4 * side
        canvas.shape("building", [(wall, height, begin), (wall + 8 * side, height, begin), (ridge, top, begin)], darker(front, 0.15))
        canvas.shape("building", [(wall, height, begin), (wall, height, end), (ridge, top, end), (ridge, top, begin)], roof)
    steps = max(1, math.ceil((end - begin) / 4))
    for i in reversed(range(steps)):
        a, b = (begin + (end - begin) * j / steps for j in (i, i + 1))
        canvas.shape("building", [(wall, 0, a), (wall, 0, b), (wall, height, b), (wall, height, a)], lit)
    windows(canvas, rng, wall, shown, end, height, lit)


def windows(canvas, rng, wall, begin, end, height, colour):
    floor, bay, shop = rng.uniform(2.7, 3.4), rng.uniform(1.7, 3), rng.random() < 0.35
    tall, wide = rng.uniform(0.4, 0.62) * floor, rng.uniform(0.4, 0.65) * bay
    glass = rng.choice([rgb(0.58, 0.35, 0.35), rgb(0.58, 0.2, 0.75), rgb(0.1, 0.2, 0.25), rgb(0.13, 0.5, 0.9)])
    frame = lighter(colour, 0.5)
    for level in range(int(height / floor)):
        low = level * floor + (floor - tall) / 2
        z = begin + bay / 3
        while z + wide < end:
            y, top, width = (0.3, floor - 0.5, bay * 0.8) if shop and level == 0 else (low, low + tall, wide)
            for grown, paint in ((0.1, frame), (0.0, glass if rng.random() < 0.85 else lighter(glass, 0.5))):
                a, b = z - grown, min(z + width, end) + grown
                canvas.shape("building", [(wall, y - grown, a), (wall, y - grown, b), (wall, top + grown, b), (wall, top + grown, a)], paint)
            z += bay


def across(canvas, rng):
    """The row of houses or trees at the street's end, if there is one."""
    x, z = -60.0, canvas.street.end
    if rng.random() < 0.25:
        return
    woods = rng.random() < 0.3
    while x < 60:
        if woods:
            tree(canvas, rng, x, z)
            x += rng.uniform(2, 4)
            continue
        width, height = rng.uniform(5, 12), rng.uniform(5, 16)
        colour = rgb(rng.uniform(0, 0.15), rng.uniform(0.1, 0.5), rng.uniform(0.35, 0.85))
        canvas.upright("building", x + width / 2, 0, z, width / 2, height, colour)
        for level in range(int(height / 3)):
            for bay in range(int(width / 2)):
                canvas.upright("building", x + 1.1 + 2 * bay, 3 * level + 0.9, z, 0.5, 1.4, darker(colour, 0.5))
        x += width


def tree(canvas, rng, x, z):
    height, spread = rng.uniform(3.5, 7.5), rng.uniform(0.9, 2.2)
    leaf = rgb(rng.choice([0.25, 0.29, 0.33, 0.33, 0.12, 0.08]), rng.uniform(0.4, 0.8),
               rng.uniform(0.25, 0.7) * (0.6 + 0.4 * canvas.street.light))
    canvas.upright("tree", x, 0, z, rng.uniform(0.1, 0.2), height - 0.5, rgb(0.07, 0.4, rng.uniform(0.2, 0.4)))
    blobs = [(rng.gauss(0, 0.5) * spread, height + rng.gauss(0, 0.45) * spread, rng.uniform(0.3, 0.6) * spread) for _ in range(26)]
    for i, (dx, y, radius) in enumerate(sorted(blobs, key=lambda blob: blob[1])):
        canvas.ball("tree", x + dx, max(y, 1.8), z, radius, mix(darker(leaf, 0.5), lighter(leaf, 0.25), i / 26))


def lamp(canvas, rng, x, z):
    height, paint = rng.uniform(4, 7), rgb(rng.random(), 0.15, rng.uniform(0.12, 0.6))
    thick = rng.uniform(0.06, 0.1)
    canvas.upright("lamp", x, 0, z, thick * 1.8, 0.8, paint)
    canvas.upright("lamp", x, 0, z, thick, height, paint)
    reach = -math.copysign(rng.choice([0.0, 0.9, 1.4]), x)
    if reach:
        canvas.upright("lamp", x + reach / 2, height - 0.08, z, abs(reach) / 2, 0.13, paint)
    canvas.ball("lamp", x + reach, height - 0.05, z, 0.3, rng.choice([paint, (255, 236, 180), WHITE]), high=0.7)


def car(canvas, rng, x, z):
    length, half, high = rng.choice([(3.8, 0.85, 1.45), (4.4, 0.92, 1.45), (4.8, 1.0, 2.1)])
    colour = rng.choice([rgb(rng.random(), rng.uniform(0.4, 0.9), rng.uniform(0.4, 0.9)), WHITE, (58, 60, 66), (160, 164, 170),
                         (24, 24, 30)])
    colour = mix(colour, INK, 0.3 * (1 - canvas.street.light))
    glass, waist = rgb(0.57, 0.25, rng.uniform(0.2, 0.5)), 0.58 * high if high < 2 else 0.5 * high
    far = z + length
    canvas.shape("road" if abs(x) < canvas.street.road else "pavement", [(x - half - 0.1, 0, z - 0.2), (x + half + 0.1, 0, z - 0.2),
                 (x + half + 0.1, 0, far), (x - half - 0.1, 0, far)], (30, 30, 34))
    body = [(half, 0.28, waist, z, far, colour), (half * 0.84, waist, high, z + 0.15 * length, far - 0.25 * length, glass)]
    for wide, low, top, a, b, paint in body:
        for edge in (-1, 1):
            if edge * (canvas.x - x) > wide:
                canvas.shape("car", [(x + edge * wide, low, a), (x + edge * wide, low, b), (x + edge * wide * 0.97, top, b),
                                     (x + edge * wide * 0.97, top, a)], darker(paint, 0.2))
        if canvas.y > top:
            canvas.shape("car", [(x - wide, top, a), (x + wide, top, a), (x + wide, top, b), (x - wide, top, b)], lighter(colour, 0.2))
        canvas.upright("car", x, low, a, wide, top - low, paint)
    for edge in (-1, 1):
        canvas.upright("car", x + edge * half * 0.78, 0, z, 0.12, 0.32, (22, 22, 26))
        if edge * (canvas.x - x) > half:
            for centre in (z + 0.2 * length, z + 0.8 * length):
                canvas.shape("car", [(x + edge * half, 0.33 + 0.33 * math.sin(i * math.pi / 8), centre + 0.33 * math.cos(i * math.pi / 8))
                                     for i in range(16)], (22, 22, 26))
        canvas.upright("car", x + edge * half * 0.78, 0.58, z, 0.16, 0.17, rng.choice([(214, 40, 36), (255, 246, 214)]))
    canvas.upright("car", x, 0.4, z, 0.28, 0.13, (240, 236, 220))
    canvas.upright("car", x, high - 0.12, z + 0.15 * length, half * 0.84, 0.12, colour)


def person(canvas, rng, x, z):
    tall = rng.uniform(1.45, 1.9)
    coat = rgb(rng.random(), rng.uniform(0.1, 0.9), rng.uniform(0.2, 0.9))
    legs = rgb(rng.choice([0.6, 0.08, 0.7]), rng.uniform(0.1, 0.5), rng.uniform(0.12, 0.45))
    skin = rgb(0.06, rng.uniform(0.3, 0.55), rng.uniform(0.4, 0.95))
    stride, wide = rng.uniform(0.06, 0.2), rng.uniform(0.2, 0.29)
    for way in (-1, 1):
        canvas.shape("person", [(x - 0.09 + way * 0.07, 0.5 * tall, z), (x + 0.09 + way * 0.07, 0.5 * tall, z),
                                (x + 0.07 + way * stride, 0, z), (x - 0.07 + way * stride, 0, z)], legs)
        canvas.shape("person", [(x + way * wide * 0.7, 0.82 * tall, z), (x + way * wide, 0.8 * tall, z),
                                (x + way * (wide + 0.1), 0.48 * tall, z), (x + way * (wide - 0.03), 0.48 * tall, z)], darker(coat, 0.2))
    canvas.shape("person", [(x - wide, 0.8 * tall, z), (x - 0.08, 0.85 * tall, z), (x + 0.08, 0.85 * tall, z), (x + wide, 0.8 * tall, z),
                            (x + wide * 0.85, 0.44 * tall, z), (x - wide * 0.85, 0.44 * tall, z)], coat)
    canvas.ball("person", x, 0.92 * tall, z, 0.12, skin, high=1.25)
    canvas.ball("person", x, 0.96 * tall, z, 0.12, rgb(0.08, 0.5, rng.uniform(0.08, 0.6)), high=0.75)


# A scene --------------------------------------------------------------------------------------------------------------

def things(canvas, rng):
    """What stands along the street, each with its far end and how it is drawn."""
    street = canvas.street
    kerb, wall = street.road, street.road + street.pavement
    parked, leafy = rng.uniform(0.2, 0.9), rng.uniform(0, 0.7)
    for side in (-1, 1):
        z = rng.uniform(-6, 2)
        while z < street.end:
            length = rng.uniform(6, 15)
            if rng.random() < 0.88:
                yield z + length, house, (side, z, z + length)
            else:
                for _ in range(4):
                    place = rng.uniform(max(z, 3), max(z, 3) + length)
                    yield place, tree, (side * (wall + rng.uniform(1, 5)), place)
            z += length
        for z in np.arange(rng.uniform(3, 8), street.end, rng.uniform(5.2, 7)):
            if rng.random() < parked:
                yield z + 4.5, car, (side * (kerb - 1.05), float(z))
        for z in np.arange(rng.uniform(4, 12), street.end, rng.uniform(7, 11)):
            if rng.random() < leafy:
                yield z, tree, (side * (kerb + 0.7), float(z))
        for z in np.arange(rng.uniform(4, 14), street.end, rng.uniform(13, 22)):
            yield z, lamp, (side * (kerb + 0.4), float(z))
    for _ in range(rng.choice([0, 0, 1, 1, 2])):
        z = rng.uniform(6, 40)
        yield z + 4.5, car, (rng.uniform(-1, 1) * max(0.0, kerb - 2.9), z)
    for _ in range(rng.randint(0, 9)):
        z = 2.5 + 22 * rng.random() ** 1.5
        x = rng.choice([-1, 1]) * rng.uniform(kerb + 0.3, wall - 0.2) if rng.random() < 0.8 else rng.uniform(-kerb, kerb)
        yield z, person, (x, z)


def as_taken(rng, picture, light):
    """With the light, the lens and the grain of a small camera."""
    numbers = np.random.default_rng(rng.getrandbits(32))
    pixels = np.asarray(picture.filter(ImageFilter.GaussianBlur(rng.uniform(0, 1)))).astype(np.float32)
    coarse = Image.fromarray(numbers.random((7, 9), dtype=np.float32)).resize(picture.size, Image.Resampling.BICUBIC)
    pixels *= 1 + 0.3 * (np.asarray(coarse)[..., None] - 0.5)
    pixels *= np.array([rng.uniform(0.9, 1.1) for _ in range(3)], np.float32) * rng.uniform(0.55 + 0.3 * light, 1.1)
    pixels += numbers.normal(0, rng.uniform(1, 9), pixels.shape[:2] + (1,)) + numbers.normal(0, 2, pixels.shape)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def scene(seed, size=(320, 240)):
    """A picture, RGB, and its classes, L; size is width and height in pixels."""
    rng = random.Random(f"street {seed}")
    light = rng.uniform(0.2, 1)
    air = mix(rgb(rng.choice([0.58, 0.58, 0.08, 0.95]), rng.uniform(0, 0.25), rng.uniform(0.5, 0.75) + 0.25 * light), WHITE, 0.2)
    street = Street(rng.uniform(2.8, 5.5), rng.uniform(1.6, 3.6), rng.uniform(35, 110), rng.choice([90, 200, 500]), air, light,
                    rng.choice([-1, 1]))
    canvas = Canvas(rng, (size[0] * FINE, size[1] * FINE), street)
    sky(canvas, rng)
    ground(canvas, rng)
    across(canvas, rng)
    for _, drawn, arguments in sorted(things(canvas, rng), key=lambda thing: -thing[0]):
        drawn(canvas, rng, *arguments)
    return as_taken(rng, canvas.picture.reduce(FINE), light), canvas.classes.resize(size, Image.Resampling.NEAREST)


def main():
    for name, seed in SAMPLES:
        scene(seed)[0].save(OUT / name, quality=88)


if __name__ == "__main__":
    main()
