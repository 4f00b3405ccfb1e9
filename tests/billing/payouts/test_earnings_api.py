"""A mentor's own money over HTTP: earnings, statements that add up, and the destination."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Mentor
from billing import payout_accounts, payouts, statements
from billing.models import Payment, PayoutAccount, ReserveRule
from notifications.models import Email
from tests.api.callers import Caller
from tests.billing.ledger.books import refund
from tests.billing.payouts.world import (
    NOW,
    built,
    earned,
    payable,
    payout_to,
    sent,
    verified,
)
from tests.factories.people import MentorFactory
from tests.standin import StandIn

ME = "/api/mentors/me"


def usd(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "USD"}


def test_a_mentor_reads_what_there_is_and_what_it_is_made_of(stage: StandIn) -> None:
    """81.80 paid out, then 33.33 refunded (27.26 of the share), then 40.74 of 49.99 earned."""
    mentor = payable(stage)
    sent()
    refund(Payment.objects.get(), 3333, bearer="platform", at=NOW)
    earned(mentor=mentor, price_minor=4999, days=1)

    told = Caller(mentor.user).get(f"{ME}/earnings").json()

    assert told["earnings"] == [
        {
            "currency": "USD",
            "pending": usd(0),
            "available": usd(1348),
            "reserve": usd(0),
            "on_its_way": usd(0),
            "came_back": usd(0),
            "paid": usd(8180),
            "next_payout": {
                "amount": usd(1348),
                "disputed": usd(0),
                "least": usd(1000),
                "objection": None,
            },
        }
    ]
    assert told["next_payout_on"] == "2027-04-01"
    assert [(line["what"], line["amount"]["amount"]) for line in told["lines"]] == [
        ("refund", -2726),
        ("sale", 8180),
        ("sale", 4074),
    ]
    sale = told["lines"][2]["sale"]
    parts = ("price", "gateway_fee", "commission", "went_back")
    assert [sale[name]["amount"] for name in parts] == [4999, 175, 750, 0]
    assert (told["next"], told["prev"]) == (None, None)


def test_the_lines_come_in_pages(stage: StandIn) -> None:
    mentor = payable(stage)
    earned(mentor=mentor, price_minor=4999, days=1)
    caller = Caller(mentor.user)

    first = caller.get(f"{ME}/earnings", {"limit": 1}).json()
    second = caller.get(f"{ME}/earnings", {"limit": 1, "cursor": first["next"]}).json()

    amounts = [page["lines"][0]["amount"]["amount"] for page in (first, second)]
    assert (amounts, second["next"]) == ([8180, 4074], None)


def test_what_went_back_before_it_was_available_is_shown_with_the_sale(stage: StandIn) -> None:
    """100.00 − 3.20 − 15.00 − 40.90 = 40.90."""
    mentor = MentorFactory()
    payment = earned(mentor=mentor, refunded_minor=5000)
    [line] = statements.lines_of_entries(statements.entries_of(mentor=mentor), mentor=mentor)

    assert line.sale == statements.Sale(payment.purchase, 4090)
    assert line.amount_minor == 10_000 - 320 - 1500 - 4090


def test_a_statements_lines_sum_to_its_payout(stage: StandIn) -> None:
    ReserveRule.objects.create(
        currency="USD", rate_bps=1000, hold_days=90, effective_from=NOW - timedelta(days=99)
    )
    mentor = payable(stage)
    earned(mentor=mentor, price_minor=4999, days=1)
    payout = payout_to(mentor, sent())
    caller = Caller(mentor.user)

    [item] = caller.get(f"{ME}/statements").json()["items"]
    told = caller.get(f"{ME}/statements/{item['id']}").json()

    assert (item["id"], item["status"]) == (payout.public_id, "paid")
    lines = [(line["what"], line["amount"]["amount"]) for line in told["lines"]]
    assert sorted(lines) == [
        ("reserve_taken", -818),
        ("reserve_taken", -407),
        ("sale", 4074),
        ("sale", 8180),
    ]
    assert told["amount"] == usd(sum(amount for _, amount in lines))


def test_a_draft_and_anothers_payout_are_no_statement(stage: StandIn) -> None:
    mentor, other = payable(stage), payable(stage)
    draft = payout_to(mentor, built())
    caller = Caller(mentor.user)

    assert caller.get(f"{ME}/statements").json()["items"] == []
    for payout in (draft, payout_to(other)):
        assert caller.get(f"{ME}/statements/{payout.public_id}").status_code == 404


def test_the_database_refuses_a_payout_that_is_not_the_sum_of_its_lines(stage: StandIn) -> None:
    payable(stage)
    run = built()
    other = verified(stage, MentorFactory())

    with (
        pytest.raises(IntegrityError, match="is 100 and its lines make 0"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO billing_payout (id, run_id, mentor_id, account_id, amount_minor, "
            "currency, state, failure_code, created_at) "
            "VALUES (gen_random_uuid(), %s, %s, %s, 100, 'USD', 'created', '', now())",
            [run.pk, other.mentor_id, other.pk],
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    ("now", "day"),
    [("2027-03-04", "2027-04-01"), ("2027-03-01", "2027-04-01"), ("2027-12-31", "2028-01-01")],
)
def test_the_next_payout_is_on_the_next_first_of_a_month(now: str, day: str) -> None:
    at = datetime.fromisoformat(f"{now}T12:00:00+00:00")

    assert statements.next_payout_on(now=at).isoformat() == day


def test_a_mentor_opens_the_destination_and_goes_on_with_the_form(stage: StandIn) -> None:
    mentor = MentorFactory()
    caller = Caller(mentor.user)
    assert caller.get(f"{ME}/payout-account").json() == {"account": None}

    first = caller.post(f"{ME}/payout-account", {}, key=None).json()
    again = caller.post(f"{ME}/payout-account", {}, key=None).json()

    assert first["account"]["status"] == "onboarding"
    read = caller.get(f"{ME}/payout-account").json()
    assert first["account"] == again["account"] == read["account"]
    assert first["onboarding_url"].startswith(stage.url)
    assert PayoutAccount.objects.count() == 1
    assert Email.objects.filter(template="payout_destination").count() == 0


def test_back_from_the_form_the_gateway_is_asked_before_it_tells(stage: StandIn) -> None:
    mentor = MentorFactory()
    caller = Caller(mentor.user)
    assert caller.post(f"{ME}/payout-account/check", key=None).json() == {"account": None}
    caller.post(f"{ME}/payout-account", {}, key=None)
    account = PayoutAccount.objects.get()
    assert account.gateway_account_id is not None
    stage.verify(account.gateway_account_id)
    assert caller.get(f"{ME}/payout-account").json()["account"]["status"] == "onboarding"

    told = caller.post(f"{ME}/payout-account/check", key=None).json()

    assert told["account"]["status"] == "active"
    assert told == caller.get(f"{ME}/payout-account").json()


def test_a_gateway_that_is_silent_leaves_the_account_as_it_was_known(stage: StandIn) -> None:
    mentor = MentorFactory()
    caller = Caller(mentor.user)
    caller.post(f"{ME}/payout-account", {}, key=None)
    stage.fault("error_before", path="/v1/accounts", times=None, options={"status": 503})

    answer = caller.post(f"{ME}/payout-account/check", key=None)

    assert (answer.status_code, answer.json()["code"]) == (503, "gateway_unavailable")
    assert PayoutAccount.objects.get().state == "onboarding"


def test_what_a_bank_sent_back_is_told_until_it_is_paid_again(stage: StandIn) -> None:
    mentor = payable(stage)
    sent()
    payout = payout_to(mentor)
    assert payout.gateway_transfer_id is not None
    stage.send_back(payout.gateway_transfer_id, 8180)
    payouts.settle(payout_id=payout.pk, now=NOW)

    def money() -> dict[str, Any]:
        [told] = Caller(mentor.user).get(f"{ME}/earnings").json()["earnings"]
        return {name: told[name]["amount"] for name in ("available", "came_back", "paid")}

    assert money() == {"available": 0, "came_back": 8180, "paid": 0}
    payouts.reassign(payout_id=payout.pk, by=payout.run.built_by, now=NOW)
    assert money() == {"available": 8180, "came_back": 0, "paid": 0}


def test_another_destination_is_told_cools_off_and_is_paid_afterwards(stage: StandIn) -> None:
    mentor = payable(stage)
    caller = Caller(mentor.user)
    etag = caller.get(f"{ME}/payout-account").headers["ETag"]

    answer = caller.post(f"{ME}/payout-account", {"replace": True}, key=None, **{"If-Match": etag})

    told = answer.json()["account"]
    new = PayoutAccount.objects.get(mentor=mentor, state="onboarding")
    assert (answer.status_code, told["id"]) == (200, new.public_id)
    assert new.usable_from == NOW + timedelta(days=3)
    assert Email.objects.get(template="payout_destination").to == mentor.user.email
    assert new.gateway_account_id is not None
    stage.verify(new.gateway_account_id)
    payout_accounts.refresh(account_id=new.pk, now=NOW)
    run = built()
    [left_out] = payouts.preview(run_id=run.pk).excluded
    assert (left_out.reason, left_out.detail) == (
        "cool_off",
        "They changed their account; it is paid from 2027-03-07 17:00 UTC on.",
    )
    payouts.discard(run_id=run.pk, by=run.built_by, now=NOW)
    later = payouts.build(currency="USD", built_by=run.built_by, now=NOW + timedelta(days=3))
    assert [one.account for one in payouts.preview(run_id=later.pk).included] == [new]


@pytest.mark.parametrize(("etag", "status"), [(None, 428), ('"old"', 412)])
def test_a_change_on_no_or_another_version_changes_nothing(
    stage: StandIn, etag: str | None, status: int
) -> None:
    mentor: Mentor = MentorFactory()
    verified(stage, mentor)
    headers = {"If-Match": etag} if etag else {}

    answer = Caller(mentor.user).post(
        f"{ME}/payout-account", {"replace": True}, key=None, **headers
    )

    assert answer.status_code == status
    assert [account.state for account in PayoutAccount.objects.all()] == ["active"]
