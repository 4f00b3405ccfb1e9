"""The second factor: who must show one, and whether a code is right. allauth keeps the secrets.

The API and the back office ask here, so neither can forget what the other checks.
"""

import logging

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import transaction

from accounts.models import User

logger = logging.getLogger(__name__)

Type = Authenticator.Type
CODE_TYPES = (Type.TOTP, Type.RECOVERY_CODES)
FACTORS = (Type.TOTP, Type.WEBAUTHN)
_LAST_STEP = "last_step"


def is_set_up(*, user: User) -> bool:
    """Return whether the person has an authenticator app or a passkey."""
    return bool(Authenticator.objects.filter(user=user, type__in=FACTORS).exists())


def has_app(*, user: User) -> bool:
    """Return whether the person has an authenticator app, which the back office asks for."""
    return bool(Authenticator.objects.filter(user=user, type=Type.TOTP).exists())


def is_asked(*, user: User) -> bool:
    """Return whether signing in takes a second step (settings.DEMO_MFA=False skips it)."""
    return bool(settings.DEMO_MFA) and is_set_up(user=user)


def methods(*, user: User) -> list[str]:
    """Return how the second step can be taken: `code`, `passkey`, or both."""
    types = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    found = ["code"] if types & set(CODE_TYPES) else []
    return [*found, "passkey"] if Type.WEBAUTHN in types else found


def unused_recovery_codes(*, user: User) -> list[str]:
    """Return the recovery codes that are good still: for the one page that shows new ones."""
    row = Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).first()
    return list(row.wrap().get_unused_codes()) if row else []


def is_right(*, user: User, code: str) -> Authenticator | None:
    """Return the authenticator that `code` is right for, and use the code up, or None.

    A code of the app is good once, and so is every earlier one; a recovery code is good once.
    Count the guess (`accounts.throttle.guess`) around this call.
    """
    typed = "".join(code.split())
    for authenticator in Authenticator.objects.filter(user=user, type__in=CODE_TYPES):
        if _uses_up(authenticator, typed):
            authenticator.refresh_from_db()  # its codes were used up in a row of their own
            authenticator.record_usage()
            return authenticator
    return None


def set_up(*, user: User, secret: str) -> None:
    """Give the person an authenticator with a known secret (base 32), and recovery codes."""
    with transaction.atomic():
        Authenticator.objects.filter(user=user, type__in=CODE_TYPES).delete()
        TOTP.activate(user, secret)
        RecoveryCodes.activate(user)


def step_of(*, secret: str, code: str, after: int = -1) -> int | None:
    """Return the step of thirty seconds that `code` belongs to now, or None where it is wrong.

    Steps up to `after` are used up (RFC 6238, 5.2).
    """
    for step in yield_hotp_counters_from_time():
        expected = format_hotp_value(hotp_value(secret, step))
        if step > after and compare_user_code(actual=code, expected=expected):
            return int(step)
    return None


def install_app(*, user: User, secret: str, step: int) -> None:
    """Put an authenticator app in the place of any other; its code of `step` is used up."""
    Authenticator.objects.filter(user=user, type=Type.TOTP).delete()
    app = TOTP.activate(user, secret).instance
    app.data[_LAST_STEP] = step
    app.save(update_fields=["data"])


def _uses_up(authenticator: Authenticator, typed: str) -> bool:
    try:
        if authenticator.type == Type.TOTP:
            return _app_accepts(authenticator, typed)
        return bool(authenticator.wrap().validate_code(typed))
    except Authenticator.DoesNotExist:
        return False  # Removed or renewed since it was listed.
    except InvalidToken:
        logger.exception("the second factor of user %s cannot be read", authenticator.user_id)
        return False  # Sealed by a key that the server has no more.


@transaction.atomic
def _app_accepts(authenticator: Authenticator, typed: str) -> bool:
    """Compare behind the row's lock. allauth notes used codes in the cache, which may drop one."""
    row = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
    step = step_of(
        secret=decrypt(row.data["secret"]), code=typed, after=row.data.get(_LAST_STEP, -1)
    )
    if step is None:
        return False
    row.data[_LAST_STEP] = step
    row.save(update_fields=["data"])
    return True
