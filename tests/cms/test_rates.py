"""Rates begin in the future, are added by approvers, and are never edited."""

from collections.abc import Iterator

import pytest
from django.urls import reverse

from accounts import roles
from billing.models import (
    BreakageRule,
    CommissionRule,
    FeeSchedule,
    PayoutMinimum,
    ReferralReward,
    ReserveRule,
)
from kernel import clock
from tests.billing.payouts.world import NOW
from tests.cms.conftest import SignIn
from tests.cms.dialogs import press, shown
from tests.factories.people import MentorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_a_time() -> Iterator[None]:
    with clock.travel(NOW):
        yield


def add(sign_in: SignIn, kind: str, **given: str) -> tuple[int, str]:
    url = reverse("add_rate", args=[kind])
    given = {"begins": "2027-04-01 00:00", **given}
    answer = press(sign_in(roles.FINANCE_APPROVER), url, "add", **given)
    return answer.status_code, answer.content.decode()


def test_each_kind_is_added_and_shown(sign_in: SignIn) -> None:
    mentor = MentorFactory()
    counts = [model.objects.count() for model in (CommissionRule, FeeSchedule, PayoutMinimum)]

    done = [
        add(sign_in, "commission", rate_bps="1250", mentor_id=mentor.public_id)[0],
        add(
            sign_in,
            "fee",
            gateway="stripe",
            currency="CHF",
            bps="290",
            fixed_minor="30",
            minimum_price_minor="500",
        )[0],
        add(sign_in, "minimum", currency="CHF", minimum_minor="2500")[0],
        add(sign_in, "reserve", currency="CHF", rate_bps="1000", hold_days="90")[0],
        add(sign_in, "breakage", keeper="mentor", mentor_id=mentor.public_id)[0],
        add(sign_in, "referral", currency="CHF", amount_minor="1500")[0],
    ]
    page = sign_in(roles.AUDITOR).get(reverse("rates")).content.decode()

    assert done == [302] * 6
    now = [model.objects.count() for model in (CommissionRule, FeeSchedule, PayoutMinimum)]
    assert now == [count + 1 for count in counts]
    assert ReserveRule.objects.get().rate_bps == 1000
    assert BreakageRule.objects.get().keeper == "mentor"
    assert ReferralReward.objects.get().amount_minor == 1500
    for words in ("12.5 %", mentor.user.name, "CHF", "To come", "The mentor"):
        assert words in page
    assert reverse("add_rate", args=["fee"]) not in page


@pytest.mark.parametrize(
    ("given", "status", "said"),
    [
        ({"begins": "2027-03-04 16:59"}, 409, "A rate begins in the future"),
        ({"rate_bps": "10001"}, 422, "less than or equal to 10000"),
        ({"mentor_id": "mtr_x"}, 422, "Write a mentor"),
        ({"begins": "soon"}, 422, "Enter a valid date/time"),
    ],
)
def test_what_cannot_be_is_refused(
    given: dict[str, str], status: int, said: str, sign_in: SignIn
) -> None:
    before = CommissionRule.objects.count()

    answered, html = add(sign_in, "commission", **{"rate_bps": "1250", **given})

    assert (answered, said in html) == (status, True)
    assert CommissionRule.objects.count() == before


def test_two_of_one_scope_do_not_begin_at_the_same_instant(sign_in: SignIn) -> None:
    assert add(sign_in, "commission", rate_bps="1250")[0] == 302

    status, html = add(sign_in, "commission", rate_bps="1300")

    assert (status, "Another rate of the same scope" in html) == (409, True)


def test_a_preparer_does_not_add_rates(sign_in: SignIn) -> None:
    answer = sign_in(roles.FINANCE_PREPARER).get(reverse("add_rate", args=["fee"]))

    assert answer.status_code in {302, 403}
    assert "Add a " not in shown(sign_in(roles.FINANCE_PREPARER), reverse("rates"))


@pytest.mark.parametrize(
    "kind", ["commission", "fee", "minimum", "reserve", "breakage", "referral"]
)
def test_an_approver_is_led_to_every_kind_also_to_the_first_of_it(
    sign_in: SignIn, kind: str
) -> None:
    page = sign_in(roles.FINANCE_APPROVER).get(reverse("rates")).content.decode()

    assert not ReserveRule.objects.exists()
    assert not BreakageRule.objects.exists()
    assert reverse("add_rate", args=[kind]) in page
