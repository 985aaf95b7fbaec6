"""Writes src/test/resources/handlers/explanations.json: what TorchServe's image_classifier explains, by Captum, and how
matplotlib draws it.

cases     for a model, a size of pictures (none: TorchServe's Resize(256), CenterCrop(224)), pictures and a target for each: the
          attributions, float32 in base64, for "step": every so manieth value; and the largest absolute value.
          Pictures that stand together are one batch; each is explained alone and in one call of Captum's, which agree
numbers   a list of numbers instead of a picture, with its attribution
drawings  the sum of the absolute values over channels on the picture as the model saw it, by two calls of imshow as the
          original twin client has them; every third pixel of every third row

Needs what handlers.py needs, and matplotlib 3.11.2. Run from the repository's root, after handlers.py and classifier_served.py:
    python scripts/golden/explanations.py
"""
import base64
import io
import json

import matplotlib
import numpy as np
import torch
import torchvision
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image
from torchvision import transforms

import handlers

DRAWN = 3
CROP = [transforms.Resize(256), transforms.CenterCrop(224)]
CASES = [
    ("classifier.pt", [40, 52], [("jpeg/baseline-420.jpg", 0), ("png/palette8.png", 6), ("gif/pillow.gif", 2),
                                 ("jpeg/baseline-420.jpg", 3)]),
    ("classifier.pt", None, [("jpeg/progressive-444.jpg", 1), ("png/photo.png", 4)]),
    ("mobilenet.pth", [48, 40], [("jpeg/baseline-420.jpg", 0), ("png/photo.png", 6), ("webp/lossless-RGBA.webp", 5)]),
]


def model(name):
    """The handler of TorchServe's, with the state dict's network in place of a TorchScript file."""
    if not name.endswith(".pth"):
        return handlers.served(handlers.ImageClassifier(), name)
    network = torchvision.models.MobileNetV2(num_classes=7, width_mult=0.05)
    network.load_state_dict(torch.load(handlers.OUT / name))
    handler = handlers.ImageClassifier()
    handler._load_torchscript_model = lambda path: network.eval()
    return handlers.served(handler, name.replace(".pth", ".pt"))


def resized(size):
    return [transforms.Resize(size)] if size else CROP


def explained(handler, rows):
    """As BaseHandler.explain_handle calls it."""
    tensors = handler.preprocess([{"data": row} for row in rows[0]])
    return torch.tensor(handler.get_insights(tensors, None, rows[1]))


def picture(name):
    return handlers.as_rgb((handlers.IMAGES / name).read_bytes())


def kept(values):
    flat = values.flatten()
    step = 37 if len(flat) > 20000 else 5
    data = flat[::step].numpy().astype("<f4").tobytes()
    return {"step": step, "largest": float(flat.abs().max()), "values": base64.b64encode(data).decode()}


def case(name, size, pictures):
    handler = model(name)
    handler.image_processing = transforms.Compose(
        resized(size) + [transforms.ToTensor(), transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])
    files, targets = [picture(file) for file, _ in pictures], [target for _, target in pictures]
    together = explained(handler, (files, targets))
    rows = []
    for file, target, body, values in zip(*zip(*pictures), files, together):
        alone = explained(handler, ([body], target))[0]
        assert (alone - values).abs().max() <= 1e-6 * alone.abs().max()
        rows.append({"picture": file, "target": target, "shape": list(alone.shape), **kept(alone)})
    print(name, size, [row["largest"] for row in rows])
    return {"model": name, "size": size, "pictures": rows}, together


def drawn(under, heat):
    """The client's two calls of imshow on axes of exactly the picture's size."""
    height, width = heat.shape
    figure = Figure(figsize=(width / 100, height / 100), dpi=100)
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.axis("off")
    axes.imshow(under, extent=(0, width, height, 0), aspect="auto")
    axes.imshow(heat, alpha=0.3, extent=(0, width, height, 0), interpolation="bilinear", cmap="jet", aspect="auto")
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[:height, :width, :3]


def drawing(found, attribution, size):
    under = transforms.Compose(resized(size))(Image.open(io.BytesIO(picture(found["picture"]))))
    pixels = np.ascontiguousarray(drawn(under, attribution.abs().sum(0).numpy())[::DRAWN, ::DRAWN])
    return {"model": "classifier.pt", "size": size, "picture": found["picture"], "target": found["target"], "step": DRAWN,
            "pixels": base64.b64encode(pixels.tobytes()).decode()}


def numbers():
    """Two decimals, so that they are the same numbers in JSON."""
    rows = (torch.rand(3, 9, 11) * 100).round().div(100).double().mul(100).round().div(100).tolist()
    tensor = torch.FloatTensor(rows)[None]
    values = torch.tensor(model("classifier.pt").get_insights(tensor, None, 2))[0]
    return {"model": "classifier.pt", "data": rows, "target": 2, "shape": list(values.shape), **kept(values)}


def main():
    torch.manual_seed(11)
    cases, drawings = [], []
    for name, size, pictures in CASES:
        found, attributions = case(name, size, pictures)
        cases.append(found)
        if name == "classifier.pt":
            drawings.append(drawing(found["pictures"][0], attributions[0], size))
    value = {"matplotlib": matplotlib.__version__, "cases": cases, "numbers": numbers(), "drawings": drawings}
    (handlers.OUT / "explanations.json").write_text(json.dumps(value) + "\n")


if __name__ == "__main__":
    main()
