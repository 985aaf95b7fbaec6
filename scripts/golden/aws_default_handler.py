"""Writes src/test/resources/tensor/: what AWS's PyTorch container answers for a TorchScript file without code.

*.pt        small modules; none computes anything that processors round differently
cases.json  requests and the container's answers to the byte: model, contentType, accept (null: no such header),
            defaultAccept (SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT), body and answer (text, or base64 of what is none), answerType
floats.json numpy.float32 as text, which numpy.savetxt writes of tuples: bits of the number and its text

The classes are AWS's own, sagemaker_inference's Transformer with sagemaker_pytorch_serving_container's default handler; only
the context that a request comes with is made here. Every case is one that AWS's handler answers with 200.
Needs torch 2.7.1, numpy 2.2.6 (since 2.3 numpy.float32 has another layout; AWS's last images are older), scipy,
sagemaker-inference 1.10.1 and sagemaker-pytorch-inference 2.0.25 (--no-deps).
Run from the repository's root:
    python scripts/golden/aws_default_handler.py
"""
import base64
import io
import json
import os
import pathlib
import shutil
import tempfile
import warnings
from typing import Dict, List, Optional, Tuple

import numpy as np
import torch
from sagemaker_inference.transformer import Transformer
from sagemaker_pytorch_serving_container.default_pytorch_inference_handler import DefaultPytorchInferenceHandler

import formula
import scripted

OUT = pathlib.Path("src/test/resources/tensor")
JSON, CSV, NPY = "application/json", "text/csv", "application/x-npy"
Tensor = torch.Tensor


class Same(torch.nn.Module):
    def forward(self, x):
        return x


class Sees(torch.nn.Module):
    """The type's number in PyTorch, then the sizes."""
    def forward(self, x):
        return torch.tensor([x.dtype] + x.shape)


class Scale(torch.nn.Module):
    def forward(self, x):
        return x * 0.1


class Types(torch.nn.Module):
    """Each call another type, by how many numbers come."""
    def forward(self, x):
        n = x.numel()
        if n == 1:
            return x.sum()
        if n == 2:
            return x > 0
        if n == 3:
            return x.to(torch.int32)
        if n == 4:
            return x.double() / 3
        if n == 5:
            return (x / 3).half()
        if n == 6:
            return x.to(torch.int8)
        if n == 7:
            return x.to(torch.uint8)
        if n == 8:
            return x.to(torch.int16)
        if n == 9:
            return x.to(torch.int64) * 1000000007
        if n == 10:
            return x / 0
        if n == 11:
            return x[:0]
        if n == 12:
            return x.reshape(2, 2, 3)
        if n == 13:
            return x.reshape(13, 1)[:, :0]
        if n == 14:
            return x.reshape(1, 14)[:0].long()
        return x.reshape(1, 1, 1, -1)


class Pair(torch.nn.Module):
    def forward(self, x) -> Tuple[Tensor, Tensor]:
        return x * 0.1, x * 1e9


class Mixed(torch.nn.Module):
    def forward(self, x) -> Tuple[Tensor, Tensor]:
        return x * 0.1, x.long()


class Whole(torch.nn.Module):
    def forward(self, x) -> Tuple[Tensor, Tensor]:
        return x.int(), x.int() * 2


class Flags(torch.nn.Module):
    def forward(self, x) -> Tuple[Tensor, Tensor]:
        return x > 0, x.long()


class Halves(torch.nn.Module):
    def forward(self, x) -> List[Tensor]:
        return list(torch.chunk(x, 2))


class Ragged(torch.nn.Module):
    def forward(self, x) -> Tuple[Tensor, Tensor]:
        return x, x[:1]


class Named(torch.nn.Module):
    def forward(self, x) -> Dict[str, Tensor]:
        return {"scores": x * 0.1, "boxes": x.reshape(1, -1), "labels": x.long(), "a": x.sum()}


class Beside(torch.nn.Module):
    def forward(self, x) -> Tuple[Tensor, List[str], int, float, bool, Optional[Tensor], Dict[str, List[int]]]:
        return x, ["ä", "b\n"], x.numel(), 0.1, True, None, {"z": [1, 2], "a": [3]}


class Number(torch.nn.Module):
    def forward(self, x) -> float:
        return float(x.sum().item())


class Sizes(torch.nn.Module):
    def forward(self, x) -> List[int]:
        return x.shape


class Numbers(torch.nn.Module):
    def forward(self, x) -> List[float]:
        return [0.1, 2.5e-07, 3.5]


MODELS = [Same, Sees, Scale, Types, Pair, Mixed, Whole, Flags, Halves, Ragged, Named, Beside, Number, Sizes, Numbers]

ACCEPTS = [JSON, CSV, NPY]


