"""The back office opens only to staff who have shown a second factor in this session."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.account.internal.flows.login import (
    get_authentication_records,
    record_authentication,
)
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from accounts import second_factor
from accounts.models import User
from accounts.sources import source_of
from kernel import audit


class StaffSecondFactorMiddleware:
    """Send staff to set a second factor up, or to show it, before anything under /cms/.

    A session from before the factor was set up is asked for it too. settings.DEMO_MFA=False
    skips it all.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        missing = self._missing_step(request)
        if missing is None:
            with audit.coming_from(source_of(request)):
                return self.get_response(request)
        back = urlencode({"next": request.get_full_path()})
        return HttpResponseRedirect(f"{reverse(missing)}?{back}")

    def _missing_step(self, request: HttpRequest) -> str | None:
        if not settings.DEMO_MFA or not request.path.startswith(reverse("wagtailadmin_home")):
            return None
        user = request.user
        if not isinstance(user, User) or not user.is_staff or has_shown(request, user):
            return None
        return "mfa_reauthenticate" if second_factor.is_set_up(user=user) else "mfa_activate_totp"


def has_shown(request: HttpRequest, user: User) -> bool:
    """Return whether this session has a right code behind it."""
    return any(record["method"] == "mfa" for record in get_authentication_records(request, user))


def note_activation(*, request: HttpRequest, user: User, **_signal: Any) -> None:
    """Count a factor that was just set up, which takes a right code, as shown in the session."""
    record_authentication(request, user, "mfa", type="totp")
