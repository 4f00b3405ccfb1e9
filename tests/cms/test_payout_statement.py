"""A payout's statement is taken along: its lines sum to it, a sale is in its exact parts."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from accounts import roles
from accounts.models import Mentor
from billing import payouts
from billing.models import Payout, PayoutAccount
from billing.states import PayoutAccountEvent
from kernel import clock
from tests.billing.ledger.books import refund
from tests.billing.payouts import world
from tests.cms.conftest import SignIn
from tests.cms.dialogs import shown
from tests.factories.people import MentorFactory

pytestmark = pytest.mark.django_db

NAMES = ("statement_sheet", "statement_print")


@pytest.fixture(autouse=True)
def at_payout_time() -> Iterator[None]:
    with clock.travel(world.NOW):
        yield


@pytest.fixture
def approved() -> Payout:
    """An approved payout of a sale of 100.00 and one of 49.99, and of 33.33 refunded of a third."""
    mentor = MentorFactory(user__name="=HYPERLINK(1)")
    world.earned(mentor=mentor, price_minor=4_999, days=1)
    refund(world.earned(mentor=mentor, days=2), 3_333, bearer="platform", at=world.NOW)
    run = payable(mentor).run
    payouts.freeze(run_id=run.pk, by=run.built_by, now=world.NOW)
    payouts.approve(run_id=run.pk, by=world.staff("Adam Approver"), now=world.NOW)
    return Payout.objects.get(run=run)


def payable(mentor: Mentor | None = None) -> Payout:
    """A payout of a draft, which a sale of 100.00 is part of; no gateway is asked."""
    mentor = mentor or MentorFactory()
    world.earned(mentor=mentor)
    account = PayoutAccount.objects.create(
        mentor=mentor, gateway="stripe", currency="USD", created_at=world.NOW
    )
    account.gateway_account_id = f"acct_{account.pk.hex}"
    account.transition(PayoutAccountEvent.ACTIVATE)
    account.save()
    return Payout.objects.get(run=world.built())


def test_the_sheet_has_each_line_in_its_parts_and_sums_to_the_payout(
    approved: Payout, sign_in: SignIn
) -> None:
    browser = sign_in(roles.AUDITOR)

    answer = browser.get(reverse("statement_sheet", args=[approved.pk]))

    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    # 81.80 + 40.74 + 81.80 − 27.26
    assert sorted((row["What"], row["Price"], row["Amount"]) for row in rows) == [
        ("Refund", "", "-27.26"),
        ("Sale", "100.00", "81.80"),
        ("Sale", "100.00", "81.80"),
        ("Sale", "49.99", "40.74"),
        ("Total", "", "177.08"),
    ]
    [small] = [row for row in rows if row["Price"] == "49.99"]
    assert (small["Gateway fee"], small["Commission"], small["Went back before"]) == (
        "1.75", "7.50", "0.00",
    )  # fmt: skip
    assert approved.amount_minor == 17_708
    assert f"statement-{approved.public_id}.csv" in answer.headers["Content-Disposition"]


def test_the_paper_says_the_same_and_the_payout_leads_to_both(
    approved: Payout, sign_in: SignIn
) -> None:
    browser = sign_in(roles.FINANCE_PREPARER)

    paper = shown(browser, reverse("statement_print", args=[approved.pk]))
    detail = shown(browser, reverse("payouts:inspect", args=[approved.pk]))

    for said in ("Payout statement", "$177.08 USD", "$40.74 USD", "Total of 4", "=HYPERLINK(1)"):
        assert said in paper, said
    for name in NAMES:
        assert reverse(name, args=[approved.pk]) in detail


def test_a_payout_that_nobody_approved_is_no_statement(sign_in: SignIn) -> None:
    draft = payable()
    browser = sign_in(roles.AUDITOR)

    for name in NAMES:
        url = reverse(name, args=[draft.pk])
        assert browser.get(url).status_code == 404
        assert url not in shown(browser, reverse("payouts:inspect", args=[draft.pk]))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("group", [roles.SUPPORT, roles.CONTENT_EDITOR, roles.MENTOR])
def test_only_who_may_look_takes_it_along(
    name: str, group: str, approved: Payout, sign_in: SignIn
) -> None:
    answer: Any = sign_in(group).get(reverse(name, args=[approved.pk]))

    assert answer.status_code == 302
    assert approved.public_id not in answer.content.decode()
