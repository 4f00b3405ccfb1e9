"""An answer to a dispute has one sender at a time, and is sent once whatever becomes of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from billing import disputes, evidence
from billing.gateways.base import GatewayUnavailable
from billing.gateways.registry import gateway
from billing.models import Dispute, DisputeAnswer
from tests.billing.gateway.journey import NOW, held, intent_of, work
from tests.billing.gateway.paypal_journey import approved, deliver_all
from tests.standin import StandIn


class Killed(BaseException):
    """The process ends here."""


def promised(standin: StandIn) -> DisputeAnswer:
    """An answer to a dispute at PayPal that nobody has sent yet."""
    payment = approved(standin, held())
    deliver_all(standin)
    made = standin.paypal.lever("disputes", order=intent_of(payment), stage="CHARGEBACK")
    disputes.settle(gateway="paypal", dispute_id=made["dispute_id"], now=NOW)
    return evidence.answer(
        dispute_id=Dispute.objects.get().pk, statement="We met.", by="usr_finance", now=NOW
    )


def sent(standin: StandIn) -> int:
    """How often the bank was told."""
    dispute = Dispute.objects.get().gateway_dispute_id
    shown = standin.paypal.get(f"/v1/customer/disputes/{dispute}")
    return sum(one["evidence_type"] == "OTHER" for one in shown.get("evidences", []))


@contextmanager
def after_it_was_sent(then: Any) -> Iterator[None]:
    """Do something while a sender has PayPal's answer in hand and has not written it down."""
    cls = type(gateway("paypal"))
    submit = cls.submit_evidence

    def submitted(self: Any, **given: Any) -> Any:
        seen = submit(self, **given)
        then()
        return seen

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cls, "submit_evidence", submitted)
        yield


def test_a_sweep_beside_the_job_leaves_it_alone(standin: StandIn) -> None:
    row = promised(standin)
    beside: list[Any] = []

    def another() -> None:
        beside.append(evidence.send(answer_id=row.pk, now=NOW).submitted_at)
        beside.append(evidence.sweep(now=NOW + evidence.LEASE / 2))

    with after_it_was_sent(another):
        work()

    row.refresh_from_db()
    assert beside == [None, 0]
    assert (row.submitted_at, row.claims) == (NOW, 1)
    assert sent(standin) == 1


def test_a_sender_that_died_after_paypals_yes_is_followed_when_its_lease_is_over(
    standin: StandIn,
) -> None:
    row = promised(standin)

    def die() -> None:
        raise Killed

    with after_it_was_sent(die), pytest.raises(Killed):
        evidence.send(answer_id=row.pk, now=NOW)
    assert evidence.sweep(now=NOW + evidence.LEASE / 2) == 0

    assert evidence.sweep(now=NOW + evidence.LEASE) == 1

    row.refresh_from_db()
    assert (row.submitted_at, row.failed_at) == (NOW + evidence.LEASE, None)
    assert sent(standin) == 1


def test_a_no_to_the_second_try_of_what_paypal_has_is_no_failure(
    standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PayPal took it and does not show it yet: the second is refused, for the first is there."""
    row = promised(standin)

    def die() -> None:
        raise Killed

    with after_it_was_sent(die), pytest.raises(Killed):
        evidence.send(answer_id=row.pk, now=NOW)
    monkeypatch.setattr("billing.gateways.paypal_evidence._is_answered", lambda *_: False)

    evidence.send(answer_id=row.pk, now=NOW + evidence.LEASE)

    row.refresh_from_db()
    assert (row.submitted_at, row.failure) == (NOW + evidence.LEASE, "")
    assert sent(standin) == 1


def test_a_gateway_that_was_not_reached_is_asked_again_at_once(
    standin: StandIn, settings: Any
) -> None:
    row = promised(standin)
    there = settings.PAYPAL_API_BASE
    settings.PAYPAL_API_BASE = "http://127.0.0.1:9/paypal"
    with pytest.raises(GatewayUnavailable):
        evidence.send(answer_id=row.pk, now=NOW)
    settings.PAYPAL_API_BASE = there

    evidence.send(answer_id=row.pk, now=NOW)

    row.refresh_from_db()
    assert (row.submitted_at, row.claims) == (NOW, 1)
