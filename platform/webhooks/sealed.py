"""The secrets of an endpoint: sealed in its row, so that a dump of the database shows none."""

from contextlib import suppress
from datetime import datetime

from cryptography.fernet import InvalidToken

from kernel.sealing import seal, unseal
from webhooks.models import Endpoint

PURPOSE = "webhooks.secret"


class SecretUnreadable(Exception):
    """The endpoint's secret was sealed by a key that the server has no more."""


def kept(secret: str) -> str:
    """Return a secret as it is kept."""
    return seal(secret, purpose=PURPOSE)


def secrets_of(endpoint: Endpoint, *, now: datetime) -> list[str]:
    """Return the secrets that sign at `now`, the newest first: two of them while rotating.

    One before it that cannot be read is left out, so that rotating mends an endpoint.
    Raises SecretUnreadable.
    """
    try:
        found = [unseal(endpoint.secret, purpose=PURPOSE)]
    except InvalidToken as error:
        raise SecretUnreadable(endpoint.public_id) from error
    if endpoint.previous_until is not None and endpoint.previous_until > now:
        with suppress(InvalidToken):
            found.append(unseal(endpoint.previous_secret, purpose=PURPOSE))
    return found
