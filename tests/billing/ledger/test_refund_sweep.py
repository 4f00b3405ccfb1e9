"""The sweep of refunds: bounded, the unordered first, and no hammering on a silent gateway."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction

from billing import refunds
from billing.gateways.base import GatewayUnavailable, GatewayUnknownOutcome
from billing.models import Refund
from billing.refunds import orders
from tests.factories import billing as make

LATER = make.PAID_AT + timedelta(minutes=10)

pytestmark = pytest.mark.django_db


def waiting_refunds(count: int) -> list[Refund]:
    found = []
    for _ in range(count):
        _, payment = make.paid_session()
        with transaction.atomic():
            found.append(
                refunds.create(
                    payment_id=payment.pk,
                    share_minor=1000,
                    cause=Refund.Cause.GOODWILL,
                    bearer="platform",
                    requested_by="usr_finance",
                    key=f"goodwill:{payment.pk}",
                    now=make.PAID_AT,
                )
            )
    return found


@pytest.mark.parametrize(("answer", "tried"), [(GatewayUnavailable, 3), (GatewayUnknownOutcome, 4)])
def test_three_silences_end_the_sweep_and_replayed_errors_do_not(
    monkeypatch: pytest.MonkeyPatch, answer: type[GatewayUnavailable], tried: int
) -> None:
    waiting_refunds(4)

    def send(**_: object) -> None:
        raise answer("Nobody answers.")

    monkeypatch.setattr(orders, "send", send)

    assert refunds.sweep(now=LATER) == tried


def test_what_is_not_ordered_yet_comes_before_what_a_bank_works_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at_the_bank, fresh = waiting_refunds(2)
    Refund.objects.filter(pk=at_the_bank.pk).update(state="pending")
    sent: list[UUID] = []
    monkeypatch.setattr(orders, "SWEEP_BATCH", 1)
    monkeypatch.setattr(orders, "send", lambda *, refund_id, now: sent.append(refund_id))

    assert refunds.sweep(now=LATER) == 1
    assert sent == [fresh.pk]
