"""Writes src/test/resources/weights: small files of weights and what PyTorch reads from them.

Needs torch 2.7.1, numpy, safetensors 0.8.0 and fastcore (for the list class in fastai's optimizer state).
Run from the repository's root: python3 scripts/golden/weights.py
Legacy files differ from run to run, since PyTorch calls storages there by their address.

  good/NAME.pth, .pt, .safetensors   a file; beside it NAME.txt, one line for each tensor:
                                     name, dtype, shape, values, separated by tabs; a floating-point value is given by
                                     the bits of the float32 it is converted to, in hexadecimal, an integer in decimal
  fit/NAME.pth                       weights that a network does or does not fit; beside it NAME.keys, the network's
                                     keys and shapes, and NAME.message, what load_state_dict says, empty if nothing
  refused/NAME.pth                   files that hold more than data, or lie about it; refused.tsv, kept by hand, has the
                                     sentence that each is answered with
  floats.txt                         SHA-256 of all 2^16 values of float16 and of bfloat16 as float32
"""
import argparse
import collections
import copy
import datetime
import hashlib
import io
import os
import pathlib
import pickle
import pickletools
import shutil
import struct
import types
import warnings
import zipfile

import numpy
import torch
from fastcore.foundation import L
from safetensors.torch import save_file
from torch import nn

warnings.filterwarnings("ignore")
ROOT = pathlib.Path("src/test/resources/weights")
FLOATS = [torch.float64, torch.float32, torch.float16, torch.bfloat16]
SMALL_FLOATS = [torch.float8_e5m2, torch.float8_e4m3fn, torch.float8_e5m2fnuz, torch.float8_e4m3fnuz,
                torch.float8_e8m0fnu]
INTEGERS = [torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.uint16, torch.uint32, torch.uint64]


# What PyTorch reads ---------------------------------------------------------------------------------------------------

def float_bits(tensor):
    """The bits of the values as float32; every NaN is 7fc00000."""
    values = tensor.to(torch.float32).contiguous().reshape(-1)
    bits = values.numpy().view(numpy.uint32).copy()
    bits[numpy.isnan(values.numpy())] = 0x7fc00000
    return bits


def values_of(tensor):
    tensor = tensor.detach()
    if tensor.dtype.is_floating_point:
        return " ".join(f"{b:x}" for b in float_bits(tensor))
    return " ".join(str(int(v)) for v in tensor.contiguous().numpy().reshape(-1))


def write_expected(path, tensors):
    with open(path, "w") as out:
        for name, tensor in tensors.items():
            dtype = str(tensor.dtype).removeprefix("torch.")
            out.write(f"{name}\t{dtype}\t{list(tensor.shape)}\t{values_of(tensor)}\n")


def good(name, pick=lambda saved: saved):
    """Notes what PyTorch reads from a file that has been written; pick finds the state dict in it."""
    file = next(f for f in (ROOT / "good").glob(name + ".*") if f.suffix != ".txt")
    loaded = torch.load(file, weights_only=False)
    write_expected(ROOT / "good" / f"{name}.txt", pick(loaded))


def save(name, saved, pick=lambda saved: saved, **arguments):
    torch.save(saved, ROOT / "good" / f"{name}.pth", **arguments)
    good(name, pick)


def stripped(prefix):
    return lambda saved: {k.removeprefix(prefix): v for k, v in saved.items() if k.startswith(prefix)}


# Networks and checkpoints ---------------------------------------------------------------------------------------------

def network():
    torch.manual_seed(1)
    net = nn.Sequential(collections.OrderedDict(
        conv=nn.Conv2d(2, 3, 3, bias=False), bn=nn.BatchNorm2d(3), act=nn.ReLU(), head=nn.Linear(3, 2)))
    net.bn.running_mean.normal_()
    net.bn.num_batches_tracked.fill_(7)
    return net


def trained(optimizer_class, **options):
    """A network and the state of its optimizer after two steps."""
    net = nn.Linear(3, 2)
    optimizer = optimizer_class(net.parameters(), **options)
    for _ in range(2):
        optimizer.zero_grad()
        net(torch.ones(1, 3)).sum().backward()
        optimizer.step()
    return net, optimizer


