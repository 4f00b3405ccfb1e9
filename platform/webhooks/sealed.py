"""The secrets of an endpoint: sealed in its row, so that a dump of the database shows none."""

from datetime import datetime

from kernel.sealing import seal, unseal
from webhooks.models import Endpoint

PURPOSE = "webhooks.secret"


def kept(secret: str) -> str:
    """Return a secret as it is kept."""
    return seal(secret, purpose=PURPOSE)


def secrets_of(endpoint: Endpoint, *, now: datetime) -> list[str]:
    """Return the secrets that sign at `now`, the newest first: two of them while rotating."""
    found = [unseal(endpoint.secret, purpose=PURPOSE)]
    if endpoint.previous_until is not None and endpoint.previous_until > now:
        found.append(unseal(endpoint.previous_secret, purpose=PURPOSE))
    return found
