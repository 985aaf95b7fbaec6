"""A stand-in for AWS, on this machine: see sagemaker.sh, which starts this.

moto keeps what is created and answers as AWS does; before that, each request to SageMaker and to
application autoscaling is held against AWS' own description of its API: every member has to be known,
every value one of those listed, as long and of the pattern that is asked for. (botocore checks no
lists and no patterns, and moto checks little.) Updating an endpoint, which moto cannot, is done here.

    sagemaker_api.py PORT LOG    writes each operation and its parameters to LOG, a line each
"""

import io
import json
import re
import sys

import botocore.session
from moto.core import DEFAULT_ACCOUNT_ID
from moto.sagemaker.models import sagemaker_backends
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple
from werkzeug.wrappers import Request, Response

REGION = "eu-west-1"
MODELS = {prefix: botocore.session.get_session().get_service_model(service) for prefix, service in (
    ("SageMaker", "sagemaker"), ("AnyScaleFrontendService", "application-autoscaling"))}


def faults(shape, value, where):
    """What is wrong with a value of a shape, each as a line."""
    if shape.type_name == "structure":
        unknown = value.keys() - shape.members.keys()
        missing = set(shape.required_members) - value.keys()
        yield from (f"{where}.{name}: nobody knows that" for name in unknown)
        yield from (f"{where}.{name}: missing" for name in missing)
        for name in value.keys() & shape.members.keys():
            yield from faults(shape.members[name], value[name], f"{where}.{name}")
    elif shape.type_name == "list":
        for index, each in enumerate(value):
            yield from faults(shape.member, each, f"{where}[{index}]")
    elif shape.type_name == "map":
        for key, each in value.items():
            yield from faults(shape.key, key, f"{where}.{key}")
            yield from faults(shape.value, each, f"{where}.{key}")
    else:
        yield from faults_of_scalar(shape, value, where)


def faults_of_scalar(shape, value, where):
    limits = shape.metadata
    size = len(value) if isinstance(value, str) else value
    if "enum" in limits and value not in limits["enum"]:
        yield f"{where}: {value} (expected: one of {limits['enum']})"
    if size < limits.get("min", size) or size > limits.get("max", size):
        yield f"{where}: {value} (expected: {limits.get('min')} to {limits.get('max')})"
    if "pattern" in limits and isinstance(value, str) and not matches(limits["pattern"], value):
        yield f"{where}: {value} (expected: {limits['pattern']})"


def matches(pattern, text):
    """Whether the whole text is as the pattern says; a few are of a dialect that Python cannot read."""
    try:
        return re.fullmatch(pattern, text)
    except re.error:
        return True


class Checked:
    """The WSGI application: checks, writes down, and hands on to moto."""

    def __init__(self, log):
        self.moto = DomainDispatcherApplication(create_backend_app)
        self.log = log

    def __call__(self, environ, start_response):
        request = Request(environ)
        prefix, _, operation = request.headers.get("X-Amz-Target", "").partition(".")
        if prefix not in MODELS:
            return self.moto(environ, start_response)
        text = request.get_data(cache=True, parse_form_data=False)
        parameters = json.loads(text)
        shape = MODELS[prefix].operation_model(operation).input_shape
        wrong = list(faults(shape, parameters, operation))
        self.log.write(f"{operation} {json.dumps(parameters, sort_keys=True)}\n")
        self.log.writelines(f"FAULT {fault}\n" for fault in wrong)
        self.log.flush()
        if wrong:
            body = json.dumps({"__type": "ValidationException", "message": "; ".join(wrong)})
            return Response(body, status=400)(environ, start_response)
        if operation == "UpdateEndpoint":
            return Response(update_endpoint(**parameters))(environ, start_response)
        # moto's own list of types ends years ago.
        text = re.sub(rb'"InstanceType": *"[^"]*"', b'"InstanceType": "ml.c5.xlarge"', text)
        environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(text), str(len(text))
        return self.moto(environ, start_response)


def update_endpoint(EndpointName, EndpointConfigName):
    endpoint = sagemaker_backends[DEFAULT_ACCOUNT_ID][REGION].endpoints[EndpointName]
    endpoint.endpoint_config_name = EndpointConfigName
    return json.dumps({"EndpointArn": endpoint.arn})


if __name__ == "__main__":
    port, log = int(sys.argv[1]), open(sys.argv[2], "a")
    run_simple("127.0.0.1", port, Checked(log), threaded=True)
