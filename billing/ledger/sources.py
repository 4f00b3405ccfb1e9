"""What an entry is about: the row or the gateway's object that called for it, in our words."""

from uuid import UUID

from kernel.display import state_words
from kernel.ids import public_id

# Where the source is a row of ours, the prefix of its public id.
PREFIXES = {
    "payment": "pay",
    "refund": "rfd",
    "purchase": "pur",
    "dispute": "dsp",
    "dispute_loss": "dsl",
    "dispute_movement": "dsm",
    "payout": "po",
    "cost": "cst",
    "surplus": "srp",
    "gateway_payout": "gpo",
}


def source_name(source_type: str, source_id: str) -> str:
    """Return our public id of what was posted, or the gateway's id as it is."""
    prefix = PREFIXES.get(source_type)
    if prefix is None:
        return source_id
    try:
        return public_id(prefix, UUID(source_id))
    except ValueError:
        return source_id


def event_name(source_type: str, kind: str) -> str:
    """Return what happened, such as `Refund: created`."""
    return f"{state_words(source_type)}: {state_words(kind).lower()}"
