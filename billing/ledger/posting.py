"""What happened, as balanced lines. Pure: facts in, a draft entry out; nothing is written here.

One function per event of docs/money.md ("Postings, event by event"). The draft carries the key
by which the event is posted once: our row's id or the gateway's object, never its event.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from billing.fees import ALL_PAID, Beside, RefundParts, Split
from billing.ledger.chart import Code, code_of, key


class Unbalanced(ValueError):
    """The lines of a draft do not sum to zero per currency."""


class DraftLine(NamedTuple):
    """A line to be written: a debit is positive, a credit negative. In the table's order."""

    account: str
    mentor_id: UUID | None
    purchase_id: UUID | None
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry to be written, unless one of the same source and kind is there already."""

    kind: str
    source_type: str
    source_id: str
    occurred_at: datetime
    lines: tuple[DraftLine, ...]
    memo: str = ""

    def __post_init__(self) -> None:
        totals: dict[str, int] = {}
        for line in self.lines:
            totals[line.currency] = totals.get(line.currency, 0) + line.amount_minor
        if any(totals.values()):
            raise Unbalanced(f"{self.kind} of {self.source_type} {self.source_id}: {totals}")


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose money an entry moves, and in which accounts it lives at present.

    `recognised`: the commission is earned (4010, no longer 2200). `released`: the mentor's share
    is available (2120, no longer 2110).
    """

    purchase_id: UUID
    mentor_id: UUID
    currency: str
    gateway: str
    recognised: bool
    released: bool

    def line(self, code: Code, amount_minor: int) -> DraftLine:
        """Return a line of this purchase in the account of `code`."""
        gateway = self.gateway if code is Code.GATEWAY_CLEARING else ""
        return DraftLine(
            key(code, currency=self.currency, gateway=gateway),
            self.mentor_id,
            self.purchase_id,
            amount_minor,
            self.currency,
        )

    @property
    def mentor_account(self) -> Code:
        return Code.MENTOR_AVAILABLE if self.released else Code.MENTOR_PENDING

    @property
    def refunded_commission_account(self) -> Code:
        return Code.COMMISSION_REFUNDS if self.recognised else Code.DEFERRED_COMMISSION


def _nonzero(lines: Iterable[DraftLine]) -> tuple[DraftLine, ...]:
    return tuple(line for line in lines if line.amount_minor)


def captured(
    *,
    subject: Subject,
    payment_id: UUID,
    paid: Split,
    at: datetime,
    beside: Beside = ALL_PAID,
) -> Draft:
    """The gateway holds the client's money: Dr 1100 a / Cr 2110 m, 2200 c, 4020 f.

    A discount that the platform bears (5060) and the client's credit (2500) pay beside it; the
    split is of the full price. Money that comes when the commission is earned already (a second
    charge) joins the first.
    """
    return Draft(
        kind="captured",
        source_type="payment",
        source_id=str(payment_id),
        occurred_at=at,
        lines=_nonzero(
            (
                subject.line(Code.GATEWAY_CLEARING, paid.price_minor - beside.minor),
                *_paid_beside(subject, beside),
                *_split(subject, paid),
            )
        ),
    )


def settled(
    *, subject: Subject, paid: Split, beside: Beside, at: datetime, prepaid_minor: int = 0
) -> Draft:
    """Nothing was left to pay: Dr 5060 the discount, 2500 the credit / Cr the parts.

    Or a package paid all of it: Dr 2600 / Cr the parts.
    """
    return Draft(
        kind="settled",
        source_type="purchase",
        source_id=str(subject.purchase_id),
        occurred_at=at,
        lines=_nonzero(
            (
                *_paid_beside(subject, beside),
                subject.line(Code.PREPAID, prepaid_minor),
                *_split(subject, paid),
            )
        ),
    )


