"""What disputes do to money, as balanced lines. Pure, like `billing.ledger.posting`.

A dispute takes its own amount and a fee; a lost one takes it from the parts of the price as a
refund would, and what is more than was left is the platform's loss (docs/money.md).
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from billing.fees import RefundParts
from billing.ledger.chart import Code
from billing.ledger.posting import Draft, DraftLine, Subject, back_to_present_accounts


def withdrawn(
    *, subject: Subject, dispute_id: UUID, amount_minor: int, fee_minor: int, at: datetime
) -> Draft:
    """The bank took d back, the gateway a fee e: Dr 1130 d, 5020 e / Cr 1100 d + e."""
    return Draft(
        kind="withdrawn",
        source_type="dispute",
        source_id=str(dispute_id),
        occurred_at=at,
        lines=_moving(
            subject,
            (Code.DISPUTES_RECEIVABLE, amount_minor),
            (Code.DISPUTE_FEES, fee_minor),
            (Code.GATEWAY_CLEARING, -amount_minor - fee_minor),
        ),
    )


def reinstated(
    *, subject: Subject, dispute_id: UUID, amount_minor: int, fee_minor: int, at: datetime
) -> Draft:
    """The money came back, and a part b of the fee: Dr 1100 d + b / Cr 1130 d, 5020 b."""
    return Draft(
        kind="reinstated",
        source_type="dispute",
        source_id=str(dispute_id),
        occurred_at=at,
        lines=_moving(
            subject,
            (Code.GATEWAY_CLEARING, amount_minor + fee_minor),
            (Code.DISPUTES_RECEIVABLE, -amount_minor),
            (Code.DISPUTE_FEES, -fee_minor),
        ),
    )


def moved(
    *, subject: Subject, movement_id: UUID, amount_minor: int, fee_minor: int, at: datetime
) -> Draft:
    """Money moved once more, signed as our balance: −d taken, e kept: Dr 1130, 5020 / Cr 1100."""
    return Draft(
        kind="moved",
        source_type="dispute_movement",
        source_id=str(movement_id),
        occurred_at=at,
        lines=_moving(
            subject,
            (Code.DISPUTES_RECEIVABLE, -amount_minor),
            (Code.DISPUTE_FEES, fee_minor),
            (Code.GATEWAY_CLEARING, amount_minor - fee_minor),
        ),
    )


def lost(
    *,
    subject: Subject,
    loss_id: UUID,
    parts: RefundParts,
    excess_minor: int,
    at: datetime,
    came_before_earning: bool,
) -> Draft:
    """The dispute is lost: Dr the parts, from where they live now, 5030 the excess / Cr 1130.

    As of a refund, discount and credit get their parts back (Cr 5060, 2500).
    `came_before_earning`: the money was withdrawn before the commission was earned; then that
    never was to be earned, and leaves 4010 instead of counting as refunded (4090).
    """
    commission = subject.refunded_commission_account
    if came_before_earning and subject.recognised:
        commission = Code.COMMISSION
    return Draft(
        kind="lost",
        source_type="dispute_loss",
        source_id=str(loss_id),
        occurred_at=at,
        lines=_moving(
            subject,
            (subject.mentor_account, parts.mentor_minor),
            (commission, parts.commission_minor),
            (Code.FEE_RECOVERY, parts.fee_minor),
            (Code.PREPAID, parts.prepaid_minor),
            (Code.DISPUTE_LOSSES, excess_minor),
            (Code.DISCOUNTS, -parts.discount_minor),
            (Code.CLIENT_CREDIT, -parts.credit_minor),
            (Code.DISPUTES_RECEIVABLE, -(parts.amount_minor + excess_minor)),
        ),
    )


def loss_reversed(
    *, subject: Subject, loss_id: UUID, lost: Iterable[tuple[str, int]], at: datetime
) -> Draft:
    """The loss was not, or not so: the reverse of *lost*, into the accounts of the present."""
    return Draft(
        kind="reversed",
        source_type="dispute_loss",
        source_id=str(loss_id),
        occurred_at=at,
        lines=back_to_present_accounts(subject, lost),
    )


def _moving(subject: Subject, *parts: tuple[Code, int]) -> tuple[DraftLine, ...]:
    return tuple(subject.line(code, amount) for code, amount in parts if amount)
