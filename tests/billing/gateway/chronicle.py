"""A history that hypothesis draws, lived at the stand-in day by day, and heard of in any way.

What happens is fixed; when, in which order and how often the product hears of it is the `Telling`.
The clock's own tasks run in every telling, so money is earned, kept back and paid out meanwhile.
"""

import hashlib
import json
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

import stripe
from django.db import connection, transaction
from django.db.models import F, Sum

from accounts.models import Mentor
from billing import (
    cancellations,
    checkout,
    payments,
    payout_accounts,
    payouts,
    reconciliation,
    refunds,
    tasks,
    webhooks,
)
from billing.ledger.checks import check_books
from billing.models import (
    Dispute,
    GatewayPayout,
    Line,
    Payment,
    Payout,
    Purchase,
    Refund,
    ReserveRule,
)
from kernel import clock
from kernel import tasks as jobs
from kernel.errors import Refusal
from scheduling import lifecycle
from scheduling.models import Session
from scheduling.states import CancelledBy
from tests.billing.gateway.journey import HOUR, NOW, held, intent_of
from tests.billing.gateway.test_discounts import discount
from tests.billing.payouts.world import staff
from tests.contracts.conftest import Ground
from tests.factories.people import ClientFactory, MentorFactory
from tests.factories.scheduling import open_mentor

# The sessions are on the second day; they are over, their hold is over, disputes are decided.
BOOKED, BEFORE, OVER, PAYABLE, DECIDED = DAYS = [
    NOW + timedelta(days=days) for days in (0, 1, 4, 12, 20)
]
END = NOW + timedelta(days=24)  # reserves are let go, a last reconciliation
GRANTED = NOW - timedelta(days=400)
SURELY = timedelta(0)


@dataclass(frozen=True, slots=True)
class Act:
    """Something that happens to a payment at its gateway, behind our back."""

    day: int  # an index of DAYS, from 1
    what: str  # "refund", "failing refund", "dispute", "inquiry"
    per_myriad: int = 10_000
    outcome: str | None = None  # of a dispute, on the last day


@dataclass(frozen=True, slots=True)
class Sale:
    """One payment: how it was made, what we do to it on its day, what happens to it there."""

    discounted: bool
    ours: str | None  # "cancelled", "refunded in part", "refund whose answer is lost"
    confirmed: bool  # whether the payer's browser came back to tell us
    acts: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class History:
    """What happens, whoever hears of it."""

    sales: tuple[Sale, ...]
    reserve: bool
    sent_back: bool  # a payout to a mentor, after it was paid
    withdrawn: bool  # the gateway pays our bank


class Telling(Protocol):
    """When the events of a day are heard: at which days (again, or never), and in which order."""

    def __call__(self, events: list[dict[str, Any]], *, day: int) -> list[list[dict[str, Any]]]:
        """Return for each day from `day` on, and for the end, what is heard of these events."""


def promptly(events: list[dict[str, Any]], *, day: int) -> list[list[dict[str, Any]]]:
    """Each event once, in order, on its day."""
    return [events, *([] for _ in range(day, len(DAYS)))]


@dataclass(slots=True)
class Anyhow:
    """Each event never, once or up to three times, on its day or any later one, in any order."""

    chance: random.Random

    def __call__(self, events: list[dict[str, Any]], *, day: int) -> list[list[dict[str, Any]]]:
        heard: list[list[dict[str, Any]]] = [[] for _ in range(day, len(DAYS) + 1)]
        for event in events:
            for _ in range(self.chance.randint(0, 3)):
                heard[self.chance.randrange(len(heard))].append(event)
        for one in heard:
            self.chance.shuffle(one)
        return heard


