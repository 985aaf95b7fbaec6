"""Writes src/test/resources/samples/overlays.json: heat-maps over pictures as the original client draws them.

Needs matplotlib 3.11.2, Pillow 13.0.0, numpy. Run from the repository's root, after siamese.py:
    python scripts/golden/overlays.py
"""
import base64
import hashlib
import json
import pathlib

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

SAMPLES = pathlib.Path("src/test/resources/samples")
PICTURES = pathlib.Path("sample/pictures")
SIZE = (600, 400)  # width, height
STEP = 10  # every tenth pixel of every tenth row is kept
PAIRS = (("cat1.jpg", "cat2.jpg"), ("boat2-progressive.jpg", "butterfly2-cmyk.jpg"))


RESIZED = (SIZE, (50, 40), (33, 500))


def resized(name, size=SIZE):
    return Image.open(PICTURES / name).convert("RGB").resize(size)


def resizings():
    return [{"picture": path.name, "width": size[0], "height": size[1],
             "sha256": hashlib.sha256(resized(path.name, size).tobytes()).hexdigest()}
            for path in sorted(PICTURES.glob("*.*")) if not path.name.startswith("street") for size in RESIZED]


def drawn(picture, heat):
    """The client's two calls of imshow on axes of exactly 600 x 400 pixels."""
    figure = Figure(figsize=(SIZE[0] / 100, SIZE[1] / 100), dpi=100)
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.axis("off")
    # The client leaves the picture half a pixel aside of the map; here both fill the frame.
    extent = (0, SIZE[0], SIZE[1], 0)
    axes.imshow(picture, extent=extent, aspect="auto")
    axes.imshow(heat, alpha=0.3, extent=extent, interpolation="bilinear", cmap="jet", aspect="auto")
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[:, :, :3]


def case(name, heat):
    heat = np.array(heat, dtype=np.float32)
    kept = drawn(resized(name), heat)[::STEP, ::STEP]
    return {"picture": name, "map": heat.tolist(), "pixels": base64.b64encode(kept.tobytes()).decode()}


def main():
    golden = json.loads((SAMPLES / "siamese.json").read_text())["pairs"]
    cases = []
    for pair in golden:
        if (pair["left"], pair["right"]) in PAIRS:
            cases += [case(pair["left"], pair["leftMap"]), case(pair["right"], pair["rightMap"])]
    y, x = np.mgrid[0:5, 0:9]
    cases.append(case("cat1.jpg", np.sin(x * 0.9) * np.cos(y * 1.3) * 4 - 1))
    cases.append(case("cat1.jpg", np.zeros((7, 7))))
    table = (matplotlib.colormaps["jet"](np.arange(256))[:, :3] * 255).astype(np.uint8)
    value = {"matplotlib": matplotlib.__version__, "step": STEP, "cases": cases, "resized": resizings(),
             "jet": base64.b64encode(table.tobytes()).decode()}
    (SAMPLES / "overlays.json").write_text(json.dumps(value) + "\n")


if __name__ == "__main__":
    main()
