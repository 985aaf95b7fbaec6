"""Writes src/test/resources/twin/*.json: what PyTorch answers for twin networks with weights by formula.

Needs torch 2.7.1, torchvision 0.22.1, Pillow 13.0.0, numpy. Run from the repository's root:
    python scripts/golden/twin.py
"""
import io
import json
import pathlib

import torch
import torchvision
from PIL import Image
from torchvision import transforms
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet

import formula

OUT = pathlib.Path("src/test/resources/twin")
PICTURES = pathlib.Path("sample/pictures")


class AdaptiveConcatPool2d(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.ap = torch.nn.AdaptiveAvgPool2d(1)
        self.mp = torch.nn.AdaptiveMaxPool2d(1)

    def forward(self, x):
        return torch.cat([self.mp(x), self.ap(x)], 1)


def head(inputs, hidden=512, classes=2):
    """The head of the original service: 2, 4, 6 and 8 have keys."""
    return torch.nn.Sequential(
        AdaptiveConcatPool2d(), torch.nn.Flatten(),
        torch.nn.BatchNorm1d(inputs), torch.nn.Dropout(0.05), torch.nn.Linear(inputs, hidden, bias=False),
        torch.nn.ReLU(), torch.nn.BatchNorm1d(hidden), torch.nn.Dropout(0.1), torch.nn.Linear(hidden, classes, bias=False))


def other_heads(pooled_concat, pooled_average):
    """Heads as fast.ai's create_head makes them with other arguments; what has no keys has to be read off the gaps."""
    nn = torch.nn
    bn, lin, relu, drop = nn.BatchNorm1d, nn.Linear, nn.ReLU, nn.Dropout
    concat, average = [AdaptiveConcatPool2d(), nn.Flatten()], [nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    n, a = pooled_concat, pooled_average
    return {
        "no dropout": concat + [bn(n), lin(n, 24, bias=False), relu(), bn(24), lin(24, 2, bias=False)],
        "average pooling": average + [bn(a), drop(0.1), lin(a, 24, bias=False), relu(), bn(24), drop(0.1), lin(24, 2)],
        "three layers": concat + [bn(n), drop(0.1), lin(n, 24, bias=False), relu(), bn(24), drop(0.1), lin(24, 12, bias=False),
                                  relu(), bn(12), drop(0.1), lin(12, 3, bias=False)],
        "no norm": concat + [lin(n, 24), relu(), drop(0.1), lin(24, 2)],
        "norm at the end": concat + [bn(n), drop(0.1), lin(n, 24, bias=False), relu(), bn(24), drop(0.1),
                                     lin(24, 2, bias=False), bn(2)],
        "linear first": concat + [drop(0.1), lin(n, 24, bias=False), relu(), bn(24), drop(0.1), lin(24, 2)],
        "one layer": concat + [lin(n, 2)],
        "two Linears in a row": concat + [bn(n), lin(n, 24), lin(24, 2)],
        "norm after the last ReLU": concat + [lin(n, 24), relu(), bn(24)],
    }


def small_resnet(block, layers, width, groups=1, width_per_group=64):
    """torchvision's ResNet with another number of channels in its first stage."""
    class Small(ResNet):
        def _make_layer(self, block, planes, blocks, stride=1, dilate=False):
            if self.inplanes == 64 and planes == 64:  # before the first stage: torchvision fixes 64
                self.inplanes = width
            return super()._make_layer(block, planes * width // 64, blocks, stride, dilate)

    net = Small(block, layers, groups=groups, width_per_group=width_per_group)
    net.conv1 = torch.nn.Conv2d(3, width, 7, 2, 3, bias=False)
    net.bn1 = torch.nn.BatchNorm2d(width)
    return net


def encoder(net):
    """What is left of a ResNet without pooling and classifier; a Sequential is taken as it is."""
    return net if isinstance(net, torch.nn.Sequential) else torch.nn.Sequential(*list(net.children())[:-2])


def last_norm(net):
    return "bn3" if any(isinstance(m, Bottleneck) for m in net.modules()) else "bn2"


def twin(net, head_prefix="head.", hidden=512, layers=None):
    enc = formula.fill(encoder(net), "encoder.", last_norm(net))
    with torch.no_grad():
        channels = enc(torch.zeros(1, 3, 64, 64)).shape[1]
    made = head(4 * channels, hidden) if layers is None else torch.nn.Sequential(*layers)
    return enc, formula.fill(made, head_prefix)


def to_tensor(picture, size):
    steps = transforms.Compose([transforms.Resize(size), transforms.ToTensor(),
                                transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])
    return steps(picture.convert("RGB"))[None]


def answer(enc, hd, left, right):
    """Logits and both maps, with the pairing right (the original service swaps the two gradients)."""
    left_features = enc(left).detach().requires_grad_(True)
    right_features = enc(right).detach().requires_grad_(True)
    logits = hd(torch.cat([left_features, right_features], dim=1))[0]
    logits[logits.argmax()].backward()

    def heat(features):
        return (features.grad[0].mean(dim=[1, 2], keepdim=True) * features[0]).sum(0)

    return (logits.detach().double().tolist(), heat(left_features).detach().double().tolist(),
            heat(right_features).detach().double().tolist())


def pairs(names):
    return list(zip(names, names[1:] + names[:1]))


def case(name, net, size, names, open_picture, hidden=512, layers=None):
    enc, hd = twin(net, hidden=hidden, layers=layers)
    rows = []
    for left, right in pairs(names):
        logits, left_map, right_map = answer(
            enc, hd, to_tensor(open_picture(left), size), to_tensor(open_picture(right), size))
        rows.append({"left": left, "right": right, "logits": logits, "leftMap": left_map, "rightMap": right_map})
        print(name, left, right, logits)
    return {"network": name, "imageSize": size, "lastNorm": last_norm(net), "encoder": shapes(enc), "head": shapes(hd),
            "pairs": rows}


def shapes(module):
    return {key: list(value.shape) for key, value in module.state_dict().items()}


def write(name, value):
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / name).write_text(json.dumps(value) + "\n")


def full_size():
    """The networks people have, on the sample pictures: JPEG, progressive, PNG, grey, CMYK."""
    names = sorted(p.name for p in PICTURES.iterdir() if p.suffix in (".jpg", ".png") and not p.name.startswith("street"))
    nets = {"resnet18": torchvision.models.resnet18, "resnet34": torchvision.models.resnet34,
            "resnet50": torchvision.models.resnet50, "resnext50_32x4d": torchvision.models.resnext50_32x4d}
    write("full-size.json", [case(name, make(weights=None), [224, 224], names, lambda n: Image.open(PICTURES / n))
                             for name, make in nets.items()])


def other_shapes():
    """Deeper, wider, narrower and shallower ones, on pictures by formula."""
    models = torchvision.models
    nets = [("resnet101", models.resnet101(weights=None), 512), ("resnet152", models.resnet152(weights=None), 512),
            ("wide_resnet50_2", models.wide_resnet50_2(weights=None), 512),
            ("resnext8x4d", small_resnet(Bottleneck, [1, 1, 1, 1], 64, groups=8, width_per_group=4), 16),
            ("three stages", torch.nn.Sequential(*list(small_resnet(BasicBlock, [2, 1, 1, 1], 16).children())[:-3]), 16),
            ("basic16", small_resnet(BasicBlock, [1, 1, 1, 1], 16), 32),
            ("bottleneck8", small_resnet(Bottleneck, [1, 2, 1, 1], 8), 16)]

    def open_picture(name):
        return Image.fromarray(formula.picture(name, 64, 96))

    cases = [case(name, net, [64, 96], ["a", "b"], open_picture, hidden=hidden) for name, net, hidden in nets]
    heads = other_heads(4 * 128, 2 * 128)
    cases += [case("head: " + name, small_resnet(BasicBlock, [1, 1, 1, 1], 16), [64, 96], ["a", "b"], open_picture,
                   layers=layers) for name, layers in heads.items()]
    write("other-shapes.json", cases)


def thousand_pairs():
    """Labels must not flip: 1,000 pairs through a full-size ResNet-18 at 64 x 64, logits only."""
    # Of sixty heads tried, this one gives both labels and some logits that lie 2e-4 apart.
    enc, hd = twin(torchvision.models.resnet18(weights=None), "h13.")
    names = [f"p{i}" for i in range(1000)]
    with torch.inference_mode():
        features = []
        for start in range(0, 1000, 50):
            batch = [to_tensor(Image.fromarray(formula.picture(n, 64, 64)), [64, 64]) for n in names[start:start + 50]]
            features.append(enc(torch.cat(batch)))
        features = torch.cat(features)
        logits = hd(torch.cat([features, torch.roll(features, -1, 0)], 1))
    same = int((logits.argmax(1) == 1).sum())
    gap = (logits[:, 0] - logits[:, 1]).abs()
    print(f"{same} of 1000 are 'same'; smallest gap {gap.min():.2e}, median {gap.median():.2e}")
    write("thousand-pairs.json", {"imageSize": [64, 64], "lastNorm": "bn2", "encoder": shapes(enc), "head": shapes(hd),
                                  "headPrefix": "h13.", "logits": logits.double().tolist()})


if __name__ == "__main__":
    torch.manual_seed(0)
    other_shapes()
    thousand_pairs()
    full_size()
