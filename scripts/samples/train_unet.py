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
from fastai.layers import NormType
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
    return DynamicUnet(encoder, len(street.CLASSES), SIZE, norm_type=NormType.Batch)


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
    """What fast.ai takes for a data loader: the scenes in another order each time, half of them mirrored."""
    n_inp = 1

    def __init__(self, pixels, classes, size):
        self.pixels, self.classes, self.size = pixels, classes, size

    def __len__(self):
        return len(self.pixels) // self.size

    def __iter__(self):
        for chosen in torch.randperm(len(self.pixels)).split(self.size)[:len(self)]:
            pixels, classes = self.pixels[chosen], self.classes[chosen]
            half = len(chosen) // 2
            pixels[:half], classes[:half] = pixels[:half].flip(-1), classes[:half].flip(-1)
            yield train_twin.normalised(pixels).contiguous(memory_format=torch.channels_last), classes.long()


class Steps(Callback):
    def before_fit(self):
        self.began = time.time()

    def after_batch(self):
        step, steps = self.learn.train_iter, self.learn.n_epoch * self.learn.n_iter
        if self.learn.training and step % 25 == 0:
            right = float((self.learn.pred.argmax(1) == self.learn.y).float().mean())
            print(f"{step:5d}/{steps} {time.time() - self.began:5.0f} s loss {float(self.learn.loss):.3f} pixels {right:.4f}", flush=True)


def main(folder=None, count=2400, epochs=9):
    torch.manual_seed(0)
    torch.set_num_threads(1)  # so that sums, and with them the weights, come out alike
    pixels, classes = train_twin.kept_set(folder, "street", int(count), drawn_set)
    print("drawn", tuple(pixels.shape), flush=True)
    model = new_unet().to(memory_format=torch.channels_last)
    batches = Batches(pixels, classes, BATCH)
    learn = Learner(DataLoaders(batches, []), model, loss_func=CrossEntropyLossFlat(axis=1, weight=WEIGHTS), cbs=[Steps()])
    with learn.no_bar(), learn.no_logging():
        learn.fit_one_cycle(int(epochs), 1e-2)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    # In half precision: half the size, and no pixel in a thousand differs.
    torch.save(learn.model.to(memory_format=torch.contiguous_format).half().state_dict(), OUT)


if __name__ == "__main__":
    main(*sys.argv[1:])
