"""What the screens of payouts tell: who is paid out of what, who is not and why."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.models import MentorBalance, PayoutExclusion, PayoutRun
from kernel import audit
from tests.billing.payouts.world import frozen, payable, sent, staff
from tests.cms.conftest import SignIn
from tests.cms.rows import add_payouts
from tests.standin import StandIn

pytestmark = pytest.mark.django_db


def test_a_run_shows_who_is_paid_who_is_left_out_and_by_whom(sign_in: SignIn) -> None:
    payout = add_payouts()
    run = PayoutRun.objects.get()
    left_out = PayoutExclusion.objects.get()

    page = sign_in("Auditor").get(reverse("payout-runs:inspect", args=[run.pk])).content.decode()

    for said in (
        run.public_id,
        run.content_hash,
        payout.public_id,
        payout.mentor.user.name,
        "$81.80 USD",
        left_out.mentor.user.name,
        "No verified payout account",
        "They have not opened an account yet.",
        "Frozen by Paula Preparer",
        "No money has moved, so nothing is posted.",
    ):
        assert said in page, said


def test_the_postings_of_a_run_open_just_its_lines(sign_in: SignIn, standin: StandIn) -> None:
    standin.fund()
    payable(standin)
    run = sent()
    payout = run.payouts.get()
    browser = sign_in("Auditor")

    page = browser.get(reverse("payout-runs:inspect", args=[run.pk])).content.decode()

    links = [unescape(one) for one in re.findall(rf'href="([^"]*run={run.public_id}[^"]*)"', page)]
    listed = [line for url in links for line in browser.get(url).context["object_list"]]
    assert [len(browser.get(url).context["object_list"]) for url in links] == [1] * len(links)
    assert {line.entry.source_id for line in listed} == {str(payout.pk)}
    assert sorted(line.amount_minor for line in listed) == [-8180, -8180, 8180, 8180]
    assert not browser.get(reverse("ledger-lines:index"), {"run": "run_x"}).context["object_list"]


def test_a_runs_timeline_tells_each_step_once_and_what_only_the_audit_log_knows(
    sign_in: SignIn, standin: StandIn
) -> None:
    payable(standin)
    run = frozen(staff("Fiona Finance"))
    audit.record(
        actor="system", action="payout_run.sent_again", object_type="payout_run",
        object_id=run.public_id, data={"reason": "The balance is there."},
    )  # fmt: skip

    page = sign_in("Auditor").get(reverse("payout-runs:inspect", args=[run.pk])).content.decode()

    timeline = page.partition("cf-timeline")[2]
    assert timeline.count("Built by Fiona Finance") == timeline.count("Frozen by") == 1
    assert "Payout run built" not in timeline
    assert "Payout run sent again" in timeline
    assert "The balance is there." in timeline


def test_a_payout_shows_the_ledger_lines_that_it_is_made_of(sign_in: SignIn) -> None:
    payout = add_payouts()
    line = payout.lines.get().line

    page = sign_in("Auditor").get(reverse("payouts:inspect", args=[payout.pk])).content.decode()

    assert "Purchase: released" in page
    assert line.purchase is not None
    assert line.purchase.public_id in page
    assert page.count("$81.80 USD") == 3  # the fact, the line, the sum


def test_a_balance_shows_the_accounts_the_holds_and_the_payouts(sign_in: SignIn) -> None:
    payout = add_payouts()
    held = PayoutExclusion.objects.get().mentor
    browser = sign_in("Finance approver")

    for mentor, said in (
        (payout.mentor, ["$81.80 USD", payout.public_id, payout.account.public_id, "Active"]),
        (held, ["$7.91 USD", "The tax form is missing.", "Paula Preparer"]),
    ):
        row = MentorBalance.objects.get(mentor=mentor)
        url = reverse("mentor-balances:inspect", args=[row.pk])
        page = browser.get(url).content.decode()
        assert [one for one in said if one not in page] == []


def test_an_inspect_page_takes_the_same_queries_for_three_payouts(
    sign_in: SignIn,
) -> None:
    add_payouts()
    first = PayoutRun.objects.get()
    browser = sign_in("Auditor")
    url = reverse("payout-runs:inspect", args=[first.pk])
    browser.get(url)
    few = queries_of(browser, url)
    add_payouts()
    add_payouts()
    newest = PayoutRun.objects.order_by("-pk")[0]
    assert newest.payouts.count() == 3

    assert queries_of(browser, reverse("payout-runs:inspect", args=[newest.pk])) == few


def queries_of(browser: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(url).status_code == 200
    return len(queries)
