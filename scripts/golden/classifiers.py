"""Writes src/test/resources/classifiers: what torchvision's classifiers answer with weights by formula.

logits.json: full-size and narrow networks of every family, their shapes, and the logits of pictures by formula.
vgg16.json: the same of the tutorials' own vgg16 and of vgg16_bn, with all their fully connected weights and classes.
makes.json.gz: the keys and shapes of every constructor that torchvision has for these families.

Needs torch 2.7.1, torchvision 0.22.1, Pillow 13.0.0, numpy. Run from the repository's root:
    python scripts/golden/classifiers.py
"""
import gzip
import json
import pathlib

import torch
from PIL import Image
from torch import nn
from torchvision import models
from torchvision.models.resnet import BasicBlock, Bottleneck
from torchvision.models.vgg import VGG, make_layers

import formula
import twin

OUT = pathlib.Path("src/test/resources/classifiers")
PICTURES = [("a", 224, 224), ("b", 224, 224), ("c", 193, 161), ("d", 193, 161)]

MAKES = ["resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "resnext50_32x4d", "resnext101_32x8d",
         "resnext101_64x4d", "wide_resnet50_2", "wide_resnet101_2", "vgg11", "vgg11_bn", "vgg13", "vgg13_bn", "vgg16",
         "vgg16_bn", "vgg19", "vgg19_bn", "alexnet", "squeezenet1_0", "squeezenet1_1", "mobilenet_v2", "densenet121",
         "densenet161", "densenet169", "densenet201"]

OTHERS = ["inception_v3", "googlenet", "mobilenet_v3_small", "efficientnet_b0", "shufflenet_v2_x0_5", "mnasnet0_5",
          "convnext_tiny", "vit_b_16"]


def narrow_resnet(block, layers, width, classes, **kwargs):
    net = twin.small_resnet(block, layers, width, **kwargs)
    net.fc = nn.Linear(net.layer4[-1].bn2.num_features if block is BasicBlock else net.layer4[-1].bn3.num_features, classes)
    return net


def narrow_vgg(layers, batch_norm, hidden, classes):
    """torchvision's VGG with other widths; its constructor fixes those of the fully connected layers."""
    net = VGG(make_layers(layers, batch_norm), init_weights=False)
    channels = [v for v in layers if v != "M"][-1]
    net.classifier = nn.Sequential(nn.Linear(channels * 49, hidden[0]), nn.ReLU(True), nn.Dropout(),
                                   nn.Linear(hidden[0], hidden[1]), nn.ReLU(True), nn.Dropout(),
                                   nn.Linear(hidden[1], classes))
    return net


def narrow_alexnet(classes):
    net = models.alexnet()
    net.features[0], net.features[3] = nn.Conv2d(3, 8, 11, 4, 2), nn.Conv2d(8, 12, 5, padding=2)
    net.features[6], net.features[8] = nn.Conv2d(12, 10, 3, padding=1), nn.Conv2d(10, 14, 3, padding=1)
    net.features[10] = nn.Conv2d(14, 6, 3, padding=1)
    net.classifier[1], net.classifier[4] = nn.Linear(6 * 36, 20), nn.Linear(20, 16)
    net.classifier[6] = nn.Linear(16, classes)
    return net


def narrow_alexnet_head(net, classes):
    """AlexNet with all its convolutions, but a fraction of its 58 million fully connected weights."""
    net.classifier[1], net.classifier[4] = nn.Linear(256 * 36, 64), nn.Linear(64, 48)
    net.classifier[6] = nn.Linear(48, classes)
    return net


VGG16 = [64, 64, "M", 128, 128, "M", 256, 256, 256, "M", 512, 512, 512, "M", 512, 512, 512, "M"]


