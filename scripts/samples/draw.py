"""Draws pictures of seven kinds of object on varied backgrounds, each with the exact mask of its object.

Needs Pillow 13.0.0 and numpy. Run from the repository's root to write sample/pictures anew:
    python scripts/samples/draw.py
The same seed gives the same picture. Training and held-out pictures (train_twin.py) use other seeds than the samples.
"""
import colorsys
import dataclasses
import math
import pathlib
import random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

OUT = pathlib.Path("sample/pictures")
FINE = 2  # everything is drawn this many times larger and then averaged, so that edges are smooth
INK = (38, 34, 40)
WHITE = (250, 248, 242)


@dataclasses.dataclass(frozen=True)
class Drawn:
    picture: Image.Image  # RGB
    mask: Image.Image  # L, 255 where the object is, else 0
    kind: str


def rgb(hue, saturation, value):
    return tuple(round(255 * c) for c in colorsys.hsv_to_rgb(hue % 1.0, min(saturation, 1.0), min(value, 1.0)))


def mix(a, b, share):
    return tuple(round(x + (y - x) * share) for x, y in zip(a, b))


def darker(colour, share=0.25):
    return mix(colour, INK, share)


def lighter(colour, share=0.35):
    return mix(colour, (255, 255, 255), share)


def brightness(colour):
    return (0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]) / 255


def smooth(points, closed, steps=8):
    """A Catmull-Rom curve through the points."""
    count = len(points)
    at = (lambda i: points[i % count]) if closed else (lambda i: points[min(max(i, 0), count - 1)])
    curve = []
    for i in range(count if closed else count - 1):
        p0, p1, p2, p3 = at(i - 1), at(i), at(i + 1), at(i + 2)
        for step in range(steps):
            t = step / steps
            curve.append(tuple(
                0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t ** 3)
                for a, b, c, d in zip(p0, p1, p2, p3)))
    return curve if closed else curve + [points[-1]]


class Pen:
    """Draws shapes given in the object's own coordinates (about -1 to 1, y down) on a transparent layer."""

    def __init__(self, size, centre, scale, angle, flip):
        self.layer = Image.new("RGBA", size, (0, 0, 0, 0))
        self.draw = ImageDraw.Draw(self.layer)
        self.centre, self.scale, self.flip = centre, scale, -1 if flip else 1
        self.cos, self.sin = math.cos(angle), math.sin(angle)

    def place(self, points):
        placed = []
        for x, y in points:
            x *= self.flip
            placed.append((self.centre[0] + self.scale * (x * self.cos - y * self.sin),
                           self.centre[1] + self.scale * (x * self.sin + y * self.cos)))
        return placed

    def polygon(self, points, colour):
        self.draw.polygon(self.place(points), fill=colour)

    def curve(self, points, colour):
        self.polygon(smooth(points, closed=True), colour)

    def ellipse(self, x, y, rx, ry, colour, turn=0.0, begin=0.0, end=1.0):
        """begin and end: the part of the circle that is drawn, closed by its chord; 0 is to the right, clockwise."""
        c, s = math.cos(turn), math.sin(turn)
        points = []
        for i in range(49):
            a = 2 * math.pi * (begin + (end - begin) * i / 48)
            u, v = rx * math.cos(a), ry * math.sin(a)
            points.append((x + u * c - v * s, y + u * s + v * c))
        self.polygon(points, colour)

    def line(self, points, width, colour):
        placed = self.place(smooth(points, closed=False))
        thick = max(1, round(width * self.scale))
        self.draw.line(placed, fill=colour, width=thick, joint="curve")
        for x, y in (placed[0], placed[-1]):
            self.draw.ellipse([x - thick / 2, y - thick / 2, x + thick / 2, y + thick / 2], fill=colour)


