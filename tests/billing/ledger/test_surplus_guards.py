"""What SQL may not call a surplus: money that a sale asked for has its own way back."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from billing.models import Payment, Surplus
from tests.factories import billing as make
from tests.factories import sessions

pytestmark = pytest.mark.django_db


def give_back(payment: Payment, **changes: Any) -> Surplus:
    """The row of the payment's own charge, but for `changes`."""
    row: dict[str, Any] = {
        "payment": payment,
        "gateway": "stripe",
        "intent_id": payment.gateway_intent_id,
        "charge_id": payment.gateway_charge_id or "ch_of_another_amount",
        "amount_minor": 10_000,
        "fee_minor": 320,
        "currency": "USD",
        "received_at": make.PAID_AT,
        "requested_by": "usr_1",
        "reason": "By hand.",
        "created_at": make.PAID_AT,
    }
    with transaction.atomic():
        return Surplus.objects.create(**row | changes)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"intent_id": "pi_second"},
        {"charge_id": "ch_second"},
        {"intent_id": "pi_second", "charge_id": "ch_second", "currency": "EUR"},
        {"intent_id": "pi_second", "charge_id": "ch_second", "gateway": "paypal"},
    ],
)
def test_what_a_sale_asked_for_is_none(changes: dict[str, Any]) -> None:
    _, payment = make.paid_session()

    with pytest.raises(IntegrityError, match="surplus"):
        give_back(payment, **changes)


def test_a_second_charge_is_one() -> None:
    _, payment = make.paid_session()

    assert give_back(payment, intent_id="pi_second", charge_id="ch_second").state == "created"


def test_money_on_its_way_back_pays_for_nothing_any_more() -> None:
    payment = make.open_payment(sessions.pending_session())
    row = give_back(payment)

    with pytest.raises(IntegrityError, match="given back"), transaction.atomic():
        make.capture(payment)

    Surplus.objects.filter(pk=row.pk).update(state="failed", settled_at=make.PAID_AT)
    payment.refresh_from_db()
    make.capture(payment)  # it could not be sent, so it may pay after all
    assert payment.state == "succeeded"
