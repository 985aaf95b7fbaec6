"""One table: how fast the server is beside what its handler, the machine and TorchServe do, all measured in one run.

Called by scripts/bench/run, which see.
"""
import argparse
import json
import os
import pathlib
import statistics
import sys

import archives
import loads
import servers

CONNECTIONS = (1, 4, 16)
RATES = (0.5, 0.8, 1.0, 3.0)


def say(text):
    print(text, file=sys.stderr, flush=True)


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench/run", description=__doc__)
    parser.add_argument("--models", default=",".join(archives.MAKERS), help="which, with commas between (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured in turn (default: %(default)s)")
    parser.add_argument("--seconds", type=int, default=10, help="of each measurement (default: %(default)s)")
    parser.add_argument("--torchserve", action="store_true", help="beside TorchServe, in its best setting of those tried")
    parser.add_argument("--open-loop", action="store_true", help="at constant rates, too, up to three times saturation")
    parser.add_argument("--config", action="append", default=[], metavar="KEY=VALUE", help="a line of the server's configuration")
    parser.add_argument("--work", type=pathlib.Path, required=True, help="a directory for models, logs and results")
    parser.add_argument("--environment", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    return parser.parse_args()


class Bench:
    def __init__(self, options):
        self.options = options
        self.cores = len(os.sched_getaffinity(0))
        self.lines = dict(line.split("=", 1) for line in options.config)
        self.tools = loads.Tools(options.work)
        self.store, self.rows = archives.models(options.work, options.models.split(","))
        self.results = []

    def settings(self):
        """Of TorchServe: as many workers as cores with a thread each, or one with all."""
        return [(workers, self.cores // workers) for workers in (1, self.cores)] if self.options.torchserve else []

    def starters(self, row):
        body, kind = archives.body(row)
        yield "sconce", lambda: servers.sconce(self.options.work, self.store, row.archive, body, kind, **self.lines)
        for workers, threads in self.settings():
            yield f"torchserve {workers}x{threads}", lambda w=workers, t=threads: servers.torchserve(
                self.options.environment, self.options.work, self.store, row.archive, body, kind, w, t)

    def measure(self):
        for row in self.rows:
            for turn in range(self.options.rounds):
                for name, start in self.starters(row):
                    self.serve(row, turn, name, start)
                self.ceilings(row, turn)
            self.machine(row)
            if self.options.open_loop:
                self.constant_rates(row)

    def serve(self, row, turn, name, start):
        body, kind = archives.body(row)
        with start() as server:
            loads.closed_loop(server, self.options.work, body, kind, 4, self.options.seconds)  # what is compiled or planned later, is now
            for connections in CONNECTIONS:
                found = loads.closed_loop(server, self.options.work, body, kind, connections, self.options.seconds)
                self.keep(row, name, turn=turn, start_s=server.start_s, **found)

    def ceilings(self, row, turn):
        for threads in (1, self.cores):
            found = self.tools.handler(self.store, row, threads, self.options.seconds, self.options.seconds)
            self.keep(row, "handler", turn=turn, threads=threads, rps=found["requestsPerSecond"], cpu_s=found["cpuSecondsPerRequest"],
                      p50=found["p50Ms"], p95=found["p95Ms"], p99=found["p99Ms"], resident_mb=found["residentMb"], start_s=found["loadSeconds"])

    def machine(self, row):
        if row.pixels:
            self.keep(row, "machine", **self.tools.machine(self.store, row, max(1, self.options.seconds // 3)))

    def constant_rates(self, row):
        saturation = max(self.median(row, "sconce", "rps", connections=connections) for connections in CONNECTIONS)
        body, kind = archives.body(row)
        file = self.options.work / "open-loop-body"
        file.write_bytes(body)
        _, start = next(self.starters(row))
        with start() as server:
            loads.closed_loop(server, self.options.work, body, kind, 4, self.options.seconds)
            for rate in RATES:
                found = self.tools.open_loop(server, file, kind, rate * saturation, self.options.seconds)
                self.keep(row, "open loop", rate=rate, saturation=saturation, **found)

    def keep(self, row, system, **found):
        self.results.append({"model": row.name, "system": system, **found})
        say(json.dumps(self.results[-1]))
        (self.options.work / "results.json").write_text(json.dumps(self.results, indent=1))

    def values(self, row, system, figure, **where):
        return [result[figure] for result in self.results
                if result["model"] == row.name and result["system"] == system and all(result.get(key) == value for key, value in where.items())]

    def median(self, row, system, figure, **where):
        return statistics.median(self.values(row, system, figure, **where))

    def best_torchserve(self, row, connections):
        names = [f"torchserve {workers}x{threads}" for workers, threads in self.settings()]
        return max(names, key=lambda name: self.median(row, name, "rps", connections=connections), default=None)

    def print_table(self):
        print(f"{self.cores} cores, {self.options.rounds} rounds of {self.options.seconds} s; medians, the least and the most in brackets")
        columns = ("model", "clients", "requests/s", "p50 ms", "p95", "p99", "CPU s", "MB", "start s", "/handler", "/machine", "/TorchServe", "p50 /TorchServe")
        lines = [columns] + [self.line(row, connections) for row in self.rows for connections in CONNECTIONS]
        widths = [max(len(line[i]) for line in lines) for i in range(len(columns))]
        for line in lines:
            print("| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |")
            if line is columns:
                print("|" + "|".join("-" * (width + 2) for width in widths) + "|")
        self.print_rates()

    def line(self, row, connections):
        def ours(figure):
            return self.median(row, "sconce", figure, connections=connections)
        rates = self.values(row, "sconce", "rps", connections=connections)
        handler = self.median(row, "handler", "rps", threads=1 if connections == 1 else self.cores)
        machine = self.values(row, "machine", "requestsPerSecond")
        peer = self.best_torchserve(row, connections)
        return (row.name, str(connections), f"{ours('rps'):.1f} ({min(rates):.1f} to {max(rates):.1f})", f"{ours('p50'):.1f}", f"{ours('p95'):.1f}",
                f"{ours('p99'):.1f}", f"{ours('cpu_s'):.4f}", f"{ours('resident_mb'):.0f}", f"{ours('start_s'):.1f}", f"{ours('rps') / handler:.2f}",
                f"{ours('rps') / machine[0]:.2f}" if machine else "",
                f"{ours('rps') / self.median(row, peer, 'rps', connections=connections):.2f} ({peer.split()[1]})" if peer else "",
                f"{ours('p50') / self.median(row, peer, 'p50', connections=connections):.2f}" if peer else "")

    def print_rates(self):
        for result in self.results:
            if result["system"] == "open loop":
                print(json.dumps(result))


if __name__ == "__main__":
    options = arguments()
    options.work.mkdir(parents=True, exist_ok=True)
    options.work = options.work.resolve()
    bench = Bench(options)
    bench.measure()
    bench.print_table()
