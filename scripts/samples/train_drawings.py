"""Trains the model of sample/handler, a small classifier of the pictures that draw.py makes, and saves it as TorchScript.

Needs torch 2.7.1, torchvision 0.22.1, Pillow 13.0.0, numpy. Run from the repository's root (some minutes on two cores):
    python scripts/samples/train_drawings.py
"""
import pathlib
import sys

import torch
from torch.nn import functional
from torchvision.models.resnet import BasicBlock

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "golden"))
import draw  # noqa: E402
import scripted  # noqa: E402
import train_twin  # noqa: E402
import twin  # noqa: E402

OUT = pathlib.Path("sample/handler/model/drawings.pt")
SIDE = 96
EACH, EPOCHS, BATCH = 300, 24, 42


def normalised(pixels):
    """uint8 [n, 3, 224, 224] to what the handler makes of a picture."""
    small = functional.interpolate(pixels.float(), (SIDE, SIDE), mode="bilinear", antialias=True)
    return (small / 255 - train_twin.MEAN) / train_twin.SPREAD


def train(network, pixels, kinds):
    optimizer = torch.optim.AdamW(network.parameters(), lr=4e-3, weight_decay=0.01)
    steps = EPOCHS * (len(pixels) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 8e-3, total_steps=steps)
    for epoch in range(EPOCHS):
        order = torch.randperm(len(pixels))
        for batch in order[:len(order) // BATCH * BATCH].split(BATCH):
            pictures = pixels[batch]
            if torch.rand(()) < 0.5:
                pictures = pictures.flip(3)
            loss = functional.cross_entropy(network(pictures), kinds[batch], label_smoothing=0.1)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        print(f"epoch {epoch}: {loss.item():.3f}", flush=True)


def main():
    torch.manual_seed(3)
    network = twin.small_resnet(BasicBlock, [1, 1, 1, 1], 8)
    network.fc = torch.nn.Linear(8 * 8, len(draw.KINDS))
    pixels, kinds, _ = train_twin.drawn_set("classifier", EACH)
    train(network, normalised(pixels), kinds)
    network.eval()
    pixels, kinds, _ = train_twin.drawn_set("classifier held out", 60)
    with torch.no_grad():
        right = (network(normalised(pixels)).argmax(1) == kinds).sum().item()
    print(f"{right} of {len(kinds)} held-out pictures right; kinds: {', '.join(draw.KINDS)}")
    OUT.parent.mkdir(parents=True, exist_ok=True)
    scripted.save(torch.jit.trace(network, torch.zeros(1, 3, SIDE, SIDE)), str(OUT))


if __name__ == "__main__":
    main()
