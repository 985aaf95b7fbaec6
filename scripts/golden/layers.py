"""Writes src/test/resources/layers: small networks as TorchScript, and the gradients at their layers as PyTorch's hooks see them.

  NAME.trace.pt, NAME.script.pt
                 torchvision's networks, narrowed, and one of odd structure, each traced and scripted
  frozen.pt, tuple.pt, whole.pt, shared.script.pt, shared.trace.pt
                 what has no layers any more, what gives no tensor, one whose layer gives whole numbers, and one that has a
                 layer under two names
  layers.json    for each network: its outputs, and for each of some layers its output and the gradient of the sum of the
                 targets' outputs at it: shapes, sums of absolute values, and at most 64 values, evenly spread

The oracle's modules do not work in place, so that a register_forward_hook sees the layer's output; the files' do.
Needs torch 2.7.1 and torchvision 0.22.1. Run from the repository's root:
    python scripts/golden/layers.py
"""
import copy
import json
import pathlib
import warnings
import zipfile
from typing import List, Tuple

import torch
import torchvision
from torch import Tensor, nn

import formula
import scripted

warnings.filterwarnings("ignore")
OUT = pathlib.Path("src/test/resources/layers")
CLASSES, SIDE = 5, 32
TARGETS = [3, -1]  # the second: the likeliest


