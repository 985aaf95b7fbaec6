"""Writes twin networks with ResNet-50 encoders in full size (about 102 MB each), as SageMaker unpacks models:

    python3 scripts/check/twins.py DIRECTORY COUNT

makes DIRECTORY/twin0/model/encoder.safetensors and head.safetensors, and so on. Their numbers mean nothing.
Needs no package. The shapes are those of src/test/resources/twin/full-size.json.
"""
import array
import json
import math
import pathlib
import struct
import sys

SHAPES = pathlib.Path(__file__).resolve().parents[2] / "src/test/resources/twin/full-size.json"


def values(key, count):
    """Of about the size of a trained network's; variances positive."""
    low, high = (0.5, 1.5) if key.endswith("running_var") else (-0.02, 0.02)
    block = array.array("f", (low + (high - low) * (i * 37 % 251) / 250 for i in range(251)))
    return (block * (count // 251 + 1))[:count].tobytes()


def write(path, shapes, number):
    header, data = {"__metadata__": {"number": str(number)}}, []
    end = 0
    for key, shape in shapes.items():
        if key.endswith("num_batches_tracked"):
            continue
        data.append(values(key, math.prod(shape)))
        header[key] = {"dtype": "F32", "shape": shape, "data_offsets": [end, end + len(data[-1])]}
        end += len(data[-1])
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(data))


def main(directory, count):
    twin = max(json.loads(SHAPES.read_text()), key=lambda net: sum(map(math.prod, net["encoder"].values())))
    for number in range(count):
        model = pathlib.Path(directory, f"twin{number}", "model")
        model.mkdir(parents=True)
        write(model / "encoder.safetensors", twin["encoder"], number)
        write(model / "head.safetensors", twin["head"], number)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
