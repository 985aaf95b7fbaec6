"""Measures what the options ask for, and prints the tables; called by scripts/bench/run, which see.

Each table is a module of its own with measure(bench) and text(bench); archives.py makes the models, servers.py starts the servers,
loads.py and tools.py measure, results.py keeps what they found.
"""
import archives
import options
import results
import serving
from servers import Servers
from tools import Tools


class Bench:
    """What the tables share."""

    def __init__(self, chosen):
        self.options = chosen
        self.tools = Tools(chosen.work, chosen.cores)
        self.servers = Servers(chosen, self.tools)
        self.results = results.Results(chosen.work / "results.json")
        self.rows = archives.rows(chosen.work, chosen.models)

    def store(self, row):
        """Where the row's archive is."""
        return archives.make(self.options.work, row)

    def machine(self, row):
        """Measures how fast the row's bare network is."""
        self.results.keep(row.name, "machine", **self.tools.machine(self.store(row), row, self.options.seconds))


def main():
    chosen = options.parse()
    chosen.work.mkdir(parents=True, exist_ok=True)
    bench = Bench(chosen)
    serving.measure(bench)
    print(serving.text(bench))


if __name__ == "__main__":
    main()
