"""Writes src/test/resources/handlers: small TorchScript models, and what TorchServe's own picture handlers answer with them.

  classifier.pt, three_classes.pt, segmenter.pt, detector.pt, list_detector.pt
                 the models; list_detector takes and gives what torchvision's scripted detectors do
  NAME.json      for each of src/test/resources/image's pictures in PICTURES: the handler's answer, and whether TorchServe
                 itself answers or only when the picture is converted to RGB; "layout" is the first answer as TorchServe
                 sends it, "named" the first answer with names from each form of index_to_name.json

Needs torchserve 0.12.0 with captum, torch 2.7.1, torchvision 0.22.1 and Pillow 13.0.0. Run from the repository's root:
    python scripts/golden/handlers.py
"""
import io
import json
import pathlib
import tempfile
import types
import warnings
import zipfile
from typing import Dict, List, Tuple

import torch
import torchvision
from PIL import Image
from torch import Tensor, nn
from ts.torch_handler.image_classifier import ImageClassifier
from ts.torch_handler.image_segmenter import ImageSegmenter
from ts.torch_handler.object_detector import ObjectDetector

warnings.filterwarnings("ignore")
IMAGES = pathlib.Path("src/test/resources/image")
OUT = pathlib.Path("src/test/resources/handlers")
PICTURES = [
    "jpeg/baseline-420.jpg", "jpeg/progressive-444.jpg", "jpeg/baseline-444-icc.jpg", "jpeg/progressive-L.jpg", "jpeg/ycck-420.jpg",
    "jpeg/33x8-420.jpg", "png/rgb8.png", "png/photo.png", "png/grey8.png", "png/grey1.png", "png/la8.png", "png/palette8.png",
    "png/trns-palette.png", "png/rgba8.png", "png/deep1.png", "webp/lossy-64x48.webp", "webp/lossless-RGBA.webp", "gif/pillow.gif",
    "gif/grey.gif", "bmp/rgb24.bmp", "bmp/palette8.bmp", "tiff/pillow-rgb-tiff_lzw.tif", "tiff/cmyk.tif", "tiff/pillow-la-raw.tif",
]
CLEARANCE = 5e-6  # no score this near to the threshold, no two classes this near to one another


# The models -----------------------------------------------------------------------------------------------------------

class Classifier(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 8, 9, stride=7), nn.BatchNorm2d(8), nn.ReLU(), nn.AdaptiveAvgPool2d(3))
        self.head = nn.Linear(72, classes)

    def forward(self, x):
        return self.head(torch.flatten(self.features(x), 1)) / 2


class Segmenter(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 12, 5, stride=4), nn.ReLU(), nn.Conv2d(12, 5, 3, stride=5))

    def forward(self, x: Tensor) -> Dict[str, Tensor]:
        y = self.features(x)
        return {"aux": -y, "out": 4 * y}


class Detector(nn.Module):
    """A box around the middle of each ninth of a picture, the likeliest first."""

    def __init__(self):
        super().__init__()
        self.head = nn.Linear(3, 4)

    def detect(self, picture: Tensor) -> Dict[str, Tensor]:
        cells = torch.nn.functional.adaptive_avg_pool2d(picture, [3, 3]).flatten(1).t()
        scores, labels = torch.max(torch.sigmoid(8 * self.head(cells) - 3), dim=1)
        place = torch.arange(9)
        x = (place % 3 + 0.5) * picture.shape[2] / 3
        y = (place.div(3, rounding_mode="floor") + 0.5) * picture.shape[1] / 3
        size = 5 + 10 * cells
        boxes = torch.stack([x - size[:, 0], y - size[:, 1], x + size[:, 0], y + size[:, 2]], dim=1)
        order = torch.argsort(scores, descending=True)
        return {"boxes": boxes[order], "labels": labels[order] + 1, "scores": scores[order]}

    def forward(self, pictures: Tensor) -> List[Dict[str, Tensor]]:
        found: List[Dict[str, Tensor]] = []
        for picture in pictures.unbind(0):
            found.append(self.detect(picture))
        return found


class ListDetector(Detector):
    def forward(self, pictures: List[Tensor]) -> Tuple[Dict[str, Tensor], List[Dict[str, Tensor]]]:
        losses: Dict[str, Tensor] = {}
        return losses, [self.detect(picture) for picture in pictures]


def spread_out(model):
    """Weights with which answers differ from picture to picture."""
    with torch.no_grad():
        for name, value in model.named_parameters():
            if value.dim() > 1:
                nn.init.xavier_normal_(value, gain=2.0)
            elif not name.endswith("weight"):
                nn.init.normal_(value, std=0.3)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(std=0.3)
            module.running_var.uniform_(0.5, 1.5)
    return model.eval()


