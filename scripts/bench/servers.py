"""The servers that are measured: how each is started, what it takes of the machine, how it is ended."""
import contextlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
TICKS = os.sysconf("SC_CLK_TCK")
START_LIMIT_S = 300


def pinned(cores, *command):
    """The command, so that it sees only so many of the cores there are."""
    there = sorted(os.sched_getaffinity(0))
    return [*(["taskset", "--cpu-list", ",".join(map(str, there[:cores]))] if cores < len(there) else []), *map(str, command)]


def free_ports(count):
    with contextlib.ExitStack() as stack:
        return [stack.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1] for _ in range(count)]


def descendants(pid):
    """The process and all that it started."""
    parents = {}
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parents.setdefault(int((entry / "stat").read_text().rsplit(") ", 1)[1].split()[1]), []).append(int(entry.name))
    found, open_ = [], [pid]
    while open_:
        found.append(open_.pop())
        open_ += parents.get(found[-1], [])
    return found


class Server:
    """A running server. url takes predictions, start_s is how long it took to the first answer.

    answers: asks once and waits for the answer.
    directory: its own, removed in the end; the log lies beside it.
    """

    def __init__(self, name, command, environment, directory, ready):
        self.name, self.directory, self.log, self.answers = name, directory, directory.parent / f"{name}.log", ready
        begin = time.monotonic()
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **environment}, cwd=directory, start_new_session=True)
        try:
            while not ready():
                if self.process.poll() is not None or time.monotonic() - begin > START_LIMIT_S:
                    raise RuntimeError(f"{name} did not start: {self.log.read_text()[-2000:]}")
                time.sleep(0.02)
        except BaseException:
            self.close()
            raise
        self.start_s = time.monotonic() - begin

    def cpu_s(self):
        total = 0
        for pid in descendants(self.process.pid):
            with contextlib.suppress(OSError):
                fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
                total += int(fields[11]) + int(fields[12])
        return total / TICKS

    def resident_mb(self):
        """What all processes hold; what they share is counted once."""
        total = 0
        for pid in descendants(self.process.pid):
            with contextlib.suppress(OSError):
                lines = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
                total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        return total / 1024

    def close(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def answers(url, body, content_type):
    """Whether a prediction comes."""
    def ask():
        request = urllib.request.Request(url, body, {"content-type": content_type})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status == 200
        except OSError:
            return False
    return ask


def configuration(work, lines):
    inference, management, metrics = free_ports(3)
    file = work / "config.properties"
    lines = {"inference_address": f"http://127.0.0.1:{inference}", "management_address": f"http://127.0.0.1:{management}",
             "metrics_address": f"http://127.0.0.1:{metrics}", "default_response_timeout": 600, "disable_token_authorization": "true",
             "enable_envvars_config": "true", **lines}
    file.write_text("".join(f"{key}={value}\n" for key, value in lines.items()))
    return file, f"http://127.0.0.1:{inference}"


class Servers:
    """Starts servers, each in a directory of its own and, if wanted, on fewer cores than there are."""

    def __init__(self, options, tools):
        self.options, self.tools = options, tools

    def start(self, name, work, command, environment, address, path, body, content_type):
        url = address + path
        directories = {key: str(work) for key in ("TEMP", "LOG_LOCATION", "METRICS_LOCATION")}
        server = Server(name, pinned(self.options.cores, *command), {**directories, **environment}, work, answers(url, body, content_type))
        server.url, server.ping = url, f"{address}/ping"
        return server

    def directory(self):
        """TorchServe leaves its process id behind, which keeps the next one from starting."""
        return pathlib.Path(tempfile.mkdtemp(prefix="run-", dir=self.options.work))

    def sconce(self, store, models, body, content_type, lines=()):
        """models: as of --models; the first is the one that url asks. lines: of its configuration, besides those of the options."""
        work = self.directory()
        file, address = configuration(work, {**self.options.lines, **dict(lines)})
        command = [ROOT / "scripts/torchserve", "--start", "--foreground", "--ncs", "--model-store", store, "--models", models, "--ts-config", file]
        return self.start("sconce", work, command, {}, address, path(models), body, content_type)

    def torchserve(self, workers, threads, store, models, body, content_type):
        """The original, from PyPI in the environment of Python that is given."""
        work, binaries = self.directory(), self.options.environment / "bin"
        file, address = configuration(work, {"default_workers_per_model": workers, "install_py_dep_per_model": "false"})
        command = [binaries / "torchserve", "--start", "--foreground", "--ncs", "--model-store", store, "--models", models, "--ts-config", file,
                   "--disable-token-auth", "--enable-model-api"]
        variables = {"OMP_NUM_THREADS": str(threads), "PATH": f"{binaries}:{os.environ['PATH']}"}
        return self.start(f"torchserve-{workers}x{threads}", work, command, variables, address, path(models), body, content_type)

    def netty(self, body, content_type):
        """A bare Netty server, which answers everything with a constant."""
        port, = free_ports(1)
        command = self.tools.command("BareNetty", "--port", port)
        return self.start("netty", self.directory(), command, {}, f"http://127.0.0.1:{port}", "/", body, content_type)


def path(models):
    """Where the first of the models is asked: a=b.mar is called a, b.mar is called b."""
    name = models.split(",")[0].split("=")[0]
    return f"/predictions/{name.removesuffix('.mar')}"
