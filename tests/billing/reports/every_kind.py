"""The busy month, and every other kind of entry that the product makes, once.

What finance, packages and reserves post goes through their operations; what only a gateway can
begin is posted as its drafts, because the books alone are what is tested here.
"""

from datetime import timedelta
from typing import Any

from billing import cancellations, client_credit, prepaid, tasks, write_offs
from billing.ledger import (
    called_for,
    converted,
    disputed,
    entries,
    payout_posting,
    posting,
    resolution_posting,
    surplus_posting,
    treasury_posting,
)
from billing.ledger.chart import Code
from billing.models import Payment, ReserveRule
from kernel import clock
from kernel.ids import uuid7
from kernel.money import Money
from scheduling.states import CancelledBy
from tests.billing.ledger.books import EARLY, HOLD_OVER, gateway_says, refund
from tests.billing.reports.history import busy_month, completed, paid
from tests.factories.billing import PAID_AT
from tests.factories.packages import VALID_DAYS, drawn_session, paid_package
from tests.factories.people import ClientFactory, UserFactory

AT = HOLD_OVER
KINDS = {f"{call.source}: {call.kind}" for call in called_for.CALLS}


def every_kind() -> None:
    """Everything that the product can post, at least once; dated like the busy month."""
    busy_month()
    _packages()
    _credit()
    _reserves()
    _written_off()
    _of_gateways(paid())


def _packages() -> None:
    package = paid_package().purchase.package
    assert package is not None
    session, _ = drawn_session(package)
    cancellations.cancel(
        session_id=session.pk, by=CancelledBy.CLIENT, actor="usr_1", reason="ill", now=EARLY
    )
    prepaid.expire(now=PAID_AT + timedelta(days=VALID_DAYS))


def _credit() -> None:
    client_credit.grant(
        client=ClientFactory(),
        amount=Money(1_500, "USD"),
        by="usr_finance",
        reason="Our fault.",
        key="test",
        now=AT,
    )
    entries.post(
        posting.credit_set_off(movement_id=uuid7(), amount_minor=300, currency="USD", at=AT),
        posted_at=AT,
    )


def _reserves() -> None:
    """A tenth of a share for a day."""
    ReserveRule.objects.create(
        currency="USD", rate_bps=1000, hold_days=1, effective_from=PAID_AT - timedelta(days=9)
    )
    completed(paid())
    with clock.travel(AT + timedelta(days=2)):
        tasks.earn()


def _written_off() -> None:
    payment = completed(paid())
    given = refund(payment, 9_900, bearer="mentor", at=AT)  # 84.15 of the mentor's 81.80
    asked = write_offs.ask(
        mentor_id=payment.purchase.mentor_id,
        amount_minor=200,
        currency="USD",
        reason="Left.",
        by=UserFactory(),
        now=AT,
    )
    write_offs.approve(write_off_id=asked.pk, by=UserFactory(), now=AT)
    gateway_says(given, "failed", at=AT)


def _of_gateways(payment: Payment) -> None:
    subject = entries.subject_of(purchase=payment.purchase, gateway="stripe")
    surplus: dict[str, Any] = {"subject": subject, "surplus_id": uuid7(), "amount_minor": 9_999}
    payout = payout_posting.Moved(uuid7(), subject.mentor_id, 1_000, "USD", "paypal")
    arrives, fails = (treasury_posting.ToBank(uuid7(), "stripe", 700, "USD") for _ in range(2))
    drafts = [
        converted.converted(
            subject=subject,
            conversion_id=uuid7(),
            sale_minor=10_000,
            settled_minor=9_100,
            settled_currency="EUR",
            difference_minor=37,
            at=AT,
        ),
        disputed.moved(
            subject=subject, movement_id=uuid7(), amount_minor=-400, fee_minor=30, at=AT
        ),
        surplus_posting.received(**surplus, fee_minor=320, at=AT),
        surplus_posting.returned(**surplus, at=AT),
        surplus_posting.bounced(**surplus, at=AT),
        surplus_posting.reversed_(**surplus, fee_minor=320, at=AT),
        payout_posting.approved(payout, at=AT),
        payout_posting.failed(payout, at=AT),
        payout_posting.revived(payout, at=AT),
        payout_posting.paid(payout, at=AT),
        payout_posting.fee(payout, fee_minor=25, at=AT),
        payout_posting.returned(payout, at=AT),
        payout_posting.fee_returned(payout, fee_minor=25, at=AT),
        payout_posting.reassigned(payout, at=AT, revived=True),
        treasury_posting.sent(arrives, at=AT),
        treasury_posting.arrived(arrives, at=AT),
        treasury_posting.returned(arrives, at=AT),
        treasury_posting.sent(fails, at=AT),
        treasury_posting.failed(fails, at=AT),
        resolution_posting.resolved(
            resolution_id=uuid7(),
            debit=Code.SUSPENSE,
            credit=Code.GATEWAY_CLEARING,
            amount_minor=-123,
            currency="USD",
            gateway="stripe",
            at=AT,
        ),
    ]
    for draft in drafts:
        entries.post(draft, posted_at=AT)
