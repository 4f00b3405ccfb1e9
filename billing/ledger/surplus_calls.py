"""What entries of money that no sale asked for have to say: it came, and it went back. SQL."""

from billing.ledger.calls import Call

_ROWS = "billing_surplus surplus JOIN billing_payment payment ON payment.id = surplus.payment_id"

_TAKEN = {
    "1100": "surplus.amount_minor - surplus.fee_minor",
    "5010": "surplus.fee_minor",
    "2300": "-surplus.amount_minor",
}
_SENT = {"2300": "surplus.amount_minor", "1100": "-surplus.amount_minor"}


def _undone(parts: dict[str, str]) -> dict[str, str]:
    return {part: f"-({minor})" for part, minor in parts.items()}


_OVER = "CASE WHEN surplus.state IN ('failed', 'cancelled') THEN surplus.settled_at END"
_DONE = "CASE surplus.state WHEN 'succeeded' THEN surplus.settled_at END"

CALLS = tuple(
    Call(
        "surplus",
        kind,
        _ROWS,
        id="surplus.id::text",
        at=at,
        parts=parts,
    )
    for kind, at, parts in (
        ("received", "surplus.received_at", _TAKEN),
        ("returned", _DONE, _SENT),
        ("bounced", _OVER, _undone(_SENT)),
        ("reversed", _OVER, _undone(_TAKEN)),
    )
)