def cat(pen, rng, base):
    dark, light = darker(base, 0.35), lighter(base, 0.55)
    pen.line([(0.4, 0.82), (0.82, 0.72), (0.84, 0.36), (0.66, 0.2)], 0.2, dark)
    pen.curve([(0, -0.2), (0.48, 0.2), (0.66, 0.72), (0.42, 0.98), (0, 1.0), (-0.42, 0.98), (-0.66, 0.72), (-0.48, 0.2)], base)
    pen.ellipse(0, 0.5, 0.3, 0.36, light)
    for side in (-1, 1):
        pen.ellipse(side * 0.2, 0.9, 0.19, 0.11, lighter(base, 0.3))
        pen.polygon([(side * 0.66, -0.38), (side * 0.64, -1.05), (side * 0.12, -0.72)], base)
        pen.polygon([(side * 0.56, -0.52), (side * 0.56, -0.88), (side * 0.28, -0.7)], rgb(0.97, 0.3, 0.92))
    pen.ellipse(0, -0.36, 0.7, 0.5, base)
    if rng.random() < 0.7:
        for x in (-0.2, 0, 0.2):
            pen.line([(x, -0.83 + abs(x) * 0.2), (x * 0.8, -0.64)], 0.07, dark)
        for side in (-1, 1):
            for y in (0.42, 0.62):
                pen.line([(side * 0.58, y + 0.02), (side * 0.4, y - 0.03)], 0.07, dark)
    eye = rgb(rng.choice([0.14, 0.25, 0.36, 0.55]), 0.65, 0.9)
    for side in (-1, 1):
        pen.ellipse(side * 0.28, -0.4, 0.15, 0.16, eye)
        pen.ellipse(side * 0.28, -0.4, 0.06, 0.145, INK)
        pen.ellipse(side * 0.28 - 0.04, -0.46, 0.03, 0.035, WHITE)
        pen.ellipse(side * 0.12, -0.13, 0.17, 0.12, light)
        for y in (-0.17, -0.08):
            pen.line([(side * 0.2, -0.13), (side * 0.6, y)], 0.016, WHITE if brightness(base) < 0.5 else INK)
    pen.polygon([(-0.08, -0.24), (0.08, -0.24), (0, -0.15)], rgb(0.97, 0.5, 0.75))


def car(pen, rng, base):
    glass, dark = mix((190, 222, 240), base, 0.1), darker(base, 0.3)
    pen.curve([(-0.72, 0.08), (-0.56, -0.42), (-0.3, -0.62), (0.2, -0.62), (0.46, -0.44), (0.68, 0.08)], base)
    for points in ([(-0.5, -0.02), (-0.42, -0.36), (-0.28, -0.47), (-0.07, -0.47), (-0.07, -0.02)],
                   [(0.05, -0.02), (0.05, -0.47), (0.17, -0.47), (0.33, -0.36), (0.47, -0.02)]):
        pen.polygon(points, glass)
        pen.polygon([points[0], points[1], mix2(points[1], points[-1], 0.4), mix2(points[0], points[-1], 0.3)], lighter(glass, 0.5))
    pen.curve([(-1.0, 0.1), (-0.9, -0.04), (-0.5, -0.06), (0.5, -0.06), (0.9, 0.04), (1.0, 0.18), (1.0, 0.4), (0.9, 0.5),
               (-0.9, 0.5), (-1.0, 0.4)], base)
    pen.polygon([(-0.99, 0.34), (1.0, 0.34), (0.98, 0.46), (-0.97, 0.46)], dark)
    pen.line([(-0.01, 0.02), (-0.01, 0.3)], 0.02, dark)
    pen.line([(0.1, 0.1), (0.22, 0.1)], 0.04, dark)
    pen.ellipse(0.93, 0.18, 0.07, 0.09, (255, 240, 170))
    pen.ellipse(-0.96, 0.16, 0.05, 0.08, (214, 60, 50))
    for x in (-0.56, 0.58):
        pen.ellipse(x, 0.46, 0.29, 0.29, dark)
        pen.ellipse(x, 0.48, 0.25, 0.25, INK)
        pen.ellipse(x, 0.48, 0.13, 0.13, (205, 205, 210))
        pen.ellipse(x, 0.48, 0.05, 0.05, (120, 120, 128))


def mix2(p, q, share):
    return (p[0] + (q[0] - p[0]) * share, p[1] + (q[1] - p[1]) * share)


