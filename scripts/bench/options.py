"""The options of scripts/bench/run. Needs nothing but Python, so that they can be told before anything is installed.

Run as a program it prints the directory of the Python environment that the options ask for; nothing if they ask for none.
"""
import argparse
import os
import pathlib

MODELS = ("twin", "unet", "resnet50", "vgg16", "echo")
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
CORES = len(os.sched_getaffinity(0))
BESIDES = {
    "torchserve": "TorchServe with the same archives, in its best setting of those tried",
    "bf16": "the twin in bf16, too, if the processor computes that fast",
    "openvino": "the bare networks in fp32 and bf16 beside OpenVINO's",
    "open-loop": "constant rates, up to three times saturation",
    "memory": "the twin's memory with one worker and with four",
    "start": "the twin's start beside the engine's bare load of its network",
    "pictures": "decode and resize of a JPEG beside Pillow's",
    "all": "all of these",
    "growth": "how throughput depends on batches, clients, pictures, models and workers: growth.json, for scripts/bench/plot.py",
}


def parser():
    made = argparse.ArgumentParser(
        prog="scripts/bench/run",
        description="How fast the server is on full-size models that this makes itself, beside what its handler does without a server and "
                    "what the machine could do at most: tables, all measured in one run. See scripts/bench/README.md.")
    made.add_argument("--environment", type=pathlib.Path, default=CACHE / "sconce-bench", metavar="DIR",
                      help="where PyTorch, fast.ai, TorchServe and OpenVINO are, or are put from PyPI, 2 GB (default: %(default)s)")
    made.add_argument("--work", type=pathlib.Path, metavar="DIR", help="for models, logs and results (default: ENVIRONMENT/work)")
    made.add_argument("--models", type=models, default=list(MODELS), metavar="NAME,…", help=f"which (default: {','.join(MODELS)})")
    made.add_argument("--rounds", type=int, default=3, metavar="N", help="how often each is measured, in turns (default: %(default)s)")
    made.add_argument("--seconds", type=int, default=10, metavar="N", help="of each measurement (default: %(default)s)")
    made.add_argument("--cores", type=int, choices=range(1, CORES + 1), metavar="N", default=CORES,
                      help="that what is measured may use; the loads may use all (default: all, %(default)s)")
    made.add_argument("--config", action="append", default=[], metavar="KEY=VALUE", help="a line of the server's configuration; may be repeated")
    besides = made.add_argument_group("what is measured besides")
    for name, what in BESIDES.items():
        besides.add_argument(f"--{name}", action="store_true", help=what)
    made.add_argument_group("instead of all that").add_argument(
        "--own", nargs=4, metavar=("STORE", "MODEL", "FILE", "CONTENT_TYPE"),
        help="a model of your own, asked with this file again and again; installs nothing")
    return made


def models(text):
    names = text.split(",")
    unknown = [name for name in names if name not in MODELS]
    if unknown:
        raise argparse.ArgumentTypeError(f"{','.join(unknown)} (expected: some of {','.join(MODELS)})")
    return names


def parse(words=None):
    options = parser().parse_args(words)
    options.environment = options.environment.absolute()
    options.work = (options.work or options.environment / "work").absolute()
    if options.all:
        vars(options).update({name.replace("-", "_"): True for name in BESIDES if name != "growth"})
    options.lines = dict(line.split("=", 1) for line in options.config)
    return options


if __name__ == "__main__":
    chosen = parse()
    print("" if chosen.own else chosen.environment)
