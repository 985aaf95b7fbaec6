"""Trains the sample twin network on pictures that draw.py makes, and saves its two state dicts.

Needs torch 2.7.1, torchvision 0.22.1, Pillow 13.0.0, numpy. Run from the repository's root (ten minutes or more on two cores):
    python scripts/samples/train_twin.py [folder that keeps the drawn pictures for the next run]

The encoder is a narrow ResNet of torchvision's make, the head that of the service; "same" means the same kind of object.
The masks supervise the training, in two ways: what the encoder's last layer says where no object is counts as loss, and
in the second part so does the positive share of the heat-maps that lies there.
"""
import io
import multiprocessing
import pathlib
import random
import sys
import time

import numpy as np
import torch
from PIL import Image
from torch.nn import functional
from torchvision.models.resnet import BasicBlock

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "golden"))
import draw  # noqa: E402
import twin  # noqa: E402

OUT = pathlib.Path("sample/models/siamese")
SIDE, CELLS = 224, 7
WIDTH = 16
CHANNELS = 8 * WIDTH  # of the encoder's last layer
SIZES = ((320, 240), (320, 240), (400, 300), (300, 300), (240, 320))
MEAN = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
SPREAD = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)


def new_twin():
    encoder = twin.encoder(twin.small_resnet(BasicBlock, [1, 1, 1, 1], WIDTH))
    return encoder, twin.head(4 * CHANNELS)


def coverage(mask):
    """How much of each of the 7 x 7 cells the object covers, 0 to 1; mask: L or 1, any size."""
    fine = np.asarray(mask.convert("L").resize((SIDE, SIDE), Image.Resampling.NEAREST)) > 127
    return fine.reshape(CELLS, SIDE // CELLS, CELLS, SIDE // CELLS).mean(axis=(1, 3))


def as_sent(rng, picture):
    """The picture as clients send it: as drawn, after JPEG, or in grey."""
    way = rng.random()
    if way < 0.15:
        picture = picture.convert("L")
    if way < 0.55:
        sent = io.BytesIO()
        picture.save(sent, "JPEG", quality=rng.randint(55, 95), subsampling=rng.choice([0, 2]))
        picture = Image.open(sent)
    return picture.convert("RGB")


def example(task):
    """Pixels (uint8, 224 x 224 x 3) and coverage of one drawn picture."""
    kind, seed = task
    rng = random.Random(f"sent {kind} {seed}")
    drawn = draw.draw(kind, seed, rng.choice(SIZES))
    pixels = as_sent(rng, drawn.picture).resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    return np.asarray(pixels), coverage(drawn.mask)


def drawn_set(name, each):
    """each pictures of every kind: pixels [n, 3, 224, 224] uint8, kinds [n], coverage [n, 7, 7]."""
    tasks = [(kind, f"{name} {i}") for i in range(each) for kind in draw.KINDS]
    with multiprocessing.Pool(2) as pool:
        pixels, covered = zip(*pool.imap(example, tasks, chunksize=32))
    kinds = torch.arange(len(tasks)) % len(draw.KINDS)
    return torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2), kinds, torch.tensor(np.stack(covered)).float()


def kept_set(folder, name, each, drawn=drawn_set):
    """What drawn gives, kept in the folder for the next run."""
    if folder is None:
        return drawn(name, each)
    file = pathlib.Path(folder) / f"{name}-{each}.pt"
    if not file.exists():
        torch.save(drawn(name, each), file)
    return torch.load(file)


def normalised(pixels):
    return (pixels.float() / 255 - MEAN) / SPREAD


def varied(pixels, covered):
    """Other light and colours, some in grey, some mirrored."""
    n = len(pixels)
    bright = (1 + 0.2 * (torch.rand(n, 3, 1, 1) - 0.5)) * (1 + 0.3 * (torch.rand(n, 1, 1, 1) - 0.5))
    contrast = 1 + 0.4 * (torch.rand(n, 1, 1, 1) - 0.5)
    values = pixels.float().mul_(bright * contrast / 255).add_(0.5 - 0.5 * contrast).clamp_(0, 1)
    grey = torch.rand(n) < 0.12
    values[grey] = (values[grey] * torch.tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)).sum(1, keepdim=True).expand(-1, 3, -1, -1)
    mirrored = torch.rand(n) < 0.5
    values[mirrored] = values[mirrored].flip(-1)
    covered = covered.clone()
    covered[mirrored] = covered[mirrored].flip(-1)
    return values.sub_(MEAN).div_(SPREAD), covered