def house(pen, rng, base):
    walls = lighter(base, rng.uniform(0.3, 0.6))
    roof = darker(base, rng.uniform(0.05, 0.3))
    pen.polygon([(0.36, -0.95), (0.58, -0.95), (0.58, -0.3), (0.36, -0.3)], darker(walls, 0.35))
    pen.polygon([(0.32, -1.0), (0.62, -1.0), (0.62, -0.9), (0.32, -0.9)], darker(walls, 0.5))
    pen.polygon([(-0.76, -0.2), (0.76, -0.2), (0.76, 0.95), (-0.76, 0.95)], walls)
    pen.polygon([(-0.76, 0.82), (0.76, 0.82), (0.76, 0.95), (-0.76, 0.95)], darker(walls, 0.3))
    pen.polygon([(-0.99, -0.08), (0, -0.96), (0.99, -0.08), (0.9, 0.04), (-0.9, 0.04)], roof)
    for row in range(3):
        y = -0.62 + row * 0.2
        half = 0.3 + row * 0.2
        pen.line([(-half, y), (half, y)], 0.02, darker(roof, 0.3))
    door = rgb(rng.random(), 0.55, 0.55)
    pen.polygon([(-0.16, 0.3), (0.16, 0.3), (0.16, 0.95), (-0.16, 0.95)], door)
    pen.ellipse(0.1, 0.64, 0.03, 0.03, (250, 220, 120))
    for x in (-0.46, 0.46):
        pen.polygon([(x - 0.2, 0.2), (x + 0.2, 0.2), (x + 0.2, 0.6), (x - 0.2, 0.6)], WHITE)
        pen.polygon([(x - 0.16, 0.24), (x + 0.16, 0.24), (x + 0.16, 0.56), (x - 0.16, 0.56)], (176, 214, 236))
        pen.line([(x, 0.24), (x, 0.56)], 0.03, WHITE)
        pen.line([(x - 0.16, 0.4), (x + 0.16, 0.4)], 0.03, WHITE)
    pen.ellipse(0, -0.34, 0.13, 0.13, WHITE)
    pen.ellipse(0, -0.34, 0.09, 0.09, (176, 214, 236))


def boat(pen, rng, base):
    sail = lighter(base, rng.uniform(0.5, 0.8))
    other = mix(sail, rgb(rng.random(), 0.6, 0.85), 0.45)
    pen.polygon([(-0.05, -1.0), (0.04, -1.0), (0.04, 0.5), (-0.05, 0.5)], (120, 84, 58))
    pen.curve([(0.03, -0.95), (0.36, -0.5), (0.66, 0.0), (0.86, 0.3), (0.45, 0.34), (0.03, 0.34)], sail)
    pen.curve([(-0.05, -0.8), (-0.05, -0.2), (-0.05, 0.34), (-0.4, 0.34), (-0.74, 0.28), (-0.5, -0.16), (-0.26, -0.52)], other)
    for share in (0.38, 0.62):
        y = -0.95 + share * 1.29
        pen.line([(0.05, y), (0.03 + share * 0.78, y)], 0.07, other)
    pen.polygon([(-0.04, -1.02), (-0.34, -0.93), (-0.04, -0.84)], rgb(rng.random(), 0.8, 0.85))
    pen.curve([(-0.98, 0.4), (0, 0.44), (0.98, 0.36), (0.84, 0.66), (0.6, 0.92), (0, 0.97), (-0.58, 0.92), (-0.84, 0.68)],
              darker(base, 0.2))
    pen.line([(-0.94, 0.45), (0, 0.49), (0.94, 0.42)], 0.09, WHITE)
    for x in (-0.4, 0, 0.4):
        pen.ellipse(x, 0.7, 0.09, 0.09, WHITE)
        pen.ellipse(x, 0.7, 0.06, 0.06, (90, 130, 160))


