"""Give money back: promise it in the books, order it at the gateway, apply what came of it.

Knows nothing of policies and persons: the caller decides on share, bearer and cause.
"""

from billing.refunds.orders import create, send, send_refund, sweep
from billing.refunds.outcome import RefundContradicted, apply
from billing.refunds.promise import PaymentNotCaptured, RefundTooLarge, preview
from billing.refunds.seen import external, observe

__all__ = [
    "PaymentNotCaptured",
    "RefundContradicted",
    "RefundTooLarge",
    "apply",
    "create",
    "external",
    "observe",
    "preview",
    "send",
    "send_refund",
    "sweep",
]
