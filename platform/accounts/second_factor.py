"""The second factor: who must show one, and whether a code is right. allauth keeps the secrets.

The API and the back office ask here, so neither can forget what the other checks.
"""

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.db import transaction

from accounts.models import User

CODE_TYPES = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)


def is_set_up(*, user: User) -> bool:
    """Return whether the person has an authenticator app."""
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


def is_asked(*, user: User) -> bool:
    """Return whether signing in takes a second step (settings.DEMO_MFA=False skips it)."""
    return bool(settings.DEMO_MFA) and is_set_up(user=user)


def must_set_up(*, user: User) -> bool:
    """Return whether this person may not work in the back office without setting one up."""
    return bool(settings.DEMO_MFA) and user.is_staff and not is_set_up(user=user)


def is_right(*, user: User, code: str) -> Authenticator | None:
    """Return the authenticator that `code` is right for, and use the code up, or None.

    A code of the app is good once in its thirty seconds; a recovery code is good once.
    Count the guess (`accounts.throttle.guess`) around this call.
    """
    typed = "".join(code.split())
    for authenticator in Authenticator.objects.filter(user=user, type__in=CODE_TYPES):
        if authenticator.wrap().validate_code(typed):
            authenticator.record_usage()
            return authenticator
    return None


def set_up(*, user: User, secret: str) -> None:
    """Give the person an authenticator with a known secret (base 32), and recovery codes."""
    with transaction.atomic():
        Authenticator.objects.filter(user=user, type__in=CODE_TYPES).delete()
        TOTP.activate(user, secret)
        RecoveryCodes.activate(user)
