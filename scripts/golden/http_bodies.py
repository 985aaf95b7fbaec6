"""Writes src/test/resources/http/bodies/*.http and *.fields: requests as real clients send them.

Each .http file holds the bytes of one request as they came over a socket. The .fields file beside it says what the
client was told to send, one field a line: name, content type, file name and content in hex, each as a JSON string
(the content type as Python's email parser finds it in those bytes, for the clients choose it themselves).

Needs curl 7.88 and, in one Python 3.11: requests 2.34.2, httpx 0.28.1, aiohttp 3.14.5, httpie 3.2.4.
Run from the repository's root: python scripts/golden/http_bodies.py
"""
import asyncio
import email.parser
import email.policy
import json
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading

import aiohttp
import httpx
import requests

OUT = pathlib.Path("src/test/resources/http/bodies")
PICTURE = bytes(range(256)) + b"\r\n--\r\n\n--x\r" + bytes(range(255, -1, -1))
LEFT, RIGHT = PICTURE, PICTURE[::-1]


def record():
    """Listens for one request; gives its address and a function that waits for the request's bytes."""
    listener = socket.create_server(("127.0.0.1", 0))
    got = []

    def take():
        connection, _ = listener.accept()
        data = b""
        while b"\r\n\r\n" not in data:
            data += connection.recv(65536)
        head, body = data.split(b"\r\n\r\n", 1)
        lower = head.lower()
        if b"expect: 100-continue" in lower:
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        if b"transfer-encoding: chunked" in lower:
            while not body.endswith(b"0\r\n\r\n"):
                body += connection.recv(65536)
        elif b"content-length:" in lower:
            length = int(lower.split(b"content-length:")[1].split(b"\r\n")[0])
            while len(body) < length:
                body += connection.recv(65536)
        got.append(head + b"\r\n\r\n" + body)
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        connection.close()

    thread = threading.Thread(target=take)
    thread.start()

    def wait():
        thread.join(20)
        listener.close()
        return got[0]

    return f"http://127.0.0.1:{listener.getsockname()[1]}/echo", wait


def content_types(request):
    """Field name -> content type, read by the standard library's MIME parser."""
    head, body = request.split(b"\r\n\r\n", 1)
    line = next(l for l in head.split(b"\r\n") if l.lower().startswith(b"content-type:"))
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(line + b"\r\n\r\n" + body)
    if not message.is_multipart():
        return {}
    types = {}
    for part in message.iter_parts():
        as_sent = {name.lower(): value for name, value in part.raw_items()}
        types[part.get_param("name", header="content-disposition")] = as_sent.get("content-type", "").strip()
    return types


def keep(name, send, fields):
    """Lets one client send, keeps what it sent and what it was told: (name, file name or None, bytes)..."""
    url, wait = record()
    send(url)
    request = wait()
    types = content_types(request)
    (OUT / f"{name}.http").write_bytes(request)
    with open(OUT / f"{name}.fields", "w") as out:
        for field, file_name, content in fields:
            out.write(json.dumps([field, types.get(field, ""), file_name, content.hex()]) + "\n")


def run(*command):
    return lambda url: subprocess.run([*command, url], check=True, stdout=subprocess.DEVNULL)


def httpie(*arguments, items):
    program = str(pathlib.Path(sys.executable).parent / "http")
    return lambda url: subprocess.run(
        [program, "--ignore-stdin", *arguments, "POST", url, *items], check=True, stdout=subprocess.DEVNULL)


def send_aiohttp(url):
    async def post():
        form = aiohttp.FormData()
        form.add_field("cam", "True")
        form.add_field("left", LEFT, filename="left.jpg", content_type="image/jpeg")
        async with aiohttp.ClientSession() as session:
            await session.post(url, data=form)
    asyncio.run(post())


OUT.mkdir(parents=True, exist_ok=True)
folder = pathlib.Path(tempfile.mkdtemp())
(folder / "c1.jpg").write_bytes(LEFT)
(folder / "größe 图.png").write_bytes(RIGHT)
(folder / "text.txt").write_bytes(b"two words\n")

