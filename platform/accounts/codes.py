"""Codes that are mailed to prove an address: made, recognised, used once.

Eight letters of thirty (some 39 bits) cannot be guessed under `accounts.throttle`, so wrong
guesses cost the guesser alone and never use up another person's code.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.crypto import salted_hmac

from accounts.models import EmailCode, User
from kernel.errors import Kind, Refusal
from kernel.ids import uuid7

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
LIFETIME = {
    EmailCode.Purpose.VERIFY: timedelta(hours=24),
    EmailCode.Purpose.RESET: timedelta(hours=1),
    EmailCode.Purpose.CHANGE: timedelta(hours=1),
}


class CodeRefused(Refusal):
    """The code does not belong to this address, was used already, or has run out."""

    code = "code_refused"
    kind = Kind.INVALID


def mint(
    *,
    user: User,
    purpose: EmailCode.Purpose,
    now: datetime,
    registration: dict[str, Any] | None = None,
    address: str | None = None,
    asked: UUID | None = None,
) -> tuple[EmailCode, str]:
    """Make a code for the address of `user` or for another; return its row and the text to mail.

    `asked` makes it once, for a job that may be done twice (`is_minted`).
    """
    letters = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    row = EmailCode.objects.create(
        id=asked or uuid7(),
        user=user,
        purpose=purpose,
        digest=_digest(address or user.email, purpose, letters),
        registration=registration or {},
        created_at=now,
        expires_at=now + LIFETIME[purpose],
    )
    return row, f"{letters[:4]}-{letters[4:]}"


def is_minted(*, asked: UUID) -> bool:
    """Say whether the code that was `asked` for is made."""
    return bool(EmailCode.objects.filter(pk=asked).exists())


def redeem(
    *,
    email: str,
    purpose: EmailCode.Purpose,
    text: str,
    now: datetime,
    owner: User | None = None,
) -> EmailCode:
    """Use a code, in the caller's transaction; its siblings of the same purpose go with it.

    With `owner` a code that was mailed on behalf of another person does not fit.
    Raises CodeRefused, alike for an unknown address and a wrong code.
    """
    typed = "".join(text.upper().replace("-", "").split())
    fitting = EmailCode.objects.filter(
        digest=_digest(email, purpose, typed),
        purpose=purpose,
        used_at=None,
        expires_at__gt=now,
        user__is_active=True,
    )
    if owner is not None:
        fitting = fitting.filter(user=owner)
    owner = (
        User.objects.select_for_update(of=("self",), no_key=True)
        .filter(email_codes__in=fitting)
        .first()
    )
    # Asked again behind the lock on the person: a twin may have used it up meanwhile.
    code = fitting.filter(user=owner).first() if owner else None
    if owner is None or code is None:
        raise refused()
    code.user = owner
    EmailCode.objects.filter(user=code.user, purpose=purpose, used_at=None).update(used_at=now)
    return code


def refused() -> CodeRefused:
    """Return the one refusal of a code, which does not say what is wrong with it."""
    return CodeRefused(
        "This code does not fit the address, was used, or has run out; ask for a new one.",
        pointer="/code",
    )


def _digest(email: str, purpose: str, letters: str) -> bytes:
    value = f"{purpose}:{email}:{letters}"
    return salted_hmac("accounts.codes", value, algorithm="sha256").digest()
