"""Bodies of several parts (RFC 7578): fields, and files with a name and a type of their own."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser


@dataclass(frozen=True, slots=True)
class Part:
    """One part; `filename` is empty for a plain field."""

    name: str
    filename: str
    content_type: str
    content: bytes


def is_multipart(content_type: str) -> bool:
    """Say whether a body of this type has parts."""
    return content_type.lower().startswith("multipart/form-data")


def parts(body: bytes, *, content_type: str) -> list[Part]:
    """Return the parts in their order; parts without a name, and broken bodies, give none."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1", "replace")
    message = BytesParser().parsebytes(head + body)
    if not message.is_multipart():
        return []
    found = []
    for part in message.get_payload():
        if not isinstance(part, Message):
            continue
        name = part.get_param("name", header="content-disposition")
        if isinstance(name, str) and name:
            content = part.get_payload(decode=True)
            found.append(
                Part(
                    name=name,
                    filename=part.get_filename() or "",
                    content_type=part.get_content_type(),
                    content=content if isinstance(content, bytes) else b"",
                )
            )
    return found
