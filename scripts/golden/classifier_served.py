"""Writes src/test/resources/handlers/mobilenet.pth and mobilenet.json: a state dict of torchvision's narrowest MobileNetV2, and
what TorchServe's own image_classifier answers with the same network as TorchScript. What stands in the JSON: see handlers.py.

Needs what handlers.py needs. Run from the repository's root:
    python scripts/golden/classifier_served.py
"""
import io

import torch
import torchvision
from PIL import Image

import handlers


def tell_apart(network):
    """Around the mean of the pictures' features, spread by a third of their deviation, so that answers differ."""
    handler = handlers.ImageClassifier()
    pictures = [handlers.as_rgb((handlers.IMAGES / name).read_bytes()) for name in handlers.PICTURES]
    batch = torch.stack([handler.image_processing(Image.open(io.BytesIO(picture))) for picture in pictures])
    with torch.no_grad():
        features = network.features(batch).mean([2, 3])
        last = network.classifier[1]
        last.weight /= 3 * (features @ last.weight.T).std(0, keepdim=True).T
        last.bias.copy_(torch.linspace(0, 1, len(last.bias)) - last.weight @ features.mean(0))


def main():
    torch.manual_seed(5)
    network = handlers.spread_out(torchvision.models.MobileNetV2(num_classes=7, width_mult=0.05))
    tell_apart(network)
    traced = handlers.OUT / "mobilenet.pt"
    handlers.save(torch.jit.trace(network, torch.rand(1, 3, 224, 224)), traced.name)
    try:
        handlers.write("mobilenet", handlers.ImageClassifier, handlers.check_ranks)
    finally:
        traced.unlink()
    torch.save(network.state_dict(), handlers.OUT / "mobilenet.pth")


if __name__ == "__main__":
    main()
