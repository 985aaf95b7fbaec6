"""Saves TorchScript without what names the machine it was made on."""
import zipfile

import torch


def save(module, file):
    """torch.jit.save, less the entries that tell debuggers where each line of code came from."""
    torch.jit.save(module, file)
    with zipfile.ZipFile(file) as archive:
        entries = [(name, archive.read(name)) for name in archive.namelist() if not name.endswith(".debug_pkl")]
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name), content)
