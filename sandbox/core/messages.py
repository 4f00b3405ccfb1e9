"""One HTTP request in, one answer out; knows nothing of any gateway's dialect."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import orjson

from sandbox.core.multipart import Part, is_multipart, parts

type Json = dict[str, Any]


class DropConnection(Exception):
    """Close the socket without an answer, as a gateway does that died or timed out."""


@dataclass(frozen=True, slots=True)
class Request:
    """A parsed request; header names are lower case."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    remote: str = "127.0.0.1"

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Return the form's pairs: of the body for a write, of the query string for a read.

        A file is told as `name[size]`, `name[sha256]` and so on: its content is nobody's concern.
        """
        content_type = self.headers.get("content-type", "")
        if self.method == "POST" and is_multipart(content_type):
            return [
                pair
                for part in parts(self.body, content_type=content_type)
                for pair in (_told(part) if part.filename else [(part.name, part.content.decode())])
            ]
        raw = self.query if self.method in {"GET", "DELETE", "HEAD"} else self.body.decode()
        found = parse_qsl(raw, keep_blank_values=True)
        if self.method == "DELETE" and self.body:
            found += parse_qsl(self.body.decode(), keep_blank_values=True)
        return found

    def json(self) -> Json:
        """Return the JSON body, `{}` for an empty one.

        Raises:
            TypeError: the body is no JSON object.
            ValueError: it is no JSON at all.
        """
        found = orjson.loads(self.body) if self.body.strip() else {}
        if not isinstance(found, dict):
            raise TypeError("the body must be a JSON object")
        return found

    def credential(self) -> str | None:
        """Return the API key of `Authorization: Bearer …` or of `Basic` (its user name)."""
        scheme, _, value = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return value.strip() or None
        if scheme.lower() == "basic":
            try:
                return base64.b64decode(value).decode().partition(":")[0] or None
            except (binascii.Error, UnicodeDecodeError):
                return None
        return None


def _told(part: Part) -> list[tuple[str, str]]:
    content = part.content
    return [
        (f"{part.name}[name]", part.filename),
        (f"{part.name}[type]", part.content_type),
        (f"{part.name}[size]", str(len(content))),
        (f"{part.name}[head]", content[:8].decode("latin-1")),
        (f"{part.name}[sha256]", hashlib.sha256(content).hexdigest()),
    ]


@dataclass(slots=True)
class Response:
    """An answer; `body` is ready to be sent."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of_json(cls, value: Any, *, status: int = 200, **headers: str) -> Response:
        """Answer with indented JSON, as the gateways do in test mode."""
        return cls(
            status=status,
            body=orjson.dumps(value, option=orjson.OPT_INDENT_2),
            headers={name.replace("_", "-"): text for name, text in headers.items()},
        )

    @classmethod
    def of_html(cls, text: str, *, status: int = 200) -> Response:
        """Answer with a page for people."""
        return cls(status=status, body=text.encode(), content_type="text/html; charset=utf-8")

    @classmethod
    def redirect(cls, location: str) -> Response:
        """Send the browser elsewhere after a form."""
        return cls(status=303, headers={"Location": location})
