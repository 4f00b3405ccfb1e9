"""A mail backend for development: each message becomes one file that mail programs open.

Files appear whole (written aside, then renamed), so whoever waits for one reads all of it.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class EmailBackend(BaseEmailBackend):
    """Write `<instant>-<address>-<subject>.eml` into `file_path`."""

    def __init__(self, *, file_path: str, **options: Any) -> None:
        super().__init__(**options)
        self.directory = Path(file_path)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write the messages; return how many."""
        self.directory.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            path = self.directory / _name(message)
            draft = self.directory / f".{uuid4().hex}"
            draft.write_bytes(message.message().as_bytes())
            draft.replace(path)
        return len(email_messages)


def _name(message: EmailMessage) -> str:
    at = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    words = f"{message.to[0]}-{message.subject}"
    readable = re.sub(r"[^A-Za-z0-9@.]+", "-", words).strip("-.")[:100]
    return f"{at}-{readable}.eml"
