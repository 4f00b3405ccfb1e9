"""What finance keeps back by hand, and what reconciliation goes by: shown, set, and audited."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts import roles
from billing.ledger.balances import mentor_balances
from billing.models import CategoryAccount, CutOff, MentorBalance, Reserve, ResolutionLimit
from billing.reconciliation.resolving import limit
from billing.reconciliation.windows import nightly_window
from kernel import clock
from kernel.models import AuditEntry
from tests.billing.payouts.world import NOW, earned
from tests.cms.conftest import SignIn
from tests.cms.dialogs import press, shown

pytestmark = pytest.mark.django_db

RULES = "reconciliation_rules"


@pytest.fixture(autouse=True)
def at_a_time() -> Iterator[None]:
    with clock.travel(NOW):
        yield


@pytest.fixture
def balance() -> MentorBalance:
    """A mentor who has 81.80 available."""
    return MentorBalance.objects.get(mentor=earned().purchase.mentor)


def held(balance: MentorBalance) -> tuple[int, int]:
    """What the books say is available and in reserve."""
    [row] = mentor_balances(mentor_id=balance.mentor_id)
    return row.available_minor, row.reserve_minor


def test_a_part_is_kept_back_and_let_go_with_its_postings(
    balance: MentorBalance, sign_in: SignIn
) -> None:
    browser = sign_in(roles.FINANCE_PREPARER)
    home = reverse("mentor-balances:inspect", args=[balance.pk])
    keep = reverse("keep_reserve", args=[balance.pk])
    assert keep in shown(browser, home)

    page = shown(browser, keep, amount="50.00")
    press(browser, keep, "keep", page=page, amount="50.00", reason="A chargeback is likely.")

    for said in ("Keep $50.00 USD back", "$31.80 USD", "2130"):
        assert said in page, said
    assert held(balance) == (3_180, 5_000)
    row = Reserve.objects.get()
    go = reverse("let_reserve_go", args=[row.pk])
    after = shown(browser, home)
    assert "A chargeback is likely." in after
    assert go in after
    assert go not in shown(sign_in(roles.AUDITOR), home)

    answer = press(browser, go, "release")

    assert answer.headers["Location"] == home
    assert held(balance) == (8_180, 0)
    assert "Nothing is kept back." in shown(browser, home)


@pytest.mark.parametrize(
    ("given", "status", "said"),
    [
        ({"amount": "81.81"}, 409, "less than"),
        ({"until": "2027-01-01 00:00"}, 409, "The day on which it is let go has passed"),
        ({"until": "soon"}, 422, "Enter a valid date/time"),
        ({"reason": ""}, 422, "Say why: it stays with the reserve."),
    ],
)
def test_what_cannot_be_kept_is_refused(
    given: dict[str, str], status: int, said: str, balance: MentorBalance, sign_in: SignIn
) -> None:
    url = reverse("keep_reserve", args=[balance.pk])
    fine = {"amount": "50.00", "reason": "A chargeback is likely."}

    answer = press(sign_in(roles.FINANCE_PREPARER), url, "keep", **{**fine, **given})

    assert (answer.status_code, said in answer.content.decode()) == (status, True)
    assert not Reserve.objects.exists()


def test_a_limit_begins_in_the_future_and_the_newest_begun_counts(sign_in: SignIn) -> None:
    browser = sign_in(roles.FINANCE_APPROVER)
    url = reverse("add_limit")
    given = {"currency": "USD", "limit_minor": "2500", "begins": "2027-04-01 00:00"}
    before = limit("USD", now=NOW)

    assert press(browser, url, "add", **given).status_code == 302

    begins = ResolutionLimit.objects.order_by("pk").last()
    assert begins is not None
    assert limit("USD", now=NOW) == before == 5_000
    assert limit("USD", now=begins.effective_from) == 2_500
    page = shown(sign_in(roles.AUDITOR), reverse(RULES))
    assert "$25.00 USD" in page
    assert "Add a limit" not in page
    assert press(browser, url, "add", **given).status_code == 409
    past = press(browser, url, "add", **{**given, "begins": "2027-03-01 00:00"})
    assert (past.status_code, "A rate begins in the future" in past.content.decode()) == (409, True)


def test_a_cut_off_is_set_for_the_next_run_and_audited(sign_in: SignIn) -> None:
    browser = sign_in(roles.FINANCE_APPROVER)
    url = reverse("set_cut_off", args=["paypal"])
    since, until = nightly_window(now=NOW, gateway="paypal")
    assert 'value="12"' in shown(browser, url)

    press(browser, url, "set", age_hours="36", overlap_days="3")

    row = CutOff.objects.get(gateway="paypal")
    assert (row.age, row.overlap) == (timedelta(hours=36), timedelta(days=3))
    # A day later believed; four days less looked at again.
    assert nightly_window(now=NOW, gateway="paypal") == (
        since + timedelta(days=3), until - timedelta(days=1),
    )  # fmt: skip
    assert nightly_window(now=NOW, gateway="stripe") == (since, until)
    entry = AuditEntry.objects.get(action="cut_off.set")
    assert (entry.object_id, entry.data["overlap"]) == ("paypal", "3 days, 0:00:00")
    assert "36 hours" in shown(browser, reverse(RULES))
    assert press(browser, url, "set", age_hours="200", overlap_days="3").status_code == 422


def test_a_preparer_and_an_auditor_look_at_the_rules_and_set_none(sign_in: SignIn) -> None:
    for group in (roles.FINANCE_PREPARER, roles.AUDITOR):
        page = shown(sign_in(group), reverse(RULES))
        assert "add_limit" not in page
        assert reverse("add_limit") not in page
        assert reverse("set_cut_off", args=["stripe"]) not in page
    assert sign_in(roles.SUPPORT).get(reverse(RULES)).status_code in {302, 403}
    assert not CategoryAccount.objects.exists()