def fish(pen, rng, base):
    fin, light = darker(base, rng.uniform(0.15, 0.4)), lighter(base, 0.5)
    pen.curve([(-0.5, 0), (-0.8, -0.36), (-1.02, -0.52), (-0.94, 0), (-1.02, 0.52), (-0.8, 0.36)], fin)
    pen.curve([(-0.4, -0.3), (-0.1, -0.8), (0.3, -0.78), (0.5, -0.3)], fin)
    pen.curve([(-0.2, 0.3), (-0.1, 0.78), (0.12, 0.76), (0.3, 0.34)], fin)
    pen.curve([(-0.66, 0.0), (-0.4, -0.36), (0.1, -0.56), (0.62, -0.44), (0.98, -0.04), (0.62, 0.4), (0.1, 0.54),
               (-0.4, 0.34)], base)
    pen.curve([(-0.3, 0.24), (0.2, 0.3), (0.7, 0.22), (0.6, 0.38), (0.1, 0.5), (-0.3, 0.36)], light)
    if rng.random() < 0.5:
        for x in (-0.26, 0.02, 0.3):
            pen.line([(x, -0.42 + abs(x - 0.1) * 0.2), (x + 0.07, 0), (x, 0.4 - abs(x - 0.1) * 0.2)], 0.11, WHITE)
    else:
        for x in (-0.4, -0.2, 0.0, 0.2):
            for y in (-0.2, 0.0, 0.2):
                pen.line([(x, y - 0.09), (x + 0.07, y), (x, y + 0.09)], 0.03, fin)
    pen.curve([(0.14, 0.02), (-0.12, 0.12), (-0.18, 0.3), (0.08, 0.26), (0.22, 0.14)], fin)
    pen.line([(0.46, -0.34), (0.38, 0), (0.46, 0.32)], 0.03, fin)
    pen.ellipse(0.66, -0.14, 0.13, 0.13, WHITE)
    pen.ellipse(0.69, -0.14, 0.075, 0.075, INK)
    pen.ellipse(0.71, -0.17, 0.025, 0.025, WHITE)
    pen.line([(0.9, 0.1), (0.8, 0.13), (0.72, 0.1)], 0.035, darker(base, 0.6))


def mushroom(pen, rng, base):
    stem = mix((240, 226, 200), base, 0.08)
    pen.curve([(-0.3, -0.1), (0.3, -0.1), (0.33, 0.45), (0.46, 0.88), (0, 1.0), (-0.46, 0.88), (-0.33, 0.45)], stem)
    pen.curve([(0.12, 0.05), (0.28, 0.05), (0.31, 0.45), (0.42, 0.86), (0.2, 0.94), (0.2, 0.45)], darker(stem, 0.15))
    pen.curve([(-0.44, 0.12), (0, 0.08), (0.44, 0.12), (0.4, 0.26), (0.2, 0.24), (0, 0.3), (-0.2, 0.24), (-0.4, 0.26)],
              lighter(stem, 0.4))
    pen.curve([(-0.98, 0.02), (-0.9, -0.42), (-0.5, -0.86), (0, -0.98), (0.5, -0.86), (0.9, -0.42), (0.98, 0.02),
               (0.6, 0.14), (0, 0.18), (-0.6, 0.14)], base)
    pen.curve([(-0.9, 0.05), (0, -0.02), (0.9, 0.05), (0.5, 0.14), (0, 0.17), (-0.5, 0.14)], darker(stem, 0.25))
    spot = lighter(base, 0.85)
    for x, y, r in ((-0.52, -0.36, 0.16), (-0.1, -0.68, 0.15), (0.06, -0.26, 0.19), (0.46, -0.56, 0.13), (0.66, -0.18, 0.12),
                    (-0.78, -0.12, 0.08), (-0.28, -0.08, 0.07)):
        pen.ellipse(x, y, r * 1.1, r, spot)


