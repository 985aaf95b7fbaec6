"""SageMaker's local mode, of the real SDK, with this server in the place of a docker container.

    python3 scripts/check/sagemaker/local_mode.py WORK        (needs sagemaker<3, requests)

The SDK's own classes poll /ping, invoke the endpoint, and run a batch transform job; only what starts and stops a
container is exchanged, and docker not asked for its host.
"""

import base64
import json
import logging
import os
import pathlib
import sys
import time
import zlib

import server

NO_TELEMETRY = """
SchemaVersion: "1.0"
SageMaker: {PythonSDK: {Modules: {TelemetryOptOut: true}}}
"""

server.headless()
pathlib.Path(sys.argv[1], "sagemaker.yaml").write_text(NO_TELEMETRY)
os.environ["SAGEMAKER_USER_CONFIG_OVERRIDE"] = str(pathlib.Path(sys.argv[1], "sagemaker.yaml"))
logging.getLogger("sagemaker").setLevel(logging.WARNING)

import requests
import sagemaker
from sagemaker.local import LocalSession, entities, local_session

PAIR = server.golden("siamese.json")["pairs"][0]


class Container:
    """What the SDK takes for a docker container."""

    work = None
    running = None

    def __init__(self, instance_type, instance_count, image, sagemaker_session):
        self.session = sagemaker_session

    def serve(self, model_dir, environment):
        Container.running = server.serve(self.work, model_dir.removeprefix("file://"), environment)
        self.session.config = {"local": {"serving_port": Container.running.port}}

    def stop_serving(self):
        assert Container.running.stop() == 0


def session():
    new = LocalSession()
    client = new.sagemaker_client
    for model in "siamese", "fastunet":
        directory = f"file://{server.MODELS / model}"
        client.create_model(model, {"Image": "sconce", "ModelDataUrl": directory, "Environment": {}})
    return new


def check_endpoint(new):
    client = new.sagemaker_client
    variant = {"VariantName": "AllTraffic", "ModelName": "siamese", "InitialInstanceCount": 1, "InstanceType": "local"}
    client.create_endpoint_config("config", [variant])
    client.create_endpoint("endpoint", "config")
    assert client.describe_endpoint("endpoint")["EndpointStatus"] == "InService"
    files = {side: (server.PICTURES / PAIR[side]).read_bytes() for side in ("left", "right")}
    form = requests.Request("POST", "http://localhost/", data={"cam": "True"}, files=files).prepare()
    answer = new.sagemaker_runtime_client.invoke_endpoint(
        form.body,
        "endpoint",
        form.headers["Content-Type"],
        "application/json",
        CustomAttributes="trace=1",
        TargetVariant="AllTraffic",
        InferenceId="i-1",
    )
    neg, pos, *maps = json.loads(answer["Body"].read())
    server.near([neg, pos], PAIR["logits"])
    assert [len(row) for row in maps] == [7] * 14
    client.delete_endpoint("endpoint")


def check_batch(new, work):
    """The U-Net tutorial's job, of pictures in a directory."""
    inputs, outputs = pathlib.Path(work, "in"), pathlib.Path(work, "out")
    inputs.mkdir()
    outputs.mkdir()
    scenes = server.golden("fastunet.json")["scenes"][:2]
    for scene in scenes:
        picture = server.ROOT / scene["picture"]
        (inputs / picture.name).write_bytes(picture.read_bytes())
    new.sagemaker_client.create_transform_job(
        "job",
        "fastunet",
        {
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"file://{inputs}"}},
            "ContentType": "application/x-image",
            "CompressionType": "None",
        },
        {"S3OutputPath": f"file://{outputs}", "AssembleWith": "Line"},
        {"InstanceType": "local", "InstanceCount": 1},
        # The tutorial has MultiRecord, with which local mode can put texts together but not pictures; if none is
        # said, it stumbles over MULTI_RECORD of /execution-parameters, which is how SageMaker documents it.
        BatchStrategy="SingleRecord",
    )
    job = new.sagemaker_client.describe_transform_job("job")
    assert job["TransformJobStatus"] == "Completed", job
    for scene in scenes:
        written = (outputs / (pathlib.Path(scene["picture"]).name + ".out")).read_text()
        mask = base64.b64decode(json.loads(written)["base64_prediction"])
        golden = zlib.decompress(base64.b64decode(scene["mask"]))
        others = sum(a != b for a, b in zip(mask, golden))
        assert len(mask) == len(golden) and others <= 10, others
    return job["BatchStrategy"]


def main(work):
    Container.work = work
    entities._SageMakerContainer = Container
    for module in entities, local_session:
        module.get_docker_host = lambda: "127.0.0.1"
    new = session()
    started = time.monotonic()
    try:
        check_endpoint(new)
        strategy = check_batch(new, work)
    finally:
        if Container.running:
            Container.running.stop()
    print(
        f"sagemaker {sagemaker.__version__}'s local mode: an endpoint was polled, invoked and stopped, and a batch job"
        f" ({strategy}) assembled its .out files, in {time.monotonic() - started:.0f} s."
    )


main(sys.argv[1])
