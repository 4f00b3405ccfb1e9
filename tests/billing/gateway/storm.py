"""One long history at the gateway, copies of it, and what it comes to in terms of business.

`copied` puts database and stand-in back to where they were, so that two ways of hearing of one
history can be compared row by row: what was there before has the same ids in both.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from psycopg import sql

from accounts.models import Mentor
from billing import cancellations, checkout, earnings, payments, payout_accounts, payouts
from billing.models import (
    Dispute,
    DisputeLoss,
    Entry,
    Payment,
    Payout,
    PayoutAccount,
    PayoutRun,
    Purchase,
    Refund,
)
from kernel import tasks
from kernel.errors import Refusal
from notifications.models import Email
from scheduling import lifecycle
from scheduling.models import Session, SessionType
from scheduling.states import CancelledBy
from tests.billing.gateway.journey import HOUR, NOW, held, intent_of
from tests.billing.payouts.world import staff
from tests.contracts.conftest import Ground
from tests.factories.scheduling import open_mentor
from tests.standin import StandIn
from tests.template_database import maintenance_session

ENDED = NOW + timedelta(days=4)  # the sessions of the first wave are over,
LATER = NOW + timedelta(days=12)  # … and so is their hold


@dataclass(slots=True)
class Booked:
    """The sessions of one wave, one after the other at each mentor."""

    mentors: list[SessionType]
    gateway: str
    taken: int = 0

    def payment(self, *, at: Any) -> Payment:
        """Hold the next session and begin to pay it; the gateway's answer may be lost."""
        number, self.taken = self.taken, self.taken + 1
        session_type = self.mentors[number % len(self.mentors)]
        starts_at = NOW + (30 + 2 * (number // len(self.mentors))) * HOUR
        session = held(session_type=session_type, starts_at=starts_at + (at - NOW), now=at)
        with suppress(Refusal):
            return checkout.start(
                session_id=session.pk, client=session.client, gateway=self.gateway, now=at
            ).payment
        return Payment.objects.get(purchase__session=session)


def tell(ground: Ground, *, size: int) -> None:
    """Let `size` first bookings be paid out, and three times as many happen behind our back.

    Of every eight of those: one is paid plainly, one after a decline, one whose intent we never
    heard of, one is refunded there in two parts, one in full, one here (the answer is lost), one
    refund fails at the client's bank, one payment is disputed.
    """
    booked = Booked([open_mentor() for _ in range(max(2, size // 3))], ground.port.name)
    first = [booked.payment(at=NOW) for _ in range(size)]
    for payment in first:
        ground.pay(intent_of(payment))
        payments.settle(payment_id=payment.pk, now=NOW)
    _pay_out(ground, [kind.mentor for kind in booked.mentors])
    for number, payment in enumerate(first):
        _afterwards(ground, number, payment)
    late = [booked.payment(at=LATER - HOUR) for _ in range(max(1, size // 4))]
    lifecycle.expire_due(now=LATER)
    for payment in late:
        ground.pay(intent_of(payment))
    for number in range(3 * size):
        _behind_our_back(ground, number % 8, booked.payment(at=LATER))


def _pay_out(ground: Ground, mentors: list[Mentor]) -> None:
    """Twelve days on: all of it is earned and available, and a run is half-way through."""
    standin = ground.standin
    standin.control("POST", "clock", set=LATER.isoformat(), frozen=True)
    lifecycle.advance_due(now=ENDED)
    earnings.recognise(now=LATER)
    earnings.release(now=LATER)
    for mentor in mentors:
        _verified(ground, mentor)
    ground.fund(1_000_000)
    by = staff("Paula")
    run = payouts.build(currency="USD", built_by=by, now=LATER, gateway=ground.port.name)
    payouts.freeze(run_id=run.pk, by=by, now=LATER)
    payouts.approve(run_id=run.pk, by=staff("Adam"), now=LATER)
    standin.fault("error_after", method="POST", path=ground.transfers, times=2)
    payouts.send(run_id=run.pk, now=LATER)
    standin.control("DELETE", "faults")
    paid = Payout.objects.filter(state="paid").order_by("pk")
    for payout in paid[: max(1, len(paid) // 4)]:
        assert payout.gateway_transfer_id is not None
        ground.send_back(payout.gateway_transfer_id, payout.amount_minor)
    account = PayoutAccount.objects.order_by("pk")[0]
    assert account.gateway_account_id is not None
    ground.verify(account.gateway_account_id, "restricted")


def _verified(ground: Ground, mentor: Mentor) -> None:
    """Open the mentor's account, as after the gateway's form."""
    account = payout_accounts.open_account(mentor_id=mentor.pk, now=NOW, gateway=ground.port.name)
    assert account.gateway_account_id is not None
    ground.verify(account.gateway_account_id, "verified")
    payout_accounts.refresh(account_id=account.pk, now=NOW)


def _afterwards(ground: Ground, number: int, payment: Payment) -> None:
    """What comes after a payout: refunds made there, and disputes of each kind."""
    match number % 6:
        case 0:
            ground.refund_there(intent_of(payment), 3_333)
        case 1:
            _disputed(ground, payment, "lost")
        case 2:
            _disputed(ground, payment, "won", fee_returned=1_500)
        case 3:
            _disputed(ground, payment, None)
        case 4:
            ground.refund_there(intent_of(payment), 3_333)
            _disputed(ground, payment, "lost", amount=6_667)
        case _:
            pass


def _behind_our_back(ground: Ground, number: int, payment: Payment) -> None:
    intent_id = payment.gateway_intent_id or ""
    match number:
        case 0:
            ground.pay(intent_id)
        case 1:
            ground.decline(intent_id)
            ground.pay(intent_id)
        case 2:  # as if our answer had not been committed: only the metadata names our row
            Payment.objects.filter(pk=payment.pk).update(gateway_intent_id=None)
            ground.pay(intent_id)
        case 3:
            ground.pay(intent_id)
            ground.refund_there(intent_id, 3_333)
            ground.refund_there(intent_id, 3_333)
        case 4:
            ground.pay(intent_id)
            ground.refund_there(intent_id, 10_000)
        case 5:
            ground.pay(intent_id)
            _cancelled_here(ground, payment)
        case 6:
            ground.pay(intent_id)
            ground.fail_refund(ground.refund_there(intent_id, 2_500))
        case _:
            ground.pay(intent_id)
            _disputed(ground, payment, "lost")


def _cancelled_here(ground: Ground, payment: Payment) -> None:
    """A refund of ours that the gateway made, and whose answer did not reach us."""
    payments.settle(payment_id=payment.pk, now=LATER)
    cancellations.cancel(
        session_id=payment.purchase.booked.pk,
        by=CancelledBy.CLIENT,
        actor="usr_1",
        reason="",
        now=LATER,
    )
    ground.standin.fault("error_after", method="POST", path=ground.refunds, times=3)
    tasks.drain()
    ground.standin.control("DELETE", "faults")


def _disputed(
    ground: Ground, payment: Payment, outcome: str | None, *, fee_returned: int = 0, **what: Any
) -> None:
    dispute_id = ground.dispute(intent_of(payment), **what)
    if outcome is not None:
        ground.decide(dispute_id, outcome, fee_returned=fee_returned)


@contextmanager
def copied(standin: StandIn) -> Iterator[Callable[[], None]]:
    """Keep database and stand-in as they are now; the call puts both back."""
    name = connection.settings_dict["NAME"]
    copy = f"{name}_copy"
    standin.control("POST", "snapshot", name="storm")
    _clone(name, to=copy)

    def put_back() -> None:
        _clone(copy, to=name)
        standin.control("POST", "restore", name="storm")

    try:
        yield put_back
    finally:
        with maintenance_session() as session:
            session.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(copy))
            )


def _clone(name: str, *, to: str) -> None:
    connection.close()
    with maintenance_session() as session:
        session.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(to))
        )
        session.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(to), sql.Identifier(name)
            )
        )


def state_hash() -> str:
    """SHA-256 of `business`, made canonical."""
    canonical = json.dumps(business(), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def business() -> dict[str, list[str]]:
    """What payments, refunds, disputes, payouts, sessions, letters and books say.

    Left out: the ids of rows that the processing made (they are named by what they belong to),
    and the instants of the processing. What happened keeps its own instant.
    """
    refunds = {str(one.pk): _name_of(one) for one in Refund.objects.all()}
    disputes = {str(one.pk): one.gateway_dispute_id for one in Dispute.objects.all()}
    losses = {str(one.pk): disputes[str(one.dispute_id)] for one in DisputeLoss.objects.all()}
    names = refunds | disputes | losses
    return {
        "sessions": _rows(
            Session.objects.all(), "client_id", "mentor_id", "state", "starts_at", "refund_bps"
        ),
        "purchases": sorted(
            _text(one.pk, one.recognised_at is not None, one.released_at is not None)
            for one in Purchase.objects.all()
        ),
        "payments": _rows(
            Payment.objects.all(),
            *("pk", "state", "amount_minor", "gateway_intent_id", "gateway_charge_id"),
            *("gateway_balance_transaction_id", "actual_fee_minor", "failure_code", "late"),
            *("refunded_minor", "pending_refund_minor", "disputed_minor", "held_by_dispute"),
        ),
        "refunds": sorted(refunds.values()),
        "disputes": _rows(
            Dispute.objects.all(),
            *("gateway_dispute_id", "payment_id", "state", "amount_minor", "withdrawal_id"),
            *("withdrawn_minor", "fee_minor", "withdrawn_at", "reinstatement_id"),
            *("reinstated_minor", "fee_returned_minor", "reinstated_at"),
        ),
        "losses": _rows(
            DisputeLoss.objects.filter(reversed_at=None),
            *("dispute__gateway_dispute_id", "share_minor", "mentor_minor", "commission_minor"),
            *("fee_minor", "excess_minor"),
        ),
        "payouts": _rows(
            Payout.objects.all(), "pk", "state", "amount_minor", "gateway_transfer_id"
        ),
        "runs": _rows(PayoutRun.objects.all(), "pk", "state"),
        "accounts": _rows(PayoutAccount.objects.all(), "pk", "state"),
        "letters": [f"{name} {count}" for name, count in sorted(_letters().items())],
        "entries": sorted(
            _text(
                entry.kind,
                entry.source_type,
                names.get(entry.source_id, entry.source_id),
                entry.occurred_at,
                *sorted(
                    _text(line.account_id, line.mentor_id, line.purchase_id, line.amount_minor)
                    for line in entry.lines.all()
                ),
            )
            for entry in Entry.objects.prefetch_related("lines")
        ),
    }


def differences(expected: dict[str, list[str]], found: dict[str, list[str]]) -> list[str]:
    """What one world has and the other has not; for people to read."""
    return [
        f"{sign} {part} {row}"
        for part in expected
        for sign, one, other in (("-", expected, found), ("+", found, expected))
        for row in (Counter(one[part]) - Counter(other[part])).elements()
    ]


def _letters() -> Counter[str]:
    return Counter(Email.objects.values_list("template", flat=True))


def _name_of(refund: Refund) -> str:
    return _text(
        *(refund.payment_id, refund.state, refund.cause, refund.bearer, refund.amount_minor),
        *(refund.share_minor, refund.mentor_minor, refund.commission_minor, refund.fee_minor),
        *(refund.fee_waived_minor, refund.failure_code),
    )


def _rows(rows: QuerySet[Any], *columns: str) -> list[str]:
    return sorted(_text(*row) for row in rows.values_list(*columns))


def _text(*values: object) -> str:
    return " ".join(str(value) for value in values)
