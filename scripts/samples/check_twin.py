"""Checks the sample twin network: held-out accuracy, and where the heat-maps of all pairs of sample pictures lie.

Needs torch 2.7.1, torchvision 0.22.1, Pillow 13.0.0, numpy, matplotlib. Run from the repository's root:
    python scripts/samples/check_twin.py [folder for overlays to look at]
Ends with an error if a bound does not hold.
"""
import pathlib
import sys

import matplotlib
import numpy as np
import torch
from PIL import Image

import train_twin as training

twin = training.twin
PICTURES = pathlib.Path("sample/pictures")
LABELS = ("different", "same")
PAIRS = 2000


def load():
    """The saved network in eval mode; every key has to fit."""
    encoder, head = training.new_twin()
    for name, module in (("encoder_weight", encoder), ("head_weight", head)):
        module.load_state_dict(torch.load(training.OUT / f"{name}.pth", weights_only=True))
        module.eval()
    return encoder, head


def picture_names():
    return sorted(name for name, *_ in training.draw.SAMPLES)


def kind(name):
    return pathlib.Path(name).stem.split("-")[0].rstrip("0123456789")


def picture(name):
    with Image.open(PICTURES / name) as opened:
        return twin.to_tensor(opened, [training.SIDE, training.SIDE])


def mask(name):
    """True where the drawn object is, 224 x 224."""
    with Image.open(PICTURES / "masks" / (pathlib.Path(name).stem + ".png")) as opened:
        side = (training.SIDE, training.SIDE)
        return np.asarray(opened.convert("L").resize(side, Image.Resampling.NEAREST)) > 127


def share_on(cells, where):
    """Share of a 7 x 7 map's positive mass that lies on the object: cells as blocks, and spread bilinearly.

    Nothing positive counts as 0.
    """
    cells = np.asarray(cells, np.float32)
    if cells.max() <= 0:
        return 0.0, 0.0
    side = training.SIDE // training.CELLS
    blocks = np.maximum(cells, 0).repeat(side, 0).repeat(side, 1)
    spread = np.maximum(np.asarray(Image.fromarray(cells).resize(where.shape[::-1], Image.Resampling.BILINEAR)), 0)
    return float(blocks[where].sum() / blocks.sum()), float(spread[where].sum() / spread.sum())


def held_out(encoder, head):
    """On pairs of pictures from seeds that training never saw, half of them of the same kind.

    The share of right answers, and of each map's positive mass the share on the object (cells as blocks).
    """
    torch.manual_seed(1)
    pixels, kinds, covered = training.drawn_set("held out", 80)
    with torch.no_grad():
        features = torch.cat([encoder(training.normalised(part)) for part in pixels.split(50)])
    left, right, same = training.pairs(kinds, PAIRS)
    # No picture with itself: that would be easy.
    right = torch.where(left == right, (right + len(training.draw.KINDS)) % len(kinds), right)
    pools = training.pooled(features).requires_grad_(True)
    logits, maps = training.heat_maps(head, features, pools, left, right)
    positive = maps.detach().clamp(min=0)
    on = 1 - training.outside(positive, torch.cat([covered[left], covered[right]]))
    on[positive.amax((1, 2)) == 0] = 0
    return (logits.argmax(1) == same).float().mean().item(), on.numpy()


def sample_pairs(encoder, head):
    """Every ordered pair of sample pictures, a picture with itself too: names, logits, maps, and the maps' shares."""
    names = picture_names()
    pictures, masks = {n: picture(n) for n in names}, {n: mask(n) for n in names}
    for left in names:
        for right in names:
            logits, left_map, right_map = twin.answer(encoder, head, pictures[left], pictures[right])
            yield {"left": left, "right": right, "logits": logits, "leftMap": left_map, "rightMap": right_map,
                   "shares": [share_on(left_map, masks[left]), share_on(right_map, masks[right])]}


def overlay(row, folder):
    sides = []
    for name, cells in ((row["left"], row["leftMap"]), (row["right"], row["rightMap"])):
        heat = Image.fromarray(np.asarray(cells, np.float32)).resize((300, 300), Image.Resampling.BILINEAR)
        heat = np.asarray(heat) - np.min(heat)
        coloured = (255 * matplotlib.colormaps["jet"](heat / heat.max())[..., :3]).astype(np.uint8)
        with Image.open(PICTURES / name) as opened:
            sides.append(Image.blend(opened.convert("RGB").resize((300, 300)), Image.fromarray(coloured), 0.4))
    joined = Image.new("RGB", (600, 300))
    joined.paste(sides[0], (0, 0))
    joined.paste(sides[1], (300, 0))
    label = LABELS[int(np.argmax(row["logits"]))]
    joined.save(pathlib.Path(folder) / f"{row['left']}-{row['right']}-{label}.png")


def main(folder=None):
    torch.set_num_threads(2)
    encoder, head = load()
    accuracy, held_out_shares = held_out(encoder, head)
    rows = list(sample_pairs(encoder, head))
    right = sum((kind(row["left"]) == kind(row["right"])) == (row["logits"][1] > row["logits"][0]) for row in rows)
    blocks = [blocks for row in rows for blocks, _ in row["shares"]]
    spread = [spread for row in rows for _, spread in row["shares"]]
    print(f"held-out pairs: {accuracy:.4f} of {PAIRS} right")
    print(f"sample pairs: {right} of {len(rows)} right")
    for name, shares in (("sample maps as blocks", blocks), ("sample maps spread bilinearly", spread),
                         ("held-out maps as blocks", held_out_shares)):
        print(f"positive mass on the object, {name}: least {min(shares):.4f}, median {np.median(shares):.4f}; "
              f"{sum(share >= 0.8 for share in shares)} of {len(shares)} at 0.8 or more")
    worst = sorted((min(row["shares"])[0], row["left"], row["right"]) for row in rows)[:5]
    print("worst:", *worst, sep="\n  ")
    if folder:
        for row in rows:
            overlay(row, folder)
    if accuracy < 0.95 or right < len(rows) or min(blocks) < 0.8:
        raise SystemExit("a bound does not hold")


if __name__ == "__main__":
    main(*sys.argv[1:])
