"""Writes src/test/resources/fastai: what fast.ai's own transforms make of the pictures in src/test/resources/image.

  transforms.tsv   path, transform, its size (height first), method, pad_mode, Pillow's filter ("-" for none), then width,
                   height, SHA-256 of the pixels; or "refused" if fast.ai cannot, "black" if its crop has no pixel,
                   "random" if it draws lots
  grids.tsv        path, size that Pillow's bilinear filter made of it before ("-" for none), transform, its size, mode,
                   pad_mode, align_corners, ratio and valid_scale, div, then every n-th of the floats that the transform
                   makes of a batch after IntToFloatTensor: n, HWC, values; or "refused"
  tensors.tsv      div, mean, std, SHA-256 of IntToFloatTensor and Normalize of every byte: little-endian float32, NCHW

Needs fastai 2.8.12 with torch 2.7.1, torchvision 0.22.1, Pillow 13.0.0. Run from the repository's root:
    python scripts/golden/fastai_transforms.py
"""
import hashlib
import pathlib

import numpy
import torch
from fastai.data.transforms import IntToFloatTensor, Normalize, ToTensor
from fastai.vision.augment import (CropPad, PadMode, RandomCrop, RandomResizedCrop, RandomResizedCropGPU, RatioResize, Resize,
                                   ResizeMethod, aug_transforms)
from fastai.vision.core import PILImage, TensorImage
from fasttransform import Pipeline
from PIL.Image import Resampling

IMAGES = pathlib.Path("src/test/resources/image")
OUT = pathlib.Path("src/test/resources/fastai")
PICTURES = ["jpeg/photo-420.jpg", "png/photo.png", "png/tall.png", "jpeg/1x37-444.jpg", "jpeg/37x1-444.jpg", "png/1x1.png"]
SIZES = [(224, 224), (96, 128), (31, 400), (1, 1), (300, 7), (64, 63)]
LONGEST = [1, 7, 64, 101, 333]
PADS = [PadMode.Zeros, PadMode.Border, PadMode.Reflection]
LOTS = 20
GRID_SIZES = [(64, 64), (90, 120), (96, 128), (33, 47), (31, 400), (300, 7), (1, 5), (224, 224)]
MUCH_LARGER = ("jpeg/photo-420.jpg", (1001, 1502))
SAMPLES = 12


def sha(data):
    return hashlib.sha256(data).hexdigest()


def sized(transform, picture):
    try:
        results = [Pipeline([transform], split_idx=1)(picture) for _ in range(LOTS)]
    except (ValueError, ZeroDivisionError) as error:
        print(f"refused: {transform} {picture.size}: {error}")
        return ["refused"]
    if not any(results[0].tobytes()) and any(picture.tobytes()):
        return ["black"]
    shas = {sha(result.tobytes()) for result in results}
    return [str(results[0].width), str(results[0].height), shas.pop()] if len(shas) == 1 else ["random"]


def cases():
    for height, width in SIZES:
        size = (height, width)
        for resample in (Resampling.BILINEAR, Resampling.BICUBIC):
            how = {"resamples": (resample, Resampling.NEAREST)}
            yield "Resize", size, "squish", "-", resample, Resize(size, ResizeMethod.Squish, **how)
            yield "Resize", size, "crop", "-", resample, Resize(size, **how)
            for pad in PADS:
                yield "Resize", size, "pad", pad, resample, Resize(size, ResizeMethod.Pad, pad, **how)
        for pad in PADS:
            yield "CropPad", size, "-", pad, None, CropPad(size, pad)
        yield "RandomCrop", size, "-", "-", None, RandomCrop(size)
        for resample in (Resampling.BILINEAR, Resampling.BICUBIC):
            yield "RandomResizedCrop", size, "-", "-", resample, RandomResizedCrop(size, resamples=(resample, Resampling.NEAREST))
    for side in LONGEST:
        yield "RatioResize", (side,), "-", "-", Resampling.BILINEAR, RatioResize(side)


def transformed():
    for path in PICTURES:
        picture = PILImage.create(IMAGES / path)
        for name, size, method, pad, resample, transform in cases():
            words = [path, name, "x".join(map(str, size)), method, pad, resample.name if resample else "-"]
            yield "\t".join(words + sized(transform, picture))


def resampled(transform, picture, div):
    batch = torch.stack([ToTensor()(picture)])
    try:
        results = [Pipeline([IntToFloatTensor(div=div), transform], split_idx=1)((batch,))[0] for _ in range(2)]
    except (RuntimeError, ZeroDivisionError) as error:
        print(f"refused: {transform} {picture.size}: {error}")
        return ["refused"]
    assert all(torch.equal(results[0], result) for result in results)
    values = results[0].permute(0, 2, 3, 1).flatten().numpy()
    n = len(values) // SAMPLES + 1 | 1
    return [str(n), " ".join(f"{value:.8g}" for value in values[::n])]


def augmented(size, **how):
    """The one of aug_transforms that resizes: the first, which has taken the others in."""
    return aug_transforms(size=size, **how)[0]


def grids():
    pictures = [(path, None) for path in PICTURES] + [MUCH_LARGER]
    for path, before in pictures:
        picture = PILImage.create(IMAGES / path)
        if before:
            picture = Resize(before, ResizeMethod.Squish)(picture)
        for words, div, transform in grid_cases():
            made = "x".join(map(str, before)) if before else "-"
            yield "\t".join([path, made, *words, str(div)] + resampled(transform, picture, div))


def grid_cases():
    for size in GRID_SIZES:
        text = "x".join(map(str, size))
        yield ("Flip", text, "bilinear", "reflection", "True", "-"), 255, augmented(size)
        crop = RandomResizedCropGPU(size)
        yield ("RandomResizedCropGPU", text, "bilinear", "-", "-", f"{3 / 4} {4 / 3} 1.0"), 255, crop
    for size in GRID_SIZES[2:5]:
        text = "x".join(map(str, size))
        for mode in ("bilinear", "bicubic", "nearest"):
            for pad in PADS:
                for align in (True, False):
                    how = dict(mode=mode, pad_mode=pad, align_corners=align)
                    yield ("Flip", text, mode, pad, str(align), "-"), 127.5, augmented(size, **how)
        crop = RandomResizedCropGPU(size, ratio=(1, 1), valid_scale=0.7, mode="bicubic")
        yield ("RandomResizedCropGPU", text, "bicubic", "-", "-", "1 1 0.7"), 127.5, crop


def tensors():
    every = TensorImage(torch.from_numpy(numpy.arange(768).reshape(1, 16, 16, 3).astype("u1")).permute(0, 3, 1, 2))
    for div in (255.0, 1.0, 127.5, 1023, 3.0):
        for mean, std in (((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)), ((0.5, 7, -2), (0.5, 3e4, 0.1))):
            floats = IntToFloatTensor(div=div)(every)
            floats = Normalize.from_stats(mean, std, cuda=False)(floats)
            words = [repr(float(div))] + [" ".join(repr(float(v)) for v in values) for values in (mean, std)]
            yield "\t".join([*words, sha(floats.contiguous().numpy().astype("<f4").tobytes())])


def write(name, lines):
    (OUT / name).write_text("".join(line + "\n" for line in lines))


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    write("transforms.tsv", transformed())
    write("grids.tsv", grids())
    write("tensors.tsv", tensors())
