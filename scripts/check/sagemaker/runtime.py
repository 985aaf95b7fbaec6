"""boto3's sagemaker-runtime client against a server with --sagemaker-local: its three calls, and their failures.

    python3 scripts/check/sagemaker/runtime.py WORK        (needs boto3, requests)
"""

import json
import os
import pathlib
import sys
import time

import boto3
import botocore
import requests
import server
from botocore.exceptions import ClientError


def form(**fields):
    """As the original clients make it."""
    files = {name: (server.PICTURES / file).read_bytes() for name, file in fields.items() if name != "cam"}
    request = requests.Request("POST", "http://localhost/", data={"cam": fields["cam"]}, files=files).prepare()
    return {"ContentType": request.headers["Content-Type"], "Body": request.body}


PAIR = server.golden("siamese.json")["pairs"][0]
TWINS = form(cam="False", left=PAIR["left"], right=PAIR["right"])
MAPS = form(cam="True", left=PAIR["left"], right=PAIR["right"])


def fails(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as e:
        assert e.response["Error"]["Code"] == code, e.response
        assert e.response["ResponseMetadata"]["RetryAttempts"] == 0, e.response
        return e
    raise AssertionError(f"no {code}")


def check_invoke(client):
    answer = client.invoke_endpoint(
        EndpointName="siamese", CustomAttributes="trace=1", TargetVariant="blue", InferenceId="i-1", **TWINS
    )
    server.near(json.loads(answer["Body"].read()), PAIR["logits"])
    assert answer["ContentType"] == "application/json", answer
    assert answer["InvokedProductionVariant"] == "blue", answer
    assert answer["ResponseMetadata"]["RequestId"], answer
    answer = client.invoke_endpoint(EndpointName="anything", TargetModel="siamese.tar.gz", **TWINS)
    server.near(json.loads(answer["Body"].read()), PAIR["logits"])
    assert answer["InvokedProductionVariant"] == "AllTraffic", answer


def check_errors(client):
    for call in client.invoke_endpoint, client.invoke_endpoint_with_response_stream:
        failure = fails("ModelError", call, EndpointName="siamese", ContentType="text/plain", Body=b"no picture")
        assert isinstance(failure, client.exceptions.ModelError), failure
        assert failure.response["OriginalStatusCode"] == 400, failure.response
        assert json.loads(failure.response["OriginalMessage"])["code"] == 400, failure.response
        assert failure.response["LogStreamArn"].endswith("/siamese"), failure.response
        assert failure.response["ResponseMetadata"]["HTTPStatusCode"] == 424, failure.response
        failure = fails("ValidationError", call, EndpointName="nosuch", Body=b"x")
        assert "Endpoint nosuch of account" in str(failure), failure
    fails("ValidationError", client.invoke_endpoint_async, EndpointName="nosuch", Body=b"x")
    call = client.invoke_endpoint_async
    fails("ValidationError", call, EndpointName="siamese", Body=b"x", InputLocation="s3://bucket/key")
    fails("ValidationError", call, EndpointName="siamese")
    fails("ValidationError", call, EndpointName="siamese", Body=bytes(128_001))
    for location in "s3://bucket/../../etc/passwd", "s3://../key", "https://bucket/key", "s3://bucket/a\\..\\b":
        fails("ValidationError", call, EndpointName="siamese", InputLocation=location)
    fails("ValidationError", call, EndpointName="siamese", Body=b"x", S3OutputPathExtension="../../../up")
    fails("ValidationError", call, EndpointName="../../up", Body=b"x")


def check_stream(client):
    answer = client.invoke_endpoint_with_response_stream(EndpointName="siamese", **TWINS)
    assert answer["ContentType"] == "application/json", answer
    parts = [event["PayloadPart"]["Bytes"] for event in answer["Body"]]
    server.near(json.loads(b"".join(parts)), PAIR["logits"])
    answer = client.invoke_endpoint_with_response_stream(EndpointName="siamese", Accept="image/png", **MAPS)
    assert answer["ContentType"] == "image/png", answer
    parts = [event["PayloadPart"]["Bytes"] for event in answer["Body"]]
    assert len(parts) > 1, len(parts)
    assert parts[0].startswith(b"\x89PNG") and parts[-1].endswith(b"IEND\xaeB`\x82")
    whole = client.invoke_endpoint(EndpointName="siamese", Accept="image/png", **MAPS)["Body"].read()
    assert b"".join(parts) == whole


def there(local, location):
    """The file at s3://bucket/key, once there is one."""
    file = pathlib.Path(local, location.removeprefix("s3://"))
    for _ in range(600):
        if file.exists():
            return file.read_bytes()
        time.sleep(0.1)
    raise AssertionError(f"{file} never came")


def check_async(client, local):
    bucket = pathlib.Path(local, "my-bucket/in put")
    bucket.mkdir(parents=True)
    (bucket / "pair").write_bytes(TWINS["Body"])
    answer = client.invoke_endpoint_async(
        EndpointName="siamese", InputLocation="s3://my-bucket/in put/pair", ContentType=TWINS["ContentType"]
    )
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202, answer
    assert answer["InferenceId"] in answer["OutputLocation"], answer
    server.near(json.loads(there(local, answer["OutputLocation"])), PAIR["logits"])

    answer = client.invoke_endpoint_async(
        EndpointName="siamese",
        InferenceId="i-2",
        S3OutputPathExtension="mine",
        Filename="answer.json",
        InvocationTimeoutSeconds=60,
        RequestTTLSeconds=600,
        **TWINS,
    )
    assert answer["InferenceId"] == "i-2", answer
    assert answer["OutputLocation"].endswith("/siamese/mine/answer.json"), answer
    server.near(json.loads(there(local, answer["OutputLocation"])), PAIR["logits"])

    answer = client.invoke_endpoint_async(EndpointName="siamese", Body=b"no picture", ContentType="text/plain")
    assert json.loads(there(local, answer["FailureLocation"]))["code"] == 400, answer
    answer = client.invoke_endpoint_async(EndpointName="siamese", InputLocation="s3://my-bucket/nosuch")
    assert b"no such file" in there(local, answer["FailureLocation"])
    left = [file for file in pathlib.Path(local).rglob("*.part")]
    assert not left, left


def check_all(client, local):
    check_invoke(client)
    check_errors(client)
    check_stream(client)
    check_async(client, local)


def main(work):
    server.headless()
    local = pathlib.Path(work, "s3")
    with server.torchserve(work, "siamese", "--sagemaker-local", local).wait() as running:
        try:
            boto3.client("sagemaker-runtime", endpoint_url=running.url).invoke_endpoint(EndpointName="any", **TWINS)
        except ClientError as e:
            raise AssertionError("the only model stands behind every endpoint") from e
        running.stop()
    with server.torchserve(work, "all", "--sagemaker-local", local).wait() as running:
        check_all(boto3.client("sagemaker-runtime", endpoint_url=running.url), local)
        os.environ["AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME"] = running.url
        check_invoke(boto3.client("sagemaker-runtime"))
        last = boto3.client("sagemaker-runtime").invoke_endpoint_async(EndpointName="siamese", **TWINS)
        assert running.stop() == 0
        server.near(json.loads(there(local, last["OutputLocation"])), PAIR["logits"])
    outside = {each.name for each in pathlib.Path(work).iterdir() if each.name.split("-")[0] not in ("server", "tmp", "config")}
    assert outside == {"s3"}, outside
    print(f"boto3 {boto3.__version__}, botocore {botocore.__version__}: the three calls and their failures are answered as SageMaker answers.")


main(sys.argv[1])