def imagenet_checkpoint():
    """As PyTorch's imagenet example saves it."""
    net, optimizer = trained(torch.optim.SGD, lr=0.1, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 30)
    return {"epoch": 3, "arch": "resnet50", "state_dict": nn.DataParallel(net).state_dict(),
            "best_acc1": torch.tensor(76.1), "optimizer": optimizer.state_dict(), "scheduler": scheduler.state_dict()}


def tutorial_checkpoint():
    """As PyTorch's tutorial saves it, with what else training scripts put beside it."""
    net, optimizer = trained(torch.optim.Adam, lr=0.01)
    counts = collections.Counter("abba")
    groups = collections.defaultdict(list, {"a": [1]})
    return {
        "model_state_dict": net.state_dict(), "optimizer_state_dict": optimizer.state_dict(), "loss": torch.tensor(0.5),
        "args": argparse.Namespace(lr=0.01, layers=[1, 2], out=pathlib.PurePosixPath("runs/1")),
        "config": types.SimpleNamespace(name="x"),
        "numpy": [numpy.float64(0.5), numpy.int64(3), numpy.arange(6).reshape(2, 3), numpy.array(["ab", "c"])],
        "rng": [torch.get_rng_state()[:8].clone(), (3, tuple(range(5)), None)],
        "plain": [None, True, False, 1, -1, 300, 70000, -70000, 1 << 40, 1 << 70, -(1 << 70), 0.5, "é", "x" * 300,
                  b"bytes", b"y" * 300, bytearray(b"z"), 1 + 2j, {1, 2}, frozenset([3]), slice(1, 2), range(3)],
        "torch": [torch.float32, torch.device("cpu"), torch.Size([1, 2])],
        "time": datetime.datetime(2024, 1, 2, 3, 4, 5), "delta": datetime.timedelta(seconds=3),
        "counts": counts, "groups": groups, "queue": collections.deque([1, 2]), 5: "a key that is no text",
        "no_weights": [torch.ones(2, dtype=torch.complex64), torch.ones(2).to_sparse(),
                       torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8),
                       torch.ones(2, device="meta")],
    }


def recursive_checkpoint():
    """Containers that hold themselves, which pickles can express."""
    loop = {"state_dict": nn.Linear(2, 1).state_dict()}
    loop["self"] = loop
    loop["list"] = [loop]
    loop["list"].append(loop["list"])
    loop["tuple"] = ([],)
    loop["tuple"][0].append(loop["tuple"])
    return loop


def views():
    base = torch.arange(24, dtype=torch.float32)
    matrix = base.view(4, 6)
    tied = torch.randn(3, 2)
    return {
        "base": base, "transposed": matrix.t(), "offset": base[5:9], "step": base[1::3], "column": matrix[:, 2],
        "block": matrix[1:3, 2:5], "expanded": base[3:5].view(2, 1).expand(2, 3), "scalar_expanded": base[7].expand(2, 2),
        "channels_last": torch.arange(48.).reshape(2, 2, 3, 4).to(memory_format=torch.channels_last),
        "overlapping": base.as_strided((3, 3), (1, 2), 4), "row_of_one": matrix[2:3].t(),
        "tied": tied, "tied_again": tied, "tied_transposed": tied.t(),
        "half_column": torch.arange(6).to(torch.float16).view(2, 3)[:, 1],
        "integer_diagonal": torch.arange(9).view(3, 3).diagonal(),
    }


def shapes():
    return {
        "scalar": torch.tensor(1.5), "integer_scalar": torch.tensor(-3), "empty": torch.empty(0),
        "empty_matrix": torch.empty(2, 0, 3), "one": torch.ones(1, 1, 1), "deep": torch.ones([1] * 20 + [2]),
        "empty_view": torch.arange(5.)[2:2],
    }


