"""The tables of money. Other rooms import them from here."""

from billing.models.ledger import Entry, LedgerAccount, Line
from billing.models.payment import Payment
from billing.models.purchase import CommissionRule, FeeSchedule, Purchase
from billing.models.refund import Refund

__all__ = [
    "CommissionRule",
    "Entry",
    "FeeSchedule",
    "LedgerAccount",
    "Line",
    "Payment",
    "Purchase",
    "Refund",
]
