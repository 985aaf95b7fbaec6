"""Writes src/test/resources/unet/learner*: small fast.ai learners as learn.export writes them, and what they answer.

learner.pkl            Normalize, Resize squishing, codes in a NumPy array, weight_norm
learner-options.pkl    no Normalize and no Resize, codes in a list, blur but for the last, y_range, pickle protocol 4
learner-legacy.pkl     torch.save's legacy format; cut and resized by items in all ways and by batches, a transform of the user's own,
                       codes of NumPy's scalars, self-attention
learner-crop.pkl       Resize as it is by default, transforms for the training set alone, Normalize, self-attention
learner-pad.pkl        Resize padding and bicubic, values divided by 127.5, Normalize
learner-ratio.pkl      RatioResize
learner-batch.pkl      resized by batches alone, as fast.ai's example of CamVid is
learner-presize.pkl    resized by items, then cut and resized by batches, Normalize
learner-mish.pkl       another activation, which the weights do not show
learner-classifier.pkl no U-Net
learners.json          state dicts (SHA-256 of each tensor's bytes), masks and logits for pictures that served.py made

Needs fastai 2.8.12 with torch 2.7.1, torchvision 0.22.1, Pillow 13.0.0 and plum-dispatch 2.5.7 (learners with 2.10 cannot be
pickled). Run from the repository's root:
    python scripts/golden/unet_learner.py
"""
import base64
import hashlib
import json
import pathlib
import sys
import tempfile
import zipfile
import zlib

import cloudpickle
import fastai.callback.progress  # noqa: F401  (gives learners no_bar)
import numpy as np
import torch
from fastai.data.block import CategoryBlock, DataBlock
from fastai.data.transforms import IntToFloatTensor, Normalize, get_image_files
from fastai.layers import Mish, NormType
from fastai.learner import Learner, load_learner
from fastai.losses import CrossEntropyLossFlat
from fastai.metrics import foreground_acc
from fastai.vision.augment import (CropPad, FlipItem, PadMode, RandomCrop, RandomResizedCrop, RatioResize, Resize, ResizeMethod,
                                   aug_transforms)
from fastai.vision.core import PILImage, PILMask, imagenet_stats
from fastai.vision.data import ImageBlock, MaskBlock
from fastai.vision.learner import create_head
from fastai.vision.models.unet import DynamicUnet
from fasttransform import Transform
from PIL.Image import Resampling
from torchvision.models.resnet import BasicBlock

import formula
import twin

OUT = pathlib.Path("src/test/resources/unet")
PICTURES = pathlib.Path("src/test/resources/served")
CODES = ["sky", "road", "tree", "house", "car", "größer"]
SIZE = (96, 128)  # of the pictures learnt from


PLAIN = ["colour.png", "baseline.jpg", "grey.jpg", "fastunet-rgba.png"]  # all of them 4 : 3
WIDER_AND_TALLER = ["colour.png", "../image/jpeg/photo-420.jpg", "../image/png/photo.png", "../image/png/tall.png"]
# fast.ai's RatioResize draws lots where it makes pictures smaller by more than half.
NOT_MUCH_LARGER = ["colour.png", "fastunet-rgba.png", "../image/png/tall.png"]


def encoder(width=4):
    """Three stages, so that the files stay small; they are as many as self-attention takes."""
    return torch.nn.Sequential(*list(twin.small_resnet(BasicBlock, [1, 1, 1, 1], width).children())[:-3])


class OfTraining(Transform):
    """A transform of the user's own that does nothing when the learner predicts."""
    split_idx = 0

    def encodes(self, picture: PILImage):
        return picture.rotate(180)


class OfEverything(Transform):
    """One that does."""
    def encodes(self, picture: PILImage):
        return picture.rotate(180)


EVERY_OTHER_WAY = [OfEverything(), CropPad((90, 120), PadMode.Border), RandomResizedCrop((72, 88), val_xtra=0.2), RandomCrop(70),
                   Resize(80, resamples=(Resampling.LANCZOS, Resampling.NEAREST))]


def mask_of(picture):
    """A function of the user's own, which goes into the file with its code."""
    return picture.parent / "masks" / picture.name


def pictures(folder):
    (folder / "masks").mkdir()
    for i in range(4):
        PILImage.create(formula.picture(f"p{i}", *SIZE)).save(folder / f"{i}.png")
        PILMask.create((formula.picture(f"m{i}", *SIZE)[:, :, 0] % len(CODES)).astype(np.uint8)).save(folder / "masks" / f"{i}.png")
    return folder


def loaders(folder, block, get_y, **transforms):
    data = DataBlock(blocks=(ImageBlock, block), get_items=lambda path: get_image_files(path, recurse=False), get_y=get_y,
                     splitter=lambda items: ([0, 1], [2, 3]), **transforms)
    return data.dataloaders(folder, bs=2, path=folder)


def learner(folder, codes, model, item_tfms=None, batch_tfms=None):
    dls = loaders(folder, MaskBlock(codes), mask_of, item_tfms=item_tfms, batch_tfms=batch_tfms)
    made = formula.fill(model.eval(), "learner.", "bn2")
    return Learner(dls, made, loss_func=CrossEntropyLossFlat(axis=1), metrics=foreground_acc, path=folder)


def unet(width=4, **options):
    return DynamicUnet(encoder(width), len(CODES), SIZE, **options)


def trained(learn):
    """After a training that changes nothing but leaves what a training leaves."""
    state = {key: value.clone() for key, value in learn.model.state_dict().items()}
    with learn.no_bar():
        learn.fit(1)
    learn.model.load_state_dict(state)
    return learn