PAIR = [("cam", None, b"True"), ("left", "left", LEFT), ("right", "right", RIGHT)]
keep("requests_sagemaker", lambda url: requests.post(url, data={"cam": "True"}, files={"left": LEFT, "right": RIGHT}), PAIR)
keep("requests_opened_files",
     lambda url: requests.post(url, files={"left": open(folder / "c1.jpg", "rb"), "right": open(folder / "größe 图.png", "rb")}),
     [("left", "c1.jpg", LEFT), ("right", "größe 图.png", RIGHT)])
keep("requests_typed_file",
     lambda url: requests.post(url, files={"größe": ("we\"ird;name.png", RIGHT, "image/png")}),
     [("größe", "we%22ird;name.png", RIGHT)])
keep("requests_empty_values", lambda url: requests.post(url, data={"a": ""}, files={"b": ("b", b"")}),
     [("a", None, b""), ("b", "b", b"")])
keep("requests_form", lambda url: requests.post(url, data={"a": "1", "b": "two words & ü=%"}),
     [("a", None, b"1"), ("b", None, "two words & ü=%".encode())])
keep("httpx_files", lambda url: httpx.post(url, data={"cam": "True"}, files={"left": ("left.jpg", LEFT, "image/jpeg")}),
     [("cam", None, b"True"), ("left", "left.jpg", LEFT)])
keep("aiohttp_form", send_aiohttp, [("cam", None, b"True"), ("left", "left.jpg", LEFT)])
keep("curl_form", run("curl", "-s", "-F", "cam=True", "-F", f"left=@{folder}/c1.jpg", "-F", f"right=@{folder}/größe 图.png"),
     [("cam", None, b"True"), ("left", "c1.jpg", LEFT), ("right", "größe 图.png", RIGHT)])
keep("curl_typed", run("curl", "-s", "-F", 'j={"x":1};type=application/json', "-F", f't=@{folder}/text.txt;filename=a"b\\c.txt'),
     [("j", None, b'{"x":1}'), ("t", "a%22b\\c.txt", b"two words\n")])
keep("curl_typed_backslashes",
     run("curl", "-s", "--form-escape", "-F", f't=@{folder}/text.txt;filename=a"b\\c.txt'), [("t", 'a"b\\c.txt', b"two words\n")])
keep("curl_same_name_twice", run("curl", "-s", "-F", "data=one", "-F", "x=1", "-F", "data=two"),
     [("data", None, b"two"), ("x", None, b"1")])
keep("curl_chunked", run("curl", "-s", "-H", "Transfer-Encoding: chunked", "-F", f"left=@{folder}/c1.jpg"), [("left", "c1.jpg", LEFT)])
keep("curl_expect", run("curl", "-s", "-H", "Expect: 100-continue", "-F", f"left=@{folder}/c1.jpg"), [("left", "c1.jpg", LEFT)])
keep("curl_d", run("curl", "-s", "-d", "a=1&b=two%20words&a=2"), [("a", None, b"2"), ("b", None, b"two words")])
keep("curl_urlencode", run("curl", "-s", "--data-urlencode", f"t@{folder}/text.txt", "--data-urlencode", "u=ü&="),
     [("t", None, b"two words\n"), ("u", None, "ü&=".encode())])
keep("httpie_form", httpie("--form", items=["a=1", "b=two words"]), [("a", None, b"1"), ("b", None, b"two words")])
keep("httpie_form_file", httpie("--form", items=["cam=True", f"left@{folder}/c1.jpg"]), [("cam", None, b"True"), ("left", "c1.jpg", LEFT)])
keep("httpie_multipart", httpie("--multipart", items=["cam=True", "x=1"]), [("cam", None, b"True"), ("x", None, b"1")])

for name in sorted(OUT.glob("*.fields")):
    print(name.stem, name.read_text()[:200].replace("\n", " | "))
