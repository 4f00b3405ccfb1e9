"""Merging metadata: an empty value unsets a key, an empty `metadata` unsets all of them.

https://docs.stripe.com/api/metadata
"""

from __future__ import annotations

from typing import Any

from sandbox.stripe.errors import invalid


def merged(present: dict[str, str], given: Any) -> dict[str, str]:
    """Return the metadata after an update.

    Raises:
        StripeError: more than 50 keys would remain.
    """
    if given is None:
        return dict(present)
    if given == "":
        return {}
    after = {key: value for key, value in (present | given).items() if value != ""}
    if len(after) > 50:
        raise invalid("Metadata can have up to 50 keys", param="metadata")
    return after