def narrowed(network, factor):
    """Every convolution, BatchNorm and Linear with that much fewer channels, and CLASSES at the end."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            module.in_channels = max(3, module.in_channels // factor) if module.in_channels > 3 else 3
            module.out_channels = fewer(module.out_channels, factor)
            module.groups = module.in_channels if module.groups > 1 else 1
            shape = (module.out_channels, module.in_channels // module.groups, *module.kernel_size)
            module.weight = nn.Parameter(torch.zeros(shape))
            module.bias = None if module.bias is None else nn.Parameter(torch.zeros(module.out_channels))
        elif isinstance(module, nn.BatchNorm2d):
            module.__init__(fewer(module.num_features, factor))
        elif isinstance(module, nn.Linear):
            module.__init__(module.in_features // factor, fewer(module.out_features, factor))
    return network


def fewer(channels, factor):
    return CLASSES if channels == 1000 else max(3, channels // factor)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.act = nn.Conv2d(4, 4, 3, padding=1), nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.act(self.conv(x)) + x


class Pair(nn.Module):
    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        return x * 2, torch.tanh(x)


class Odd(nn.Module):
    """Lists and dictionaries of modules, calls through other methods, in loops and branches, of one module twice."""

    def __init__(self):
        super().__init__()
        self.stem, self.act = nn.Conv2d(3, 4, 3, stride=4), nn.ReLU()
        self.blocks = nn.ModuleList([Block() for _ in range(3)])
        self.by_name = nn.ModuleDict({"first": nn.Conv2d(4, 4, 1)})
        self.twice, self.unused, self.side = nn.Conv2d(4, 4, 1), nn.Conv2d(4, 4, 1), nn.Conv2d(4, 4, 1)
        self.nested = nn.Sequential(nn.Sequential(nn.Conv2d(4, 4, 1), nn.ReLU(inplace=True)), nn.Sigmoid())
        self.pair, self.fc = Pair(), nn.Linear(4, CLASSES)

    def stages(self, x: Tensor, times: int) -> Tensor:
        for block in self.blocks:
            x = block(x)
        for _ in range(times):
            x = self.twice(x) / 2
        return x

    def forward(self, x: Tensor) -> Tensor:
        x = self.stages(self.act(self.stem(x)), 2)
        if x.shape[0] > 1:
            x = self.by_name["first"](x)
        seen: List[Tensor] = [self.side(x).detach()]
        x = self.nested[0](x) + self.nested[1](x) + 0 * seen[0]
        a, b = self.pair(x)
        return self.fc((a + b).mean([2, 3]))


class Index(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x.flatten(1)[:, :8].argmax(1)


class Whole(nn.Module):
    def __init__(self):
        super().__init__()
        self.index, self.table = Index(), nn.Embedding(8, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        return self.table(self.index(x))


class Shared(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.fc = nn.Conv2d(3, 3, 1), nn.Linear(3, CLASSES)
        self.b = self.a

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.b(torch.tanh(self.a(x))).mean([2, 3]))


def networks():
    models = torchvision.models
    densenet = models.DenseNet(growth_rate=4, block_config=(2, 3), num_init_features=8, bn_size=2, num_classes=CLASSES)
    vit = models.VisionTransformer(SIDE, 16, 2, 2, 8, 16, num_classes=CLASSES)
    yield "resnet", narrowed(models.ResNet(models.resnet.BasicBlock, [2, 1, 1, 2]), 16), ["conv1", "layer1.1", "layer4", "layer4.1.bn2"]
    yield "vgg", narrowed(models.vgg11(init_weights=False), 64), ["features", "features.18"]
    yield "mobilenet", narrowed(models.mobilenet_v2(), 8), ["features.18.0", "features.3.conv.1.0"]
    yield "densenet", densenet, ["features", "features.denseblock2.denselayer3.conv2"]
    yield "squeezenet", narrowed(models.squeezenet1_1(), 16), ["features.12.expand3x3"]
    yield "vit", vit, ["encoder.layers.encoder_layer_1.ln_1", "conv_proj"]
    yield "odd", Odd(), ["blocks.1.conv", "by_name.first", "nested.0", "nested.0.0"]


def numbers(tensor):
    """What is kept of a tensor: of the flat one every step-th value."""
    flat = tensor.detach().flatten().double()
    step = -(-len(flat) // 64)
    return {"shape": list(tensor.shape), "sum": flat.abs().sum().item(), "step": step, "values": flat[::step].tolist()}


def hooked(network, layer, x):
    seen = []

    def hook(module, inputs, output):
        seen.append(output)
        return output.clone()  # resnet's and densenet's own code writes to what it gets

    handle = network.get_submodule(layer).register_forward_hook(hook)
    output = network(x)
    handle.remove()
    assert len(seen) == 1
    targets = [t if t >= 0 else row.argmax().item() for t, row in zip(TARGETS, output)]
    gradient, = torch.autograd.grad(sum(row[t] for t, row in zip(targets, output)), seen[0])
    assert gradient.abs().sum() > 0, layer
    return {"layer": layer, "activations": numbers(seen[0]), "gradients": numbers(gradient)}


def out_of_place(network):
    """The same network whose modules do not work in place."""
    network = copy.deepcopy(network)
    for module in network.modules():
        if hasattr(module, "inplace"):
            module.inplace = False
    return network


def picture():
    """Java makes the same: see LayerModuleTest."""
    count = 2 * 3 * SIDE * SIDE
    return torch.tensor([i * 37 % 101 / 101 + i % 13 / 26 for i in range(count)]).reshape(2, 3, SIDE, SIDE) - 0.75


def save(module, name):
    """Packed, to be small in git; torch.jit.save packs nothing but text, and libtorch reads both."""
    file = OUT / name
    scripted.save(module, file)
    with zipfile.ZipFile(file) as archive:
        entries = [(entry, archive.read(entry)) for entry in archive.namelist()]
    with zipfile.ZipFile(file, "w") as archive:
        for entry, content in entries:
            archive.writestr(zipfile.ZipInfo(entry), content, zipfile.ZIP_DEFLATED, 9)


def numbers_of(oracle, layers):
    x = picture()
    return {"output": oracle(x).flatten().tolist(), "layers": [hooked(oracle, layer, x) for layer in layers]}


def filled(network, prefix):
    formula.fill(network.eval(), prefix)
    return network


def apart():
    """The same numbers as Shared, with a hook for each of its names, as torch.jit.script has it."""
    network = filled(Shared(), "shared.")
    network.b = copy.deepcopy(network.a)
    return network


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    golden = {}
    x = picture()
    for name, network, layers in networks():
        formula.fill(network, name + ".")
        oracle = out_of_place(network)
        golden[name] = {"kinds": ["trace", "script"], **numbers_of(oracle, layers)}
        save(torch.jit.trace(network, x, check_trace=False), f"{name}.trace.pt")
        save(torch.jit.script(network), f"{name}.script.pt")
    golden["shared"] = {"kinds": ["script"], **numbers_of(apart(), ["a", "b"])}
    (OUT / "layers.json").write_text(json.dumps(golden, indent=1) + "\n")
    with torch.no_grad():
        save(torch.jit.freeze(torch.jit.script(Odd().eval())), "frozen.pt")
    save(torch.jit.script(Pair().eval()), "tuple.pt")
    save(torch.jit.script(filled(Whole(), "whole.")), "whole.pt")
    save(torch.jit.script(filled(Shared(), "shared.")), "shared.script.pt")
    save(torch.jit.trace(filled(Shared(), "shared."), x), "shared.trace.pt")


if __name__ == "__main__":
    main()
