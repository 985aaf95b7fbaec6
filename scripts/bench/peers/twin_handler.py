"""The twin's handler for TorchServe, which does what the tutorial's does: one request at a time, hooks for the maps."""
import io

import torch
from PIL import Image
from torchvision.models import resnet50
from torchvision.transforms import Compose, Normalize, Resize, ToTensor

PREPARE = Compose([Resize((224, 224)), ToTensor(), Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])


class ConcatPool(torch.nn.Module):
    def forward(self, features):
        return torch.cat([features.amax((2, 3)), features.mean((2, 3))], 1)


def encoder():
    return torch.nn.Sequential(*list(resnet50().children())[:-2])


def head(inputs=8192, hidden=512, classes=2):
    nn = torch.nn
    return nn.Sequential(ConcatPool(), nn.Flatten(), nn.BatchNorm1d(inputs), nn.Dropout(0.1), nn.Linear(inputs, hidden, bias=False),
                         nn.ReLU(), nn.BatchNorm1d(hidden), nn.Dropout(0.1), nn.Linear(hidden, classes, bias=False))


class Twin:
    def initialize(self, context):
        directory = context.system_properties["model_dir"]
        self.encoder, self.head = encoder(), head()
        self.encoder.load_state_dict(torch.load(f"{directory}/encoder_weight.pth"))
        self.head.load_state_dict(torch.load(f"{directory}/head_weight.pth"))
        self.encoder.eval()
        self.head.eval()

    def handle(self, data, context):
        row = data[0]
        left, right = (PREPARE(Image.open(io.BytesIO(row[side])).convert("RGB"))[None] for side in ("left", "right"))
        if bytes(row["cam"]) in (b"True", b"true"):
            return [self.explain(left, right)]
        with torch.no_grad():
            features = torch.cat([self.encoder(left), self.encoder(right)], 1)
            return [self.head(features)[0].tolist()]

    def explain(self, left, right):
        sides = [self.encoder(left), self.encoder(right)]
        for side in sides:
            side.retain_grad()
        logits = self.head(torch.cat(sides, 1))
        logits[0, logits.argmax()].backward()
        maps = [(side.grad.mean((2, 3), keepdim=True) * side).sum(1)[0] for side in sides]
        self.encoder.zero_grad()
        self.head.zero_grad()
        return logits[0].tolist() + [row for side in maps for row in side.tolist()]


twin = None


def handle(data, context):
    global twin
    if twin is None:
        twin = Twin()
        twin.initialize(context)
    return None if data is None else twin.handle(data, context)
