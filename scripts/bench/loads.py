"""The closed loop: clients of which each asks again when it has its answer. It is wrk that drives them."""
import json
import subprocess

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
IN_TURNS = """
local next, paths = 0, {%s}
function request()
  next = next %% #paths + 1
  return wrk.format(nil, paths[next])
end
"""


def closed_loop(server, work, body, content_type, connections, seconds, paths=()):
    """Milliseconds; CPU seconds of the server. Lasts twice as long, and again, if no answer came in time.

    paths: of several models, which are asked in turns; by default only the server's one.
    """
    script, file = work / "post.lua", work / "body"
    script.write_text(POST + (IN_TURNS % ", ".join(f'"{path}"' for path in paths) if paths else ""))
    file.write_bytes(body)
    server.answers()  # behind what the load before has left: TorchServe answers clients that have gone, too
    before = server.cpu_s()
    command = ["wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s", "--timeout", "120s", "--script", script,
               server.url, "--", file, content_type]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = json.loads(next(line for line in out.splitlines() if line.startswith("RESULT"))[len("RESULT "):])
    if not found["failed"] and not found["requests"]:
        return closed_loop(server, work, body, content_type, connections, 2 * seconds, paths)
    if found["failed"]:
        raise RuntimeError(f"{server.name}, {connections} clients: {found}; see {server.log}")
    return {"connections": connections, "rps": found["requests"] / found["seconds"], "cpu_s": (server.cpu_s() - before) / found["requests"],
            "resident_mb": server.resident_mb(), **{key: found[key] for key in ("p50", "p95", "p99")}}