def npy(array, version=(1, 0)):
    out = io.BytesIO()
    np.lib.format.write_array(out, array, version=version)
    return out.getvalue()


def by_hand(header, data):
    text = header.encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + data


def inputs():
    """Model, content type and body: how each body is read."""
    for text in ["5.5", "true", "[]", "[[],[]]", "[1,2]", "[true,false]", "[1,true]", "[1.5,true]", "[NaN,Infinity,-Infinity]",
                 "[1e400]", "[9007199254740993, 9223372036854775807]", "[16777217]", "[1e39,-1e39,1e-46,1e-45]",
                 "[0.1,-0.0,0,-0]", " [ [1, 2] ,\n[3,4e0]]\n", "[[[1,2],[3,4]]]", "[" * 40 + "1.5" + "]" * 40,
                 "[" * 64 + "1.5" + "]" * 64, "[3.4028235e38, 1.1754944e-38]", "[-1, 9223372036854775808]"]:
        yield "Same", JSON, text
        yield "Sees", JSON, text
    for text in ["1,2,3", "1,2\n3,4", "1.5", "1\n2\n3", "1.5\n2\n3\n", "#c\n1,2", "1,2#c\n3,4", "1,2 # 7\n\n3,4\n", "1,2\r\n3,4\r\n",
                 "nan,1.5", "NaN,-nan", "inf,-inf", "infinity,-INF", "+inf,1.0", "True,False", "true,false\nTrue,FALSE", " 1 , 2 ",
                 "1_000,2", "1e3,2.5", "1E-3,.5", "1.,.5", "1_0.5,2.5", "1\t,2", "1,,3", "1,\n,2", "1,2\n,3\n4,", "1,2,",
                 "1,,\n2,,", "1.5,2.5,\n", "1,\n2.5,", ",1.5", "1.5,1e5\n,", "1.5 , \n2.5,3.5", "1, \n2,3", 
                 "1\n\t\n2", "1\n1.5\n", "nan\n1", "1,2\n3.5,4.5", "1,2\nnan,nan", "\n1,2", "1,2\n # x\n3,4", "-0.0,+1.5",
                 "3,4\n  5 , 6  ", "1,2\x0c\n3,4", "9223372036854775807,1", "123456789012345678,1.5\n2.5,2", "0.1,0.2",
                 "1.5,2.5\n\n\n", "1e39,1e-46", "1e400", "16777217,16777219", "0.1\n0.2\n0.3", "+1,-2", "007,1", "1,2\n3,4\n5,6\n"]:
        yield "Same", CSV, text
        yield "Sees", CSV, text
    for dtype in ["f2", "f4", "f8", "i1", "i4", "i8", "u1", "b1", "i2"]:
        array = (formula.uniform("npy", 6) * 200 - (0 if dtype[0] in "ub" else 100)).astype(dtype).reshape(2, 3)
        yield "Same", NPY, npy(array)
        yield "Same", NPY, npy(np.asfortranarray(array))
        if dtype != "i2":
            yield "Sees", NPY, npy(array)
    for dtype in ["u2", "u4", "u8"]:
        yield "Same", NPY, npy((formula.uniform("npy", 6) * 60000).astype(dtype).reshape(2, 3))
    cube = np.arange(24.0).reshape(2, 3, 4)
    for version in [(1, 0), (2, 0), (3, 0)]:
        yield "Same", NPY, npy(cube, version)
    yield "Same", NPY, npy(np.asfortranarray(cube))
    for array in [np.array(1.5), np.zeros(0, "f4"), np.zeros((2, 0)), np.zeros((0, 3), "i8"), np.zeros((1, 1, 1, 1))]:
        yield "Same", NPY, npy(array)
        yield "Sees", NPY, npy(array)
    yield "Same", NPY, npy(cube) + b"behind"
    numbers = np.array([1.5, 2.5]).tobytes()
    for header in ["{'shape': (2,), 'fortran_order': False, 'descr': '<f8'}", '{"shape": (2,), "fortran_order": False, "descr": "<f8"}',
                   "{'shape': (2L,), 'fortran_order': False, 'descr': '=f8'}", "{ 'descr':'f8' , 'shape':(2,1,),'fortran_order':True }",
                   "{'shape': (2,), 'fortran_order': False, 'descr': '|f8'}"]:
        yield "Same", NPY, by_hand(header, numbers)
    yield "Same", NPY, by_hand("{'shape': (3,), 'fortran_order': False, 'descr': '?'}", b"\x01\x00\x01")


