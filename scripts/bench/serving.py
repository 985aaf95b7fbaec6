"""The main table: each model served, beside its handler without a server, the machine, a bare Netty server and TorchServe."""
import archives
import loads
from results import number, ratio, table

CONNECTIONS = (1, 4, 16)
COLUMNS = ("model", "clients", "requests/s", "p50 ms", "p95", "p99", "CPU s", "MB", "start s", "/handler", "/machine", "/Netty", "/fp32", "p50 /plain",
           "/TorchServe", "p50 /TorchServe")


def measure(bench):
    for row in bench.rows:
        if row.group == row.name:
            group = [other for other in bench.rows if other.group == row.name]
            for turn in range(bench.options.rounds):
                for member in group:
                    bench.attempt(measure_once, bench, member, turn)
    for row in bench.rows:
        if row.network and not bench.options.openvino:
            bench.machine(row)  # otherwise networks.py does


def measure_once(bench, row, turn):
    for name, start in starters(bench, row):
        with start() as server:
            serve(bench, row, turn, name, server)
    if row.archive == "echo":
        return  # its handler takes no time
    for threads in {1, bench.options.cores}:
        bench.results.keep(row.name, "handler", turn=turn, **bench.tools.handler(bench.store(row), row, threads, bench.options.seconds))


def starters(bench, row):
    body, kind = archives.body(row)
    models = f"{row.archive}.mar"
    yield "sconce", lambda: bench.servers.sconce(bench.store(row), models, body, kind)
    if row.archive == "echo":
        yield "netty", lambda: bench.servers.netty(body, kind)
    if not row.fp32:
        for workers, threads in settings(bench.options):
            yield peer(workers, threads), lambda w=workers, t=threads: bench.servers.torchserve(w, t, bench.store(row), models, body, kind)


def settings(options):
    """Of TorchServe: one worker with all cores, or as many workers as cores with a thread each."""
    return sorted({(workers, options.cores // workers) for workers in (1, options.cores)}) if options.torchserve else []


def peer(workers, threads):
    return f"torchserve {workers}x{threads}"


def serve(bench, row, turn, name, server):
    body, kind = archives.body(row)
    seconds = bench.options.seconds
    loads.closed_loop(server, bench.options.work, body, kind, 4, seconds)  # what is compiled or planned later, is now
    for connections in CONNECTIONS:
        found = loads.closed_loop(server, bench.options.work, body, kind, connections, seconds)
        bench.results.keep(row.name, name, turn=turn, start_s=server.start_s, **found)


def saturation(bench, row):
    """The most requests a second that were answered; None if the row was not served."""
    rates = [bench.results.median(row.name, "sconce", "rps", connections=connections) for connections in CONNECTIONS]
    return max(filter(None, rates), default=None)


def best_torchserve(bench, row, connections):
    """The setting that answers most; None if there is none. For a row in bf16, of the same network in fp32."""
    model = row.fp32 or row.name
    names = [peer(*setting) for setting in settings(bench.options) if bench.results.find(model, peer(*setting))]
    return max(names, key=lambda name: bench.results.median(model, name, "rps", connections=connections), default=None)


def ratios(bench, row, connections):
    """What is measured, over what it is compared with, by the names of COLUMNS; None where there is nothing to compare with."""
    def median(model, system, figure, **where):
        return bench.results.median(model, system, figure, **(where or {"connections": connections}))
    rate, p50 = (median(row.name, "sconce", figure) for figure in ("rps", "p50"))
    other, best = row.fp32 or row.name, best_torchserve(bench, row, connections)
    return {
        "/handler": ratio(rate, median(row.name, "handler", "rps", threads=1 if connections == 1 else bench.options.cores)),
        "/machine": ratio(rate, bench.results.median(row.name, "machine", "requestsPerSecond")),
        "/Netty": ratio(rate, median(row.name, "netty", "rps")),
        "/fp32": ratio(rate, row.fp32 and median(row.fp32, "sconce", "rps")),
        "p50 /plain": ratio(p50, row.plain and median(row.plain, "sconce", "p50")),
        "/TorchServe": ratio(rate, best and median(other, best, "rps")),
        "p50 /TorchServe": ratio(p50, best and median(other, best, "p50")),
    }


def line(bench, row, connections):
    def ours(figure, digits):
        return number(bench.results.median(row.name, "sconce", figure, connections=connections), digits)
    rates = bench.results.values(row.name, "sconce", "rps", connections=connections)
    compared = {name: number(value, 2) for name, value in ratios(bench, row, connections).items()}
    if compared["/TorchServe"]:
        compared["/TorchServe"] += f" ({best_torchserve(bench, row, connections).split()[1]})"
    figures = (ours("p50", 1), ours("p95", 1), ours("p99", 1), ours("cpu_s", 5 if row.archive == "echo" else 4), ours("resident_mb", 0), ours("start_s", 1))
    return (row.name, connections, f"{ours('rps', 1)} ({min(rates):.1f} to {max(rates):.1f})", *figures, *(compared[name] for name in COLUMNS[9:]))


def text(bench):
    lines = [line(bench, row, connections) for row in bench.rows for connections in CONNECTIONS
             if bench.results.find(row.name, "sconce", connections=connections)]
    return table(COLUMNS, lines)
