"""Trains the sample classifier on pictures that draw.py makes, and saves it as TorchScript with its classes' names.

Needs torch 2.7.1, torchvision 0.22.1, Pillow 13.0.0, numpy. Run from the repository's root (some minutes on two cores):
    python scripts/samples/train_classifier.py [folder that keeps the drawn pictures for the next run]
"""
import json
import multiprocessing
import pathlib
import random
import sys
import time

import numpy as np
import torch
from torch import nn
from torchvision import transforms

import draw
import train_twin

import scripted  # of scripts/golden, which train_twin makes known

OUT = pathlib.Path("sample/models/drawings")
SIDE = 224
CHANNELS = (16, 24, 32, 48, 64)
# As TorchServe's image_classifier does it, but for the statistics, which train_twin.varied sees to.
FITTED = transforms.Compose([transforms.Resize(256), transforms.CenterCrop(SIDE)])


def new_classifier():
    layers = [nn.Conv2d(3, CHANNELS[0], 7, 4, 3, bias=False), nn.BatchNorm2d(CHANNELS[0]), nn.ReLU()]
    for before, channels in zip(CHANNELS, CHANNELS[1:]):
        layers += [nn.Conv2d(before, channels, 3, 2, 1, bias=False), nn.BatchNorm2d(channels), nn.ReLU()]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(CHANNELS[-1], len(draw.KINDS)))


def example(task):
    """Pixels (uint8, 224 x 224 x 3) of one drawn picture."""
    kind, seed = task
    rng = random.Random(f"sent {kind} {seed}")
    drawn = draw.draw(kind, seed, rng.choice(train_twin.SIZES))
    return np.asarray(FITTED(train_twin.as_sent(rng, drawn.picture)))


def drawn_set(name, each):
    """each pictures of every kind: pixels [n, 3, 224, 224] uint8 and kinds [n]."""
    tasks = [(kind, f"{name} {i}") for i in range(each) for kind in draw.KINDS]
    with multiprocessing.Pool(2) as pool:
        pixels = np.stack(list(pool.imap(example, tasks, chunksize=32)))
    return torch.from_numpy(pixels).permute(0, 3, 1, 2), torch.arange(len(tasks)) % len(draw.KINDS)


def train(network, pixels, kinds, steps, rate):
    optimiser = torch.optim.AdamW(network.parameters(), rate, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, steps, pct_start=0.2)
    loss_of = nn.CrossEntropyLoss(label_smoothing=0.05)
    began = time.time()
    for step, chosen in zip(range(1, steps + 1), train_twin.batches(len(pixels), 56)):
        inputs, _ = train_twin.varied(pixels[chosen], torch.zeros(len(chosen), 1))
        logits = network(inputs.contiguous(memory_format=torch.channels_last))
        loss = loss_of(logits, kinds[chosen])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % 25 == 0:
            right = (logits.argmax(1) == kinds[chosen]).float().mean()
            print(f"{step:5d}/{steps} {time.time() - began:5.0f} s loss {loss:.3f} right {right:.3f}", flush=True)


def save(network):
    OUT.mkdir(parents=True, exist_ok=True)
    scripted.save(torch.jit.trace(network.eval(), torch.rand(1, 3, SIDE, SIDE)), OUT / "drawings.pt")
    (OUT / "index_to_name.json").write_text(json.dumps(dict(enumerate(draw.KINDS)), indent=2) + "\n")


def main(folder=None, each=300, steps=200):
    torch.manual_seed(0)
    torch.set_num_threads(1)  # so that sums, and with them the weights, come out alike
    pixels, kinds = train_twin.kept_set(folder, "drawings", int(each), drawn_set)
    print("drawn", tuple(pixels.shape), flush=True)
    network = new_classifier().to(memory_format=torch.channels_last)
    train(network, pixels, kinds, int(steps), 6e-3)
    save(network.to(memory_format=torch.contiguous_format))


if __name__ == "__main__":
    main(*sys.argv[1:])