def credit_granted(
    *, movement_id: UUID, amount_minor: int, currency: str, is_reward: bool, at: datetime
) -> Draft:
    """A client is given credit: Dr 5060 (goodwill) or 5070 (a referral's reward) / Cr 2500."""
    expense = Code.REFERRAL_REWARDS if is_reward else Code.DISCOUNTS
    return Draft(
        kind="granted",
        source_type="credit",
        source_id=str(movement_id),
        occurred_at=at,
        lines=tuple(
            DraftLine(key(code, currency=currency), None, None, amount, currency)
            for code, amount in ((expense, amount_minor), (Code.CLIENT_CREDIT, -amount_minor))
        ),
    )


def credit_set_off(*, movement_id: UUID, amount_minor: int, currency: str, at: datetime) -> Draft:
    """Credit returns for which goodwill had stood in: Dr 2500 / Cr 5060."""
    return Draft(
        kind="set_off",
        source_type="credit",
        source_id=str(movement_id),
        occurred_at=at,
        lines=(
            DraftLine(
                key(Code.CLIENT_CREDIT, currency=currency), None, None, amount_minor, currency
            ),
            DraftLine(key(Code.DISCOUNTS, currency=currency), None, None, -amount_minor, currency),
        ),
    )


def unwound(*, subject: Subject, unwinding_id: UUID, parts: RefundParts, at: datetime) -> Draft:
    """What no gateway paid goes back: Dr the parts / Cr 5060 the discount's, 2500 the credit's.

    What a package had paid goes back to it: Cr 2600.
    """
    return Draft(
        kind="created",
        source_type="unwinding",
        source_id=str(unwinding_id),
        occurred_at=at,
        lines=_nonzero(
            (
                subject.line(subject.mentor_account, parts.mentor_minor),
                subject.line(subject.refunded_commission_account, parts.commission_minor),
                subject.line(Code.FEE_RECOVERY, parts.fee_minor),
                subject.line(Code.DISCOUNTS, -parts.discount_minor),
                subject.line(Code.CLIENT_CREDIT, -parts.credit_minor),
                subject.line(Code.PREPAID, -parts.amount_minor),
            )
        ),
    )


def _paid_beside(subject: Subject, beside: Beside) -> tuple[DraftLine, ...]:
    return (
        subject.line(Code.DISCOUNTS, beside.discount_minor),
        subject.line(Code.CLIENT_CREDIT, beside.credit_minor),
    )


def _split(subject: Subject, paid: Split) -> tuple[DraftLine, ...]:
    commission = Code.COMMISSION if subject.recognised else Code.DEFERRED_COMMISSION
    return (
        subject.line(subject.mentor_account, -paid.mentor_minor),
        subject.line(commission, -paid.commission_minor),
        subject.line(Code.FEE_RECOVERY, -paid.fee_minor),
    )


def gateway_fee(
    *, subject: Subject, balance_transaction_id: str, fee_minor: int, at: datetime
) -> Draft:
    """The gateway took its actual fee g: Dr 5010 g / Cr 1100 g. Keyed by its transaction."""
    return Draft(
        kind="gateway_fee",
        source_type="balance_transaction",
        source_id=f"{subject.gateway}:{balance_transaction_id}",
        occurred_at=at,
        lines=_nonzero(
            (
                subject.line(Code.GATEWAY_FEES, fee_minor),
                subject.line(Code.GATEWAY_CLEARING, -fee_minor),
            )
        ),
    )


def recognised(*, subject: Subject, deferred_minor: int, at: datetime) -> Draft:
    """The commission is earned: 2200, what is left of the purchase, → 4010.

    `deferred_minor` is the balance of 2200 (negative: a credit).
    """
    return Draft(
        kind="recognised",
        source_type="purchase",
        source_id=str(subject.purchase_id),
        occurred_at=at,
        lines=_nonzero(
            (
                subject.line(Code.DEFERRED_COMMISSION, -deferred_minor),
                subject.line(Code.COMMISSION, deferred_minor),
            )
        ),
    )


