"""How fast OpenVINO runs one of the networks on this processor, on pictures of noise: prints one JSON object.

Cells are, as those of MachineCeiling, ways to run it: streams at once, threads of each, requests in a batch.
"""
import argparse
import json
import statistics
import time

import numpy
import openvino
import torch
import torchvision

import twin_handler
import unet_handler


class Twin(torch.nn.Module):
    """As the server has it: left pictures, then right ones, through the encoder together."""

    def __init__(self):
        super().__init__()
        self.encoder, self.head = twin_handler.encoder(), twin_handler.head()

    def forward(self, pictures):
        left, right = self.encoder(pictures).chunk(2)
        return self.head(torch.cat([left, right], 1))


NETWORKS = {  # how it is made, and the pictures of a request: how many, how high, how wide
    "twin": (Twin, (2, 224, 224)),
    "unet": (unet_handler.unet, (1, *unet_handler.SIZE)),
    "resnet50": (torchvision.models.resnet50, (1, 224, 224)),
    "vgg16": (torchvision.models.vgg16, (1, 224, 224)),
}


def compiled(model, precision, streams, threads):
    return openvino.Core().compile_model(model, "CPU", {
        "INFERENCE_PRECISION_HINT": precision, "NUM_STREAMS": streams, "INFERENCE_NUM_THREADS": streams * threads,
        "PERFORMANCE_HINT": "THROUGHPUT" if streams > 1 else "LATENCY"})


def measured(network, pictures, streams, batch, seconds, warmup):
    """Requests a second, processor time of each, and the milliseconds that the batch takes in its stream."""
    queue, took, begun = openvino.AsyncInferQueue(network, streams), [], {}
    queue.set_callback(lambda request, key: took.append(time.perf_counter() - begun.pop(key)))
    key = 0
    for limit in (warmup, seconds):
        took.clear()
        start, cpu = time.perf_counter(), time.process_time()
        while time.perf_counter() - start < limit or not took:
            free = queue.get_idle_request_id()  # waits for one
            queue[free].set_tensor(network.inputs[0], openvino.Tensor(pictures, shared_memory=True))
            key += 1
            begun[key] = time.perf_counter()
            queue.start_async(userdata=key)
        queue.wait_all()
        lasted, used = time.perf_counter() - start, time.process_time() - cpu
    requests = len(took) * batch
    return {"requests": requests, "requestsPerSecond": requests / lasted, "cpuSecondsPerRequest": used / requests,
            "p50Ms": statistics.median(took) * 1e3}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", choices=NETWORKS, required=True)
    parser.add_argument("--precision", choices=("f32", "bf16"), required=True)
    parser.add_argument("--batches", default="1,2,4")
    parser.add_argument("--cores", type=int, required=True)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--warmup", type=float, default=1)
    options = parser.parse_args()
    make, (count, height, width) = NETWORKS[options.network]
    network = make().eval()
    cells = []
    for batch in map(int, options.batches.split(",")):
        pictures = torch.zeros(count * batch, 3, height, width)
        pixels = numpy.random.default_rng(0).standard_normal(pictures.shape, numpy.float32)
        with torch.no_grad():
            model = openvino.convert_model(network, example_input=pictures, input=list(pictures.shape))
        for streams, threads in sorted({(1, 1), (1, options.cores), (options.cores, 1)}):
            ready = compiled(model, options.precision, streams, threads)
            found = measured(ready, pixels, streams, batch, options.seconds, options.warmup)
            cells.append({"callers": streams, "threads": threads, "batch": batch, **found})
    print(json.dumps({"version": openvino.__version__, "cells": cells}))


if __name__ == "__main__":
    main()