def networks():
    """Name, network, and which normalisation ends a residual branch."""
    return [
        ("resnet18", models.resnet18(num_classes=10), "bn2"),
        ("resnext50_32x4d", models.resnext50_32x4d(num_classes=10), "bn3"),
        ("narrow basic resnet", narrow_resnet(BasicBlock, [2, 1, 1, 1], 16, 3), "bn2"),
        ("narrow bottleneck resnet", narrow_resnet(Bottleneck, [1, 2, 1, 1], 8, 1), "bn3"),
        ("narrow wide resnet", narrow_resnet(Bottleneck, [1, 2, 1, 1], 8, 4, width_per_group=128), "bn3"),
        ("vgg16's convolutions with batch norm", narrow_vgg(VGG16, True, (32, 24), 10), "-"),
        ("narrow vgg11", narrow_vgg([8, "M", 12, "M", 16, 16, "M", 24, 24, "M", 24, 20, "M"], False, (32, 24), 5), "-"),
        ("shallow vgg", narrow_vgg([8, 8, "M", 12, "M"], True, (16, 16), 3), "-"),
        ("alexnet", narrow_alexnet_head(models.alexnet(), 10), "-"),
        ("narrow alexnet", narrow_alexnet(4), "-"),
        ("squeezenet1_0", models.squeezenet1_0(num_classes=10), "-"),
        ("squeezenet1_1", models.squeezenet1_1(num_classes=7), "-"),
        ("mobilenet_v2", models.mobilenet_v2(num_classes=10), "-"),
        ("mobilenet_v2 of width 0.35", models.mobilenet_v2(num_classes=3, width_mult=0.35), "-"),
        ("mobilenet_v2 of width 0.1", models.mobilenet_v2(num_classes=2, width_mult=0.1), "-"),
        ("densenet121", models.densenet121(num_classes=10), "-"),
        ("narrow densenet", models.DenseNet(8, (2, 3, 2), 16, bn_size=2, num_classes=5), "-"),
    ]


def pictures():
    tensors = []
    for name, height, width in PICTURES:
        tensors.append(twin.to_tensor(Image.fromarray(formula.picture(name, height, width)), [height, width]))
    return tensors


def case(name, net, last_norm):
    formula.fill(net, "", last_norm)
    tensors = pictures()
    with torch.inference_mode():
        logits = [net(picture)[0].double().tolist() for picture in tensors]
    spread = torch.tensor(logits).std(0).max()
    largest = max(abs(v) for row in logits for v in row)
    rows = [{"name": n, "height": h, "width": w, "logits": row} for (n, h, w), row in zip(PICTURES, logits)]
    rows[-1]["gradient"] = gradient(net, tensors[-1])
    print(f"{name}: logits up to {largest:.3g}, between pictures {spread:.3g}, gradient {rows[-1]['gradient']}", flush=True)
    return {"network": name, "lastNorm": last_norm, "weights": twin.shapes(net), "pictures": rows}


def gradient(net, picture):
    """The first logit's gradient with respect to the picture: for each colour the sum of its absolute values."""
    picture.requires_grad_(True)
    net(picture)[0, 0].backward()
    return picture.grad[0].abs().sum((1, 2)).double().tolist()


def write_logits(name, networks):
    lines = [json.dumps(case(*network)) for network in networks]
    (OUT / name).write_text("[\n" + ",\n".join(lines) + "\n]\n")


def vgg16():
    """Made one after the other, for they are of half a gigabyte."""
    for make in (models.vgg16, models.vgg16_bn):
        yield make.__name__, make(init_weights=False), "-"


def write_makes():
    makes = {}
    for name in MAKES + OTHERS:
        slow = {"init_weights": False} if name in ("inception_v3", "googlenet") else {}
        with torch.device("meta"):
            makes[name] = twin.shapes(getattr(models, name)(weights=None, **slow))
    (OUT / "makes.json.gz").write_bytes(gzip.compress(json.dumps(makes).encode(), mtime=0))


if __name__ == "__main__":
    torch.manual_seed(0)
    OUT.mkdir(parents=True, exist_ok=True)
    write_logits("vgg16.json", vgg16())
    write_logits("logits.json", networks())
    write_makes()
