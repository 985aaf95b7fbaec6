"""The U-Net's handler for TorchServe, which does what the tutorial's does; the network is built by fast.ai."""
import base64
import io

import numpy as np
import torch
from fastai.vision.models.unet import DynamicUnet
from PIL import Image
from torchvision.models import resnet34
from torchvision.transforms import Compose, Normalize, Resize, ToTensor

SIZE = (96, 128)
PREPARE = Compose([Resize(SIZE), ToTensor(), Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])


def unet(classes=32):
    return DynamicUnet(torch.nn.Sequential(*list(resnet34().children())[:-2]), classes, SIZE)


network = None


def handle(data, context):
    global network
    if network is None:
        network = unet().eval()
        network.load_state_dict(torch.load(context.system_properties["model_dir"] + "/unet.pth"))
    if data is None:
        return None
    pictures = [PREPARE(Image.open(io.BytesIO(row.get("data") or row.get("body"))).convert("RGB")) for row in data]
    with torch.no_grad():
        masks = torch.Tensor(network(torch.stack(pictures))).argmax(1).to(torch.uint8).numpy()
    return [{"base64_prediction": base64.b64encode(np.ascontiguousarray(mask)).decode()} for mask in masks]