def outputs():
    """Model, body and how it may be asked for."""
    for count in range(1, 16):
        values = ",".join(str(v) for v in range(-1, count - 1)) if count > 1 else "0.5"
        not_flat = count in (1, 12, 15)
        yield "Types", f"[{values}]", [JSON, NPY] if not_flat else ACCEPTS
    floats = "[0.1,1,-2.5,1e16,123456789,1e-5,1e-4,9.9999e-5,1e22,3.4e38,1e-45,1234.5678,1e15,0]"
    for model in ["Same", "Scale", "Pair", "Mixed", "Whole", "Flags", "Halves"]:
        yield model, floats if model in ("Same", "Scale", "Pair") else "[1.5,-2,3,0]", ACCEPTS
    yield "Scale", "[[1,2,3],[4,5,6]]", ACCEPTS
    yield "Halves", "[[1,2],[3,4],[5,6],[7,8]]", [JSON, NPY]
    yield "Ragged", "[1,2]", [JSON]
    yield "Named", "[1,2.5]", [JSON]
    yield "Beside", "[1,2.5]", [JSON]
    yield "Number", "[1,2.5]", [JSON, NPY]
    yield "Sizes", "[[1,2.5]]", ACCEPTS
    yield "Numbers", "[1]", ACCEPTS


def wishes():
    """Accept headers, and what stands in for them."""
    for accept in [None, "", "*/*", JSON, "application/json, text/csv", "text/csv,application/json", "text/html, application/x-npy",
                   "application/json ,text/csv", "text/html,application/json;q=0.9,text/csv", "*/*, text/csv",
                   "application/x-npz, application/x-npy"]:
        yield accept, JSON
    for fallback in [CSV, NPY, "text/html, text/csv"]:
        for accept in [None, "*/*", JSON]:
            yield accept, fallback


class Context:
    """One request's, as TorchServe would give it."""

    def __init__(self, directory, content_type, accept):
        headers = {"Content-Type": content_type}
        if accept is not None:
            headers["Accept"] = accept
        self.system_properties = {"model_dir": str(directory)}
        self.request_processor = [self]
        self.get_request_properties = lambda: headers
        self.type = self.status = None
        self.model_name = "model"

    def set_response_content_type(self, index, content_type):
        self.type = content_type

    def set_response_status(self, code, phrase):
        self.status = code


class Container:
    """A container for each model and default."""

    def __init__(self):
        self.transformers = {}

    def ask(self, model, content_type, accept, fallback, body):
        key = model, fallback
        if key not in self.transformers:
            self.transformers[key] = Transformer(default_inference_handler=DefaultPytorchInferenceHandler())
        os.environ["SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT"] = fallback
        with tempfile.TemporaryDirectory() as directory:
            shutil.copy(OUT / f"{model.lower()}.pt", pathlib.Path(directory) / "model.pt")
            context = Context(directory, content_type, accept)
            answer, = self.transformers[key].transform([{"body": body}], context)
        if context.status is not None:
            raise ValueError(f"{model} {content_type} {accept} {body!r}: {answer}")
        return answer.encode() if isinstance(answer, str) else answer, context.type


def shown(data):
    try:
        return data.decode("ascii")
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}


def cases():
    container = Container()
    for model, content_type, body, accept, fallback in table():
        body = body.encode() if isinstance(body, str) else body
        answer, answer_type = container.ask(model, content_type, accept, fallback, body)
        yield {"model": model.lower() + ".pt", "contentType": content_type, "accept": accept, "defaultAccept": fallback,
               "body": shown(body), "answerType": answer_type, "answer": shown(answer)}


def table():
    for model, content_type, body in inputs():
        yield model, content_type, body, JSON, JSON
    for model, body, accepts in outputs():
        for accept in accepts:
            yield model, JSON, body, accept, JSON
    for accept, fallback in wishes():
        yield "Scale", JSON, "[[1,2],[3,4]]", accept, fallback


def floats():
    bits = (formula.uniform("floats", 300) * 2**32).astype(np.uint32)
    edges = np.array([0, 1, 2, 9, 0x80000000, 0x007FFFFF, 0x00800000, 0x7F7FFFFF, 0x7F800000, 0xFF800000, 0x7FC00000], np.uint32)
    powers = np.array([float(f"{sign}{digit}e{e}") for sign in "+-" for digit in (1, 3, 9.999999) for e in range(-8, 20)], np.float32)
    for value in np.concatenate([bits, edges, powers.view(np.uint32)]):
        yield [int(value), "%s" % np.uint32(value).view(np.float32)]


warnings.simplefilter("ignore")  # of numbers too large for float32
OUT.mkdir(parents=True, exist_ok=True)
for model in MODELS:
    scripted.save(torch.jit.script(model()), OUT / f"{model.__name__.lower()}.pt")
lines = [json.dumps(case) for case in cases()]
(OUT / "cases.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")
(OUT / "floats.json").write_text(json.dumps(list(floats())) + "\n")
print(len(lines), "cases")
