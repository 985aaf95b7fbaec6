"""Loads, and the ceilings of the same handler and the same machine."""
import json
import os
import pathlib
import subprocess

from servers import ROOT

POST = """
function init(arguments)
  local file = assert(io.open(arguments[1], "rb"))
  wrk.method, wrk.body = "POST", file:read("*a")
  wrk.headers["Content-Type"] = arguments[2]
  file:close()
end
function done(summary, latency)
  local e = summary.errors
  print(string.format('RESULT {"requests": %d, "seconds": %f, "p50": %f, "p95": %f, "p99": %f, "failed": %d}', summary.requests,
    summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3,
    e.status + e.timeout + e.read + e.connect))
end
"""


def closed_loop(server, work, body, content_type, connections, seconds):
    """So many clients, each of which asks again when it has its answer: wrk. Milliseconds; CPU seconds of the server."""
    script, file = work / "post.lua", work / "body"
    script.write_text(POST)
    file.write_bytes(body)
    before = server.cpu_s()
    command = ["wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s", "--timeout", "120s", "--script", script,
               server.url, "--", file, content_type]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = json.loads(next(line for line in out.splitlines() if line.startswith("RESULT"))[len("RESULT "):])
    if found["failed"] or not found["requests"]:
        raise RuntimeError(f"{server.name}, {connections} clients: {found}; see {server.log}")
    return {"connections": connections, "rps": found["requests"] / found["seconds"], "cpu_s": (server.cpu_s() - before) / found["requests"],
            "resident_mb": server.resident_mb(), **{key: found[key] for key in ("p50", "p95", "p99")}}


class Tools:
    """The Java programs of src/test/java/dev/sconce/bench, compiled and on a class path."""

    def __init__(self, work):
        self.class_path = subprocess.run(["bash", "-c", '. scripts/lib/java.sh; require_java; test_class_path "$PWD"'], check=True,
                                         capture_output=True, text=True, cwd=ROOT).stdout.strip()
        self.work = work

    def run(self, name, *arguments):
        log = pathlib.Path(self.work / f"{name}.log")
        with open(log, "wb") as errors:
            # One arena of malloc, as the server's launcher has it.
            command = ["java", "-cp", self.class_path, f"dev.sconce.bench.{name}", *map(str, arguments)]
            out = subprocess.run(command, stdout=subprocess.PIPE, stderr=errors, cwd=ROOT, env={**os.environ, "MALLOC_ARENA_MAX": "1"})
        if out.returncode:
            raise RuntimeError(f"{name}: {log.read_text()[-2000:]}")
        return json.loads(out.stdout)

    def request(self, model):
        """The request of a row, as the ceilings take it."""
        texts = [("--text", f"{name}={value}") for name, value in model.parts.items() if isinstance(value, str)]
        files = [f"{'BODY' if name == 'body' else name}={value}" for name, value in model.parts.items() if not isinstance(value, str)]
        return [word for text in texts for word in text] + files

    def handler(self, store, model, threads, seconds, warmup=5):
        return self.run("HandlerCeiling", "--store", store, "--model", f"{model.archive}.mar", "--threads", threads, "--batch", 1,
                        "--seconds", seconds, "--warmup", warmup, *self.request(model))

    def machine(self, store, model, seconds):
        return self.run("MachineCeiling", "--store", store, "--model", f"{model.archive}.mar", "--batches", "1,2,4", "--seconds", seconds,
                        *self.request(model))

    def open_loop(self, server, body_file, content_type, rate, seconds):
        return self.run("OpenLoop", "--url", server.url, "--rate", rate, "--seconds", seconds, "--warmup", 2, "--content-type", content_type,
                        "--ping", server.ping, body_file)