def dtypes(names):
    tensors = {}
    for dtype in names:
        name = str(dtype).removeprefix("torch.")
        if dtype == torch.bool:
            tensors[name] = torch.tensor([True, False, True])
        elif dtype.is_floating_point:
            values = [0.0, -0.0, 1.0, -1.5, 0.1, 1e-3, 300.0, float("inf"), float("-inf"), float("nan")]
            if dtype == torch.float64:
                values += [1e-46, 1e39, 16777217.0, 1.00000005960464477539, 1.00000017881393432617, -5e-324]
            tensors[name] = torch.tensor(values, dtype=torch.float64).to(dtype)
        else:
            info = torch.iinfo(dtype)
            edges = [info.min, info.max, 0, 1, 77, info.max // 2, info.max - 1]
            edges += [v for v in (16777217, (1 << 63) + (1 << 39), (1 << 63) + (1 << 39) + 1) if v <= info.max]
            kind = numpy.dtype(str(dtype).removeprefix("torch."))
            tensors[name] = torch.from_numpy(numpy.array(edges, dtype=kind))
    return tensors


def all_small_floats():
    patterns = torch.arange(256, dtype=torch.int32).to(torch.uint8)
    return {str(dtype).removeprefix("torch."): patterns.clone().view(dtype) for dtype in SMALL_FLOATS}


def with_attribute():
    """A state dict of parameters, one of which has an attribute of its own."""
    marked = nn.Parameter(torch.tensor([1., 2.]))
    marked.no_decay = True
    return {"plain": nn.Parameter(torch.tensor([3.])), "marked": marked, "frozen": nn.Parameter(torch.ones(1), False),
            "buffer": nn.Buffer(torch.tensor([4.]))}


# Files by hand --------------------------------------------------------------------------------------------------------

class Storage:
    """Stands for a storage in a pickle that is put together by hand."""

    def __init__(self, key, elements, kind=torch.FloatStorage, view=()):
        self.id = ("storage", kind, key, "cpu", elements, *view)


class Call:
    """Pickles as a call of a function."""

    def __init__(self, function, *arguments, state=None):
        self.reduced = (function, arguments) if state is None else (function, arguments, state)

    def __reduce__(self):
        return self.reduced


class HandPickler(pickle.Pickler):
    def persistent_id(self, value):
        return value.id if isinstance(value, Storage) else None


def pickled(value, protocol=2):
    out = io.BytesIO()
    HandPickler(out, protocol).dump(value)
    return out.getvalue()


def tensor(storage, offset=0, size=(2,), stride=(1,), rebuild=torch._utils._rebuild_tensor_v2):
    if rebuild is torch._utils._rebuild_tensor:
        return Call(rebuild, storage, offset, size, stride)
    return Call(rebuild, storage, offset, size, stride, False, collections.OrderedDict())


def add_entry(archive, name, content, method=zipfile.ZIP_STORED):
    """Adds an entry with a fixed date, so that the file is the same each time."""
    archive.writestr(zipfile.ZipInfo(name), content, method)


def zip_file(path, pickle_bytes, storages, root="archive/", method=zipfile.ZIP_STORED, records=()):
    with zipfile.ZipFile(path, "w") as out:
        add_entry(out, root + "data.pkl", pickle_bytes, method)
        for key, content in storages.items():
            add_entry(out, f"{root}data/{key}", content, method)
        for name, content in records:
            add_entry(out, root + name, content)
        add_entry(out, root + "version", "3\n")


def legacy_file(path, pickle_bytes, storages):
    platform = {"protocol_version": 1001, "little_endian": True, "type_sizes": {"short": 2, "int": 4, "long": 4}}
    with open(path, "wb") as out:
        for value in (0x1950a86a20f9469cfc6c, 1001, platform):
            out.write(pickle.dumps(value, 2))
        out.write(pickle_bytes)
        out.write(pickle.dumps(list(storages), 2))
        for content in storages.values():
            out.write(struct.pack("<q", len(content) // 4) + content)


def floats(*values):
    return struct.pack(f"<{len(values)}f", *values)


def rezipped(source, path, root, method):
    """The same entries, in the order and with the compression of another tool."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        if root:
            add_entry(new, root, b"")
        for entry in sorted(old.namelist()):
            add_entry(new, root + entry.split("/", 1)[1], old.read(entry), method)


def big_endian(source, path):
    """The same file as a big-endian machine would have written it."""
    sizes = {"float64": 8, "float32": 4, "float16": 2, "bfloat16": 2, "int64": 8, "int32": 4, "int16": 2}
    by_key = {}
    for value in torch.load(source).values():
        by_key[len(by_key)] = sizes.get(str(value.dtype).removeprefix("torch."), 1)
    source.seek(0)
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for entry in old.namelist():
            content = old.read(entry)
            if entry.endswith("byteorder"):
                content = b"big"
            elif "/data/" in entry:
                size = by_key[int(entry.rsplit("/", 1)[1])]
                content = b"".join(content[i:i + size][::-1] for i in range(0, len(content), size))
            add_entry(new, entry, content)


def python2(pickle_bytes):
    """The same pickle with byte strings, as Python 2 writes text."""
    out, operations = b"", list(pickletools.genops(pickle_bytes))
    ends = [position for _, _, position in operations[1:]] + [len(pickle_bytes)]
    for (operation, argument, start), end in zip(operations, ends):
        raw = pickle_bytes[start:end]
        if operation.name == "BINUNICODE":
            text = argument.encode()
            raw = b"U" + bytes([len(text)]) + text
        out += raw
    return out


class Python2Pickler(pickle.Pickler):
    """Reduces an OrderedDict to a list of pairs, and a tensor to what PyTorch 0.3 called."""

    def reducer_override(self, value):
        if type(value) is collections.OrderedDict and value:
            return collections.OrderedDict, ([[k, v] for k, v in value.items()],), vars(value)
        if type(value) is torch.Tensor:
            arguments = (value._typed_storage(), value.storage_offset(), tuple(value.size()), value.stride())
            return torch._utils._rebuild_tensor, arguments
        return NotImplemented


# The three folders ----------------------------------------------------------------------------------------------------

def write_good():
    net = network()
    state = net.state_dict()
    for protocol in (2, 3, 4, 5):
        save(f"zip_protocol{protocol}", state, pickle_protocol=protocol)
        save(f"legacy_protocol{protocol}", state, pickle_protocol=protocol, _use_new_zipfile_serialization=False)
        save(f"tutorial_protocol{protocol}", tutorial_checkpoint(), lambda s: s["model_state_dict"],
             pickle_protocol=protocol)
    legacy = {"_use_new_zipfile_serialization": False}
    all_types = dtypes(FLOATS + INTEGERS + [torch.bool])
    for prefix, options in (("zip", {}), ("legacy", legacy)):
        save(f"{prefix}_views", views(), **options)
        save(f"{prefix}_shapes", shapes(), **options)
        save(f"{prefix}_parameters", with_attribute(), **options)
        save(f"{prefix}_imagenet", imagenet_checkpoint(), lambda s: stripped("module.")(s["state_dict"]), **options)
        for name, tensors in (("dtypes", all_types), ("small_floats", all_small_floats())):
            torch.save(tensors, ROOT / "good" / f"{prefix}_{name}.pth", **options)
            # PyTorch 2.7 cannot read back the untyped storages that it writes into legacy files.
            write_expected(ROOT / "good" / f"{prefix}_{name}.txt", tensors)
    save("legacy_tutorial", tutorial_checkpoint(), lambda s: s["model_state_dict"], **legacy)
    save("zip_recursive", recursive_checkpoint(), lambda s: s["state_dict"])
    save("zip_keep_vars", net.state_dict(keep_vars=True))
    save("zip_plain_dict", dict(state))
    save("zip_half", copy.deepcopy(net).half().state_dict())
    save("zip_bfloat16", copy.deepcopy(net).bfloat16().state_dict())
    save("zip_data_parallel", nn.DataParallel(net).state_dict(), stripped("module."))
    save("zip_compiled", torch.compile(net).state_dict(), stripped("_orig_mod."))
    save("zip_compiled_parallel", torch.compile(nn.DataParallel(net)).state_dict(), stripped("_orig_mod.module."))
    save("zip_averaged", torch.optim.swa_utils.AveragedModel(net).state_dict(), stripped("module."))
    save("zip_averaged_parallel", torch.optim.swa_utils.AveragedModel(nn.DataParallel(net)).state_dict(),
         stripped("module.module."))
    save("zip_nested_wrappers", {"model": {"state_dict": state, "epoch": 1}}, lambda s: s["model"]["state_dict"])
    config = {"net": "resnet50", "params": {"lr": 0.1}, "weights": None}
    save("zip_config_called_model", {"model": config, "model_state": state}, lambda s: s["model_state"])
    save("zip_state_beside_values", {**state, "epoch": 3, "_extra_state": b"x"}, lambda s: state)
    fastai = {"state": [{"grad_avg": torch.ones(2), "step": 1}], "hypers": L([{"lr": 0.1, "mom": 0.9}])}
    save("zip_fastai", {"model": state, "opt": fastai}, lambda s: s["model"])
    write_good_by_hand(all_types)
    write_good_safetensors(state, all_types)


def write_good_by_hand(all_types):
    folder = ROOT / "good"
    source = folder / "zip_protocol2.pth"
    rezipped(source, folder / "deflated.pth", "zip_protocol2/", zipfile.ZIP_DEFLATED)
    rezipped(source, folder / "renamed_root.pt", "another name/", zipfile.ZIP_STORED)
    rezipped(source, folder / "no_root.bin", "", zipfile.ZIP_STORED)
    write_expected(folder / "no_root.txt", torch.load(source))  # PyTorch itself wants a folder
    buffer = {name: t for name, t in all_types.items() if name not in ("uint16", "uint32", "uint64")}
    plain = io.BytesIO()
    torch.save(buffer, plain)  # uint16 and larger come as bytes, which PyTorch 2.7 does not swap
    plain.seek(0)
    big_endian(plain, folder / "big_endian.pth")
    for name in ("deflated", "renamed_root", "big_endian"):
        good(name)

    old = types.SimpleNamespace(Pickler=Python2Pickler, __name__="python2")
    torch.save(network().state_dict(), folder / "python2.pth", pickle_module=old)
    with zipfile.ZipFile(folder / "python2.pth") as written:
        content = {name.split("/", 1)[1]: written.read(name) for name in written.namelist()}
    storages = {name[5:]: data for name, data in content.items() if name.startswith("data/")}
    zip_file(folder / "python2.pth", python2(content["data.pkl"]), storages)
    good("python2")

    six = Storage("0", 6)
    two_views = {"whole": tensor(six, size=(6,)), "view": tensor(six, 2, (2, 2), (2, 1))}
    zip_file(folder / "two_views.pth", pickled(two_views), {"0": floats(*range(1, 7))})
    good("two_views")

    view = tensor(Storage("7", 6, view=(("9", 2, 3),)), 1)
    whole = tensor(Storage("7", 6, view=(None,)), size=(6,), rebuild=torch._utils._rebuild_tensor)
    legacy_file(folder / "legacy_storage_view.pth", pickled({"view": view, "whole": whole}), {"7": floats(*range(6))})
    good("legacy_storage_view")


def write_good_safetensors(state, all_types):
    def save_safetensors(name, tensors, metadata=None, pick=lambda tensors: tensors):
        save_file(tensors, ROOT / "good" / f"{name}.safetensors", metadata)
        write_expected(ROOT / "good" / f"{name}.txt", pick(tensors))

    save_safetensors("safetensors", state, {"format": "pt", "note": "{}"})
    save_safetensors("safetensors_dtypes", {**all_types, **{k: v for k, v in all_small_floats().items() if "e8m0" not in k}})
    save_safetensors("safetensors_shapes", {k: v.clone() for k, v in shapes().items()})
    save_safetensors("safetensors_prefix", {"module." + k: v for k, v in state.items()}, pick=stripped("module."))


def write_fit():
    """Real networks and weights for them with faults, and what load_state_dict says."""
    def case(name, net, state):
        try:
            net.load_state_dict(state)
            message = ""
        except RuntimeError as e:
            message = str(e)
        torch.save(state, ROOT / "fit" / f"{name}.pth")
        (ROOT / "fit" / f"{name}.message").write_text(message)
        with open(ROOT / "fit" / f"{name}.keys", "w") as out:
            for key, value in net.state_dict().items():
                out.write(f"{key}\t{list(value.shape)}\n")

    def changed(change, keep_metadata=True):
        state = network().state_dict()
        change(state)
        return state if keep_metadata else dict(state)

    case("fits", network(), network().state_dict())
    case("missing", network(), changed(lambda s: (s.pop("conv.weight"), s.pop("head.bias"))))
    case("unexpected", network(), changed(lambda s: s.update({
        "head.extra": torch.ones(1), "top": torch.ones(1), "conv.bias": torch.ones(3), "conv.deep.er": torch.ones(1),
        "other.weight": torch.ones(1), "bn.weights": torch.ones(1)})))
    case("size", network(), changed(lambda s: s.update({
        "head.weight": torch.ones(3, 2), "bn.bias": torch.ones(4), "head.bias": torch.tensor(1.)})))
    case("everything", network(), changed(lambda s: (
        s.pop("bn.running_mean"), s.pop("conv.weight"),
        s.update({"fc.weight": torch.ones(1), "head.weight": torch.ones(7)}))))
    case("counter_missing_though_new", network(), changed(lambda s: s.pop("bn.num_batches_tracked")))
    case("counter_missing_in_plain_dict", network(), changed(lambda s: s.pop("bn.num_batches_tracked"), False))

    def make_old(state):
        state.pop("bn.num_batches_tracked")
        state._metadata["bn"]["version"] = 1
    case("counter_missing_in_version_1", network(), changed(make_old))
    case("scalar_of_version_0_3", network(), changed(lambda s: s.update({"bn.num_batches_tracked": torch.tensor([5])})))
    case("scalar_of_two", nn.Sequential(nn.PReLU()), {"0.weight": torch.ones(2)})
    from torchvision.models import resnet18
    small = resnet18(num_classes=2)
    broken = collections.OrderedDict((k, torch.zeros(7)) for k in small.state_dict() if "layer1" not in k)
    case("resnet18", small, broken)


class Foreign:
    """A class of a training script."""


def write_refused():
    folder = ROOT / "refused"
    weight = torch.ones(2)
    system, evaluate = Call(os.system, "echo run"), Call(eval, "print('run')")
    for protocol in (2, 4):
        torch.save({"w": weight, "x": system}, folder / f"os_system_protocol{protocol}.pth", pickle_protocol=protocol)
    torch.save({"w": weight, "x": system}, folder / "os_system_legacy.pth", _use_new_zipfile_serialization=False)
    torch.save({"state_dict": {"w": weight}, "optimizer": {"state": [{0: ({"a": evaluate},)}]}}, folder / "eval_deep.pth")
    torch.save({"w": Call(torch._utils._rebuild_parameter, evaluate, False, {})}, folder / "eval_nested.pth")
    torch.save({"w": weight, "x": Call(getattr, weight, "numpy")}, folder / "getattr.pth")
    torch.save({"w": weight, "x": Foreign()}, folder / "foreign_class.pth")
    torch.save(nn.Linear(2, 1), folder / "module.pth")
    script = io.BytesIO()
    torch.jit.save(torch.jit.script(nn.Linear(2, 1)), script)
    with zipfile.ZipFile(script) as old, zipfile.ZipFile(folder / "torchscript.pt", "w") as new:
        for entry in old.namelist():
            if not entry.endswith(".debug_pkl"):  # which holds paths of the machine it was made on
                add_entry(new, entry, old.read(entry))
    with open(folder / "plain_pickle.pth", "wb") as out:
        pickle.dump({"w": [1.0, 2.0]}, out)
    no_weights = {"complex": torch.ones(2, dtype=torch.complex64), "sparse": torch.ones(2).to_sparse(),
                  "quantized": torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8),
                  "meta": torch.ones(2, device="meta"), "negated": torch.ones(2, dtype=torch.complex64).conj().imag,
                  "bits": torch.ones(2, dtype=torch.uint8).view(torch.bits8)}
    for name, value in no_weights.items():
        torch.save({"layer." + name: value, "w": weight}, folder / f"{name}_tensor.pth")
    torch.save([weight], folder / "list.pth")
    torch.save({"epoch": 3, "optimizer": {"state": {}}}, folder / "no_tensors.pth")
    write_refused_geometry(folder)
    write_refused_pickles(folder)


def write_refused_geometry(folder):
    """Tensors that lie about their storage."""
    four = Storage("0", 4)
    huge = 1 << 62
    cases = {
        "size_beyond_storage": tensor(four, 0, (5,)),
        "offset_beyond_storage": tensor(four, 3, (2,)),
        "stride_beyond_storage": tensor(four, 0, (2, 2), (3, 1)),
        "size_negative": tensor(four, 0, (-2,)),
        "offset_negative": tensor(four, -1),
        "stride_negative": tensor(four, 3, (2,), (-1,)),
        "size_huge": tensor(four, 0, (huge,)),
        "size_product_overflows": tensor(four, 0, (1 << 32, 1 << 32), (0, 0)),
        "stride_overflows": tensor(four, 0, (1 << 17, 1 << 17), (1 << 47, 1 << 47)),
        "size_of_128_bits": tensor(four, 0, (1 << 100,)),
        "size_no_integer": tensor(four, 0, ("2",)),
        "size_no_tuple": tensor(four, 0, 2),
        "strides_missing": tensor(four, 0, (2, 2), (1,)),
        "rank_65": tensor(four, 0, (1,) * 65, (1,) * 65),
        "expanded_to_2_to_40": tensor(four, 0, (1 << 40,), (0,)),
        "expanded_to_2_to_28": tensor(four, 0, (1 << 28,), (0,)),
        "storage_shorter_than_told": tensor(Storage("0", 5), 0, (2,)),
        "storage_huge": tensor(Storage("0", huge), 0, (2,)),
        "storage_missing": tensor(Storage("1", 4), 0, (2,)),
        "storage_no_text": tensor(Storage(3, 4), 0, (2,)),
        "storage_type_no_type": tensor(Storage("0", 4, "FloatStorage"), 0, (2,)),
        "storage_view_outside": tensor(Storage("0", 4, view=(("1", 3, 2),)), 0, (2,)),
        "storage_is_tensor": Call(torch._utils._rebuild_tensor_v2, tensor(four), 0, (2,), (1,), False, {}),
        "arguments_missing": Call(torch._utils._rebuild_tensor_v2, four),
        "dtype_missing": Call(torch._utils._rebuild_tensor_v3, four, 0, (2,), (1,), False, {}, "float32"),
    }
    for name, value in cases.items():
        zip_file(folder / f"{name}.pth", pickled({"w": value}), {"0": floats(1, 2, 3, 4)})
    zip_file(folder / "byteorder_unknown.pth", pickled({"w": tensor(four)}), {"0": floats(1, 2, 3, 4)},
             records=[("byteorder", "middle")])
    legacy_file(folder / "legacy_storage_shorter.pth", pickled({"w": tensor(Storage("0", 5, view=(None,)))}),
                {"0": floats(1, 2, 3, 4)})
    legacy_file(folder / "legacy_storage_missing.pth", pickled({"w": tensor(Storage("1", 4, view=(None,)))}), {})
    legacy_file(folder / "legacy_storage_of_3_gib.pth",
                pickled({"end": tensor(Storage("0", 805306368, view=(None,)), 805306366)}), {"0": b""})
    legacy_file(folder / "legacy_storage_unknown.pth", pickled({"w": 1}), {"0": floats(1, 2, 3, 4)})


def write_refused_pickles(folder):
    """Pickles that no pickler writes."""
    def text(value):
        return b"X" + struct.pack("<I", len(value)) + value

    pair = b"\x80\x02" + text(b"x") + b"q\x00"
    doubled = pair + b"h\x00h\x00\x86q\x00" * 100000
    cases = {
        "inst": b"\x80\x02(S'echo run'\nios\nsystem\n.",
        "inst_without_text": b"\x80\x02(ios\nsystem\n.",
        "obj": b"\x80\x02(cos\nsystem\n" + text(b"echo run") + b"o.",
        "newobj": b"\x80\x02cos\nsystem\n" + text(b"echo run") + b"\x85\x81.",
        "newobj_ex": b"\x80\x04ccollections\nOrderedDict\n)}\x92.",
        "ext1": b"\x80\x02\x82\x01.",
        "persid": b"\x80\x02P0\n.",
        "dup": b"\x80\x02N2.",
        "text_integer": b"I1\n.",
        "builtin_of_python2": b"\x80\x02c__builtin__\neval\n" + text(b"1") + b"\x85R.",
        "global_without_newline": b"\x80\x02c" + b"x" * 2000,
        "global_of_4_gib": b"\x80\x04" + b"\x8d" + struct.pack("<Q", 1 << 32) + b"x",
        "text_of_2_to_63": b"\x80\x04\x8d" + struct.pack("<Q", 1 << 63) + b"x.",
        "bytes_of_2_gib": b"\x80\x03B" + struct.pack("<I", (1 << 31) + 5) + b"x.",
        "string_negative": b"\x80\x02T" + struct.pack("<i", -1) + b".",
        "integer_of_2_gib": b"\x80\x02\x8b" + struct.pack("<i", (1 << 31) - 1) + b"x.",
        "frame_beyond_end": b"\x80\x04\x95" + struct.pack("<Q", 1 << 40) + b"N.",
        "protocol_6": b"\x80\x06N.",
        "protocol_1": b"\x80\x01N.",
        "no_stop": b"\x80\x02}",
        "only_stop": b"\x80\x02.",
        "empty": b"",
        "stack_empty": b"\x80\x02\x86.",
        "below_mark": b"\x80\x02N(\x85.",
        "no_mark": b"\x80\x02Nt.",
        "memo_empty": b"\x80\x02h\x05.",
        "append_to_tuple": b"\x80\x02)Na.",
        "set_item_of_list": b"\x80\x02]NNs.",
        "key_without_value": b"\x80\x02}(Nu.",
        "call_of_text": b"\x80\x02" + text(b"os.system") + b")R.",
        "call_without_tuple": b"\x80\x02ccollections\nOrderedDict\nNR.",
        "state_of_list": b"\x80\x02]}b.",
        "global_of_numbers": b"\x80\x04K\x01K\x02\x93.",
        "dict_of_no_pairs": b"\x80\x02ccollections\nOrderedDict\n](K\x01K\x02e\x85R.",
        "persistent_module": b"\x80\x02(" + text(b"module") + b"ccollections\nOrderedDict\nNNtQ.",
        "persistent_text": b"\x80\x02" + text(b"0") + b"Q.",
        "subtype_of_eval": b"\x80\x02ctorch._tensor\n_rebuild_from_type_v2\n(ctorch\nSize\nN)NtR.",
        "doubled_100000_times": doubled + b".",
        "nested_100000_deep": b"\x80\x02" + b"]" * 100000 + b"a" * 99999 + b".",
    }
    for name, content in cases.items():
        zip_file(folder / f"pickle_{name}.pth", content, {}, method=zipfile.ZIP_DEFLATED)


def write_floats():
    patterns = torch.arange(1 << 16, dtype=torch.int32).to(torch.int16)
    with open(ROOT / "floats.txt", "w") as out:
        for dtype in (torch.float16, torch.bfloat16):
            digest = hashlib.sha256(float_bits(patterns.view(dtype)).astype(">u4").tobytes()).hexdigest()
            out.write(f"{str(dtype).removeprefix('torch.')} {digest}\n")


if __name__ == "__main__":
    for part in ("good", "fit", "refused"):
        shutil.rmtree(ROOT / part, ignore_errors=True)
        (ROOT / part).mkdir(parents=True)
    torch.manual_seed(0)
    write_good()
    write_fit()
    write_refused()
    write_floats()
