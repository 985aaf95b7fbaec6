"""The models that are measured, in full size, each as one archive that both servers take; and what they are asked.

Their numbers mean nothing: PyTorch draws them. Pictures are the samples', blown up to what a camera might send.
Libraries are imported where they are used: a model of one's own needs none of them.
"""
import dataclasses
import io
import pathlib
import subprocess
import sys
import zipfile

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
    network: whether it is one that reads pictures, and that other engines can run.
    plain: the row whose request asks for less; fp32: the row that answers in that precision.
    """
    name: str
    archive: str
    parts: dict
    network: bool = True
    plain: str | None = None
    fp32: str | None = None

    @property
    def group(self):
        """Rows that are compared with one another, and so measured in turns."""
        return self.plain or self.fp32 or self.name


def picture(directory, name, size=PICTURE_SIZE):
    """A sample picture as a JPEG of that size."""
    file = directory / f"{name}-{size[0]}.jpg"
    if not file.exists():
        from PIL import Image
        whole = Image.open(PICTURES / f"{name}.jpg").convert("RGB")
        whole.resize(size, Image.Resampling.BICUBIC).save(file, quality=90)
    return file


def body(model, parts=None):
    """The request's bytes and content type; of other parts than the model's, if they are given."""
    parts = parts or model.parts
    if list(parts) == ["body"]:
        return parts["body"].read_bytes(), "application/octet-stream"
    out = io.BytesIO()
    for name, value in parts.items():
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


def weights(work, name, network):
    """The file of a network's weights, which PyTorch draws."""
    file = work / f"{name}.pth"
    if not file.exists():
        import torch
        torch.manual_seed(0)
        torch.save(network().state_dict(), file)
    return file


def pack_twin(work, store, name, **options):
    import twin_handler
    pack(store, name, PEERS / "twin_handler.py", weights(work, "encoder_weight", twin_handler.encoder),
         weights(work, "head_weight", twin_handler.head), **options)


def pack_unet(work, store, name, **options):
    import unet_handler
    pack(store, name, PEERS / "unet_handler.py", weights(work, "unet", unet_handler.unet), **options)


def classifier(constructor):
    def pack_classifier(work, store, name, **options):
        import torchvision
        file = weights(work, constructor, getattr(torchvision.models, constructor))
        pack(store, name, "image_classifier", file, **{"model-file": PEERS / f"{constructor}.py"}, **options)
    return pack_classifier


def pack_echo(work, store, name, **options):
    with zipfile.ZipFile(work / "echo.jar", "w") as jar:
        jar.write(ROOT / "target/test-classes/com/example/SameBytes.class", "com/example/SameBytes.class")
    (work / "none.bin").write_bytes(b"no weights")
    (work / "echo.yaml").write_text("handler: com.example.SameBytes\n")
    pack(store, name, PEERS / "echo_handler.py", work / "none.bin", work / "echo.jar", **{"config-file": work / "echo.yaml"}, **options)


PACKERS = {"twin": pack_twin, "unet": pack_unet, "resnet50": classifier("resnet50"), "vgg16": classifier("vgg16"), "echo": pack_echo}
BF16 = "-bf16"


def in_bf16(row):
    """The same network, computed in bf16: only a file of settings in its archive differs."""
    return dataclasses.replace(row, name=f"{row.name}, bf16", archive=row.archive + BF16, fp32=row.name)


def make(work, row):
    """Packs the row's archive unless it is there already; gives the store."""
    store = work / "store"
    store.mkdir(parents=True, exist_ok=True)
    if not (store / f"{row.archive}.mar").exists():
        sys.path.insert(0, str(PEERS))
        settings = {}
        if row.archive.endswith(BF16):
            settings["config-file"] = work / "bf16.yaml"
            settings["config-file"].write_text("precision: bf16\n")
        PACKERS[row.archive.removesuffix(BF16)](work, store, row.archive, **settings)
    return store


def rows(work, wanted, bf16):
    """What is served of the models that are wanted, and whether the twin is in bf16, too."""
    pair = {"left": picture(work, "cat1"), "right": picture(work, "car1")}
    street = {"data": picture(work, "street1")}
    small = work / "small"
    small.write_bytes(b"x" * 100)
    every = [
        Model("twin", "twin", {**pair, "cam": "False"}),
        Model("twin, cam=True", "twin", {**pair, "cam": "True"}, network=False, plain="twin"),
        Model("U-Net, resnet34", "unet", street),
        Model("ResNet-50", "resnet50", {"data": pair["left"]}),
        Model("VGG-16", "vgg16", {"data": pair["left"]}),
        Model("echo, 100 bytes", "echo", {"body": small}, network=False),
    ]
    every[2:2] = [in_bf16(every[0])] if bf16 else []
    return [row for row in every if row.archive.removesuffix(BF16) in wanted]
