"""Writes src/test/resources/json/doubles.txt: the bits of a double and what CPython's json writes for it.

Needs nothing but CPython. Run from the repository's root: python3 scripts/golden/json_floats.py
"""
import json
import random
import struct

EDGES = [0.0, -0.0, 1.0, -1.0, 1e-4, 9.999e-5, 1e-5, 1e15, 9999999999999998.0, 1e16, 1e17, 1e22, 1e23, 2e-323, 5e-324,
         2.2250738585072014e-308, 1.7976931348623157e308, 0.1, 1 / 3, 100.0, 123456789.0, 1.5e300, 1.2345e-7,
         float("inf"), float("-inf"), float("nan")]

EDGES += [k * 5e-324 for k in range(1, 400)]  # the smallest subnormals, where one digit can be enough

rng = random.Random(7)
values = list(EDGES)
values += [struct.unpack("<d", struct.pack("<Q", rng.getrandbits(64)))[0] for _ in range(1000)]
values += [struct.unpack("<f", struct.pack("<f", rng.uniform(-10, 10) * 10 ** rng.randint(-9, 3)))[0] for _ in range(1000)]
values += [rng.uniform(-1, 1) * 10 ** rng.randint(-8, 20) for _ in range(1000)]

with open("src/test/resources/json/doubles.txt", "w") as out:
    for value in values:
        bits = struct.unpack("<Q", struct.pack("<d", value))[0]
        out.write(f"{bits:016x} {json.dumps(value)}\n")
