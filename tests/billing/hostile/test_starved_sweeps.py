"""What cannot be settled must not keep the sweep from what can."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from billing import payments, webhooks
from billing.gateways.base import GatewayUnavailable, GatewayUnknownOutcome
from billing.gateways.stripe_gateway import StripeGateway
from billing.models import GatewayEvent, Payment
from kernel.errors import Refusal
from scheduling.models import Session
from tests.billing.gateway.journey import NOW, confirmed, held, paid, receive, start
from tests.standin import StandIn

HOUR = timedelta(hours=1)


def test_keys_that_replay_an_error_all_day_do_not_stop_the_sweep(
    standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an outage the oldest payments have no intent and a key that says 500 until tomorrow."""
    real = StripeGateway.create_intent

    def replayed(port: StripeGateway, **asked: Any) -> Any:
        raise GatewayUnknownOutcome("Stripe gave no usable answer.")

    monkeypatch.setattr(StripeGateway, "create_intent", replayed)
    for hours in range(payments.GIVE_UP_AFTER):
        with pytest.raises(GatewayUnavailable):
            start(held(starts_at=NOW + (30 + 2 * hours) * HOUR))
    stuck = set(Payment.objects.values_list("pk", flat=True))

    def create(port: StripeGateway, **asked: Any) -> Any:
        return replayed(port) if asked["payment_id"] in stuck else real(port, **asked)

    monkeypatch.setattr(StripeGateway, "create_intent", create)
    payment = paid(standin, held(starts_at=NOW + 40 * HOUR))

    payments.sweep(now=NOW + timedelta(minutes=5))

    payment.refresh_from_db()
    assert payment.state == "succeeded"


def test_fees_that_never_become_known_do_not_crowd_out_open_payments(
    standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sales of which the balance shows another amount keep an unknown fee for ever."""
    real = StripeGateway.fetch_intent

    def another_amount(port: StripeGateway, *, intent_id: str) -> Any:
        seen = real(port, intent_id=intent_id)
        moved = seen.balance_transaction and replace(seen.balance_transaction, amount_minor=1)
        return replace(seen, balance_transaction=moved)

    monkeypatch.setattr(StripeGateway, "fetch_intent", another_amount)
    monkeypatch.setattr(payments, "SWEEP_BATCH", 2)
    for hours in (30, 34):
        unknown = confirmed(standin, starts_at=NOW + hours * HOUR)
        assert unknown.gateway_balance_transaction_id is None
    payment = paid(standin, held(starts_at=NOW + 40 * HOUR))

    payments.sweep(now=NOW + timedelta(minutes=5))

    payment.refresh_from_db()
    assert payment.state == "succeeded"


@pytest.mark.parametrize("silence", [GatewayUnavailable, payments.RowBusy])
def test_an_hour_of_silence_gives_no_event_up(
    standin: StandIn, monkeypatch: pytest.MonkeyPatch, silence: type[Refusal]
) -> None:
    """Twenty attempts of a minute each are no reason to leave an event to a person."""
    paid(standin)
    receive(next(e for e in standin.events() if e["type"] == "payment_intent.succeeded"))

    def silent(**_: Any) -> None:
        raise silence("Nobody answers.")

    with monkeypatch.context() as outage:
        outage.setattr(payments, "settle", silent)
        for minute in range(2, 3 + webhooks.MAX_ATTEMPTS):
            webhooks.sweep(now=NOW + timedelta(minutes=minute))
    assert GatewayEvent.objects.get().state == "received"

    webhooks.sweep(now=NOW + HOUR)

    assert GatewayEvent.objects.get().state == "done"
    assert Session.objects.get().state == "confirmed"
