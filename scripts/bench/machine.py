"""Where and with what was measured: the lines above the tables."""
import datetime
import importlib.metadata
import pathlib
import platform
import re
import subprocess

from servers import ROOT


def processor():
    names = re.findall(r"^model name\s*:\s*(.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return names[0] if names else platform.machine()


def java(tools):
    lines = subprocess.run([tools.java, "-version"], capture_output=True, text=True, check=True).stderr.splitlines()
    return next(line.split('"')[1] for line in lines if '"' in line)


def libtorch():
    """As the jar of native libraries calls itself."""
    jars = [jar.name for jar in (ROOT / "target/lib").glob("pytorch-native-*.jar")]
    return re.sub(r"^pytorch-native-|-linux-.*$", "", jars[0]) if jars else "unknown"


def package(name):
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def text(bench):
    chosen = bench.options
    parts = [datetime.date.today().isoformat(), f"{chosen.cores} cores of {processor()}", f"Java {java(bench.tools)}", f"libtorch {libtorch()}"]
    if chosen.torchserve:
        parts.append(f"TorchServe {package('torchserve')} with PyTorch {package('torch')}")
    if chosen.openvino:
        parts.append(f"OpenVINO {package('openvino')}")
    rounds = f"{chosen.rounds} rounds of {chosen.seconds} s each; medians"
    return ", ".join(parts) + f". {rounds}, in brackets the least and the most.\n" + "".join(f"`{line}`\n" for line in chosen.config)
