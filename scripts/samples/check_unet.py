"""Checks the sample U-Net, and writes src/test/resources/samples/fastunet.json: what fast.ai answers on four street scenes.

Two of them are sample pictures, two are drawn beside the JSON. Kept of each: fast.ai's mask and the true classes (zlib, base64).

Needs fastai 2.8.12 with torch 2.7.1, torchvision 0.22.1, Pillow 13.0.0, numpy. Run from the repository's root:
    python scripts/samples/check_unet.py
Ends with an error if a bound does not hold.
"""
import base64
import json
import pathlib
import zlib

import numpy as np
import torch
from PIL import Image

import street
import train_unet as training

GOLDEN = pathlib.Path("src/test/resources/samples")
SCENES = [(street.OUT / name, seed) for name, seed in street.SAMPLES]
SCENES += [(GOLDEN / "street3.jpg", "held out s3"), (GOLDEN / "street4.jpg", "held out s4")]
COUNT = 300


def load():
    """The saved network in eval mode; every key has to fit."""
    model = training.new_unet()
    model.load_state_dict(torch.load(training.OUT, weights_only=True))
    return model.eval()


def mask_of(model, inputs):
    with torch.inference_mode():
        return torch.Tensor(model(inputs)).argmax(1)


def held_out(model):
    """On scenes from seeds that training never saw: the share of right pixels, and each class's intersection over union."""
    pixels, classes = training.drawn_set("held out", COUNT)
    masks = torch.cat([mask_of(model, training.train_twin.normalised(part)) for part in pixels.split(25)])
    found = {name: ((masks == i) & (classes == i)).sum().item() / ((masks == i) | (classes == i)).sum().item()
             for i, name in enumerate(street.CLASSES)}
    return (masks == classes).float().mean().item(), found


def packed(mask):
    return base64.b64encode(zlib.compress(np.ascontiguousarray(mask, np.uint8).tobytes(), 9)).decode()


def scenes(model):
    for file, seed in SCENES:
        picture, classes = street.scene(seed)
        if file.parent == GOLDEN:
            picture.save(file, quality=88)
        truth = training.in_size(classes)
        mask = mask_of(model, training.twin.to_tensor(Image.open(file), training.SIZE))[0].numpy()
        print(f"{file}: {(mask == truth).mean():.4f} of the pixels right")
        yield {"picture": str(file), "mask": packed(mask), "classes": packed(truth)}


def main():
    torch.set_num_threads(1)
    model = load()
    accuracy, found = held_out(model)
    print(f"{COUNT} held-out scenes: {accuracy:.4f} of the pixels right")
    print("intersection over union:", ", ".join(f"{name} {share:.3f}" for name, share in found.items()))
    value = {"heldOutScenes": COUNT, "heldOutAccuracy": round(accuracy, 4), "names": street.CLASSES, "scenes": list(scenes(model))}
    (GOLDEN / "fastunet.json").write_text(json.dumps(value) + "\n")
    if accuracy < 0.9:
        raise SystemExit("a bound does not hold")


if __name__ == "__main__":
    main()