def answers(file, names):
    learn = load_learner(file)
    rows = []
    for name in names:
        with learn.no_bar():
            mask = learn.predict(PICTURES / name)[1].to(torch.uint8).numpy()
        pixels = learn.dls.test_dl([PICTURES / name], num_workers=0).one_batch()[0]
        with torch.inference_mode():
            logits = torch.Tensor(learn.model.eval()(pixels))[0].flatten()
        stride = max(1, len(logits) // 200) | 1
        print(f"  {name} {mask.shape}: {len(np.unique(mask))} of {len(CODES)} classes, largest {logits.abs().max():.3g}")
        rows.append({"name": name, "height": mask.shape[0], "width": mask.shape[1],
                     "largest": float(logits.abs().max()), "stride": stride,
                     "mask": base64.b64encode(zlib.compress(mask.tobytes(), 9)).decode(),
                     "logits": [float(f"{v:.6g}") for v in logits[::stride].tolist()]})
    return rows


def state(learn):
    return [{"key": key, "dtype": str(value.dtype).removeprefix("torch."), "shape": list(value.shape),
             "sha256": hashlib.sha256(value.contiguous().numpy().tobytes()).hexdigest()}
            for key, value in learn.model.state_dict().items()]


def export(learn, name, pictures=PLAIN, **how):
    learn.export((OUT / name).absolute(), **how)
    print(name, (OUT / name).stat().st_size, "bytes")
    return {"file": name, "state": state(learn), "pictures": answers(OUT / name, pictures)}


def legacy(learn, name):
    learn.dls, learn.opt = learn.dls.new_empty(), None  # what export does
    torch.save(learn, OUT / name, pickle_module=cloudpickle, pickle_protocol=2, _use_new_zipfile_serialization=False)
    print(name, (OUT / name).stat().st_size, "bytes")
    return {"file": name, "state": state(learn), "pictures": []}


def refused(folder):
    mish = unet(act_cls=Mish)
    learner(folder, CODES, mish).export((OUT / "learner-mish.pkl").absolute())
    body = torch.nn.Sequential(*list(encoder().children())[:4])
    dls = loaders(folder, CategoryBlock, lambda picture: picture.name, item_tfms=Resize(64))
    model = torch.nn.Sequential(body, create_head(4, dls.c))
    Learner(dls, model, loss_func=CrossEntropyLossFlat(), path=folder).export((OUT / "learner-classifier.pkl").absolute())


def without_places(file, *places):
    """Pickled functions name the files that they were compiled from, which are nobody's business: as many letters instead."""
    def cleaned(content):
        for place in places:
            content = content.replace(place.encode(), b"/" + b"x" * (len(place) - 1))
        return content
    whole = file.read_bytes()
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            for entry in archive.infolist():  # stored, so their bytes are there as they are; and so are their checksums
                new = zlib.crc32(cleaned(archive.read(entry)))
                whole = whole.replace(entry.CRC.to_bytes(4, "little"), new.to_bytes(4, "little"))
    file.write_bytes(cleaned(whole))


def main(folder):
    squish = Resize((64, 96), method=ResizeMethod.Squish)
    rows = [
        export(trained(learner(folder, np.array(CODES), unet(norm_type=NormType.Weight), squish,
                               [*aug_transforms(), Normalize.from_stats(*imagenet_stats, cuda=False)])), "learner.pkl"),
        export(learner(folder, CODES, unet(blur=True, blur_final=False, y_range=(-2.5, 4.0))), "learner-options.pkl",
               pickle_protocol=4),
        legacy(learner(folder, list(np.array(CODES)), unet(self_attention=True), EVERY_OTHER_WAY,
                       aug_transforms(size=(64, 48))), "learner-legacy.pkl"),
        export(learner(folder, CODES, unet(self_attention=True), [FlipItem(), OfTraining(), Resize((64, 80))],
                       [*aug_transforms(), Normalize.from_stats(*imagenet_stats, cuda=False)]), "learner-crop.pkl",
               WIDER_AND_TALLER),
        export(learner(folder, CODES, unet(2),
                       Resize((64, 80), ResizeMethod.Pad, PadMode.Border, (Resampling.BICUBIC, Resampling.NEAREST)),
                       [IntToFloatTensor(div=127.5), Normalize.from_stats(*imagenet_stats, cuda=False)]), "learner-pad.pkl",
               WIDER_AND_TALLER),
        export(learner(folder, CODES, unet(2), RatioResize(72)), "learner-ratio.pkl", NOT_MUCH_LARGER),
        export(learner(folder, CODES, unet(2), None,
                       [*aug_transforms(size=(72, 96)), Normalize.from_stats(*imagenet_stats, cuda=False)]), "learner-batch.pkl",
               WIDER_AND_TALLER),
        export(learner(folder, CODES, unet(2), Resize((150, 190)),
                       [*aug_transforms(size=64, min_scale=0.75), Normalize.from_stats(*imagenet_stats, cuda=False)]),
               "learner-presize.pkl", WIDER_AND_TALLER),
    ]
    (OUT / "learners.json").write_text(json.dumps(rows) + "\n")
    refused(folder)
    for file in OUT.glob("learner*.pkl"):
        without_places(file, sys.prefix, str(pathlib.Path.cwd()))


if __name__ == "__main__":
    torch.manual_seed(0)
    with tempfile.TemporaryDirectory() as made:
        main(pictures(pathlib.Path(made)))
