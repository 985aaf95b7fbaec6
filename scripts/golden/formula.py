"""Weights and pictures by a formula that Python and Java compute alike, so that full-size checks need no big files.

The Java side is src/test/java/dev/sconce/network/Formula.java; keep the two together.

Every number comes from SplitMix64 over (FNV-1a of the tensor's name) and the element's index: a uniform u in [0, 1)
with 24 bits, which float64 and float32 hold exactly. The scale of each kind of tensor keeps a deep network's values
near 1, so that all its layers matter to the result.
"""
import math

import numpy as np
import torch

MASK = (1 << 64) - 1


def fnv1a(text):
    h = 0xCBF29CE484222325
    for byte in text.encode():
        h = ((h ^ byte) * 0x100000001B3) & MASK
    return h


def uniform(name, count):
    """count numbers in [0, 1) as float64, each a multiple of 2**-24."""
    with np.errstate(over="ignore"):
        z = np.uint64(fnv1a(name)) + (np.arange(count, dtype=np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(40)).astype(np.float64) * 2.0**-24


def tensor(name, shape, last_norm):
    """One tensor of a state dict.

    last_norm: which BatchNorm ends a residual branch (bn2 or bn3): a smaller one keeps the sums from growing.
    """
    u = uniform(name, math.prod(shape))
    if name.endswith("running_var"):
        values = 0.75 + 0.5 * u
    elif name.endswith("running_mean") or name.endswith("bias"):
        values = 0.25 * u - 0.125
    elif len(shape) == 1:
        values = 0.25 + 0.25 * u if name.endswith(f".{last_norm}.weight") else 0.75 + 0.5 * u
    else:
        bound = math.sqrt(6.0 / math.prod(shape[1:]))
        values = (2.0 * u - 1.0) * bound
    return torch.from_numpy(values.astype(np.float32)).reshape(shape)


def fill(module, prefix, last_norm="bn2"):
    """Sets every tensor of a module's state dict; names begin with prefix, so that encoder and head differ."""
    state = module.state_dict()
    for key, value in state.items():
        if key.endswith("num_batches_tracked"):
            continue
        value.copy_(tensor(prefix + key, tuple(value.shape), last_norm))
    module.load_state_dict(state)
    return module.eval()


def picture(name, height, width):
    """A smooth picture, uint8 [height, width, 3]: a 5 x 5 grid of colours by formula, interpolated in integers."""
    grid = (uniform(name, 5 * 5 * 3) * 256).astype(np.int64).reshape(5, 5, 3)
    y = np.arange(height) * 4 * 256 // height
    x = np.arange(width) * 4 * 256 // width
    y0, fy = y >> 8, (y & 255)[:, None, None]
    x0, fx = x >> 8, (x & 255)[None, :, None]
    top = grid[y0][:, x0] * (256 - fx) + grid[y0][:, x0 + 1] * fx
    bottom = grid[y0 + 1][:, x0] * (256 - fx) + grid[y0 + 1][:, x0 + 1] * fx
    return ((top * (256 - fy) + bottom * fy) >> 16).astype(np.uint8)
