"""Draws what scripts/bench/run --growth has written, one SVG file for each thing that grows:

    ~/.cache/sconce-bench/bin/python scripts/bench/plot.py ~/.cache/sconce-bench/work/growth.json [DIRECTORY]

The directory is sample/benchmark unless another is given. The background is transparent, the lines show on white and on black.
"""
import argparse
import json
import pathlib

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot  # noqa: E402  after the backend is chosen

INK, COLOURS = "#808080", ("#1f77b4", "#e07b00")
OUT = pathlib.Path(__file__).resolve().parents[2] / "sample/benchmark"
STYLE = {"svg.hashsalt": "bench", "font.family": "sans-serif", "font.size": 9, "axes.edgecolor": INK, "axes.labelcolor": INK, "text.color": INK,
         "xtick.color": INK, "ytick.color": INK, "axes.spines.top": False, "axes.spines.right": False}


def drawing(curves):
    """curves: by name, points of throughput; the part of the name after a comma tells them apart."""
    figure, axes = pyplot.subplots(figsize=(4.2, 2.6), layout="constrained")
    for (name, points), colour in zip(curves.items(), COLOURS):
        what, _, which = name.partition(", ")
        xs = [point["x"] for point in points]
        axes.plot(xs, [point["rps"] for point in points], "o-", color=colour, markersize=4, label=which)
        axes.set_xscale("log", base=2)
        axes.set_xticks(xs, xs)
        axes.set_xlabel(what)
    axes.minorticks_off()
    axes.set_ylim(bottom=0)
    axes.set_ylabel("requests/s")
    axes.grid(axis="y", color=INK, alpha=0.25)
    if len(curves) > 1:
        axes.legend(frameon=False, labelcolor=INK)
    return figure


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("directory", type=pathlib.Path, nargs="?", default=OUT)
    options = parser.parse_args()
    options.directory.mkdir(parents=True, exist_ok=True)
    pictures = {}
    for point in json.loads(options.file.read_text()):
        what = point["curve"].split(", ")[0]
        pictures.setdefault(what, {}).setdefault(point["curve"], []).append(point)
    with pyplot.rc_context(STYLE):
        for what, curves in pictures.items():
            file = options.directory / f"{what.replace(' ', '-')}.svg"
            drawing(curves).savefig(file, transparent=True, metadata={"Date": None})
            print(file)


if __name__ == "__main__":
    main()
