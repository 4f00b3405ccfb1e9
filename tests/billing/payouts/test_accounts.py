"""Payout accounts: opened once, led to the gateway, and as verified as the gateway says."""

from datetime import timedelta
from functools import partial
from typing import Any

import httpx
import pytest
from django.db import IntegrityError, transaction

from billing import payout_accounts
from billing.gateways.base import GatewayUnavailable
from billing.models import GatewayEvent, PayoutAccount
from tests.billing.gateway.journey import receive, together, work
from tests.billing.payouts.world import NOW
from tests.factories.people import MentorFactory
from tests.standin import StandIn


def deliver(standin: StandIn) -> None:
    """Receive what the gateway has emitted, on its own account and on the mentors'."""
    accounts = standin.stripe.v1.accounts.list().data
    there = [standin.stripe.v1.events.list({}, {"stripe_account": one.id}) for one in accounts]
    for event in [*standin.events(), *(event.to_dict() for page in there for event in page.data)]:
        receive(event, at=NOW)
    work()


def test_an_account_is_opened_once_and_waits_for_the_mentor(stage: StandIn) -> None:
    mentor = MentorFactory()

    first = payout_accounts.open_account(mentor_id=mentor.pk, now=NOW)
    second = payout_accounts.open_account(mentor_id=mentor.pk, now=NOW)

    assert first.pk == second.pk
    assert (first.state, first.currency) == ("onboarding", "USD")
    assert first.gateway_account_id is not None
    assert "external_account" in first.asked_for
    assert len(stage.stripe.v1.accounts.list().data) == 1


def test_the_gateways_form_makes_it_active_and_a_webhook_says_so(stage: StandIn) -> None:
    account = payout_accounts.open_account(mentor_id=MentorFactory().pk, now=NOW)

    link = payout_accounts.onboarding_link(account_id=account.pk)
    answer = httpx.post(link, data={"state": "verified"}, trust_env=False)
    deliver(stage)

    assert answer.headers["location"].endswith("/app/earnings?account=asked")
    account.refresh_from_db()
    assert (account.state, account.asked_for) == ("active", "")
    event = GatewayEvent.objects.get(object_type="account")
    assert (event.state, event.outcome) == ("done", "active")


def test_what_the_gateway_asks_again_restricts_it_until_it_is_given(stage: StandIn) -> None:
    account = payout_accounts.open_account(mentor_id=MentorFactory().pk, now=NOW)
    assert account.gateway_account_id is not None
    states = []

    for state in ("verified", "restricted", "pending", "verified"):
        stage.verify(account.gateway_account_id, state)
        states.append(payout_accounts.refresh(account_id=account.pk, now=NOW).state)

    assert states == ["active", "restricted", "restricted", "active"]


def test_a_crash_before_the_answer_leaves_one_payee_and_the_sweep_finds_it(
    stage: StandIn,
) -> None:
    stage.fault("error_after", path="/v1/accounts$", options={"sticky": True}, times=3)

    payout_accounts.open_account(mentor_id=MentorFactory().pk, now=NOW)  # looked up by our id

    stage.fault("error_before", path="/v1/accounts", times=None)
    with pytest.raises(GatewayUnavailable):
        payout_accounts.open_account(mentor_id=MentorFactory().pk, now=NOW)
    assert PayoutAccount.objects.filter(gateway_account_id=None).count() == 1

    stage.control("DELETE", "faults")
    payout_accounts.sweep(now=NOW + timedelta(minutes=2))

    assert PayoutAccount.objects.filter(gateway_account_id=None).count() == 0
    assert len(stage.stripe.v1.accounts.list().data) == 2


def test_an_account_event_of_somebody_elses_is_ignored(stage: StandIn) -> None:
    other = stage.stripe.v1.accounts.create({"type": "express"})
    stage.verify(other.id)

    deliver(stage)

    event = GatewayEvent.objects.get(object_type="account")
    assert (event.state, event.outcome) == ("ignored", "not_ours")


def test_a_mentor_has_one_account_that_is_not_closed_per_gateway(stage: StandIn) -> None:
    account = payout_accounts.open_account(mentor_id=MentorFactory().pk, now=NOW)

    with pytest.raises(IntegrityError, match="one_live"), transaction.atomic():
        PayoutAccount.objects.create(
            mentor=account.mentor, gateway="stripe", currency="USD", created_at=NOW
        )
    PayoutAccount.objects.filter(pk=account.pk).update(state="closed", closed_at=NOW)
    again = payout_accounts.open_account(mentor_id=account.mentor_id, now=NOW)

    assert again.pk != account.pk


@pytest.mark.parametrize("state", ["onboarding", "active"])
def test_a_payee_that_is_gone_at_the_gateway_is_closed_and_left_behind(
    stage: StandIn, state: str
) -> None:
    account = payout_accounts.open_account(mentor_id=MentorFactory().pk, now=NOW)
    assert account.gateway_account_id is not None
    if state == "active":
        stage.verify(account.gateway_account_id)
        payout_accounts.refresh(account_id=account.pk, now=NOW)
    stage.stripe.v1.accounts.delete(account.gateway_account_id)

    payout_accounts.sweep(now=NOW + timedelta(hours=25))
    again = payout_accounts.open_account(mentor_id=account.mentor_id, now=NOW)

    account.refresh_from_db()
    assert (account.state, account.closed_at) == ("closed", NOW + timedelta(hours=25))
    assert (again.state, again.pk == account.pk) == ("onboarding", False)
    assert again.gateway_account_id != account.gateway_account_id


def test_a_wrong_key_closes_no_account(stage: StandIn, settings: Any) -> None:
    """The negative control: not every refusal to answer means that the payee is gone."""
    account = payout_accounts.open_account(mentor_id=MentorFactory().pk, now=NOW)
    settings.STRIPE_SECRET_KEY = "no_key_at_all"

    with pytest.raises(GatewayUnavailable):
        payout_accounts.refresh(account_id=account.pk, now=NOW)

    account.refresh_from_db()
    assert account.state == "onboarding"


@pytest.mark.django_db(transaction=True)
def test_of_two_first_destinations_at_once_one_cools_off(stage: StandIn) -> None:
    mentor = MentorFactory()

    together(
        *[
            partial(payout_accounts.open_account, mentor_id=mentor.pk, gateway=gateway, now=NOW)
            for gateway in ("stripe", "paypal") * 2
        ]
    )

    paid_from = PayoutAccount.objects.order_by("pk").values_list("usable_from", flat=True)
    assert sorted(paid_from, key=bool) == [None, NOW + timedelta(days=3)]
