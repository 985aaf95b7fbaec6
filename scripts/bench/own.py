"""The table of a model of one's own: how many requests a second, how fast, and what one costs. Needs nothing that has to be installed.

The server is started on so many cores with that store, and sent the file again and again.
"""
import pathlib

import loads
from results import number, table

MODEL, CONNECTIONS = "own", (1, 2, 4, 16)
COLUMNS = ("clients", "requests/s", "p50 ms", "p95", "p99", "CPU s", "MB")


def measure(bench):
    store, model, file, content_type = bench.options.own
    body = pathlib.Path(file).read_bytes()
    for _ in range(bench.options.rounds):
        with bench.servers.sconce(pathlib.Path(store).absolute(), model, body, content_type) as server:
            loads.closed_loop(server, bench.options.work, body, content_type, 4, bench.options.seconds)  # what is compiled or planned later, is now
            for connections in CONNECTIONS:
                found = loads.closed_loop(server, bench.options.work, body, content_type, connections, bench.options.seconds)
                bench.results.keep(MODEL, "sconce", start_s=server.start_s, **found)


def text(bench):
    lines = []
    for connections in CONNECTIONS:
        def of(figure, digits=1):
            return number(bench.results.median(MODEL, "sconce", figure, connections=connections), digits)
        lines.append((connections, of("rps"), of("p50"), of("p95"), of("p99"), of("cpu_s", 4), of("resident_mb", 0)))
    return table(COLUMNS, lines)
