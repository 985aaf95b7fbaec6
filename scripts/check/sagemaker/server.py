"""Starts servers on free ports for the checks of SageMaker's clients. Needs no package."""

import contextlib
import json
import os
import pathlib
import re
import socket
import subprocess
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[3]
MODELS = ROOT / "sample/models"
PICTURES = ROOT / "sample/pictures"


def golden(name):
    return json.loads((ROOT / "src/test/resources/samples" / name).read_text())


def near(numbers, expected):
    """As PyTorch answers: no number further away than 1e-4."""
    assert len(numbers) == len(expected), (len(numbers), len(expected))
    for got, wanted in zip(numbers, expected):
        assert abs(got - wanted) <= 1e-4, f"{got} (expected: {wanted})"


def free_ports(count):
    with contextlib.ExitStack() as open_ones:
        sockets = [open_ones.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


class Server:
    """A server in the foreground; ends with the block that it is for."""

    def __init__(self, work, command, port, environment):
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.log = pathlib.Path(work, f"server-{port}.log")
        temporary = pathlib.Path(work, f"tmp-{port}")
        temporary.mkdir()
        with self.log.open("w") as out:
            self.process = subprocess.Popen(
                command,
                cwd=temporary,
                env=os.environ
                | {"TEMP": str(temporary), "LOG_LOCATION": str(temporary), "METRICS_LOCATION": str(temporary)}
                | environment,
                stdout=out,
                stderr=subprocess.STDOUT,
            )

    def wait(self):
        """Until it is healthy."""
        while True:
            if self.process.poll() is not None:
                raise SystemExit(f"The server ended with {self.process.returncode}:\n{self.log.read_text()}")
            with contextlib.suppress(OSError):
                with urllib.request.urlopen(self.url + "/ping", timeout=2) as answer:
                    if answer.status == 200:
                        return self

    def stop(self):
        self.process.terminate()
        return self.process.wait(60)

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.stop()
        if failure[0]:
            print(self.log.read_text()[-5000:])


def torchserve(work, models, *flags):
    inference, management, metrics = free_ports(3)
    config = pathlib.Path(work, f"config-{inference}.properties")
    config.write_text(
        f"inference_address=http://127.0.0.1:{inference}\n"
        f"management_address=http://127.0.0.1:{management}\n"
        f"metrics_address=http://127.0.0.1:{metrics}\n"
        "default_workers_per_model=1\n"
    )
    command = [ROOT / "scripts/torchserve", "--foreground", "--ncs", "--model-store", MODELS, "--models", models]
    return Server(work, [*command, "--ts-config", config, *flags], inference, {})


def serve(work, model, environment):
    """As a container is started: with the command serve, on one model's directory."""
    (port,) = free_ports(1)
    environment = {
        "SAGEMAKER_BIND_TO_PORT": str(port),
        "SAGEMAKER_SAFE_PORT_RANGE": f"{port}-{port}",
        "TS_DEFAULT_WORKERS_PER_MODEL": "1",
    } | environment
    java = pathlib.Path(os.environ["JAVA_HOME"], "bin/java") if "JAVA_HOME" in os.environ else "java"
    command = [java, "-jar", ROOT / "target/sconce.jar", "serve", "--model-store", model]
    return Server(work, command, port, environment)


def headless():
    """Drawing without a display, and no account."""
    os.environ |= {
        "MPLBACKEND": "Agg",
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "nothing",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def cells(notebook, start, count):
    """The code of the first cells behind the last heading of that name, without what only notebooks know."""
    all_cells = json.loads(pathlib.Path(notebook).read_text())["cells"]
    at = max(i for i, cell in enumerate(all_cells) if "".join(cell["source"]).strip() == start)
    code = [cell for cell in all_cells[at:] if cell["cell_type"] == "code"][:count]
    return [re.sub(r"(?m)^[%!].*$", "", "".join(cell["source"])) for cell in code]