def butterfly(pen, rng, base):
    other = rgb(rng.random(), 0.6, 0.9)
    dark = darker(base, 0.5)
    for side in (-1, 1):
        def turned(points):
            return [(side * x, y) for x, y in points]

        def wing(points, colour):
            pen.curve(turned(points), dark)
            middle = (sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points))
            pen.curve(turned([mix2(p, middle, 0.16) for p in points]), colour)

        wing([(0.04, 0.0), (0.4, 0.0), (0.78, 0.2), (0.74, 0.62), (0.46, 0.86), (0.2, 0.66), (0.06, 0.3)], mix(base, other, 0.5))
        wing([(0.04, 0.1), (0.1, -0.3), (0.42, -0.78), (0.86, -0.86), (1.0, -0.5), (0.84, -0.06), (0.44, 0.12)], base)
        pen.ellipse(side * 0.66, -0.5, 0.17, 0.15, lighter(other, 0.3))
        pen.ellipse(side * 0.66, -0.5, 0.08, 0.07, dark)
        pen.ellipse(side * 0.5, 0.48, 0.11, 0.12, lighter(base, 0.6))
        pen.ellipse(side * 0.34, -0.2, 0.1, 0.08, lighter(base, 0.6))
        pen.line(turned([(0.02, -0.42), (0.12, -0.74), (0.28, -0.9)]), 0.03, INK)
        pen.ellipse(side * 0.28, -0.9, 0.04, 0.04, INK)
    pen.ellipse(0, 0.1, 0.09, 0.52, mix(INK, base, 0.15))
    pen.ellipse(0, -0.4, 0.11, 0.11, mix(INK, base, 0.15))


# Kind -> how to draw it and its half width and half height in its own coordinates.
DRAWERS = {"cat": (cat, 0.82, 1.02), "car": (car, 1.0, 0.7), "house": (house, 0.98, 1.0), "boat": (boat, 0.98, 1.0),
           "fish": (fish, 1.02, 0.72), "mushroom": (mushroom, 0.98, 1.0), "butterfly": (butterfly, 1.0, 0.92)}
KINDS = tuple(DRAWERS)
FUR = ((0.07, 0.68, 0.92), (0.09, 0.35, 0.95), (0.6, 0.12, 0.55), (0.6, 0.15, 0.3), (0.06, 0.5, 0.55), (0.1, 0.12, 0.9))


def colours(rng, kind):
    """The object's colour and the background's two, far enough from each other, in grey too."""
    if kind == "cat" and rng.random() < 0.7:
        hue, saturation, value = rng.choice(FUR)
        base = rgb(hue, saturation, value)
    else:
        hue = rng.random()
        base = rgb(hue, rng.uniform(0.5, 0.85), rng.uniform(0.55, 0.95))
    for _ in range(50):
        back_hue = hue + rng.uniform(0.17, 0.83)
        dark = rng.random() < 0.2
        back = rgb(back_hue, rng.uniform(0.12, 0.4), rng.uniform(0.25, 0.42) if dark else rng.uniform(0.78, 0.97))
        second = rgb(back_hue + rng.uniform(-0.1, 0.1), rng.uniform(0.1, 0.42),
                     rng.uniform(0.22, 0.5) if dark else rng.uniform(0.68, 0.97))
        if min(abs(brightness(back) - brightness(base)), abs(brightness(second) - brightness(base))) > 0.14:
            break
    return base, back, second


def gradient(rng, size, first, second):
    corners = np.array([[first, mix(first, second, rng.random())], [mix(first, second, rng.random()), second]], np.uint8)
    if rng.random() < 0.5:
        corners = corners[::-1]
    return Image.fromarray(np.ascontiguousarray(corners)).resize(size, Image.Resampling.BILINEAR)


def stripes(rng, size, first, second):
    picture = gradient(rng, size, first, lighter(first, 0.2))
    draw = ImageDraw.Draw(picture)
    width, slope = rng.uniform(0.05, 0.16) * size[0], rng.choice([-1, -0.5, 0, 0, 0.5, 1]) * size[1]
    x = -2 * size[0] + rng.random() * width
    while x < 3 * size[0]:
        draw.polygon([(x, 0), (x + width / 2, 0), (x + width / 2 + slope, size[1]), (x + slope, size[1])], fill=second)
        x += width
    return picture.transpose(Image.Transpose.TRANSVERSE).resize(size) if rng.random() < 0.25 else picture


def dots(rng, size, first, second):
    picture = gradient(rng, size, first, lighter(first, 0.2))
    draw = ImageDraw.Draw(picture)
    step = rng.uniform(0.07, 0.15) * size[0]
    radius = step * rng.uniform(0.15, 0.32)
    for row in range(int(size[1] / step) + 2):
        for column in range(int(size[0] / step) + 2):
            x, y = (column + 0.5 * (row % 2)) * step, row * step
            draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=second)
    return picture


