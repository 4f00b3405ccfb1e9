"""Bend allauth, which signs people into the back office, to our rules.

Guesses are counted where the API counts them, letters go through the outbox, secrets of
authenticator apps are stored encrypted, and nobody registers here.
"""

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context as allauth_context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.sites.shortcuts import get_current_site
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts import letters, operations, second_factor, throttle
from accounts.models import User
from accounts.sources import source_of
from accounts.throttle import TooManyAttempts
from kernel import clock
from kernel.sealing import seal, unseal

FRESH_SECONDS = 300
MFA = "accounts.mfa"
_MFA_STAGES = ("allauth.mfa.stages.AuthenticateStage", "allauth.mfa.stages.TrustStage")


class _WrongPassword(Exception):
    """Carries a failure through the counting block, where it stays counted."""


def too_many(request: HttpRequest, refusal: TooManyAttempts) -> HttpResponse:
    """Return the page that says when to try again (429 with Retry-After)."""
    seconds = refusal.facts["retry_after"]
    response = render(request, "429.html", {"minutes": -(-seconds // 60)}, status=429)
    response["Retry-After"] = str(seconds)
    return response


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's hooks; the API's own flows live in `accounts.operations` and `sign_in`."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - the port's
        """Nobody: people register through the API, staff are added in the back office."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that all our limits count by."""
        return source_of(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Leave allauth's own count out; `authenticate` counts in the shared rows."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Compare a password under the limit that the API's sign-in is under."""
        account = str(credentials.get("email") or credentials.get("username") or "")
        try:
            with throttle.guess(
                what="password",
                account=account.strip().lower(),
                source=source_of(request),
                now=clock.now(),
            ):
                return self._owner(request, **credentials)
        except _WrongPassword:
            return None
        except TooManyAttempts as refusal:
            raise ImmediateHttpResponse(too_many(request, refusal)) from None

    def _owner(self, request: HttpRequest, **credentials: Any) -> User:
        user: User | None = super().authenticate(request, **credentials)
        if user is None:
            raise _WrongPassword
        return user

    def get_login_stages(self) -> list[str]:
        """Leave the second step out where settings.DEMO_MFA says so."""
        stages: list[str] = super().get_login_stages()
        return [stage for stage in stages if settings.DEMO_MFA or stage not in _MFA_STAGES]

    def set_password(self, user: User, password: str) -> None:
        """Set a password anew; addresses beside the person's own go with the old one."""
        super().set_password(user, password)
        operations.forget_other_addresses(user=user)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask nobody for the password again who has just entered it (and the code, where set).

        allauth asks even right after the sign-in, which is when staff set their factor up.
        """
        user = self.request.user
        records = get_authentication_records(self.request, user)
        recent = records and time.time() - records[-1]["at"] < FRESH_SECONDS
        shown = any(record["method"] == "mfa" for record in records)
        if recent and (shown or not second_factor.is_asked(user=user)):
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put allauth's letter into the outbox, like every other letter."""
        request = allauth_context.request
        known = {"request": request, "email": email, "current_site": get_current_site(request)}
        message = self.render_mail(template_prefix, email, known | context)
        letters.forwarded(to=email, subject=message.subject, text=str(message.body))


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Encrypt the secrets of authenticator apps with a key made of the server's secret key."""

    def encrypt(self, text: str) -> str:
        """Return the text as it is stored."""
        return seal(text, purpose=MFA)

    def decrypt(self, encrypted_text: str) -> str:
        """Return the text that `encrypt` was given, under this or a fallback key."""
        return unseal(encrypted_text, purpose=MFA)
