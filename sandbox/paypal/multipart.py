"""Bodies of several parts: a JSON part called `input`, and files beside it."""

from __future__ import annotations

import hashlib
from email.parser import BytesParser
from email.policy import HTTP

import orjson

from sandbox.core.messages import Json, Request
from sandbox.paypal.errors import invalid, problem

KINDS = {"application/pdf", "image/png", "image/jpeg", "image/gif", "text/plain"}
LARGEST_FILE = 10 * 1024 * 1024


def read(request: Request) -> Json:
    """Return `{"input": {…}, "files": [{"name", "type", "size", "digest"}]}`.

    Raises:
        PayPalError: no such body, a part that is no JSON, a file that PayPal would not take.
    """
    head = f"Content-Type: {request.headers.get('content-type', '')}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + request.body)
    if message.get_content_type() != "multipart/form-data" or not message.is_multipart():
        raise _wrong("The request payload is not multipart/form-data.", "/")
    found: Json = {"input": {}, "files": []}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        body = part.get_payload(decode=True)
        if not isinstance(body, bytes):
            raise _wrong("A part holds parts itself.", f"/{name}")
        if part.get_filename() is None and name == "input":
            found["input"] = _json(body)
        else:
            found["files"].append(_file(part.get_filename() or "", part.get_content_type(), body))
    return found


def _json(body: bytes) -> Json:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise _wrong("The request JSON is not well formed.", "/input")
    return found


def _file(name: str, kind: str, body: bytes) -> Json:
    if kind not in KINDS:
        raise _wrong(f"Documents are PDF, PNG, JPEG, GIF or text, not {kind}.", f"/{name}")
    if not 0 < len(body) <= LARGEST_FILE:
        raise _wrong("A document is empty or larger than 10 MB.", f"/{name}")
    return {
        "name": name,
        "type": kind,
        "size": len(body),
        "digest": hashlib.sha256(body).hexdigest(),
    }


def _wrong(text: str, field: str) -> Exception:
    return invalid([problem("INVALID_PARAMETER_SYNTAX", text, field=field)])
