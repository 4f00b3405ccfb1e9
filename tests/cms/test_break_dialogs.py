"""Answering breaks on the screen: what is offered and posted, and who is refused."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.urls import reverse

from accounts import roles
from billing import reconciliation
from billing.models import Break, BreakResolution, Entry
from kernel import clock
from tests.billing.reconciliation.test_matching import NOW, SINCE, UNTIL, Listing, listing
from tests.cms.conftest import SignIn
from tests.cms.dialogs import press, shown
from tests.factories import billing as make

__all__ = ["listing"]

pytestmark = pytest.mark.django_db
FORGERS = [roles.MENTOR, roles.CONTENT_EDITOR, roles.MENTOR_CURATOR, roles.SUPPORT, roles.AUDITOR]


@pytest.fixture(autouse=True)
def night() -> Iterator[None]:
    with clock.travel(NOW):
        yield


def run() -> None:
    reconciliation.run(gateway="stripe", since=SINCE, until=UNTIL, now=NOW)


@pytest.fixture
def fee(listing: Listing) -> Break:
    """A fee that is 0.30 higher there."""
    _, payment = make.paid_session()
    listing.charge(payment, fee_minor=350)
    run()
    return Break.objects.get()


@pytest.fixture
def levy(listing: Listing) -> Break:
    """A movement of 90.00 of a kind that nobody knows: above the limit of one person."""
    _, payment = make.paid_session()
    charge = listing.charge(payment)
    listing.add(
        replace(charge, id="txn_levy", category="lunar_levy", source_id=None, amount_minor=-9_000,
                fee_minor=0, net_minor=-9_000, metadata={})
    )  # fmt: skip
    run()
    return Break.objects.get()


def url(name: str, broken: Break) -> str:
    return reverse(name, args=[broken.pk])


def test_the_dialog_shows_the_posting_and_does_it(fee: Break, sign_in: SignIn) -> None:
    browser = sign_in(roles.FINANCE_PREPARER)

    page = shown(browser, url("resolve_break", fee))
    answer = press(browser, url("resolve_break", fee), "post", account="5010", reason="Agreed.")

    assert "Post the variance of the fee." in page
    assert ">Post $0.30 USD</button>" in page
    assert "5010 Gateway fees" in page
    assert answer.headers["Location"] == reverse("breaks:inspect", args=[fee.pk])
    fee.refresh_from_db()
    assert (fee.state, fee.resolution) == ("resolved", "Agreed.")
    assert Entry.objects.filter(source_type="break_resolution").count() == 1
    detail = browser.get(answer.headers["Location"]).content.decode()
    assert "Answer: post the difference (5010 / 1100, $0.30 USD)" in detail
    assert "Resolve</" not in detail


def test_without_a_reason_nothing_happens_and_nothing_is_lost(fee: Break, sign_in: SignIn) -> None:
    answer = press(
        sign_in(roles.FINANCE_PREPARER), url("resolve_break", fee), "post", account="5030"
    )

    assert answer.status_code == 422
    assert '<option value="5030" selected>' in answer.content.decode()
    assert not BreakResolution.objects.exists()


def test_a_world_that_moved_refuses_the_click(
    fee: Break, listing: Listing, sign_in: SignIn
) -> None:
    browser = sign_in(roles.FINANCE_PREPARER)
    page = shown(browser, url("resolve_break", fee), account="5010")
    row = next(iter(listing.rows.values()))
    listing.add(replace(row, fee_minor=360))
    run()

    answer = press(
        browser, url("resolve_break", fee), "post", page=page, account="5010", reason="Agreed."
    )

    assert answer.status_code == 409
    assert ">Post $0.40 USD</button>" in answer.content.decode()
    assert not BreakResolution.objects.exists()


def test_above_the_limit_another_person_approves(levy: Break, sign_in: SignIn) -> None:
    preparer = sign_in(roles.FINANCE_APPROVER)
    press(preparer, url("resolve_break", levy), "post", account="1900", reason="Not known yet.")
    assert not Entry.objects.filter(source_type="break_resolution").exists()

    own = preparer.get(url("decide_answer", levy)).content.decode()
    forged = press(preparer, url("decide_answer", levy), "approve")
    assert "another person approves it" in own
    assert forged.status_code == 409
    below = press(sign_in(roles.FINANCE_PREPARER), url("decide_answer", levy), "approve")
    assert below.status_code == 409
    assert not Entry.objects.filter(source_type="break_resolution").exists()
    other = press(sign_in(roles.FINANCE_APPROVER), url("decide_answer", levy), "approve")

    assert other.status_code == 302
    levy.refresh_from_db()
    assert levy.state == "resolved"
    assert Entry.objects.filter(source_type="break_resolution").count() == 1


def test_a_superuser_does_not_approve_an_answer_of_their_own(levy: Break, sign_in: SignIn) -> None:
    browser = sign_in("admin")
    press(browser, url("resolve_break", levy), "post", account="1900", reason="Not known yet.")

    assert press(browser, url("decide_answer", levy), "approve").status_code == 409
    assert press(browser, url("decide_answer", levy), "withdraw").status_code == 302
    assert BreakResolution.objects.get().withdrawn_at == NOW


@pytest.mark.parametrize("group", [*FORGERS, "nobody"])
@pytest.mark.parametrize("name", ["resolve_break", "decide_answer", "ask_gateway"])
def test_others_are_refused_whatever_they_send(
    name: str, group: str, levy: Break, sign_in: SignIn
) -> None:
    press(sign_in("admin"), url("resolve_break", levy), "post", account="1900", reason="Wait.")
    browser = sign_in(group)

    for act in ("post", "accept", "approve", "withdraw", "ask"):
        answer = browser.post(url(name, levy), {"act": act, "reason": "forged", "account": "1900"})
        assert answer.status_code in {302, 403}
        assert "/breaks/" not in answer.headers.get("Location", "").partition("?")[0]
    assert browser.get(url(name, levy)).status_code in {302, 403}

    waiting = BreakResolution.objects.get()
    assert (waiting.done_at, waiting.withdrawn_at) == (None, None)
    levy.refresh_from_db()
    assert levy.state == "open"


def test_what_the_gateway_cannot_answer_is_not_asked(fee: Break, sign_in: SignIn) -> None:
    browser = sign_in(roles.FINANCE_PREPARER)

    assert press(browser, url("ask_gateway", fee), "ask").status_code == 409
    assert (
        "Ask the gateway"
        not in browser.get(reverse("breaks:inspect", args=[fee.pk])).content.decode()
    )
