"""Frames of application/vnd.amazon.eventstream, as botocore reads them.

    pip install boto3; python scripts/golden/eventstream.py

writes src/test/resources/sagemaker/frames.json. The frames are put together here from the format's
description; before they are written, botocore has to read them as what they are meant to be: as parts
of an answer of InvokeEndpointWithResponseStream, or as the failure that ends one.
"""

import hashlib
import json
import struct
import zlib
from pathlib import Path

import botocore.session
from botocore.eventstream import EventStream
from botocore.exceptions import EventStreamError
from botocore.parsers import EventStreamJSONParser

TARGET = Path(__file__).parents[2] / "src/test/resources/sagemaker/frames.json"
MODEL = botocore.session.get_session().get_service_model("sagemaker-runtime")
OUTPUT = MODEL.operation_model("InvokeEndpointWithResponseStream").output_shape.members["Body"]


def frame(headers, payload):
    encoded = b"".join(
        bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
        for name, value in headers.items()
    )
    prelude = struct.pack(">II", 16 + len(encoded) + len(payload), len(encoded))
    message = prelude + struct.pack(">I", zlib.crc32(prelude)) + encoded + payload
    return message + struct.pack(">I", zlib.crc32(message))


def part(payload):
    return frame(
        {
            ":message-type": "event",
            ":event-type": "PayloadPart",
            ":content-type": "application/octet-stream",
        },
        payload,
    )


def failure(shape, payload):
    return frame(
        {
            ":message-type": "exception",
            ":exception-type": shape,
            ":content-type": "application/json",
        },
        payload,
    )


class Socket:
    """What botocore reads an answer from."""

    def __init__(self, content):
        self.content = content

    def stream(self):
        yield self.content

    def close(self):
        pass


def events(content):
    return EventStream(Socket(content), OUTPUT, EventStreamJSONParser(), "")


def formula(length):
    return bytes(i * 31 % 251 for i in range(length))


def check_parts(content, payloads):
    read = [event["PayloadPart"]["Bytes"] for event in events(content)]
    assert read == payloads, (len(read), len(payloads))


def main():
    part_bytes = 1 << 17
    cases = []
    for name, payload in [
        ("hi", b"hi"),
        ("not ASCII", "Ärger\n".encode()),
        ("a byte", b"\0"),
        ("a whole part", formula(part_bytes)),
        ("a byte more", formula(part_bytes + 1)),
        ("three parts", formula(300_000)),
    ]:
        payloads = [payload[i : i + part_bytes] for i in range(0, len(payload), part_bytes)]
        content = b"".join(map(part, payloads))
        check_parts(content, payloads)
        case = {"name": name, "length": len(payload), "sha256": hashlib.sha256(content).hexdigest()}
        if len(payload) < 100:
            case |= {"payload": payload.hex(), "frames": content.hex()}
        cases.append(case)

    # A frame that another server was seen to send.
    assert cases[0]["frames"].endswith("68697dde0062")

    failures = []
    for shape, members in [
        ("ModelStreamError", {"Message": "it broke", "ErrorCode": "StreamBroken"}),
        ("InternalStreamFailure", {"Message": "it broke"}),
    ]:
        payload = json.dumps(members).encode()
        content = failure(shape, payload)
        try:
            list(events(part(b"hi") + content))
            raise AssertionError("botocore noticed no failure")
        except EventStreamError as e:
            assert e.response["Error"] == {"Code": shape, "Message": "it broke"}, e.response
        failures.append({"shape": shape, "payload": payload.decode(), "frame": content.hex()})

    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(json.dumps({"parts": cases, "failures": failures}, indent=1) + "\n")


main()
