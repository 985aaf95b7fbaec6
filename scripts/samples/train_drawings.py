"""Makes the model of sample/handler, a small classifier of the pictures that draw.py makes, and saves it as TorchScript.

Its features are those of the sample twin's encoder up to layer3; only the last layer is fitted, by least squares.
Needs torch 2.7.1, torchvision 0.22.1, Pillow 13.0.0, numpy. Run from the repository's root (some minutes on two cores):
    python scripts/samples/train_drawings.py
"""
import json
import pathlib
import sys

import torch
from torch import nn
from torchvision.models.resnet import BasicBlock

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "golden"))
import draw  # noqa: E402
import scripted  # noqa: E402
import train_twin  # noqa: E402
import twin  # noqa: E402

OUT = pathlib.Path("sample/handler/model")
WIDTH = 16
EACH, HELD_OUT, RIDGE, SHARPNESS = 60, 20, 0.3, 6


class Drawings(nn.Module):
    def __init__(self):
        super().__init__()
        encoder = twin.encoder(twin.small_resnet(BasicBlock, [1, 1, 1, 1], WIDTH))
        encoder.load_state_dict(torch.load("sample/models/siamese/encoder_weight.pth"))
        self.stem, self.layer1, self.layer2, self.layer3 = encoder[:4], encoder[4], encoder[5], encoder[6]
        self.fc = nn.Linear(4 * WIDTH, len(draw.KINDS))

    def features(self, x):
        return self.layer3(self.layer2(self.layer1(self.stem(x)))).mean((2, 3))

    def forward(self, x):
        return self.fc(self.features(x))


def features(network, name, each):
    pixels, kinds, _ = train_twin.drawn_set(name, each)
    with torch.no_grad():
        parts = [network.features((part.float() / 255 - train_twin.MEAN) / train_twin.SPREAD) for part in pixels.split(20)]
    return torch.cat(parts), kinds


def fit(network, x, kinds):
    """Least squares to 0 and 1 on standardised features, spread so that the softmax says something."""
    mean, std = x.mean(0), x.std(0) + 1e-3
    z = (x - mean) / std
    wanted = nn.functional.one_hot(kinds).float()
    weight = torch.linalg.solve(z.T @ z / len(z) + RIDGE * torch.eye(len(mean)), z.T @ (wanted - wanted.mean(0)) / len(z)).T
    weight = SHARPNESS * weight / std
    network.fc.weight.copy_(weight)
    network.fc.bias.copy_(-weight @ mean)


def main():
    torch.set_num_threads(1)
    network = Drawings().eval()
    with torch.no_grad():
        fit(network, *features(network, "classifier", EACH))
        x, kinds = features(network, "classifier held out", HELD_OUT)
        right = (network.fc(x).argmax(1) == kinds).sum().item()
    print(f"{right} of {len(kinds)} held-out pictures right")
    OUT.mkdir(parents=True, exist_ok=True)
    scripted.save(torch.jit.trace(network, torch.zeros(1, 3, train_twin.SIDE, train_twin.SIDE)), OUT / "drawings.pt")
    names = {str(index): kind for index, kind in enumerate(draw.KINDS)}
    (OUT / "index_to_name.json").write_text(json.dumps(names, indent=2) + "\n")


if __name__ == "__main__":
    main()
