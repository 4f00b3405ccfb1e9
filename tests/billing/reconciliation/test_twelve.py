"""A busy day at the stand-in: the nightly run finds nothing; twelve plants are twelve breaks."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from billing import cancellations, checkout, payments, reconciliation, refunds
from billing.gateways.registry import gateway
from billing.ledger.checks import check_books
from billing.models import Break, Payment, Refund
from billing.tasks import reconcile
from kernel import clock
from scheduling.models import Session
from scheduling.states import CancelledBy
from tests.billing.reconciliation.test_transfers import OF_PAYOUTS
from tests.billing.reconciliation.test_withdrawals import OF_BANK_PAYOUTS
from tests.factories import sessions
from tests.standin import StandIn

DAY = datetime(2027, 3, 3, 10, 0, tzinfo=UTC)
NIGHT = datetime(2027, 3, 5, 2, 15, tzinfo=UTC)
PRICES = [10_000, 4_999, 2_500, 999]

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@dataclass
class Day:
    """What happened on the busy day: payments in order, and refunds by payment."""

    standin: StandIn
    gateway: str
    payments: list[Payment] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)

    def plant(self, name: str, **what: Any) -> None:
        if self.gateway == "paypal":  # an intent is an order there, a code is in capitals
            what = {
                "order" if key == "payment_intent" else key: value for key, value in what.items()
            }
            what |= {"currency": what["currency"].upper()} if "currency" in what else {}
        self.standin.control("POST", f"{self.gateway}/plant/{name}", **what)


def begin(day: Day, session: Session) -> Payment:
    """Check out, and do the payer's part at the gateway."""
    started = checkout.start(
        session_id=session.pk, client=session.client, gateway=day.gateway, now=DAY
    )
    intent_id = started.payment.gateway_intent_id
    assert intent_id is not None
    if day.gateway == "paypal":
        day.standin.paypal.approve(intent_id)
    else:
        day.standin.pay(intent_id)
    return started.payment


def pay(day: Day, session: Session) -> Payment:
    """Check out, pay at the gateway, settle."""
    return payments.settle(payment_id=begin(day, session).pk, now=DAY).payment


def give_back(payment: Payment, *, share: int, now: datetime) -> Refund:
    """Refund a share by hand and see it done."""
    with transaction.atomic():
        refund = refunds.create(
            payment_id=payment.pk,
            share_minor=share,
            cause=Refund.Cause.GOODWILL,
            bearer="platform",
            requested_by="usr_finance",
            key=f"goodwill:{payment.pk}",
            now=now,
        )
    return refunds.send(refund_id=refund.pk, now=now)