def pairs(kinds, count):
    """Indices of count pairs, half of them of the same kind, and 1 for same, 0 for different."""
    left = torch.randint(len(kinds), (count,))
    same = torch.arange(count) % 2
    alike = (kinds[left][:, None] == kinds[None, :]) == same[:, None].bool()
    return left, torch.multinomial(alike.float(), 1)[:, 0], same


def pooled(features):
    """[n, 2, channels]: maximum and mean over the cells."""
    return torch.stack([features.amax((2, 3)), features.mean((2, 3))], 1)


def joined(pools, left, right):
    """What the head's pooling and flattening make of both sides' features: maxima left, right, means left, right."""
    return torch.stack([pools[left], pools[right]], 2).flatten(1)


def outside(maps, covered):
    """The share of non-negative maps [n, 7, 7] that lies outside the object."""
    return (maps * (1 - covered)).sum((1, 2)) / (maps.sum((1, 2)) + 1e-6)


def heat_maps(head, features, pools, left, right):
    """Logits, and Grad-CAM of the winning class for both sides, [2n, 7, 7], left ones first; can be trained through.

    Averaged over the cells, a maximum's gradient and a mean's are both 1/49 of the pooled value's.
    """
    flat = joined(pools, left, right)
    logits = head[2:](flat)
    gradient, = torch.autograd.grad(logits.max(1).values.sum(), flat, create_graph=True)
    weights = gradient.view(len(left), 2, 2, CHANNELS).sum(1) / CELLS ** 2
    shown = torch.stack([features[left], features[right]], 1)
    return logits, (weights[..., None, None] * shown).sum(2).transpose(0, 1).flatten(0, 1)


def map_loss(maps, covered):
    """Positive mass outside the object, likeness to its form, and a margin so that every map has positive mass."""
    positive = maps.clamp(min=0)
    likeness = functional.cosine_similarity(positive.flatten(1), (covered ** 2).flatten(1))
    missing = (0.3 - positive.amax((1, 2))).clamp(min=0)
    return outside(positive, covered).mean() + 0.3 * (1 - likeness).mean() + missing.mean()


def batches(count, size):
    """Endless batches of indices."""
    while True:
        for part in torch.randperm(count).split(size):
            if len(part) == size:
                yield part


def train(encoder, head, data, steps, rate, maps):
    """maps: the second part, with the running statistics fixed and the heat-maps' loss."""
    pixels, kinds, covered = data
    side_kind = torch.nn.Linear(2 * CHANNELS, len(draw.KINDS))  # only helps the encoder at first; thrown away
    modules = torch.nn.ModuleList([encoder, head, side_kind])
    optimiser = torch.optim.AdamW(modules.parameters(), rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, steps, pct_start=0.2)
    modules.train(not maps)
    began = time.time()
    for step, chosen in zip(range(1, steps + 1), batches(len(pixels), 56)):
        inputs, shown = varied(pixels[chosen], covered[chosen])
        features = encoder(inputs.contiguous())
        left, right, same = pairs(kinds[chosen], 128 if maps else 448)
        pools = pooled(features)
        if maps:
            logits, heat = heat_maps(head, features, pools, left, right)
        else:
            logits = head[2:](joined(pools, left, right))
        loss = functional.cross_entropy(logits, same)
        loss = loss + outside(features.mean(1), shown).mean()
        if maps:
            loss = loss + map_loss(heat, torch.cat([shown[left], shown[right]]))
        else:
            loss = loss + 0.5 * functional.cross_entropy(side_kind(pools.flatten(1)), kinds[chosen])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % 25 == 0:
            right_share = (logits.argmax(1) == same).float().mean()
            print(f"{step:5d}/{steps} {time.time() - began:5.0f} s loss {loss:.3f} pairs {right_share:.3f} "
                  f"outside {outside(features.mean(1), shown).mean():.3f}"
                  + (f" maps outside {outside(heat.clamp(min=0), torch.cat([shown[left], shown[right]])).mean():.3f}"
                     if maps else ""), flush=True)


def save(encoder, head):
    OUT.mkdir(parents=True, exist_ok=True)
    for name, module in (("encoder_weight", encoder), ("head_weight", head)):
        torch.save(module.state_dict(), OUT / f"{name}.pth")


def main(folder=None, steps=500, map_steps=200):
    torch.manual_seed(0)
    torch.set_num_threads(2)
    data = kept_set(folder, "train", 800)
    print("drawn", tuple(data[0].shape), flush=True)
    encoder, head = new_twin()
    train(encoder, head, data, int(steps), 4e-3, maps=False)
    save(encoder, head)
    train(encoder, head, data, int(map_steps), 4e-4, maps=True)
    save(encoder, head)


if __name__ == "__main__":
    main(*sys.argv[1:])
