"""A person on one device: calls the API with a token, as the tests of sign-in settings do."""

import json
from datetime import datetime
from typing import Any

from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client

from accounts import tokens
from accounts.models import RefreshFamily, User
from accounts.tokens import Device
from kernel import clock

Answer = tuple[int, Any]


class SignedIn:
    """One sign-in. Every call answers its status and its JSON (None where there is none)."""

    def __init__(self, user: User, *, now: datetime | None = None) -> None:
        self.user = user
        self.issued = tokens.issue(user=user, device=Device(), now=now or clock.now())
        self.headers = {"Authorization": f"Bearer {self.issued.access}"}

    def call(self, method: str, path: str, body: Any = None, source: str = "192.0.2.1") -> Answer:
        answer = Client().generic(
            method,
            f"/api/users/{path}",
            "" if body is None else json.dumps(body),
            content_type="application/json",
            headers=self.headers,
            REMOTE_ADDR=source,
        )
        return answer.status_code, json.loads(answer.content) if answer.content else None

    def get(self, path: str) -> Answer:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None, **options: Any) -> Answer:
        return self.call("POST", path, body, **options)

    def delete(self, path: str) -> Answer:
        return self.call("DELETE", path)

    def unproved(self) -> "SignedIn":
        """Let the proof of this sign-in run out."""
        RefreshFamily.objects.filter(pk=self.issued.family.pk).update(proved_at=None)
        return self

    def with_app(self) -> str:
        """Set an authenticator app up; return its secret."""
        _, begun = self.post("mfa/totp")
        code = code_of(begun["secret"], -1)
        status, _ = self.post("mfa/totp/confirm", {"ceremony": begun["ceremony"], "code": code})
        assert status == 200
        return str(begun["secret"])


def code_of(secret: str, steps: int = 0) -> str:
    """Return the code that an app shows now, or so many steps of thirty seconds later."""
    counters = list(yield_hotp_counters_from_time())
    return str(format_hotp_value(hotp_value(secret, counters[len(counters) // 2] + steps)))