def checks(rng, size, first, second):
    picture = Image.new("RGB", size, first)
    draw = ImageDraw.Draw(picture)
    step = rng.uniform(0.08, 0.16) * size[0]
    for row in range(int(size[1] / step) + 1):
        for column in range(row % 2, int(size[0] / step) + 1, 2):
            draw.rectangle([column * step, row * step, (column + 1) * step, (row + 1) * step], fill=mix(first, second, 0.8))
    return picture


def clouds(rng, size, first, second):
    numbers = np.random.default_rng(rng.getrandbits(32))
    total = np.zeros((size[1], size[0]))
    for cells, weight in ((4, 0.6), (9, 0.3), (20, 0.2)):
        coarse = Image.fromarray(numbers.random((cells, cells + 1), dtype=np.float32))
        total += weight * np.asarray(coarse.resize(size, Image.Resampling.BICUBIC))
    total = np.clip(total / 1.1, 0, 1)[..., None]
    picture = np.array(first) * (1 - total) + np.array(second) * total
    grain = numbers.normal(0, rng.uniform(0, 14), (size[1] // 2, size[0] // 2, 1)).repeat(2, 0).repeat(2, 1)
    return Image.fromarray(np.clip(picture + grain, 0, 255).astype(np.uint8))


def hills(rng, size, first, second):
    picture = gradient(rng, size, first, lighter(first, 0.4))
    draw = ImageDraw.Draw(picture)
    for layer in range(3):
        level, phase, waves = size[1] * (0.5 + 0.17 * layer), rng.uniform(0, 6), rng.uniform(3, 8)
        ridge = [(x, level + 0.06 * size[1] * math.sin(phase + waves * x / size[0])) for x in range(0, size[0] + 8, 8)]
        draw.polygon(ridge + [(size[0], size[1]), (0, size[1])], fill=mix(second, first, 0.5 - 0.25 * layer))
    return picture


def distractors(rng, picture, first, second):
    """Small shapes of no kind behind the object."""
    draw = ImageDraw.Draw(picture)
    for _ in range(rng.choice([0, 0, 2, 4, 6, 9])):
        x, y = rng.uniform(0, picture.width), rng.uniform(0, picture.height)
        radius, turn = rng.uniform(0.02, 0.055) * picture.width, rng.uniform(0, 7)
        colour = mix(rng.choice([first, second]), rgb(rng.random(), 0.7, 0.85), rng.uniform(0.3, 0.8))
        corners = rng.choice([3, 4, 5, 6, 10, 40])
        draw.polygon([(x + radius * (0.45 if corners == 10 and i % 2 else 1) * math.cos(turn + 2 * math.pi * i / corners),
                       y + radius * (0.45 if corners == 10 and i % 2 else 1) * math.sin(turn + 2 * math.pi * i / corners))
                      for i in range(corners)], fill=colour)


def pose(rng, kind, size):
    """Centre, scale, angle and side: the object's box takes about 0.55 to 0.7 of the width and height, inside the picture."""
    _, half_width, half_height = DRAWERS[kind]
    share = rng.uniform(0.55, 0.72)
    scale = share * math.sqrt(size[0] * size[1] / (4 * half_width * half_height))
    scale = min(scale, 0.44 * size[0] / half_width, 0.44 * size[1] / half_height)
    angle = math.radians(rng.uniform(-12, 12))
    wide = scale * (half_width * abs(math.cos(angle)) + half_height * abs(math.sin(angle)))
    high = scale * (half_height * abs(math.cos(angle)) + half_width * abs(math.sin(angle)))
    free_x, free_y = max(0.0, size[0] / 2 - wide) * 0.85, max(0.0, size[1] / 2 - high) * 0.85
    centre = (size[0] / 2 + rng.uniform(-free_x, free_x), size[1] / 2 + rng.uniform(-free_y, free_y))
    return centre, scale, angle, rng.random() < 0.5


def shaded(layer):
    """Light from above: the layer's colours a little brighter at the top than at the bottom."""
    box = layer.getbbox()
    column = np.ones(layer.height)
    column[box[1]:box[3]] = np.linspace(1.1, 0.84, box[3] - box[1])
    pixels = np.asarray(layer).astype(np.float32)
    pixels[..., :3] = np.minimum(255, pixels[..., :3] * column[:, None, None])
    return Image.fromarray(pixels.astype(np.uint8), "RGBA")


def draw(kind, seed, size=(320, 240)):
    """The picture of this kind and seed; size is width and height in pixels."""
    rng = random.Random(f"{kind} {seed}")
    fine = (size[0] * FINE, size[1] * FINE)
    base, first, second = colours(rng, kind)
    background = rng.choice([gradient, stripes, dots, checks, clouds, clouds, hills])(rng, fine, first, second)
    distractors(rng, background, first, second)
    pen = Pen(fine, *pose(rng, kind, fine))
    DRAWERS[kind][0](pen, rng, base)
    layer = shaded(pen.layer.convert("RGBa").reduce(FINE).convert("RGBA"))
    alpha = layer.getchannel("A")
    picture = background.reduce(FINE)
    shadow = alpha.filter(ImageFilter.GaussianBlur(size[0] / 60)).point(lambda a: a * 0.35)
    picture.paste(INK, (size[0] // 90, size[0] // 60), shadow)
    picture.paste(layer.convert("RGB"), (0, 0), alpha)
    return Drawn(picture, alpha.point(lambda a: 255 if a >= 128 else 0), kind)


def cmyk(picture):
    """CMYK inks with as much black as there is grey; Pillow's convert("RGB") gives the colours back."""
    inks = 255 - np.asarray(picture).astype(np.int32)
    black = inks.min(axis=2, keepdims=True)
    coloured = (255 * (inks - black) + (255 - black) // 2) // np.maximum(255 - black, 1)
    return Image.fromarray(np.concatenate([coloured, black], axis=2).astype(np.uint8), "CMYK")


FULL, HALF = 0, 2  # Pillow's names for 4:4:4 and 4:2:0

# File name, kind, seed, size, colour mode, how to save.
SAMPLES = (
    ("boat1.jpg", "boat", "s3", (400, 300), "RGB", {"subsampling": HALF}),
    ("boat2-progressive.jpg", "boat", "s6", (400, 300), "RGB", {"subsampling": HALF, "progressive": True}),
    ("butterfly1.jpg", "butterfly", "s1", (320, 240), "RGB", {"subsampling": HALF}),
    ("butterfly2-cmyk.jpg", "butterfly", "s5", (320, 240), "CMYK", {}),
    ("car1.jpg", "car", "s5", (400, 300), "RGB", {"subsampling": HALF}),
    ("cat1.jpg", "cat", "s6", (400, 300), "RGB", {"subsampling": HALF}),
    ("cat2.jpg", "cat", "s2", (320, 240), "RGB", {"subsampling": FULL}),
    ("cat3-grey.jpg", "cat", "s3", (320, 240), "L", {}),
    ("fish1.jpg", "fish", "s3", (400, 300), "RGB", {"subsampling": FULL}),
    ("fish2.png", "fish", "s5", (320, 240), "RGB", {"optimize": True}),
    ("house1.jpg", "house", "s7", (320, 320), "RGB", {"subsampling": HALF}),
    ("mushroom1.jpg", "mushroom", "s2", (300, 400), "RGB", {"subsampling": HALF}),
)


def main():
    (OUT / "masks").mkdir(parents=True, exist_ok=True)
    for name, kind, seed, size, mode, options in SAMPLES:
        drawn = draw(kind, seed, size)
        picture = cmyk(drawn.picture) if mode == "CMYK" else drawn.picture.convert(mode)
        picture.save(OUT / name, **({"quality": 88} if name.endswith(".jpg") else {}), **options)
        drawn.mask.convert("1").save(OUT / "masks" / (pathlib.Path(name).stem + ".png"), optimize=True)


if __name__ == "__main__":
    main()
