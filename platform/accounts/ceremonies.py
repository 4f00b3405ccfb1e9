"""What is begun in one call and finished once in a later one, whichever process answers it.

The caller gets a secret, we keep its digest and what must be known at the end (a challenge, an
address, a secret of ours). Knows nothing of what is begun.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.models import Ceremony, User
from kernel.errors import Refusal

Kind = Ceremony.Kind
PREFIX = "crm_"
LENGTH = len(PREFIX) + 43
LIFETIME = timedelta(minutes=10)


class CeremonyOver(Refusal):
    """What was begun is finished already, has run out, or was begun by another; begin anew."""

    code = "ceremony_over"


def begin(
    *, kind: Ceremony.Kind, now: datetime, user: User | None = None, data: dict[str, Any]
) -> str:
    """Keep `data` until the ceremony is finished or its ten minutes are over; return its secret."""
    secret = PREFIX + secrets.token_urlsafe(32)
    Ceremony.objects.create(
        digest=_digest(secret),
        kind=kind,
        user=user,
        data=data,
        created_at=now,
        expires_at=now + LIFETIME,
    )
    return secret


def finish(
    *, secret: str, kind: Ceremony.Kind, now: datetime, user: User | None = None
) -> Ceremony:
    """Use the ceremony up and return it; of many at one instant one gets it.

    `user` must be the person it was begun for, None where it was begun by nobody yet known. Within
    a transaction that is rolled back it can be finished once more. Raises CeremonyOver.
    """
    if len(secret) == LENGTH and secret.isascii():
        with transaction.atomic():
            found = (
                Ceremony.objects.select_for_update(of=("self",))
                .filter(digest=_digest(secret), kind=kind, expires_at__gt=now)
                .filter(user=user)
                .first()
            )
            if found is not None:
                Ceremony.objects.filter(pk=found.pk).delete()
                return found
    raise CeremonyOver("This was finished already or took too long; begin again.")


def _digest(secret: str) -> bytes:
    """A plain hash is enough: the secret holds 256 random bits, there is nothing to guess."""
    return hashlib.sha256(secret.encode()).digest()
