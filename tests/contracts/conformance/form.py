"""Form bodies (`a[b][0]=c`, or parts with files) as trees, as the gateway reads them."""

import re
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

from tests.contracts.conformance.wire import Sent

MULTIPART = "multipart/form-data"


def kind_of(sent: Sent) -> str:
    """Return the content type of a body, without its parameters."""
    return sent.headers.get("content-type", "").partition(";")[0].lower()


def tree(sent: Sent) -> dict[str, Any]:
    """Return what a request to Stripe says: its body, or its query where it has none.

    A file is bytes, everything else a text.
    """
    root: dict[str, Any] = {}
    for key, value in _pairs(sent):
        node = root
        *inner, last = re.findall(r"[^\[\]]+", key)
        for name in inner:
            node = node.setdefault(name, {})
        node[last] = value
    return root


def _pairs(sent: Sent) -> list[tuple[str, str | bytes]]:
    if kind_of(sent) == MULTIPART:
        return [
            (name, body if part.get_filename() is not None else body.decode())
            for part, name, body in parts(sent)
        ]
    text = sent.query if sent.method in {"GET", "DELETE"} else sent.body.decode()
    return [*parse_qsl(text, keep_blank_values=True)]


def parts(sent: Sent) -> list[tuple[EmailMessage, str, bytes]]:
    """Return the parts of a body: the part, its name, its content."""
    head = f"Content-Type: {sent.headers['content-type']}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + sent.body)
    found = []
    for part in message.iter_parts():
        assert isinstance(part, EmailMessage)
        name = part.get_param("name", header="content-disposition")
        body = part.get_payload(decode=True)
        assert isinstance(body, bytes)
        found.append((part, str(name), body))
    return found


def items_of(value: Any) -> list[Any] | None:
    """Read `{"0": …, "1": …}` as a list; None when it is none."""
    if not isinstance(value, dict) or not all(name.isdigit() for name in value):
        return None
    return [value[name] for name in sorted(value, key=int)]