def save(module, name):
    """Without what torch.jit.save adds for debugging: the paths of this script's machine."""
    written = io.BytesIO()
    torch.jit.save(module, written)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(OUT / name, "w", zipfile.ZIP_STORED) as out:
        for entry in source.namelist():
            if not entry.endswith(".debug_pkl"):
                out.writestr(zipfile.ZipInfo(entry), source.read(entry))


# The answers ----------------------------------------------------------------------------------------------------------

def served(handler, model, names=None):
    """A handler of TorchServe's, initialized as its worker does it."""
    with tempfile.TemporaryDirectory() as directory:
        if names is not None:
            (pathlib.Path(directory) / "index_to_name.json").write_text(json.dumps(names))
        handler.initialize(types.SimpleNamespace(
            system_properties={"model_dir": directory, "gpu_id": None}, model_yaml_config={},
            manifest={"model": {"serializedFile": str((OUT / model).resolve())}}))
    return handler


def answer(handler, picture):
    return handler.postprocess(handler.inference(handler.preprocess([{"body": bytearray(picture)}])))[0]


def as_rgb(picture):
    out = io.BytesIO()
    Image.open(io.BytesIO(picture)).convert("RGB").save(out, "PNG")
    return out.getvalue()


def answers(make, model):
    handler = served(make(), model)
    rows = []
    for name in PICTURES:
        picture = (IMAGES / name).read_bytes()
        row = {"picture": name, "answer": answer(handler, as_rgb(picture)), "torchServeAnswers": True}
        try:
            assert answer(handler, picture) == row["answer"], name
        except (RuntimeError, TypeError, ValueError):
            row["torchServeAnswers"] = False
        rows.append(row)
    first = as_rgb((IMAGES / PICTURES[0]).read_bytes())
    forms = [{str(i): f"class {i} \u00e9" for i in range(9)}, {str(i): [f"n{i:08}", f"class {i} \u00e9"] for i in range(9)},
             {"object_type_names": [f"class {i} \u00e9" for i in range(9)]}]
    named = [answer(served(make(), model, form), first) for form in forms]
    assert named[0] == named[1] == named[2]
    return {"torchServe": sum(row["torchServeAnswers"] for row in rows), "pictures": rows, "names": forms, "named": named[0],
            "layout": json.dumps(rows[0]["answer"], indent=2)}


def few_classes():
    handler = ImageClassifier()
    handler.set_max_result_classes(3)
    return handler


def write(name, make, check):
    found = answers(make, name + ".pt")
    for row in found["pictures"]:
        check(row["answer"])
    (OUT / (name + ".json")).write_text(json.dumps(found) + "\n")
    kinds = {json.dumps(row["answer"]) for row in found["pictures"]}
    print(name, "TorchServe answers", found["torchServe"], "of", len(PICTURES), "-", len(kinds), "different answers")


def check_ranks(ranks):
    values = list(ranks.values())
    assert all(a - b > CLEARANCE for a, b in zip(values, values[1:])), ranks
    assert values[0] < 0.999, ranks


def check_pixels(rows):
    assert len({pixel[0] for row in rows for pixel in row}) > 1


def check_clearance_of_pixels():
    handler = served(ImageSegmenter(), "segmenter.pt")
    for name in PICTURES:
        picture = handler.preprocess([{"body": bytearray(as_rgb((IMAGES / name).read_bytes()))}])
        best = torch.softmax(handler.inference(picture)["out"], 1).topk(2, 1).values
        assert (best[:, 0] - best[:, 1]).min() > CLEARANCE, name


def check_boxes(found):
    assert all(thing["score"] - 0.5 > CLEARANCE for thing in found), found


if __name__ == "__main__":
    assert (torch.__version__[:5], torchvision.__version__[:6]) == ("2.7.1", "0.22.1")
    OUT.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(3)
    blank = torch.rand(1, 3, 224, 224)
    save(torch.jit.trace(spread_out(Classifier(7)), blank), "classifier.pt")
    save(torch.jit.trace(spread_out(Classifier(3)), blank), "three_classes.pt")
    save(torch.jit.script(spread_out(Segmenter())), "segmenter.pt")
    detector = spread_out(Detector())
    save(torch.jit.script(detector), "detector.pt")
    list_detector = ListDetector().eval()
    list_detector.load_state_dict(detector.state_dict())
    save(torch.jit.script(list_detector), "list_detector.pt")
    write("classifier", ImageClassifier, check_ranks)
    write("three_classes", few_classes, check_ranks)
    write("segmenter", ImageSegmenter, check_pixels)
    check_clearance_of_pixels()
    write("detector", ObjectDetector, check_boxes)
