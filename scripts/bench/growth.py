"""How cost grows: throughput against batch size, clients, picture size, models and workers. Written to growth.json, which plot.py draws.

In each curve one thing differs. Where nothing else is said it is ResNet-50 that is asked, by as many clients as CLIENTS.
"""
import json

import archives
import loads
from results import number, table

MODEL, CLIENTS = "ResNet-50", 16
BATCHES = MODELS = WORKERS = (1, 2, 4, 8)
CONCURRENCIES = (1, 2, 4, 8, 16, 32)
WIDTHS = (224, 640, 1024, 2048, 4096)
BATCH_DELAY_MS = 50


def measure(bench):
    rows = {row.name: row for row in archives.rows(bench.options.work, ["twin", "resnet50"], False)}
    file = bench.options.work / "growth.json"
    points = []
    for curve, x, found in every_point(bench, rows[MODEL], rows["twin"]):
        points.append({"curve": curve, "x": x, **found})
        bench.results.keep("growth", curve, x=x, **found)
        file.write_text(json.dumps(points, indent=1))


def every_point(bench, resnet, twin):
    """The curve, what differs, and what was found."""
    for size in BATCHES:
        settings = {"1.0": {"marName": "resnet50.mar", "minWorkers": 1, "maxWorkers": 1, "batchSize": size, "maxBatchDelay": BATCH_DELAY_MS}}
        yield "batch size, 1 worker", size, asked(bench, resnet, lines={"models": json.dumps({"resnet50": settings})})
    for row in (resnet, twin):
        for clients in CONCURRENCIES:
            yield f"clients, {row.name}", clients, asked(bench, row, clients=clients)
    for width in WIDTHS:
        yield "width of the picture", width, asked(bench, resnet, parts={"data": picture(bench.options.work, width)})
    for count in MODELS:
        yield "models", count, asked(bench, resnet, count=count)
    for workers in WORKERS:
        yield "workers", workers, asked(bench, resnet, lines={"default_workers_per_model": workers})


def asked(bench, row, clients=CLIENTS, parts=None, count=1, lines=()):
    """A server of its own, once warm. count: under so many names the archive is loaded, which are asked in turns."""
    body, kind = archives.body(row, parts)
    names = [f"{row.archive}{'' if i == 0 else i}" for i in range(count)]
    models = ",".join(f"{name}={row.archive}.mar" for name in names)
    paths = [f"/predictions/{name}" for name in names]
    with bench.servers.sconce(bench.store(row), models, body, kind, lines) as server:
        for _ in ("warm", "counted"):
            found = loads.closed_loop(server, bench.options.work, body, kind, clients, bench.options.seconds, paths if count > 1 else ())
    return found


def picture(work, width):
    return archives.picture(work, "cat1", (width, width * 3 // 4))


def text(bench):
    found = [row for row in bench.results.rows if row["model"] == "growth"]
    columns = ("what grows", "to", "requests/s", "p50 ms", "p99", "CPU s", "MB")
    return table(columns, [(row["system"], row["x"], number(row["rps"]), number(row["p50"]), number(row["p99"]), number(row["cpu_s"], 4),
                            number(row["resident_mb"], 0)) for row in found])
