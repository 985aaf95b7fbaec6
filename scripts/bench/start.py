"""The table of starts: process start to first answer of the twin, beside the engine's bare load of the same module.

The bare load is a JVM that starts the engine, loads the TorchScript file, runs it once on blank pictures and ends: dev.sconce.bench.BareLoad.
The file is written before, outside what is timed.
"""
import archives
from results import number, ratio, table

MODEL, BARE = "start", "bare load"


def twin(bench):
    return archives.rows(bench.options.work, ["twin"], False)[0]


def measure(bench):
    row, work = twin(bench), bench.options.work
    store, module = bench.store(row), work / "twin.pt"
    bench.tools.run("SavedTwin", "--encoder", work / "encoder_weight.pth", "--head", work / "head_weight.pth", module)
    body, kind = archives.body(row)
    for _ in range(bench.options.rounds):
        with bench.servers.sconce(store, "twin.mar", body, kind) as server:
            bench.results.keep(MODEL, "sconce", start_s=server.start_s)
        found = bench.tools.run("BareLoad", module)
        bench.results.keep(MODEL, BARE, start_s=found["wall_s"], **found)


def over_bare(bench):
    return ratio(*(bench.results.median(MODEL, system, "start_s") for system in ("sconce", BARE)))


def text(bench):
    ours, bare = (number(bench.results.median(MODEL, system, "start_s"), 2) for system in ("sconce", BARE))
    parts = (number(bench.results.median(MODEL, BARE, f"{part}Seconds"), 2) for part in ("engine", "load", "forward"))
    columns = ("twin: start to first answer, s", "bare load, s", "of it engine", "file", "first forward", "start / bare load")
    return table(columns, [(ours, bare, *parts, number(over_bare(bench), 2))])
