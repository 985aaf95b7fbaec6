"""Writes src/test/resources/samples/siamese.json: what PyTorch answers with the trained sample twin on sample pictures.

Needs torch 2.7.1, torchvision 0.22.1, Pillow 13.0.0, numpy, matplotlib. Run from the repository's root:
    python scripts/golden/siamese.py
"""
import json
import pathlib
import sys

import numpy as np
import torch

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "samples"))
import check_twin  # noqa: E402

OUT = pathlib.Path("src/test/resources/samples")
# Every format on either side, both answers.
PAIRS = (("cat1.jpg", "cat2.jpg"), ("cat2.jpg", "cat3-grey.jpg"), ("cat3-grey.jpg", "boat2-progressive.jpg"),
         ("boat1.jpg", "boat2-progressive.jpg"), ("boat2-progressive.jpg", "butterfly2-cmyk.jpg"),
         ("butterfly1.jpg", "butterfly2-cmyk.jpg"), ("butterfly2-cmyk.jpg", "cat3-grey.jpg"), ("fish1.jpg", "fish2.png"),
         ("fish2.png", "car1.jpg"), ("car1.jpg", "house1.jpg"), ("house1.jpg", "mushroom1.jpg"),
         ("mushroom1.jpg", "fish2.png"), ("mushroom1.jpg", "butterfly1.jpg"), ("cat1.jpg", "cat1.jpg"))


def measured(rows, accuracy, held_out_shares):
    blocks, spread = np.array([row["shares"] for row in rows]).reshape(-1, 2).T
    right = sum((check_twin.kind(row["left"]) == check_twin.kind(row["right"])) == (row["logits"][1] > row["logits"][0])
                for row in rows)
    return {"heldOutPairs": check_twin.PAIRS, "heldOutAccuracy": round(accuracy, 4),
            "heldOutLeastMassOnObject": round(float(held_out_shares.min()), 4),
            "samplePairs": len(rows), "samplePairsRight": right,
            "leastMassOnObject": round(float(blocks.min()), 4), "medianMassOnObject": round(float(np.median(blocks)), 4),
            "leastMassOnObjectBilinear": round(float(spread.min()), 4)}


def main():
    torch.set_num_threads(2)
    encoder, head = check_twin.load()
    rows = list(check_twin.sample_pairs(encoder, head))
    chosen = {(row["left"], row["right"]): row for row in rows}
    pairs = [{**chosen[pair], "massOnObject": [round(blocks, 4) for blocks, _ in chosen[pair]["shares"]]} for pair in PAIRS]
    for pair in pairs:
        del pair["shares"]
        print(pair["left"], pair["right"], pair["logits"], pair["massOnObject"])
    side = check_twin.training.SIDE
    value = {"imageSize": [side, side], "encoder": "encoder_weight.pth", "head": "head_weight.pth",
             "measured": measured(rows, *check_twin.held_out(encoder, head)), "pairs": pairs}
    print(value["measured"])
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "siamese.json").write_text(json.dumps(value) + "\n")


if __name__ == "__main__":
    main()
