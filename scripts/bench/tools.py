"""The Java programs of src/test/java/dev/sconce/bench: compiled, and run each in a JVM of its own."""
import json
import os
import pathlib
import subprocess
import time

from servers import ROOT, pinned

FIND = '. scripts/lib/java.sh; require_java; build_if_needed "$PWD" >&2; test_class_path "$PWD"; printf "%s\\n" "$JAVA"'


class Tools:
    def __init__(self, work, cores, lines):
        """lines: of the server's configuration, which hold for its handler without a server, too."""
        found = subprocess.run(["bash", "-ec", FIND], check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT).stdout
        self.class_path, self.java = found.splitlines()
        self.work, self.cores = work, cores
        self.configuration = work / "ceilings.properties"
        self.configuration.write_text("".join(f"{key}={value}\n" for key, value in lines.items()))
        self.environment = {"MALLOC_ARENA_MAX": "1"}  # as the server's launcher has it

    def command(self, name, *arguments):
        return pinned(self.cores, self.java, "-cp", self.class_path, name if "." in name else f"dev.sconce.bench.{name}", *map(str, arguments))

    def run(self, name, *arguments):
        """What the program prints, and under wall_s how long its process lived."""
        log = pathlib.Path(self.work / f"{name}.log")
        begin = time.monotonic()
        with open(log, "wb") as errors:
            out = subprocess.run(self.command(name, *arguments), stdout=subprocess.PIPE, stderr=errors, cwd=ROOT,
                                 env={**os.environ, **self.environment})
        if out.returncode:
            raise RuntimeError(f"{name}: {log.read_text()[-2000:]}")
        return {**json.loads(out.stdout), "wall_s": time.monotonic() - begin}

    def handler(self, store, model, threads, seconds):
        """A handler without a server: what a row can reach at most."""
        found = self.run("HandlerCeiling", *self.archive(store, model), "--threads", threads, "--batch", 1, "--seconds", seconds,
                         "--warmup", seconds, *request(model))
        return {"threads": threads, "rps": found["requestsPerSecond"], "cpu_s": found["cpuSecondsPerRequest"], "p50": found["p50Ms"],
                "p95": found["p95Ms"], "p99": found["p99Ms"], "resident_mb": found["residentMb"], "start_s": found["loadSeconds"]}

    def machine(self, store, model, seconds):
        """The bare network, and the pixels of its pictures: what a row could reach at most with another handler."""
        return self.run("MachineCeiling", *self.archive(store, model), "--batches", "1,2,4", "--seconds", max(1, seconds // 3), *request(model))

    def archive(self, store, model):
        return "--store", store, "--model", f"{model.archive}.mar", "--config", self.configuration

    def open_loop(self, server, file, content_type, rate, seconds, warmup):
        return self.run("OpenLoop", "--url", server.url, "--rate", rate, "--seconds", seconds, "--warmup", warmup, "--patience", 300,
                        "--content-type", content_type, "--ping", server.ping, file)


def request(model):
    """The request of a row, as the tools take it."""
    words = []
    for name, value in model.parts.items():
        words += ["--text", f"{name}={value}"] if isinstance(value, str) else [f"{'BODY' if name == 'body' else name}={value}"]
    return words
