"""Measures what the options ask for, and prints the tables; called by scripts/bench/run, which see.

Each table is a module of its own with measure(bench) and text(bench); archives.py makes the models, servers.py starts the servers,
loads.py and tools.py measure, results.py keeps what they found.
"""
import pathlib
import signal
import subprocess
import sys
import traceback

import archives
import constant_rates
import growth
import machine
import memory
import networks
import options
import own
import pictures
import results
import serving
import start
import targets
from servers import Servers
from tools import Tools


class Bench:
    """What the tables share."""

    def __init__(self, chosen):
        self.options, self.failures = chosen, 0
        self.tools = Tools(chosen.work, chosen.cores, chosen.lines)
        self.servers = Servers(chosen, self.tools)
        self.results = results.Results(chosen.work / "results.json")
        self.bf16 = "_bf16 " in features()
        self.rows = [] if chosen.own else archives.rows(chosen.work, chosen.models, chosen.bf16 and self.bf16)

    def attempt(self, measure, *arguments):
        """What fails costs its own figures, not those of hours before it."""
        try:
            measure(*arguments)
        except (RuntimeError, subprocess.CalledProcessError):
            self.failures += 1
            traceback.print_exc()

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
    if chosen.own:
        return [own]
    besides = {networks: chosen.openvino, constant_rates: chosen.open_loop, memory: chosen.memory, start: chosen.start,
               pictures: chosen.pictures, growth: chosen.growth}
    return [serving, *(table for table, wanted in besides.items() if wanted), targets]


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that servers are ended, too
    chosen = options.parse()
    chosen.work.mkdir(parents=True, exist_ok=True)
    bench = Bench(chosen)
    for table in tables(chosen):
        if table is not targets:
            bench.attempt(table.measure, bench)
    text = "\n".join([machine.text(bench), *(f"{table.__doc__.splitlines()[0]}\n\n{table.text(bench)}" for table in tables(chosen))])
    (chosen.work / "table.md").write_text(text)
    print(text)
    if bench.failures:
        sys.exit(f"{bench.failures} of the measurements failed, see above")


if __name__ == "__main__":
    main()
