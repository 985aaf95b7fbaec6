"""Writes src/test/resources/unet/*.json: what fast.ai's DynamicUnet answers with weights by formula.

Needs fastai 2.8.12 with torch 2.7.1, torchvision 0.22.1, Pillow 13.0.0, numpy. Run from the repository's root:
    python scripts/golden/unet.py

Kept of each answer: the whole mask (zlib, base64), and every so many-th logit, with the largest one.
"""
import base64
import json
import pathlib
import zlib

import numpy as np
import torch
import torchvision
from fastai.layers import NormType
from fastai.vision.models.unet import DynamicUnet
from torchvision.models.resnet import BasicBlock, Bottleneck

import formula
import twin

OUT = pathlib.Path("src/test/resources/unet")
SAMPLES = 500


def parametrized(model):
    """With the keys of torch's newer weight_norm, which later versions of fast.ai may leave."""
    for module in model.modules():
        if hasattr(module, "weight_g"):
            torch.nn.utils.remove_weight_norm(module)
            torch.nn.utils.parametrizations.weight_norm(module)
    return model


def answer(model, name, height, width):
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    pixels = torch.from_numpy(formula.picture(name, height, width)).float() / 255
    with torch.inference_mode():
        logits = torch.Tensor(model(((pixels - mean) / std).permute(2, 0, 1)[None]))[0]
    mask = logits.argmax(0).to(torch.uint8).numpy()
    flat = logits.flatten()
    stride = max(1, len(flat) // SAMPLES) | 1  # odd, so that columns of every kind come
    print(f"  {name} {height}x{width}: {len(np.unique(mask))} of {len(logits)} classes, largest {flat.abs().max():.3g}")
    return {"name": name, "height": height, "width": width, "largest": float(flat.abs().max()), "stride": stride,
            "mask": base64.b64encode(zlib.compress(mask.tobytes(), 9)).decode(),
            "logits": [float(f"{v:.6g}") for v in flat[::stride].tolist()]}


def case(name, net, classes, pictures, size=(64, 96), change=lambda model: model, settings=None, **options):
    """settings: what model-config.yaml has to say, since the weights do not."""
    print(name)
    made = change(DynamicUnet(twin.encoder(net), classes, size, **options).eval())
    model = formula.fill(made, "unet.", twin.last_norm(net))
    rows = [answer(model, *picture) for picture in pictures]
    shapes = {key: list(value.shape) for key, value in model.state_dict().items()}
    return {"network": name, "lastNorm": twin.last_norm(net), "settings": settings or {}, "shapes": shapes, "pictures": rows}


def narrow():
    """Every option, on narrow encoders; sizes that are a multiple of 32 and ones that are not."""
    pictures = [("a", 64, 96), ("b", 50, 75)]

    def basic():
        return twin.small_resnet(BasicBlock, [1, 2, 1, 1], 8)

    three_stages = torch.nn.Sequential(*list(basic().children())[:-3])
    return [
        case("plain", basic(), 6, pictures),
        case("bottleneck", twin.small_resnet(Bottleneck, [1, 1, 2, 1], 8), 6, pictures),
        case("groups", twin.small_resnet(Bottleneck, [1, 1, 1, 1], 16, groups=2, width_per_group=32), 4, pictures),
        case("three stages", three_stages, 6, pictures),
        case("Batch", basic(), 6, pictures, norm_type=NormType.Batch),
        case("Weight", basic(), 6, pictures, norm_type=NormType.Weight),
        case("self-attention", basic(), 6, pictures, self_attention=True),
        case("Batch and self-attention", basic(), 6, pictures, norm_type=NormType.Batch, self_attention=True),
        case("no last_cross", basic(), 6, pictures, last_cross=False),
        case("blur", basic(), 6, pictures, settings={"blur": True}, blur=True),
        case("blur but for the last", basic(), 6, pictures, settings={"blur": True, "blur_final": False},
             blur=True, blur_final=False),
        case("y_range", basic(), 6, pictures, settings={"y_range": [-2.5, 4.0]}, y_range=(-2.5, 4.0)),
        case("two classes", basic(), 2, pictures),
        case("parametrized Weight", basic(), 6, pictures, change=parametrized, norm_type=NormType.Weight),
    ]


def full_size():
    """The networks people have, with the tutorial's 32 classes and its size, and an odd one."""
    models = torchvision.models
    pictures = [("street", 96, 128), ("odd", 97, 131)]
    return [case(make.__name__, make(weights=None), 32, pictures, size=(96, 128))
            for make in (models.resnet18, models.resnet34, models.resnet50)]


def write(name, value):
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / name).write_text(json.dumps(value) + "\n")


if __name__ == "__main__":
    torch.manual_seed(0)
    write("narrow.json", narrow())
    write("full-size.json", full_size())
