"""Writes src/test/resources/samples/gradcam.json: what PyTorch's hooks make of the sample pictures with sample/handler's model.

For each picture: the class, its probability, and Grad-CAM at layer3 (Selvaraju et al. 2017, equations 1 and 2).
Needs torch 2.7.1, torchvision 0.22.1 and Pillow 13.0.0. Run from the repository's root:
    python scripts/golden/gradcam.py
"""
import json
import pathlib
import sys

import torch
from PIL import Image
from torchvision import transforms

sys.path.insert(0, "scripts/samples")
from train_drawings import Drawings  # noqa: E402

MODEL = pathlib.Path("sample/handler/model")
OUT = pathlib.Path("src/test/resources/samples/gradcam.json")
PICTURES = ["cat1.jpg", "boat2-progressive.jpg", "butterfly2-cmyk.jpg", "cat3-grey.jpg", "fish2.png"]


def main():
    names = json.loads((MODEL / "index_to_name.json").read_text())
    net = Drawings()  # what the model was traced from
    net.load_state_dict(torch.jit.load(MODEL / "drawings.pt").state_dict())
    net.eval()
    seen = []
    net.layer3.register_forward_hook(lambda module, inputs, output: seen.append(output))
    prepare = transforms.Compose([
        transforms.Resize((224, 224)), transforms.ToTensor(),
        transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])
    golden = {}
    for name in PICTURES:
        output = net(prepare(Image.open("sample/pictures/" + name).convert("RGB")).unsqueeze(0))[0]
        target = output.argmax().item()
        activations = seen.pop()
        gradients, = torch.autograd.grad(output[target], activations)
        weights = gradients.mean((2, 3), keepdim=True)
        cam = torch.relu((weights * activations).sum(1))[0]
        golden[name] = {
            "class": names[str(target)], "probability": output.softmax(0)[target].item(), "map": cam.tolist()}
    OUT.write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main()
