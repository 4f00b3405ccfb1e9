"""What the tests of people share: keys of their own, a caller, and the mail that was written."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client as Caller
from pytest_django import Settings

from accounts import operations
from accounts.models import User
from kernel import clock
from kernel.models import Job
from kernel.tasks import _task_named
from notifications.models import Email

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"
Post = Callable[..., Any]


@pytest.fixture(autouse=True)
def _own_keys(settings: Settings, tmp_path: Path) -> None:
    settings.TOKEN_KEY_DIR = tmp_path / "keys"


@pytest.fixture
def post() -> Post:
    """Send JSON to /api/users/…; `source` is the address the call comes from."""
    caller = Caller()

    def send(path: str, body: Any = None, *, source: str = "192.0.2.1", **options: Any) -> Any:
        return (options.pop("caller", None) or caller).post(
            f"/api/users/{path}",
            data=b"" if body is None else body,
            content_type="application/json",
            REMOTE_ADDR=source,
            **options,
        )

    return send


def person(email: str = "ada@example.org", *, role: str = "client", **changes: Any) -> User:
    """Return a verified person who signs in with PASSWORD."""
    values = {"name": "Ada Lovelace", "time_zone": "Europe/London", "password": PASSWORD} | changes
    return operations.create_person(email=email, role=role, now=NOON, **values)


def answered() -> int:
    """Do what waits behind the answers, as a worker would, and send no letter; return how much."""
    waiting = Job.objects.filter(name__startswith="accounts.", done_at=None).order_by("id")
    for job in waiting:
        _task_named(job.name)(**job.arguments)
    return waiting.update(done_at=clock.now())


def letters(template: str | None = None) -> list[Email]:
    """Return what was written, the oldest first, also behind the answers."""
    answered()
    found = Email.objects.order_by("id")
    return list(found.filter(template=template) if template else found)


def code_in(email: Email) -> str:
    """Return the code that the letter brings."""
    match = re.search(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}\b", email.text)
    assert match, email.text
    return match.group()


@pytest.fixture(autouse=True)
def one_step_of_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have authenticator apps and their judge stand still: a step that ends amid a test is none."""
    now = time.time()
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.time", SimpleNamespace(time=lambda: now))
