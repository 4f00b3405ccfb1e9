"""Dialogs of the back office that ask for a fresh proof of who one is, as the API's settings do.

A session that was left open must be enough neither to look on for good nor to pass for the site.
"""

import time
from typing import Any
from urllib.parse import urlencode

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from accounts import second_factor
from accounts.models import User
from kernel.backoffice.dialogs import DialogView


class ProvedDialog(DialogView):
    """Opens to whoever may, and has just shown their password, or the code where there is one."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        if not self.permitted(user) or not isinstance(user, User) or is_proved(request, user):
            return super().dispatch(request, *args, **kwargs)
        if request.method == "POST":
            messages.warning(request, "Nothing was done yet: fill in and press once more.")
        page = (
            "mfa_reauthenticate" if second_factor.is_asked(user=user) else "account_reauthenticate"
        )
        back = urlencode({"next": request.get_full_path()})
        return HttpResponseRedirect(f"{reverse(page)}?{back}")


def is_proved(request: HttpRequest, user: User) -> bool:
    """Say whether this session was proved within settings.PROOF_LIFETIME.

    Where a second factor is asked for, the password alone is no proof (`accounts.proofs`).
    """
    since = time.time() - settings.PROOF_LIFETIME.total_seconds()
    asked = second_factor.is_asked(user=user)
    return any(
        record["at"] > since and (record["method"] == "mfa" or not asked)
        for record in get_authentication_records(request, user)
    )
