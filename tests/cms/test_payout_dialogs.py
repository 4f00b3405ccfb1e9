"""A payout run through the screens: built, frozen, approved by another, sent, taken along."""

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts import roles
from accounts.models import Mentor, User
from billing import payouts
from billing.models import MentorBalance, Payout, PayoutHold, PayoutRun
from billing.states import PayoutRunState
from kernel.models import AuditEntry, Job
from tests.billing.payouts import world
from tests.billing.payouts.conftest import stage  # noqa: F401 - the stage of every payout
from tests.cms.conftest import SignIn
from tests.cms.dialogs import press, shown
from tests.factories.people import MentorFactory
from tests.standin import StandIn

pytestmark = pytest.mark.django_db
WISH = {"currency": "USD", "gateway": "stripe"}


def person(browser: Client) -> User:
    return User.objects.get(pk=browser.session["_auth_user_id"])


def url_of(name: str, run: PayoutRun) -> str:
    return reverse(name, args=[run.pk])


def inspect(browser: Client, run: PayoutRun) -> str:
    return shown(browser, reverse("payout-runs:inspect", args=[run.pk]))


def without_account() -> Mentor:
    mentor: Mentor = MentorFactory(user__name="Nils Without")
    world.earned(mentor=mentor)
    return mentor


def test_a_run_from_the_list_to_the_bank(standin: StandIn, sign_in: SignIn) -> None:
    preparer, approver = sign_in(roles.FINANCE_PREPARER), sign_in(roles.FINANCE_APPROVER)
    paid, left_out = world.payable(standin), without_account()
    assert reverse("build_run") in shown(preparer, reverse("payout-runs:index"))

    page = shown(preparer, reverse("build_run"))
    assert "Build a run of 1 payout, $81.80 USD" in page
    assert paid.user.name in page
    assert left_out.user.name in page
    assert "No verified payout account" in page
    assert PayoutRun.objects.count() == 0
    press(preparer, reverse("build_run"), "build", page=page, **WISH)
    run = PayoutRun.objects.get()

    page = shown(preparer, url_of("freeze_run", run))
    assert ">Freeze 1 payout, $81.80 USD</button>" in page
    press(preparer, url_of("freeze_run", run), "freeze", page=page)
    run.refresh_from_db()
    assert run.state == PayoutRunState.FROZEN

    page = shown(approver, url_of("approve_run", run))
    assert run.content_hash in page
    assert ">Approve and pay $81.80 USD</button>" in page
    assert "2140 Mentor payouts in transit" in page
    Job.objects.all().delete()
    press(approver, url_of("approve_run", run), "approve", page=page)
    run.refresh_from_db()
    assert (run.state, run.approved_by) == (PayoutRunState.APPROVED, person(approver))
    assert Job.objects.get().name.endswith("send_run")
    page = inspect(approver, run)
    assert "0 of 1 answered for" in page
    assert "progress.js" in page

    payouts.send(run_id=run.pk, now=world.NOW)
    page = inspect(approver, run)
    assert "1 of 1 answered for" in page
    assert "progress.js" not in page
    answer = approver.get(url_of("run_progress", run))
    assert answer.json() == {
        "state": "done",
        "going": False,
        "count": 1,
        "answered": 1,
        "failed": 0,
        "waiting": 0,
        "waits_for": "",
    }


@pytest.mark.parametrize("group", [roles.FINANCE_APPROVER, "admin"])
def test_who_prepared_a_run_cannot_approve_it_not_even_a_superuser(
    group: str, standin: StandIn, sign_in: SignIn
) -> None:
    world.payable(standin)
    browser = sign_in(group)
    run = world.frozen(person(browser))
    by = person(browser).name

    page = shown(browser, url_of("approve_run", run))
    answer = press(browser, url_of("approve_run", run), "approve", page=page)

    said = f"{by} has prepared run {run.public_id}. Another person has to approve it."
    assert said in page
    assert answer.status_code == 409
    assert said in answer.content.decode()
    run.refresh_from_db()
    assert run.state == PayoutRunState.FROZEN
    assert Payout.objects.get().state == "created"


def test_the_preparer_has_no_button_and_no_door(standin: StandIn, sign_in: SignIn) -> None:
    world.payable(standin)
    run = world.frozen()
    browser = sign_in(roles.FINANCE_PREPARER)

    assert url_of("approve_run", run) not in inspect(browser, run)
    assert browser.post(url_of("approve_run", run), {"act": "approve"}).status_code == 302
    run.refresh_from_db()
    assert run.state == PayoutRunState.FROZEN


def test_money_that_moved_since_the_look_is_refused_and_shown(
    standin: StandIn, sign_in: SignIn
) -> None:
    mentor = world.payable(standin)
    run = world.frozen()
    browser = sign_in(roles.FINANCE_APPROVER)
    page = shown(browser, url_of("approve_run", run))
    world.earned(mentor=mentor, days=1)

    answer = press(browser, url_of("approve_run", run), "approve", page=page)

    assert answer.status_code == 409
    assert "The world has moved: look again." in answer.content.decode()
    run.refresh_from_db()
    assert run.state == PayoutRunState.FROZEN
    again = press(browser, url_of("approve_run", run), "approve", page=answer.content.decode())
    assert again.status_code == 302


