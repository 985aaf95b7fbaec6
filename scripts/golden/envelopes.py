"""Writes src/test/resources/envelope/: what TorchServe's base_handler answers in each service envelope.

linear.pt   four numbers in, three out
sees.pt     answers each row with what the model saw: the element type's number in PyTorch, then the tensor's sizes
types.pt    its methods' answers have every element type that tolist() knows
cases.json  batches of request bodies and TorchServe's answers to the letter; flat: what kservev2 makes of results

The classes are TorchServe's own; only the context they are given is made here.
Needs torch 2.7.1, torchserve 0.12.0 and what its handlers import (captum, psutil, pyyaml). Run from the repository's root:
    python scripts/golden/envelopes.py
"""
import json
import pathlib
import types

import torch
from ts.torch_handler.base_handler import BaseHandler
from ts.torch_handler.request_envelope import body, kserve, kservev2
from ts.torch_handler.request_envelope import json as json_envelope
from ts.torch_handler.vision_handler import VisionHandler

import scripted

OUT = pathlib.Path("src/test/resources/envelope")
ENVELOPES = {"body": body.BodyEnvelope, "json": json_envelope.JSONEnvelope, "kserve": kserve.KServeEnvelope,
             "kservev2": kservev2.KServev2Envelope}


class Sees(torch.nn.Module):
    def forward(self, x):
        return torch.tensor([x.dtype] + x.shape).expand(x.shape[0], -1)


class Types(torch.nn.Module):
    def forward(self, x):
        kind = int(x[0, 0].item())
        y = x[:, 1:]
        if kind == 0:
            return y.to(torch.half)
        if kind == 1:
            return y.to(torch.bfloat16)
        if kind == 2:
            return y.double() / 3
        if kind == 3:
            return y.to(torch.int8)
        if kind == 4:
            return y.to(torch.uint8)
        if kind == 5:
            return y.to(torch.int16)
        if kind == 6:
            return y.to(torch.int32)
        if kind == 7:
            return y.long()
        if kind == 8:
            return y > 1
        if kind == 9:
            return y.sum(1)
        if kind == 11:
            return y.sum()
        return y.reshape(x.shape[0], 1, -1, 1) * float("nan")


class Numbers(VisionHandler):
    """VisionHandler's preprocess takes lists of numbers as they are."""

    def image_processing(self, image):
        raise AssertionError("no picture was sent")


class Context:
    def __init__(self, file):
        self.system_properties = {"model_dir": str(OUT), "gpu_id": None}
        self.manifest = {"model": {"modelName": "model", "modelVersion": "1.0", "serializedFile": file}}
        self.model_yaml_config = {}
        self.metrics = types.SimpleNamespace(add_time=lambda *unused: None)

    def get_request_header(self, index, name):
        return None

    def get_request_id(self, index):
        return "server-id"


def encode(answer):
    """As ts/protocol/otf_message_handler.py sends it."""
    return answer if isinstance(answer, str) else json.dumps(answer, indent=2)


def answers(file, envelope, bodies):
    handler = Numbers() if envelope == "kservev2" else BaseHandler()
    context = Context(file)
    handler.initialize(context)
    handle = ENVELOPES[envelope](handler.handle).handle
    results = handle([{"body": json.loads(text)} for text in bodies], context)
    assert len(results) == len(bodies)
    return [encode(result) for result in results]


def v2(inputs, **members):
    return json.dumps({**members, "inputs": inputs})


def cases():
    row = "[1.0, 2.0, 3.0, 4.0]"
    other = "[0.5, -2, 3e-3, 4]"
    yield "linear.pt", "body", [row]
    yield "linear.pt", "body", [row, other, row]
    yield "linear.pt", "json", ['{"instances":[[1.0,2.0,3.0,4.0],[4.0,3.0,2.0,1.0]]}']
    yield "linear.pt", "json", ['{"instances":[[1.0,2.0,3.0,4.0]]}', '{"instances":[%s,%s],"x":1}' % (other, row)]
    yield "linear.pt", "kserve", ['{"instances":[[1.0,2.0,3.0,4.0],[4.0,3.0,2.0,1.0]]}']
    tensor = {"name": "input-0", "shape": [4], "datatype": "FP32", "data": [1, 2.5, 3, 4]}
    yield "linear.pt", "kservev2", [v2([tensor], id="abc")]
    yield "linear.pt", "kservev2", [v2([tensor, {**tensor, "name": "é", "data": [[4, 3], [2, 1]]}])]
    yield "linear.pt", "kservev2", [v2([{**tensor, "shape": [2, 4], "data": [1, 2, 3, 4, 5, 6, 7, 8.5]}], id=" ")]
    for shape in ([-1], [2, -1], [-1, 2, 1], [1, 4, -1]):
        yield "sees.pt", "kservev2", [v2([{**tensor, "shape": shape}], id="x")]
    for values in ("[1, 2]", "[1, 2.0]", "[true, false]", "[true, 2]", "[true, 2.5]", "7", "7.5", "true", "[]", "[[], []]",
                   "[[[1], [2]], [[3], [4]], [[5], [6]]]", "[9223372036854775807, -9223372036854775808]", "[NaN, -Infinity]"):
        yield "sees.pt", "body", [values]
    yield "sees.pt", "body", ["[[1, 2, 3], [4, 5, 6]]"] * 3
    yield "sees.pt", "json", ['{"instances": [1, 2, 3]}']
    yield "sees.pt", "json", ['{"instances": [[1, 2], [3, 4.5]]}', '{"instances": [[1.5, 2]]}']
    yield "sees.pt", "json", ['{"instances": [[true], [2]]}']
    yield "sees.pt", "kserve", ['{"instances": [[[1, 2]], [[3, 4.5]]]}']
    for kind in range(11):
        yield "types.pt", "body", ["[%d, 1.1, 2.7, 100.25]" % kind]


def flat():
    envelope = kservev2.KServev2Envelope(None)
    values = [1.5, 3, True, "text", [1, 2, 3], [1, 2.5, True], [True, False], [True, 2], [[1, 2], [3, 4]], [], {"a": 0.25},
              [{"a": [1, 2], "score": 0.5}, {"b": [3, 4], "score": 0.75}], ["a", "b"], [[[0.5, 1e-7], [2, 1e20]]]]
    return [{"value": value, "output": envelope._to_json(value, "name")} for value in values]


def main():
    OUT.mkdir(exist_ok=True)
    torch.manual_seed(3)
    for file, module in (("linear.pt", torch.nn.Linear(4, 3)), ("sees.pt", Sees()), ("types.pt", Types())):
        scripted.save(torch.jit.script(module.eval()), OUT / file)
    rows = [{"model": file, "envelope": envelope, "requests": bodies, "answers": answers(file, envelope, bodies)}
            for file, envelope, bodies in cases()]
    text = json.dumps({"cases": rows, "flat": flat()}, indent=1)
    (OUT / "cases.json").write_text(text + "\n")


main()
