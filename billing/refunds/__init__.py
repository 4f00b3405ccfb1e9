"""Give money back: promise it in the books, order it at the gateway, apply what came of it.

Knows nothing of policies and persons: the caller decides on share, bearer and cause.
"""

from billing.refunds.by_hand import BEARERS, bearer_of, give, give_covered
from billing.refunds.orders import KEY_LIFETIME, create, send, send_refund, sweep
from billing.refunds.outcome import RefundContradicted, apply
from billing.refunds.promise import (
    PaymentDisputed,
    PaymentNotCaptured,
    RefundTooLarge,
    beside_of,
    lock_payment,
    parts_of,
    parts_taken,
    preview,
    recognise_first,
    share_left,
    split_of,
    taken_of,
)
from billing.refunds.seen import external, observe
from billing.refunds.stuck import RefundNotStuck, drop, reissue, stuck
from billing.refunds.unwinding import covered_left, parts_unwound, unwind

__all__ = [
    "BEARERS",
    "KEY_LIFETIME",
    "PaymentDisputed",
    "PaymentNotCaptured",
    "RefundContradicted",
    "RefundNotStuck",
    "RefundTooLarge",
    "apply",
    "bearer_of",
    "beside_of",
    "covered_left",
    "create",
    "drop",
    "external",
    "give",
    "give_covered",
    "lock_payment",
    "observe",
    "parts_of",
    "parts_taken",
    "parts_unwound",
    "preview",
    "recognise_first",
    "reissue",
    "send",
    "send_refund",
    "share_left",
    "split_of",
    "stuck",
    "sweep",
    "taken_of",
    "unwind",
]
