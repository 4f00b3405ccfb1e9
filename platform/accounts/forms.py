"""Forms of the back office's sign-in: a code of the authenticator app is a counted guess, and
who has an address is not found out by asking for a new password.
"""

from typing import Any

from allauth.account.forms import ResetPasswordForm as BaseResetPasswordForm
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm as BaseAuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as BaseReauthenticateForm
from django import forms
from django.http import HttpRequest

from accounts import credentials, second_factor, staff_resets, throttle
from accounts.adapters import too_many
from accounts.sources import source_of
from accounts.throttle import TooManyAttempts
from kernel import clock
from kernel.errors import Invalid


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


class ResetPasswordForm(BaseResetPasswordForm):  # type: ignore[misc]
    """Ask for a new password: the same is done for every address (`accounts.staff_resets`)."""

    def clean_email(self) -> str:
        """Leave out allauth's search for the person."""
        try:
            return credentials.normalised(self.cleaned_data["email"])
        except Invalid as refusal:
            raise forms.ValidationError(refusal.detail) from None

    def save(self, request: HttpRequest, **_: Any) -> str:
        email: str = self.cleaned_data["email"]
        try:
            staff_resets.ask(email=email, source=source_of(request), now=clock.now())
        except TooManyAttempts as refusal:
            raise ImmediateHttpResponse(too_many(request, refusal)) from None
        return email
