"""Answers each request with its own body."""


def handle(data, context):
    return None if data is None else [bytes(row.get("data") or row.get("body")) for row in data]
