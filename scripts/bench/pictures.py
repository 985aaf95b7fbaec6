"""The table of pictures: decode and resize of one JPEG, here and by Pillow, one thread each, in turns."""
import json
import subprocess
import sys

import archives
from results import number, ratio, table
from servers import pinned

MODEL, BENCHMARK = "pictures", "BenchmarkPictures.decodeAndResize$"
PILLOW = """
import io, json, statistics, sys, time
from PIL import Image
data, times = open(sys.argv[1], "rb").read(), []
end = time.perf_counter() + float(sys.argv[2])
while time.perf_counter() < end:
    begin = time.perf_counter()
    Image.open(io.BytesIO(data)).convert("RGB").resize((224, 224), Image.Resampling.BILINEAR)
    times.append(time.perf_counter() - begin)
print(json.dumps({"ms": statistics.mean(times) * 1e3}))
"""


def measure(bench):
    file = archives.picture(bench.options.work, "cat1")
    for _ in range(bench.options.rounds):
        bench.results.keep(MODEL, "sconce", ms=by_jmh(bench, file))
        command = pinned(bench.options.cores, sys.executable, "-c", PILLOW, file, bench.options.seconds)
        bench.results.keep(MODEL, "pillow", **json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout))


def by_jmh(bench, file):
    """Milliseconds in the mean, as JMH has them."""
    out = bench.options.work / "jmh.json"
    seconds = f"{max(1, bench.options.seconds // 5)}s"
    command = bench.tools.command("org.openjdk.jmh.Main", BENCHMARK, "-p", f"file={file}", "-f", 1, "-wi", 5, "-w", seconds, "-i", 5, "-r", seconds,
                                  "-tu", "ms", "-rf", "json", "-rff", out)
    with open(bench.options.work / "jmh.log", "wb") as log:
        subprocess.run(command, check=True, stdout=log, stderr=log)
    return json.loads(out.read_text())[0]["primaryMetric"]["score"]


def over_pillow(bench):
    return ratio(*(bench.results.median(MODEL, system, "ms") for system in ("sconce", "pillow")))


def text(bench):
    width, height = archives.PICTURE_SIZE
    ours, pillow = (number(bench.results.median(MODEL, system, "ms"), 2) for system in ("sconce", "pillow"))
    return table((f"JPEG of {width} x {height} to 224 x 224: ms", "Pillow", "ours / Pillow"), [(ours, pillow, number(over_pillow(bench), 2))])