@pytest.fixture(params=["stripe", "paypal"])
def day(request: pytest.FixtureRequest, standin: StandIn) -> Day:
    """Thirty bookings paid through the product's own checkout; some refunded, some cancelled."""
    standin.control("POST", "clock", set=DAY.isoformat(), frozen=True)
    found = Day(standin, request.param)
    for number in range(30):
        starts_at = DAY + timedelta(days=2, hours=number)
        session = sessions.pending_session(
            price_minor=PRICES[number % len(PRICES)], starts_at=starts_at
        )
        Session.objects.filter(pk=session.pk).update(expires_at=DAY + timedelta(hours=1))
        found.payments.append(pay(found, session))
    for payment in found.payments[20:24]:
        found.refunds.append(give_back(payment, share=payment.amount_minor // 3, now=DAY))
    for payment in found.payments[24:28]:
        cancelled = cancellations.cancel(
            session_id=payment.purchase.booked.pk,
            by=CancelledBy.CLIENT,
            actor="usr_client",
            reason="ill",
            now=DAY,
        )
        assert cancelled.refund is not None
        found.refunds.append(refunds.send(refund_id=cancelled.refund.pk, now=DAY))
    assert {refund.state for refund in found.refunds} == {"succeeded"}
    return found


def nightly(day: Day) -> reconciliation.Result:
    since, until = reconciliation.nightly_window(now=NIGHT)
    return reconciliation.run(gateway=day.gateway, since=since, until=until, now=NIGHT)


def plant_all(day: Day) -> None:
    """One of each of the twelve, each on a payment of its own."""
    paid = [payment.gateway_intent_id for payment in day.payments]
    part, whole = day.refunds[0].gateway_refund_id, day.refunds[4].gateway_refund_id
    when = DAY.isoformat()
    plants: list[Callable[[], None]] = [
        lambda: day.plant("charge", amount=7700, currency="usd", created=when),
        lambda: day.plant("missing_charge", payment_intent=paid[0]),
        lambda: day.plant("refund", payment_intent=paid[1], amount=1000, created=when),
        lambda: day.plant("missing_refund", refund=part),
        lambda: day.plant("amount", payment_intent=paid[2], delta=-100),
        lambda: day.plant("fee", payment_intent=paid[3], delta=7),
        lambda: day.plant("currency", payment_intent=paid[4], currency="eur"),
        lambda: day.plant("refund", payment_intent=paid[5], created=when),
        lambda: day.plant("unrefund", refund=whole),
        lambda: day.plant("duplicate_charge", payment_intent=paid[6], created=when),
        lambda: day.plant("dispute", payment_intent=paid[7], created=when),
        lambda: day.plant("unknown_category", amount=-123, currency="usd", created=when),
    ]
    for plant in plants:
        plant()


def test_a_busy_day_has_no_break_and_the_command_says_so(
    day: Day, capsys: pytest.CaptureFixture[str]
) -> None:
    with clock.travel(NIGHT):
        call_command("reconcile", "--gateway", day.gateway, "--fail-on-breaks")

    assert '"total": 0' in capsys.readouterr().out
    assert nightly(day).rows == 30 + 8


def test_twelve_divergences_are_twelve_typed_breaks_and_a_second_run_adds_nothing(
    day: Day,
) -> None:
    plant_all(day)

    first = nightly(day)
    second = nightly(day)

    assert first.breaks == dict.fromkeys(
        set(Break.Type.values) - {*OF_PAYOUTS, *OF_BANK_PAYOUTS}, 1
    )
    assert first.new == 12
    assert second.breaks == first.breaks
    assert (second.new, second.closed) == (0, 0)
    assert Break.objects.count() == 12


def i3() -> list[str]:
    """The breaches of I3 that `check_books` reports."""
    report = check_books(now=NIGHT)
    found = next(finding for finding in report.findings if finding.invariant.code == "I3")
    return [breach.id for breach in found.breaches]


def test_1100_agrees_with_the_gateway_but_for_the_breaks_that_are_listed(day: Day) -> None:
    nightly(day)
    assert i3() == []

    plant_all(day)
    nightly(day)
    assert i3() == []

    Break.objects.exclude(type="status_refunded_there").delete()
    unlisted = i3()
    assert len([found for found in unlisted if found.startswith("payment")]) == 6
    assert len([found for found in unlisted if found.startswith("transaction")]) == 5


def test_the_command_fails_on_breaks_where_it_is_asked_to(day: Day) -> None:
    day.plant("fee", payment_intent=day.payments[0].gateway_intent_id, delta=7)

    with clock.travel(NIGHT), pytest.raises(SystemExit, match="1"):
        call_command("reconcile", "--gateway", day.gateway, "--fail-on-breaks")


def test_the_nightly_task_heals_what_the_gateway_knows_better(day: Day) -> None:
    intent = day.payments[1].gateway_intent_id
    day.plant("refund", payment_intent=intent, amount=1000, created=DAY.isoformat())
    lost = sessions.pending_session(starts_at=DAY + timedelta(days=9))
    Session.objects.filter(pk=lost.pk).update(expires_at=DAY + timedelta(hours=1))
    unheard = begin(day, lost)  # and no webhook ever comes
    if day.gateway == "paypal":  # our capture took the money, and its answer was lost
        assert unheard.gateway_intent_id is not None
        gateway("paypal").capture_intent(
            intent_id=unheard.gateway_intent_id, payment_id=unheard.pk, attempt=1
        )

    with clock.travel(NIGHT):
        done = reconcile()

    nothing = {"found": 0, "healed": 0, "left": 0}
    assert done == {"stripe": nothing, "paypal": nothing} | {
        day.gateway: {"found": 2, "healed": 2, "left": 0}
    }
    assert {b.state for b in Break.objects.all()} == {"closed"}
    assert Refund.objects.get(payment=day.payments[1]).cause == "external"
    assert Payment.objects.get(pk=unheard.pk).state == "succeeded"
