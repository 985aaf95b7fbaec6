"""The table of constant rates: requests come however late the answers are, up to three times saturation.

Saturation is the most that the closed loop of the main table had answered. Latencies count from when a request was to be sent.
"""
import archives
import loads
import serving
from results import number, ratio, table

RATES = (0.5, 0.8, 1.0, 3.0)
SYSTEM = "constant rate"
QUEUE, WARMUP_S = 100, 2  # the server's job_queue_size where nobody sets it
COLUMNS = ("model", "rate / saturation", "requests/s", "goodput / saturation", "p50 ms", "p95", "p99", "p99 / p50", "refused", "refusals p50 ms", "p99",
           "ping p50 ms", "p99", "max", "client late p99 ms")


def rows(bench):
    """Not echo: on so many cores as there are, the load itself would need most of them."""
    return [row for row in bench.rows if row.archive != "echo"]


def measure(bench):
    for row in rows(bench):
        saturation = serving.saturation(bench, row)
        if saturation is None:
            continue
        body, kind = archives.body(row)
        file = bench.options.work / "constant-rate-body"
        file.write_bytes(body)
        for _ in range(bench.options.rounds):
            with bench.servers.sconce(bench.store(row), f"{row.archive}.mar", body, kind) as server:
                loads.closed_loop(server, bench.options.work, body, kind, 4, bench.options.seconds)
                for rate in RATES:
                    found = bench.tools.open_loop(server, file, kind, rate * saturation, bench.options.seconds, warmup(rate, saturation))
                    bench.results.keep(row.name, SYSTEM, **figures(rate, saturation, found))


def warmup(rate, saturation):
    """Seconds until it is as it stays: above saturation, once the queue is full."""
    return WARMUP_S + (QUEUE / ((rate - 1) * saturation) if rate > 1 else 0)


def figures(rate, saturation, found):
    """None where there is none: a refusal's time if none was refused."""
    answered, refusals, pings = found["answered"], found["refusals"], found["pings"]
    return {"rate": rate, "rps": rate * saturation, "goodput": found["goodput"] / saturation, "refused": answered.get("503", 0) / found["sent"],
            "failed": found["unanswered"] + answered.get("failed", 0), "p50": found.get("p50Ms"), "p95": found.get("p95Ms"), "p99": found.get("p99Ms"),
            "refusal_p50": refusals.get("p50Ms"), "refusal_p99": refusals.get("p99Ms"), "ping_p50": pings.get("p50Ms"),
            "ping_p99": pings.get("p99Ms"), "ping_max": pings.get("maxMs"), "late_p99": found["lateP99Ms"]}


def median(bench, row, rate, figure):
    return bench.results.median(row.name, SYSTEM, figure, rate=rate)


def text(bench):
    lines = []
    for row in rows(bench):
        for rate in (rate for rate in RATES if bench.results.find(row.name, SYSTEM, rate=rate)):
            def of(figure, digits=1):
                return number(median(bench, row, rate, figure), digits)
            spread = ratio(median(bench, row, rate, "p99"), median(bench, row, rate, "p50"))
            refused = median(bench, row, rate, "refused")
            lines.append((row.name, rate, of("rps"), of("goodput", 2), of("p50"), of("p95"), of("p99"), number(spread, 2),
                          None if not refused else f"{refused:.0%}", of("refusal_p50"), of("refusal_p99"), of("ping_p50"), of("ping_p99"),
                          of("ping_max"), of("late_p99")))
    return table(COLUMNS, lines)
