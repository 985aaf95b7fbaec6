"""The table of bare networks: as the server runs them, beside OpenVINO with the same networks on the same cores, in fp32 and bf16.

Both run without a server on pixels that lie ready. A request of the twin is a pair of pictures.
"""
import json
import statistics
import subprocess
import sys

import archives
from results import number, ratio, table
from servers import pinned

COLUMNS = ("network", "1 core: ms", "OpenVINO", "OpenVINO / ours", "CPU s", "OpenVINO", "all cores: ms", "OpenVINO", "OpenVINO / ours", "requests/s",
           "OpenVINO", "ours / OpenVINO")


def rows(bench):
    """Each network in each precision that the processor has."""
    plain = [row for row in bench.rows if row.network and not row.fp32]
    return [row for each in plain for row in ([each, archives.in_bf16(each)] if bench.bf16 else [each])]


def measure(bench):
    for row in rows(bench):
        for _ in range(bench.options.rounds):
            bench.machine(row)
            bench.results.keep(row.name, "openvino", **openvino(bench, row))


def openvino(bench, row):
    command = [sys.executable, "-B", "-W", "ignore", archives.PEERS / "openvino_network.py", "--network", row.archive.removesuffix(archives.BF16),
               "--precision", "bf16" if row.fp32 else "f32", "--batches", "1,2,4", "--cores", bench.options.cores,
               "--seconds", max(1, bench.options.seconds // 3)]
    with open(bench.options.work / "openvino.log", "wb") as errors:
        return json.loads(subprocess.run(pinned(bench.options.cores, *command), check=True, stdout=subprocess.PIPE, stderr=errors).stdout)


def cell(bench, row, system, figure, **where):
    """A figure of the cell of that kind, in the median of the rounds."""
    values = [one[figure] for found in bench.results.find(row.name, system) for one in found["cells"]
              if all(one[key] == value for key, value in where.items())]
    return statistics.median(values) if values else None


def best(bench, row, system):
    """Requests a second with all cores busy, in the best way to have them so."""
    ways = {(one["callers"], one["threads"], one["batch"]) for found in bench.results.find(row.name, system) for one in found["cells"]
            if one["callers"] * one["threads"] == bench.options.cores}
    return max((cell(bench, row, system, "requestsPerSecond", callers=callers, threads=threads, batch=batch)
                for callers, threads, batch in ways), default=None)


def throughput_ratio(bench, row):
    """Ours over OpenVINO's; None if not measured."""
    return ratio(best(bench, row, "machine"), best(bench, row, "openvino"))


def text(bench):
    lines = []
    for row in rows(bench):
        def both(figure, digits, threads):
            ours, theirs = (cell(bench, row, system, figure, callers=1, threads=threads, batch=1) for system in ("machine", "openvino"))
            return number(ours, digits), number(theirs, digits), number(ratio(theirs, ours), 2)
        one, every = both("p50Ms", 1, 1), both("p50Ms", 1, bench.options.cores)
        lines.append((row.name, *one, *both("cpuSecondsPerRequest", 4, 1)[:2], *(every if bench.options.cores > 1 else (None,) * 3),
                      *(number(best(bench, row, system), 1) for system in ("machine", "openvino")), number(throughput_ratio(bench, row), 2)))
    return table(COLUMNS, lines)
