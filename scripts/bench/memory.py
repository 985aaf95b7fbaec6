"""The table of memory: what the twin's server holds with one worker and with four, each of which was asked."""
import archives
import loads
from results import number, ratio, table
from start import twin

MODEL, WORKERS, CONNECTIONS = "memory", (1, 4), 16


def measure(bench):
    row = twin(bench)
    body, kind = archives.body(row)
    for _ in range(bench.options.rounds):
        for workers in WORKERS:
            with bench.servers.sconce(bench.store(row), "twin.mar", body, kind, {"default_workers_per_model": workers}) as server:
                found, answers = {}, 0
                while answers < CONNECTIONS * workers:  # so that no worker has had nothing to do
                    found = loads.closed_loop(server, bench.options.work, body, kind, CONNECTIONS, bench.options.seconds)
                    answers += found["rps"] * bench.options.seconds
            bench.results.keep(MODEL, "sconce", workers=workers, **found)


def growth(bench):
    one, four = (bench.results.median(MODEL, "sconce", "resident_mb", workers=workers) for workers in WORKERS)
    return ratio(four, one)


def text(bench):
    one, four = (number(bench.results.median(MODEL, "sconce", "resident_mb", workers=workers), 0) for workers in WORKERS)
    return table(("twin: MB with 1 worker", "4 workers", "4 / 1"), [(one, four, number(growth(bench), 3))])
