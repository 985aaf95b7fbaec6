"""Writes src/test/resources/served/: a small twin model as its users pack it, pictures, and what PyTorch answers.

twin.mar       made by the original archiver: two state dicts and a Python handler
pictures       JPEG (baseline, progressive, grey, CMYK) and PNG, so small that they are enlarged before the network sees them
expected.json  for pairs of pictures: the logits, both maps, and the layout of the original service's body, numbers as N
other_head.pth a head that does not fit the encoder

Needs torch 2.7.1, torchvision 0.22.1, Pillow 13.0.0, torch-model-archiver 0.12.0. Run from the repository's root:
    python scripts/golden/served.py
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import torch
from PIL import Image
from torchvision.models.resnet import BasicBlock

import formula
import twin

OUT = pathlib.Path("src/test/resources/served")
SIZE = [224, 224]  # the original service's
HANDLER = '''"""Reads two pictures, answers logits and, if asked, heat-maps."""
from torchvision import transforms


class Twin:
    def initialize(self, context):
        self.steps = transforms.Compose([
            transforms.Resize((96, 128)),  # not what is done in its place
            transforms.ToTensor(),
            transforms.Normalize(mean=[0.5, 0.5, 0.5], std=[0.229, 0.224, 0.225]),
        ])

    def handle(self, data, context):
        raise RuntimeError("this must not run")
'''


def pictures():
    def picture(name):
        return Image.fromarray(formula.picture(name, 48, 64))

    picture("a").save(OUT / "baseline.jpg", quality=90)
    picture("b").save(OUT / "progressive.jpg", quality=90, progressive=True)
    picture("c").save(OUT / "colour.png")
    picture("d").convert("L").save(OUT / "grey.jpg", quality=90)
    picture("e").convert("CMYK").save(OUT / "cmyk.jpg", quality=90)
    return ["baseline.jpg", "progressive.jpg", "colour.png", "grey.jpg", "cmyk.jpg"]


def layout(value):
    """The text the original service would send, with N for each number."""
    return re.sub(r"-?[0-9][-+.e0-9]*", "N", json.dumps(value, indent=2))


def expected(encoder, head, names):
    rows = []
    for left, right in twin.pairs(names):
        logits, left_map, right_map = twin.answer(
            encoder, head, *(twin.to_tensor(Image.open(OUT / name), SIZE) for name in (left, right)))
        rows.append({"left": left, "right": right, "logits": logits, "leftMap": left_map, "rightMap": right_map})
    plain = layout(rows[0]["logits"])
    explained = layout(rows[0]["logits"] + rows[0]["leftMap"] + rows[0]["rightMap"])
    return {"pairs": rows, "layout": plain, "explainedLayout": explained}


def archive(encoder, head):
    archiver = pathlib.Path(sys.executable).with_name("torch-model-archiver")
    with tempfile.TemporaryDirectory() as made:
        made = pathlib.Path(made)
        torch.save(encoder.state_dict(), made / "encoder_weight.pth")
        torch.save(head.state_dict(), made / "head_weight.pth")
        (made / "handler.py").write_text(HANDLER)
        subprocess.run([archiver, "--model-name", "twin", "--version", "1.0", "--serialized-file", made / "encoder_weight.pth",
                        "--handler", made / "handler.py", "--extra-files", made / "head_weight.pth",
                        "--export-path", OUT, "-f"], check=True)


if __name__ == "__main__":
    torch.manual_seed(0)
    OUT.mkdir(parents=True, exist_ok=True)
    encoder, head = twin.twin(twin.small_resnet(BasicBlock, [1, 1, 1, 1], 8), hidden=16)
    archive(encoder, head)
    torch.save(twin.head(4 * 48, 16).state_dict(), OUT / "other_head.pth")
    (OUT / "expected.json").write_text(json.dumps(expected(encoder, head, pictures())) + "\n")