@dataclass(slots=True)
class World:
    """One life of a history at one gateway, as it is told."""

    ground: Ground
    history: History
    telling: Telling
    payments: list[Payment] = field(default_factory=list)
    disputes: list[tuple[str, str]] = field(default_factory=list)  # undecided: (id, outcome)

    def live(self) -> None:
        """From the bookings to the last reconciliation."""
        told = 0
        heard: list[list[dict[str, Any]]] = [[] for _ in range(len(DAYS) + 1)]
        happens = [self._booked, self._before, self._over, self._payable, self._decided]
        for day, (now, happen) in enumerate(zip(DAYS, happens, strict=True)):
            with self._at(now):
                happen(now)
                events = self.ground.told()
                for later, some in enumerate(self.telling(events[told:], day=day)):
                    heard[day + later] += some
                told = len(events)
                self._hear(heard[day], now)
                if day == DAYS.index(PAYABLE):
                    self._payouts(now)
                tasks.sweep()
        with self._at(END):
            self._hear(heard[-1], END)
            self._end(END)

    @contextmanager
    def _at(self, now: datetime) -> Iterator[None]:
        self.ground.standin.control("POST", "clock", set=now.isoformat(), frozen=True)
        with clock.travel(now):
            yield

    def _hear(self, events: list[dict[str, Any]], now: datetime) -> None:
        for event in events:
            body, headers = self.ground.sign(event, at=now)
            webhooks.receive(gateway=self.ground.port.name, body=body, headers=headers, now=now)
            jobs.drain()

    def _booked(self, now: datetime) -> None:
        if self.history.reserve:
            ReserveRule.objects.create(
                currency="USD", rate_bps=1000, hold_days=8, effective_from=GRANTED
            )
        kind = open_mentor(mentor=MentorFactory())
        discount()
        for number, sale in enumerate(self.history.sales):
            session = held(
                session_type=kind,
                starts_at=NOW + (30 + 2 * number) * HOUR,
                client=ClientFactory(),
            )
            payment = checkout.start(
                session_id=session.pk,
                client=session.client,
                gateway=self.ground.port.name,
                now=now,
                discount_code="SPRING" if sale.discounted else "",
            ).payment
            self.ground.pay(intent_of(payment))
            if sale.confirmed or sale.ours is not None:
                payments.settle(payment_id=payment.pk, now=now)
            self._ours(sale.ours, payment, now)
            self.payments.append(payment)
        account = payout_accounts.open_account(
            mentor_id=kind.mentor.pk, now=now, gateway=self.ground.port.name
        )
        assert account.gateway_account_id is not None
        self.ground.verify(account.gateway_account_id, "verified")
        payout_accounts.refresh(account_id=account.pk, now=now)
        self.ground.fund(1_000_000)

    def _ours(self, what: str | None, payment: Payment, now: datetime) -> None:
        standin = self.ground.standin
        if what == "cancelled":
            cancellations.cancel(
                session_id=payment.purchase.booked.pk,
                by=CancelledBy.CLIENT,
                actor="usr_1",
                reason="ill",
                now=now,
            )
            jobs.drain()
        elif what is not None:
            with transaction.atomic():
                refund = refunds.create(
                    payment_id=payment.pk,
                    share_minor=2_345,
                    cause=Refund.Cause.GOODWILL,
                    bearer="platform",
                    requested_by="usr_finance",
                    key=f"goodwill:{payment.pk}",
                    now=now,
                )
            if what == "refund whose answer is lost":
                standin.fault("error_after", method="POST", path=self.ground.refunds, times=3)
            with suppress(Refusal):
                refunds.send(refund_id=refund.pk, now=now)
            standin.control("DELETE", "faults")

    def _before(self, now: datetime) -> None:
        payments.sweep(now=now, older_than=SURELY)
        self._there(1)

    def _over(self, now: datetime) -> None:
        lifecycle.advance_due(now=now)
        self._there(2)
        tasks.earn()

    def _payable(self, now: datetime) -> None:
        tasks.earn()

    def _payouts(self, now: datetime) -> None:
        """Pay out what the books hold once they are reconciled, as every night; go on there."""
        self._reconcile(now)
        tasks.earn()
        with suppress(Refusal):  # nobody has anything to get
            self._pay_out(now)
        self._there(3)

    def _pay_out(self, now: datetime) -> None:
        by = staff("Paula")
        run = payouts.build(currency="USD", built_by=by, now=now, gateway=self.ground.port.name)
        payouts.freeze(run_id=run.pk, by=by, now=now)
        payouts.approve(run_id=run.pk, by=staff("Adam"), now=now)
        payouts.send(run_id=run.pk, now=now)
        payouts.sweep(now=now, older_than=SURELY)

    def _decided(self, now: datetime) -> None:
        for dispute_id, outcome in self.disputes:
            with happens():
                self.ground.decide(dispute_id, outcome)
        if self.history.sent_back:
            for payout in Payout.objects.filter(gateway_transfer_id__isnull=False):
                with happens():
                    self.ground.send_back(payout.gateway_transfer_id or "", payout.amount_minor)
        if self.history.withdrawn:
            with happens():
                self.ground.withdraw()
        self._there(4)
        tasks.earn()

    def _end(self, now: datetime) -> None:
        jobs.drain()
        tasks.sweep()
        self._reconcile(now)
        jobs.drain()
        tasks.sweep()
        tasks.earn()
        tasks.earn()
        connection.check_constraints()
        report = check_books(now=now)
        assert report.ok, report.as_json()["invariants"]

    def _reconcile(self, now: datetime) -> None:
        """What the night does, with a window of the whole history, and nothing young."""
        for _ in range(2):
            result = reconciliation.run(
                gateway=self.ground.port.name, since=NOW - HOUR, until=now + HOUR,
                now=now + timedelta(days=1),
            )  # fmt: skip
            reconciliation.heal(result=result, now=now)
            jobs.drain()

    def _there(self, day: int) -> None:
        """What happens at the gateway on this day; what it refuses has not happened."""
        minutes = iter(range(1, 60))  # of the hour before: no two things happen at one instant
        for sale, payment in zip(self.history.sales, self.payments, strict=True):
            intent = intent_of(payment)
            for act in sale.acts:
                if act.day != day:
                    continue
                at = DAYS[day] - HOUR + timedelta(minutes=next(minutes))
                self.ground.standin.control("POST", "clock", set=at.isoformat(), frozen=True)
                amount = max(1, payment.amount_minor * act.per_myriad // 10_000)
                with happens():
                    match act.what:
                        case "refund":
                            self.ground.refund_there(intent, amount)
                        case "failing refund":
                            self.ground.fail_refund(self.ground.refund_there(intent, amount))
                        case dispute:
                            asked = {"inquiry": True} if dispute == "inquiry" else {}
                            made = self.ground.dispute(intent, amount=amount, **asked)
                            if act.outcome is not None:
                                self.disputes.append((made, act.outcome))
        self.ground.standin.control("POST", "clock", set=DAYS[day].isoformat(), frozen=True)


@contextmanager
def happens() -> Iterator[None]:
    """Do something at the gateway; what it refuses, it refuses in every telling."""
    with suppress(stripe.StripeError, RuntimeError):
        yield


def told_as(ground: Ground, history: History, telling: Telling) -> dict[str, list[str]]:
    """Live the history in a database and a stand-in of its own; return what is left."""
    ground.standin.reset()
    life = transaction.atomic()
    life._from_testcase = True  # type: ignore[attr-defined]  # what is durable may begin in it
    with life:
        World(ground, history, telling).live()
        found = remains()
        transaction.set_rollback(True)
    return found


def digest(of: dict[str, list[str]]) -> str:
    """SHA-256 of what is left."""
    return hashlib.sha256(json.dumps(of, sort_keys=True).encode()).hexdigest()


def remains() -> dict[str, list[str]]:
    """The books by account, mentor and sale, and every state; rows are named by their number.

    Single entries may differ (a loss that was booked and booked anew, a reserve that followed):
    that each of them is what its row calls for is what `check_books` says.
    """
    sale: dict[Any, str] = {
        pk: f"sale {number}"
        for number, pk in enumerate(Purchase.objects.order_by("pk").values_list("pk", flat=True))
    }
    mentor: dict[Any, str] = {
        pk: f"mentor {number}"
        for number, pk in enumerate(Mentor.objects.order_by("pk").values_list("pk", flat=True))
    }
    lines = (
        Line.objects.values("account_id", "mentor_id", "purchase_id")
        .annotate(balance=Sum("amount_minor"))
        .exclude(balance=0)
        .order_by()
    )
    return {
        "books": sorted(
            f"{row['account_id']} {mentor.get(row['mentor_id'])} "
            f"{sale.get(row['purchase_id'])} {row['balance']}"
            for row in lines
        ),
        "sessions": _rows(Session.objects.all(), "starts_at", "state"),
        "payments": _rows(
            Payment.objects.annotate(number=F("purchase_id")),
            *("amount_minor", "state", "actual_fee_minor", "refunded_minor"),
            *("pending_refund_minor", "disputed_minor", "held_by_dispute"),
        ),
        "refunds": _rows(Refund.objects.all(), "amount_minor", "state", "cause", "bearer"),
        "disputes": _rows(
            Dispute.objects.all(),
            *("state", "amount_minor", "withdrawn_minor", "fee_minor", "withdrawn_at"),
            *("reinstated_minor", "fee_returned_minor", "reinstated_at"),
        ),
        "payouts": _rows(Payout.objects.all(), "state", "amount_minor"),
        "to our bank": _rows(GatewayPayout.objects.all(), "amount_minor", "sent_at", "arrived_at"),
    }


def differences(expected: dict[str, list[str]], found: dict[str, list[str]]) -> list[str]:
    """What one world has and the other has not; for people to read."""
    return [
        f"{sign} {part}: {row}"
        for part in expected
        for sign, one, other in (("-", expected, found), ("+", found, expected))
        for row in (Counter(one[part]) - Counter(other[part])).elements()
    ]


def _rows(rows: Any, *columns: str) -> list[str]:
    return sorted(" ".join(map(str, row)) for row in rows.values_list(*columns))
