"""Measures what the options ask for, and prints the tables; called by scripts/bench/run, which see.

Each table is a module of its own with measure(bench) and text(bench); archives.py makes the models, servers.py starts the servers,
loads.py and tools.py measure, results.py keeps what they found.
"""
import pathlib

import archives
import constant_rates
import memory
import networks
import options
import results
import serving
import start
from servers import Servers
from tools import Tools


class Bench:
    """What the tables share."""

    def __init__(self, chosen):
        self.options = chosen
        self.tools = Tools(chosen.work, chosen.cores)
        self.servers = Servers(chosen, self.tools)
        self.results = results.Results(chosen.work / "results.json")
        self.bf16 = "_bf16 " in features()
        self.rows = archives.rows(chosen.work, chosen.models, chosen.bf16 and self.bf16)

    def store(self, row):
        """Where the row's archive is."""
        return archives.make(self.options.work, row)

    def machine(self, row):
        """Measures how fast the row's bare network is."""
        self.results.keep(row.name, "machine", **self.tools.machine(self.store(row), row, self.options.seconds))


def features():
    """Of the processor, as Linux calls them, with a space after each."""
    return next((line + " " for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("flags")), "")


def tables(chosen):
    """What is measured, one after the other."""
    yield serving
    besides = {networks: chosen.openvino, constant_rates: chosen.open_loop, memory: chosen.memory, start: chosen.start}
    yield from (table for table, wanted in besides.items() if wanted)


def main():
    chosen = options.parse()
    chosen.work.mkdir(parents=True, exist_ok=True)
    bench = Bench(chosen)
    for table in tables(chosen):
        table.measure(bench)
    for table in tables(chosen):
        print(table.text(bench))


if __name__ == "__main__":
    main()
