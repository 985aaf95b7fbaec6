"""Writes src/test/resources/handlers/envelopes.json: what picture handlers answer in TorchServe's service envelopes.

cases: the handler and its model, the envelope, the bodies of a batch's requests and the answers to the letter; in a body
"picture:PATH" stands for the base64 of that file of src/test/resources.

Handlers and envelopes are TorchServe's own, but for the twin network and the U-Net, which have none there: theirs give what
served.py and unet_served.py wrote, for the first pair and the first picture, so that the envelope alone is tried. They read
their parts as the original services do.

Needs what handlers.py needs, and its models. Run from the repository's root:
    python scripts/golden/picture_envelopes.py
"""
import base64
import json
import pathlib
import re
import types
import zlib

from ts.torch_handler.image_classifier import ImageClassifier
from ts.torch_handler.image_segmenter import ImageSegmenter
from ts.torch_handler.object_detector import ObjectDetector
from ts.torch_handler.request_envelope import body, kserve, kservev2
from ts.torch_handler.request_envelope import json as json_envelope

RESOURCES = pathlib.Path("src/test/resources")
ENVELOPES = {"body": body.BodyEnvelope, "json": json_envelope.JSONEnvelope, "kserve": kserve.KServeEnvelope,
             "kservev2": kservev2.KServev2Envelope}
PICTURES = ["picture:image/jpeg/baseline-420.jpg", "picture:image/png/rgb8.png"]


class Context:
    def __init__(self, file, explain):
        self.system_properties = {"model_dir": str(RESOURCES), "gpu_id": None}
        self.manifest = {"model": {"modelName": "model", "modelVersion": "1.0", "serializedFile": f"handlers/{file}"}}
        self.model_yaml_config = {}
        self.metrics = types.SimpleNamespace(add_time=lambda *unused: None)
        self.explain = explain

    def get_request_header(self, index, name):
        return "True" if name == "explain" and self.explain else None

    def get_request_id(self, index):
        return "server-id"


def decoded(picture):
    return base64.b64decode(picture) if isinstance(picture, str) else bytes(picture)


class Twin:
    def initialize(self, context):
        pair = json.loads((RESOURCES / "served/expected.json").read_text())["pairs"][0]
        self.pictures = [(RESOURCES / "served" / pair[side]).read_bytes() for side in ("left", "right")]
        self.logits, self.maps = pair["logits"], [pair["leftMap"], pair["rightMap"]]

    def handle(self, data, context):
        assert all([decoded(row["left"]), decoded(row["right"])] == self.pictures for row in data)
        if context.explain:
            return [self.maps for _ in data]
        return [self.logits + (self.maps[0] + self.maps[1] if row.get("cam") == "True" else []) for row in data]


class Unet:
    def initialize(self, context):
        first = json.loads((RESOURCES / "served/fastunet.json").read_text())[0]
        self.picture = (RESOURCES / "served" / first["picture"]).read_bytes()
        self.mask = base64.b64encode(zlib.decompress(base64.b64decode(first["mask"]))).decode()

    def handle(self, data, context):
        for row in data:
            assert decoded(row.get("data") or row.get("body")) == self.picture
        return [{"base64_prediction": self.mask} for _ in data]


HANDLERS = {"image_classifier": (ImageClassifier, "classifier.pt"), "image_segmenter": (ImageSegmenter, "segmenter.pt"),
            "object_detector": (ObjectDetector, "detector.pt"), "twin": (Twin, "twin.mar"), "unet": (Unet, "fastunet.mar")}


def filled(text):
    return re.sub("picture:([^\"]+)", lambda m: base64.b64encode((RESOURCES / m.group(1)).read_bytes()).decode(), text)


def answers(name, envelope, bodies, explain):
    make, file = HANDLERS[name]
    handler, context = make(), Context(file, explain)
    handler.initialize(context)
    results = ENVELOPES[envelope](handler.handle).handle([{"body": json.loads(filled(text))} for text in bodies], context)
    assert len(results) == len(bodies)
    return [result if isinstance(result, str) else json.dumps(result, indent=2) for result in results]


def inputs(pictures):
    return json.dumps({"id": "x", "inputs": [{"name": f"picture-{i}", "shape": [-1], "datatype": "BYTES", "data": [picture]}
                                             for i, picture in enumerate(pictures)]})


def instances(rows):
    return json.dumps({"instances": rows})


def cases():
    for name in ("image_classifier", "image_segmenter", "object_detector"):
        small = PICTURES[1:]
        yield name, "body", [json.dumps({"data": small[0]})], False
        yield name, "json", [instances([{"data": {"b64": picture}} for picture in small])] * 2, False
        yield name, "kserve", [instances([{"data": picture} for picture in small])], False
        yield name, "kservev2", [inputs(small)], False
    yield "image_classifier", "json", [instances([{"data": {"b64": p}} for p in PICTURES]), instances([{"data": PICTURES[0]}])], False
    yield "image_classifier", "kserve", [instances([{"data": picture} for picture in PICTURES])], False
    yield "image_classifier", "kservev2", [inputs(PICTURES)], False
    pair = {"left": {"b64": "picture:served/baseline.jpg"}, "right": {"b64": "picture:served/progressive.jpg"}}
    yield "twin", "json", [instances([pair, {**pair, "cam": "True"}]), instances([{**pair, "cam": "False"}])], False
    yield "twin", "json", [instances([pair])], True
    texts = {"left": pair["left"]["b64"], "right": pair["right"]["b64"]}
    yield "twin", "kserve", [instances([texts])], True
    yield "twin", "kserve", [instances([texts, {**texts, "cam": "True"}])], False
    street = "picture:served/baseline.jpg"
    yield "unet", "json", [instances([{"data": {"b64": street}}])], False
    yield "unet", "kserve", [instances([{"data": street}, {"data": street}])], False
    yield "unet", "kservev2", [inputs([street])], False


def main():
    rows = [{"handler": name, "model": HANDLERS[name][1], "envelope": envelope, "explain": explain, "requests": bodies,
             "answers": answers(name, envelope, bodies, explain)} for name, envelope, bodies, explain in cases()]
    (RESOURCES / "handlers/envelopes.json").write_text(json.dumps({"cases": rows}, indent=1) + "\n")


main()
