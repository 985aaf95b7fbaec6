"""The list of targets: each beside what was measured, and by how much it is missed. Those of which nothing was measured are left out."""
import constant_rates
import memory
import networks
import pictures
import serving
import start
from results import ratio, table

COLUMNS = ("target", "model", "wanted", "measured", "")


def text(bench):
    found = [*served(bench), *compared(bench), *at_constant_rates(bench), *once(bench)]
    return table(COLUMNS, [line(*target) for target in found if target[3] is not None])


def line(what, model, wanted, measured):
    """wanted: at least that; if negative, at most its amount."""
    limit, most = abs(wanted), wanted < 0
    met = measured <= limit if most else measured >= limit
    missed = abs(measured - limit) / limit
    return what, model, f"{'≤' if most else '≥'} {limit:g}", f"{measured:.2f}", "met" if met else f"missed by {missed:.0%}"


def served(bench):
    """Of the main table: by row what is wanted of each ratio, and with how many clients."""
    wanted = {
        "twin": [("/handler", 4, 0.95), ("/machine", 4, 0.9), ("/TorchServe", 4, 1.5), ("p50 /TorchServe", 1, -0.7)],
        "twin, bf16": [("/fp32", 4, 3), ("/TorchServe", 4, 4)],
        "twin, cam=True": [("p50 /plain", 1, -1.1), ("/TorchServe", 4, 4)],
        "echo, 100 bytes": [("/TorchServe", 16, 10), ("/Netty", 16, 0.5)],
    }
    classifier = [("/handler", 4, 0.95), ("/TorchServe", 4, 1.3)]
    for row in bench.rows:
        for name, connections, limit in wanted.get(row.name, classifier):
            ratios = serving.ratios(bench, row, connections)
            yield f"{name}, {connections} client{'s' if connections > 1 else ''}", row.name, limit, ratios[name]


def compared(bench):
    for row in networks.rows(bench):
        yield "requests/s / OpenVINO's", row.name, 0.9 if row.fp32 else 1.0, networks.throughput_ratio(bench, row)


def at_constant_rates(bench):
    for row in constant_rates.rows(bench):
        def of(rate, figure, row=row):
            return constant_rates.median(bench, row, rate, figure)
        yield "p99 / p50 at 0.8 of saturation", row.name, -2.5, ratio(of(0.8, "p99"), of(0.8, "p50"))
        yield "goodput / saturation at 3 times it", row.name, 0.9, of(3.0, "goodput")
        for what, figure in (("refusals", "refusal_p99"), ("pings", "ping_p99")):
            yield f"p99 of {what} at 3 times it / p50 of predictions at 0.8", row.name, -1, ratio(of(3.0, figure), of(0.8, "p50"))


def once(bench):
    yield "memory with 4 workers / with 1", "twin", -1.15, memory.growth(bench)
    yield "start / engine's bare load", "twin", -2, start.over_bare(bench)
    yield "decode and resize / Pillow's", "1024 x 768 JPEG", -1.2, pictures.over_pillow(bench)
