"""Writes src/test/resources/served/fastunet*: a small fast.ai U-Net as its users pack it, and what fast.ai answers.

fastunet.mar        made by the original archiver: a state dict, the model's and the handler's Python
fastunet-learn.pth  the same network as fast.ai's learn.save writes it, with the optimizer's state
fastunet-rgba.png   a picture with transparency, whose hidden colours count: it is dropped, not blended
fastunet.json       the masks for the pictures that served.py made and for that one (zlib, base64)

Needs fastai 2.8.12 with torch 2.7.1, torchvision 0.22.1, Pillow 13.0.0, torch-model-archiver 0.12.0. Run from the
repository's root:
    python scripts/golden/unet_served.py
"""
import base64
import json
import pathlib
import subprocess
import sys
import tempfile
import zlib

import numpy as np
import torch
from fastai.data.core import DataLoaders
from fastai.learner import Learner
from fastai.losses import CrossEntropyLossFlat
from fastai.optimizer import SGD
from fastai.vision.models.unet import DynamicUnet
from PIL import Image
from torchvision.models.resnet import BasicBlock

import formula
import twin

OUT = pathlib.Path("src/test/resources/served")
SIZE = [96, 128]  # the original service's
PICTURES = ["baseline.jpg", "progressive.jpg", "colour.png", "grey.jpg", "cmyk.jpg", "fastunet-rgba.png"]
MODEL = '''"""The network, written out."""
raise RuntimeError("this must not run")
'''
HANDLER = '''"""Reads a picture, answers the class of each of its pixels."""
import base64

import numpy as np
import torch
from model import DynamicUnetDIY
from PIL import Image
from torchvision import transforms

raise RuntimeError("this must not run")


class DIYSegmentation:
    def initialize(self, ctx):
        self.transform = transforms.Compose([
            transforms.Resize((96, 128)),
            transforms.ToTensor(),
            transforms.Normalize(mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225]),
        ])

    def postprocess(self, inference_output):
        mask = np.argmax(inference_output.numpy(), axis=1).astype(np.uint8)
        return [{"base64_prediction": base64.b64encode(mask.tobytes()).decode("utf-8")}]
'''


def network():
    made = DynamicUnet(twin.encoder(twin.small_resnet(BasicBlock, [1, 1, 1, 1], 4)), 32, SIZE).eval()
    return formula.fill(made, "fastunet.")


def transparent():
    pixels = formula.picture("f", 96, 128)
    alpha = formula.picture("g", 96, 128)[:, :, :1]
    Image.fromarray(np.concatenate([pixels, alpha], axis=2), "RGBA").save(OUT / "fastunet-rgba.png")


def expected(model):
    rows = []
    for name in PICTURES:
        with torch.inference_mode():
            logits = torch.Tensor(model(twin.to_tensor(Image.open(OUT / name), SIZE)))[0]
        mask = logits.argmax(0).to(torch.uint8).numpy()
        print(name, len(np.unique(mask)), "classes")
        body = json.dumps({"base64_prediction": base64.b64encode(mask.tobytes()).decode()}, indent=2)
        rows.append({"picture": name, "bodyBytes": len(body), "mask": base64.b64encode(zlib.compress(mask.tobytes(), 9)).decode()})
    return rows


def archive(model):
    archiver = pathlib.Path(sys.executable).with_name("torch-model-archiver")
    with tempfile.TemporaryDirectory() as made:
        made = pathlib.Path(made)
        torch.save(model.state_dict(), made / "fastai_unet.pth")
        (made / "model.py").write_text(MODEL)
        (made / "handler.py").write_text(HANDLER)
        subprocess.run([archiver, "--model-name", "fastunet", "--version", "1.0", "--model-file", made / "model.py",
                        "--serialized-file", made / "fastai_unet.pth", "--handler", made / "handler.py",
                        "--export-path", OUT, "-f"], check=True)


def learner(model):
    """What learn.save leaves, its optimizer included: one step is made to fill that, and undone."""
    state = {key: value.clone() for key, value in model.state_dict().items()}
    batch = (torch.zeros(2, 3, 64, 64), torch.zeros(2, 64, 64, dtype=torch.long))
    with tempfile.TemporaryDirectory() as made:
        learn = Learner(DataLoaders([batch], [batch]), model, opt_func=SGD, loss_func=CrossEntropyLossFlat(axis=1), path=made)
        learn.create_opt()
        model.train()
        learn.loss_func(model(batch[0]), batch[1]).backward()
        learn.opt.step()
        model.load_state_dict(state)
        saved = learn.save("saved")
        (OUT / "fastunet-learn.pth").write_bytes(pathlib.Path(saved).read_bytes())
    model.eval()


if __name__ == "__main__":
    torch.manual_seed(0)
    transparent()
    model = network()
    archive(model)
    (OUT / "fastunet.json").write_text(json.dumps(expected(model)) + "\n")
    learner(model)
