"""Trains the sample U-Net, a DynamicUnet of fast.ai's over a narrow ResNet, on street scenes that street.py draws.

Needs fastai 2.8.12 with torch 2.7.1, torchvision 0.22.1, Pillow 13.0.0, numpy. Run from the repository's root (ten minutes
on two cores):
    python scripts/samples/train_unet.py [folder that keeps the drawn scenes for the next run]
"""
import multiprocessing
import pathlib
import random
import sys
import time

import numpy as np
import torch
from fastai.callback.core import Callback
from fastai.callback.schedule import Learner  # with fit_one_cycle
from fastai.data.core import DataLoaders
from fastai.losses import CrossEntropyLossFlat
from fastai.vision.models.unet import DynamicUnet
from PIL import Image
from torchvision.models.resnet import BasicBlock

import street
import train_twin

twin = train_twin.twin
OUT = pathlib.Path("sample/models/fastunet/fastunet.pth")
SIZE = (96, 128)  # height, width: the original service's
WIDTH = 8
SIZES = ((320, 240), (320, 240), (240, 180), (256, 256))
BATCH = 16
# Lamps and people are few pixels.
WEIGHTS = torch.tensor([2.0 if name in ("lamp", "person") else 1.0 for name in street.CLASSES])


def new_unet():
    encoder = twin.encoder(twin.small_resnet(BasicBlock, [1, 1, 1, 1], WIDTH))
    return DynamicUnet(encoder, len(street.CLASSES), SIZE)


def in_size(classes):
    """Classes as the network is to answer them: uint8, 96 x 128."""
    return np.asarray(classes.resize(SIZE[::-1], Image.Resampling.NEAREST))


def example(seed):
    """Pixels (uint8, 96 x 128 x 3) and classes (uint8, 96 x 128) of one scene."""
    rng = random.Random(f"sent {seed}")
    picture, classes = street.scene(seed, rng.choice(SIZES))
    resized = train_twin.as_sent(rng, picture).resize(SIZE[::-1], Image.Resampling.BILINEAR)
    return np.asarray(resized), in_size(classes)


def drawn_set(name, count):
    """pixels [n, 3, 96, 128] and classes [n, 96, 128], both uint8."""
    with multiprocessing.Pool(2) as pool:
        pixels, classes = zip(*pool.imap(example, (f"{name} {i}" for i in range(count)), chunksize=32))
    return torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2), torch.from_numpy(np.stack(classes))


class Batches:
    """What fast.ai takes for a data loader: the scenes in another order each time, varied or as they are."""
    n_inp = 1

    def __init__(self, pixels, classes, varied):
        self.pixels, self.classes, self.varied = pixels, classes, varied

    def __len__(self):
        return len(self.pixels) // BATCH

    def __iter__(self):
        for chosen in torch.randperm(len(self.pixels)).split(BATCH)[:len(self)]:
            pixels, classes = self.pixels[chosen], self.classes[chosen]
            inputs, classes = train_twin.varied(pixels, classes) if self.varied else (train_twin.normalised(pixels), classes)
            yield inputs.contiguous(memory_format=torch.channels_last), classes.long()


class Steps(Callback):
    def before_fit(self):
        self.began = time.time()

    def after_batch(self):
        step, steps = self.learn.train_iter, self.learn.n_epoch * self.learn.n_iter
        if self.learn.training and step % 25 == 0:
            right = float((self.learn.pred.argmax(1) == self.learn.y).float().mean())
            print(f"{step:5d}/{steps} {time.time() - self.began:5.0f} s loss {float(self.learn.loss):.3f} pixels {right:.4f}", flush=True)


def train(model, pixels, classes, epochs, rate, varied):
    learn = Learner(DataLoaders(Batches(pixels, classes, varied), []), model.to(memory_format=torch.channels_last),
                    loss_func=CrossEntropyLossFlat(axis=1, weight=WEIGHTS), cbs=[Steps()])
    with learn.no_bar(), learn.no_logging():
        learn.fit_one_cycle(epochs, rate)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    # In half precision, which is half the size.
    torch.save(learn.model.to(memory_format=torch.contiguous_format).half().state_dict(), OUT)


def main(folder=None, count=2400, first=8, second=2):
    """first, second: the epochs of the first part, with other light and colours, and of the second, without; 0 for none."""
    torch.manual_seed(0)
    torch.set_num_threads(1)  # so that sums, and with them the weights, come out alike
    pixels, classes = train_twin.kept_set(folder, "street", int(count), drawn_set)
    print("drawn", tuple(pixels.shape), flush=True)
    model = new_unet()
    if int(first):
        train(model, pixels, classes, int(first), 8e-3, varied=True)
    if int(second):
        torch.manual_seed(0)
        model.float().load_state_dict(torch.load(OUT, weights_only=True))
        train(model, pixels, classes, int(second), 2e-3, varied=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
