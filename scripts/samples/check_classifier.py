"""Checks the sample classifier, and writes src/test/resources/samples/drawings.json: what TorchServe's image_classifier answers.

Needs what scripts/golden/handlers.py needs. Run from the repository's root:
    python scripts/samples/check_classifier.py
Ends with an error if a bound does not hold.
"""
import json
import pathlib

import torch

import draw
import train_classifier as training

import handlers  # of scripts/golden

GOLDEN = pathlib.Path("src/test/resources/samples/drawings.json")
EACH = 100


def held_out():
    """The share of right answers to pictures from seeds that training never saw."""
    network = torch.jit.load(training.OUT / "drawings.pt")
    pixels, kinds = training.drawn_set("held out", EACH)
    with torch.inference_mode():
        parts = [network(training.train_twin.normalised(part)).argmax(1) for part in pixels.split(50)]
    return (torch.cat(parts) == kinds).float().mean().item()


def sample_pictures():
    """TorchServe's answer to each sample picture; it refuses grey and CMYK ones, so they come to it as RGB."""
    names = json.loads((training.OUT / "index_to_name.json").read_text())
    handler = handlers.served(handlers.ImageClassifier(), (training.OUT / "drawings.pt").resolve(), names)
    for name, kind, *_ in sorted(draw.SAMPLES):
        answer = handlers.answer(handler, handlers.as_rgb((draw.OUT / name).read_bytes()))
        print(name, answer)
        yield {"picture": name, "kind": kind, "answer": answer}


def main():
    torch.set_num_threads(1)
    accuracy = held_out()
    print(f"{EACH * len(draw.KINDS)} held-out pictures: {accuracy:.4f} right")
    rows = list(sample_pictures())
    GOLDEN.write_text(json.dumps({"heldOutAccuracy": round(accuracy, 4), "pictures": rows}) + "\n")
    if accuracy < 0.9 or any(max(row["answer"], key=row["answer"].get) != row["kind"] for row in rows):
        raise SystemExit("a bound does not hold")


if __name__ == "__main__":
    main()
