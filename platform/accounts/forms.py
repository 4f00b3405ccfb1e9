"""Forms of the back office's sign-in: a code of the authenticator app is a counted guess."""

from typing import Any

from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm as BaseAuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as BaseReauthenticateForm

from accounts import second_factor, throttle
from accounts.adapters import too_many
from accounts.sources import source_of
from accounts.throttle import TooManyAttempts
from kernel import clock


class _Counted:
    """Count the code of `self.user` where the API's second step counts it."""

    user: Any
    cleaned_data: dict[str, Any]

    def clean_code(self) -> str:
        request = context.request
        code: str = self.cleaned_data["code"]
        try:
            with throttle.guess(
                what="mfa",
                account=str(self.user.pk),
                source=source_of(request),
                now=clock.now(),
            ):
                self.authenticator = second_factor.is_right(user=self.user, code=code)
                if self.authenticator is None:
                    raise get_adapter().validation_error("incorrect_code")
        except TooManyAttempts as refusal:
            raise ImmediateHttpResponse(too_many(request, refusal)) from None
        return code


class AuthenticateForm(_Counted, BaseAuthenticateForm):  # type: ignore[misc]
    """The second step of a sign-in."""


class ReauthenticateForm(_Counted, BaseReauthenticateForm):  # type: ignore[misc]
    """The second step again, before something delicate."""