def released(*, subject: Subject, pending_minor: int, at: datetime) -> Draft:
    """The mentor's share is available: 2110, what is left of either sign, → 2120.

    `pending_minor` is the balance of 2110 (a credit is owed to the mentor, a debit by them).
    """
    return Draft(
        kind="released",
        source_type="purchase",
        source_id=str(subject.purchase_id),
        occurred_at=at,
        lines=_nonzero(
            (
                subject.line(Code.MENTOR_PENDING, -pending_minor),
                subject.line(Code.MENTOR_AVAILABLE, pending_minor),
            )
        ),
    )


def refund_created(
    *,
    subject: Subject,
    refund_id: UUID,
    parts: RefundParts,
    at: datetime,
    came_before_earning: bool = False,
) -> Draft:
    """A refund r is promised: Dr the parts, from where they live now / Cr 2300 r.

    Discount and credit get their parts of it back: Cr 5060, 2500 beside 2300. Of a package it is
    what was not used: Dr 2600.

    `came_before_earning`: it happened before the commission was earned, though it may reach us
    after; then its part never was to be earned, and leaves 4010 instead of counting as a
    refunded commission (4090).
    """
    commission = subject.refunded_commission_account
    if came_before_earning and subject.recognised:
        commission = Code.COMMISSION
    return Draft(
        kind="created",
        source_type="refund",
        source_id=str(refund_id),
        occurred_at=at,
        lines=_nonzero(
            (
                subject.line(subject.mentor_account, parts.mentor_minor),
                subject.line(commission, parts.commission_minor),
                subject.line(Code.FEE_RECOVERY, parts.fee_minor),
                subject.line(Code.PREPAID, parts.prepaid_minor),
                subject.line(Code.DISCOUNTS, -parts.discount_minor),
                subject.line(Code.CLIENT_CREDIT, -parts.credit_minor),
                subject.line(Code.REFUNDS_PAYABLE, -parts.amount_minor),
            )
        ),
    )


def refund_succeeded(
    *, subject: Subject, refund_id: UUID, amount_minor: int, at: datetime
) -> Draft:
    """The gateway sent the money: Dr 2300 r / Cr 1100 r."""
    return Draft(
        kind="succeeded",
        source_type="refund",
        source_id=str(refund_id),
        occurred_at=at,
        lines=_nonzero(
            (
                subject.line(Code.REFUNDS_PAYABLE, amount_minor),
                subject.line(Code.GATEWAY_CLEARING, -amount_minor),
            )
        ),
    )


def refund_returned(*, subject: Subject, refund_id: UUID, amount_minor: int, at: datetime) -> Draft:
    """Money that had been sent came back to the gateway: the reverse of *succeeded*."""
    return Draft(
        kind="returned",
        source_type="refund",
        source_id=str(refund_id),
        occurred_at=at,
        lines=(
            subject.line(Code.GATEWAY_CLEARING, amount_minor),
            subject.line(Code.REFUNDS_PAYABLE, -amount_minor),
        ),
    )


def refund_reversed(
    *, subject: Subject, refund_id: UUID, created: Iterable[tuple[str, int]], at: datetime
) -> Draft:
    """A refund failed or was cancelled: the reverse of *created*, into the present accounts.

    `created` is (account key, amount) of the entry that created it. A part that came out of
    2200 goes to 4010 where the commission was earned meanwhile, and one out of 2110 to 2120
    where the share was released; a part out of 4090 or 2120 goes back to where it was.
    """
    return Draft(
        kind="reversed",
        source_type="refund",
        source_id=str(refund_id),
        occurred_at=at,
        lines=back_to_present_accounts(subject, created),
    )


def back_to_present_accounts(
    subject: Subject, lines: Iterable[tuple[str, int]]
) -> tuple[DraftLine, ...]:
    """Return the reverse of lines (account key, amount) into where those parts live now."""
    moved = {
        Code.DEFERRED_COMMISSION: Code.COMMISSION if subject.recognised else None,
        Code.MENTOR_PENDING: Code.MENTOR_AVAILABLE if subject.released else None,
    }
    return tuple(
        subject.line(moved.get(code_of(account)) or code_of(account), -amount)
        for account, amount in lines
    )
