"""The models that are measured, in full size, each as one archive that both servers take; and what they are asked.

Their numbers mean nothing: PyTorch draws them. Pictures are the samples', blown up to what a camera might send.
"""
import dataclasses
import io
import pathlib
import subprocess
import sys
import zipfile

import torch
from PIL import Image

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PEERS = HERE / "peers"
PICTURES = ROOT / "sample/pictures"
PICTURE_SIZE = (1024, 768)
BOUNDARY = "----bench"


@dataclasses.dataclass(frozen=True)
class Model:
    """One row of the table.

    parts: of a request, as files or text; a single part named body is sent bare.
    pixels: whether the machine's own ceiling can be told: a network that reads pictures.
    """
    name: str
    archive: str
    parts: dict
    pixels: bool = True


def picture(directory, name):
    file = directory / f"{name}.jpg"
    if not file.exists():
        whole = Image.open(PICTURES / f"{name}.jpg").convert("RGB")
        whole.resize(PICTURE_SIZE, Image.Resampling.BICUBIC).save(file, quality=90)
    return file


def body(model):
    """The request's bytes and content type."""
    if list(model.parts) == ["body"]:
        return model.parts["body"].read_bytes(), "application/octet-stream"
    out = io.BytesIO()
    for name, value in model.parts.items():
        isfile = isinstance(value, pathlib.Path)
        filename = f'; filename="{value.name}"' if isfile else ""
        out.write(f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{filename}\r\n\r\n'.encode())
        out.write(value.read_bytes() if isfile else value.encode())
        out.write(b"\r\n")
    out.write(f"--{BOUNDARY}--\r\n".encode())
    return out.getvalue(), f"multipart/form-data; boundary={BOUNDARY}"


def pack(store, name, handler, *files, **options):
    """With the original archiver; files[0] holds the weights."""
    command = [sys.executable, "-m", "model_archiver.model_packaging", "--model-name", name, "--version", "1.0", "--handler", str(handler),
               "--export-path", str(store), "--force", "--serialized-file", str(files[0])]
    if files[1:]:
        command += ["--extra-files", ",".join(map(str, files[1:]))]
    for option, value in options.items():
        command += [f"--{option}", str(value)]
    subprocess.run(command, check=True)


def make_twin(work, store):
    sys.path.insert(0, str(PEERS))
    import twin_handler
    torch.save(twin_handler.encoder().state_dict(), work / "encoder_weight.pth")
    torch.save(twin_handler.head().state_dict(), work / "head_weight.pth")
    pack(store, "twin", PEERS / "twin_handler.py", work / "encoder_weight.pth", work / "head_weight.pth")


def make_unet(work, store):
    sys.path.insert(0, str(PEERS))
    import unet_handler
    torch.save(unet_handler.unet().state_dict(), work / "unet.pth")
    pack(store, "unet", PEERS / "unet_handler.py", work / "unet.pth")


def make_classifier(work, store, name):
    import torchvision
    torch.save(getattr(torchvision.models, name)().state_dict(), work / f"{name}.pth")
    pack(store, name, "image_classifier", work / f"{name}.pth", **{"model-file": PEERS / f"{name}.py"})


def make_echo(work, store):
    with zipfile.ZipFile(work / "echo.jar", "w") as jar:
        jar.write(ROOT / "target/test-classes/com/example/SameBytes.class", "com/example/SameBytes.class")
    (work / "none.bin").write_bytes(b"no weights")
    (work / "echo.yaml").write_text("handler: com.example.SameBytes\n")
    pack(store, "echo", PEERS / "echo_handler.py", work / "none.bin", work / "echo.jar", **{"config-file": work / "echo.yaml"})


MAKERS = {
    "twin": make_twin,
    "unet": make_unet,
    "resnet50": lambda work, store: make_classifier(work, store, "resnet50"),
    "vgg16": lambda work, store: make_classifier(work, store, "vgg16"),
    "echo": make_echo,
}


def models(work, wanted):
    """Makes what is wanted and not there yet; gives the rows."""
    store = work / "store"
    store.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    pair = {"left": picture(work, "cat1"), "right": picture(work, "car1")}
    street = {"data": picture(work, "street1")}
    small = work / "small"
    small.write_bytes(b"x" * 100)
    rows = [
        Model("twin", "twin", {**pair, "cam": "False"}),
        Model("twin, cam=True", "twin", {**pair, "cam": "True"}, pixels=False),
        Model("U-Net, resnet34", "unet", street),
        Model("ResNet-50", "resnet50", {"data": pair["left"]}),
        Model("VGG-16", "vgg16", {"data": pair["left"]}),
        Model("echo, 100 bytes", "echo", {"body": small}, pixels=False),
    ]
    rows = [row for row in rows if row.archive in wanted]
    for archive in {row.archive for row in rows}:
        if not (store / f"{archive}.mar").exists():
            MAKERS[archive](work, store)
    return store, rows