def test_a_hold_placed_meanwhile_stops_the_approval(standin: StandIn, sign_in: SignIn) -> None:
    mentor = world.payable(standin)
    run = world.frozen()
    browser = sign_in(roles.FINANCE_APPROVER)
    row = MentorBalance.objects.get(mentor=mentor)
    hold = reverse("place_hold", args=[row.pk])

    press(browser, hold, "hold", reason="The tax form is missing.")
    page = shown(browser, url_of("approve_run", run))

    assert PayoutHold.objects.get().placed_by == person(browser)
    assert "The tax form is missing." in page
    assert "Discard it and build another." in page
    balance = shown(browser, reverse("mentor-balances:inspect", args=[row.pk]))
    assert reverse("lift_hold", args=[row.pk]) in balance
    press(browser, reverse("lift_hold", args=[row.pk]), "lift")
    assert PayoutHold.objects.get().lifted_by == person(browser)


def test_a_draft_is_discarded_and_another_can_be_built(standin: StandIn, sign_in: SignIn) -> None:
    world.payable(standin)
    run = world.built()
    browser = sign_in(roles.FINANCE_PREPARER)

    refused = shown(browser, reverse("build_run"))
    press(browser, url_of("discard_run", run), "discard")
    allowed = shown(browser, reverse("build_run"))

    assert f"Run {run.public_id} in USD is draft." in refused
    assert "Build a run of 1 payout" in allowed
    run.refresh_from_db()
    assert (run.state, run.discarded_by) == (PayoutRunState.DISCARDED, person(browser))


def test_what_waits_is_sent_again_and_nobody_is_paid_twice(
    standin: StandIn, sign_in: SignIn
) -> None:
    world.payable(standin)
    run = world.approved()
    Job.objects.all().delete()
    browser = sign_in(roles.FINANCE_PREPARER)

    press(browser, url_of("send_run_again", run), "send")
    press(browser, url_of("send_run_again", run), "send")

    assert Job.objects.filter(name__endswith="send_run").count() == 1
    assert AuditEntry.objects.filter(action="payout_run.sent_again").count() == 2
    payouts.send(run_id=run.pk, now=world.NOW)
    page = shown(browser, url_of("send_run_again", run))
    assert "disabled" in page.partition(">Send $0.00")[0].rpartition("<button")[2]


def test_a_payout_that_came_back_is_paid_out_again(standin: StandIn, sign_in: SignIn) -> None:
    mentor = world.payable(standin)
    run = world.sent()
    payout = world.payout_to(mentor, run)
    assert payout.gateway_transfer_id is not None
    standin.send_back(payout.gateway_transfer_id, 8180)
    payouts.settle(payout_id=payout.pk, now=world.NOW)
    browser = sign_in(roles.FINANCE_PREPARER)
    url = reverse("reassign_payout", args=[payout.pk])
    assert url in shown(browser, reverse("payouts:inspect", args=[payout.pk]))

    page = shown(browser, url)
    answer = press(browser, url, "reassign", page=page)

    assert "Make $81.80 USD available again" in page
    assert "2150 Mentor payouts returned" in page
    assert answer.status_code == 302
    payout.refresh_from_db()
    assert payout.state == "reassigned"


def test_the_pack_has_totals_and_the_hash_and_runs_no_formula(
    standin: StandIn, sign_in: SignIn
) -> None:
    mentor = world.payable(standin)
    mentor.user.name = "=HYPERLINK(1)"
    mentor.user.save()
    without_account()
    run = world.frozen()
    browser = sign_in(roles.AUDITOR)

    sheet = browser.get(url_of("run_sheet", run))
    rows = list(csv.DictReader(io.StringIO(sheet.content.decode())))
    paper = shown(browser, url_of("run_print", run))

    assert [(row["Mentor"], row["Amount"], row["Currency"]) for row in rows] == [
        ("'=HYPERLINK(1)", "81.80", "USD"),
        ("1 payout", "81.80", "USD"),
    ]
    assert {row["Hash of the run"] for row in rows} == {run.content_hash}
    for said in (run.content_hash, "$81.80 USD", "Nils Without", "No verified payout account"):
        assert said in paper


@pytest.mark.parametrize("name", ["run_sheet", "run_print", "run_progress"])
@pytest.mark.parametrize("group", [roles.SUPPORT, roles.CONTENT_EDITOR, roles.MENTOR])
def test_only_who_may_look_takes_it_along(
    name: str, group: str, standin: StandIn, sign_in: SignIn
) -> None:
    world.payable(standin)
    run = world.built()

    answer: Any = sign_in(group).get(url_of(name, run))

    assert answer.status_code == 302
    assert run.public_id not in json.dumps(answer.content.decode())
