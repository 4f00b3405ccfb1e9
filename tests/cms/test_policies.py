"""Cancellation policies: versions are added, shown in cents, and never change what is booked."""

from collections.abc import Iterator

import pytest
from django.db import Error, connection, transaction
from django.urls import reverse

from accounts import roles
from billing import cancellations
from kernel import clock
from kernel.models import AuditEntry
from scheduling.models import CancellationPolicy, SessionType
from scheduling.states import CancelledBy
from tests.billing.ledger.books import LATE
from tests.cms.conftest import SignIn
from tests.cms.dialogs import press, shown
from tests.factories.billing import paid_session

pytestmark = pytest.mark.django_db

STRICT = {"name": "Standard", "tiers": "48: 100\n12: 25", "late_bearer": "client"}


@pytest.fixture(autouse=True)
def three_hours_before() -> Iterator[None]:
    """Before the sessions of the factories, under the first rates of docs/money.md."""
    with clock.travel(LATE):
        yield


def test_a_new_version_is_for_what_is_booked_from_then_on(sign_in: SignIn) -> None:
    session, _ = paid_session()
    browser = sign_in(roles.FINANCE_APPROVER)
    url = reverse("add_policy")
    page = shown(browser, url, **STRICT)
    assert CancellationPolicy.objects.filter(name="Standard").count() == 1

    answer = press(browser, url, "add", page=page, **STRICT)

    assert answer.headers["Location"] == reverse("policies")
    new = CancellationPolicy.objects.get(name="Standard", version=2)
    assert new.tiers == [
        {"hours_before": 48, "refund_bps": 10_000},
        {"hours_before": 12, "refund_bps": 2_500},
    ]
    assert SessionType.objects.get(pk=session.session_type_id).policy == new
    assert AuditEntry.objects.get(action="policy.added").data["version"] == 2
    # Three hours before: nothing under the new terms, half under the old ones, as booked.
    session.refresh_from_db()
    quote = cancellations.quote(session=session, by=CancelledBy.CLIENT, now=LATE)
    assert quote.refund.amount_minor == 5_000


def test_what_cancelling_costs_is_shown_step_by_step_to_the_cent(sign_in: SignIn) -> None:
    page = shown(sign_in(roles.FINANCE_APPROVER), reverse("add_policy"), **STRICT)

    # 25 % of 100.00 is a share of 25.00, less the client's quarter of the fee of 3.20: 24.20.
    # The mentor keeps 81.80 − 20.45 = 61.35, the platform 15.00 − 3.75 = 11.25.
    for words in (
        "Standard v2: what cancelling costs of $100.00 USD", "48 h before", "a minute after 48 h",
        "$24.20 USD", "$61.35 USD", "$11.25 USD", "a minute before the start", "$81.80 USD",
        "None: they keep their terms", ">Add Standard v2</button>",
    ):  # fmt: skip
        assert words in page, words


def test_a_known_policy_is_where_the_dialog_begins(sign_in: SignIn) -> None:
    browser = sign_in(roles.FINANCE_APPROVER)
    CancellationPolicy.objects.get_or_create(name="Standard", version=1)
    url = reverse("add_policy")

    listed = browser.get(reverse("policies")).content.decode()
    page = shown(browser, url, name="Standard")

    assert f'href="{url}?name=Standard"' in listed
    assert "24: 100\n0: 50" in page
    assert "says so already" in page


def test_the_default_stays_with_the_newest_version(sign_in: SignIn) -> None:
    CancellationPolicy.objects.get_or_create(name="Standard", version=1)
    CancellationPolicy.objects.filter(name="Standard").update(is_default=True)
    browser = sign_in(roles.FINANCE_APPROVER)

    press(browser, reverse("add_policy"), "add", **STRICT)
    kind = {"name": "Kind", "tiers": "0: 100", "late_bearer": "platform"}
    press(browser, reverse("add_policy"), "add", **kind)
    first = CancellationPolicy.objects.get(is_default=True)
    press(browser, reverse("add_policy"), "add", **kind, make_default="on")

    assert (first.name, first.version) == ("Standard", 2)
    now = CancellationPolicy.objects.get(is_default=True)
    assert (now.name, now.version) == ("Kind", 2)


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"tiers": ""}, "Give at least one tier"),
        ({"tiers": "soon: much"}, "Line 1, “soon: much”: Write one step a line"),
        ({"tiers": "24: 100\n24: 50"}, "each with its own hours"),
        ({"tiers": "24: 50\n0: 100"}, "may not give more back"),
        ({"tiers": "24: 101"}, "shares lie in 0–10000"),
        ({"tiers": "-1: 50"}, "each with its own hours"),
        ({"tiers": "24: 33.333"}, "two decimals at most"),
        ({"tiers": "24: NaN"}, "Write one step a line"),
        ({"tiers": "9000: 100"}, "more than a year"),
        ({"tiers": "\n".join(f"{hours}: 10" for hours in range(9))}, "is read by nobody"),
        ({"name": ""}, "This field is required"),
        ({"name": "x" * 61}, "at most 60 characters"),
        ({"late_bearer": "mentor"}, "Select a valid choice"),
    ],
)
def test_nonsense_is_refused_in_its_place_and_nothing_is_added(
    wish: dict[str, str], words: str, sign_in: SignIn
) -> None:
    browser = sign_in(roles.FINANCE_APPROVER)
    before = CancellationPolicy.objects.count()

    answer = browser.post(reverse("add_policy"), {**STRICT, **wish, "act": "add"})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert CancellationPolicy.objects.count() == before


def test_a_version_that_came_between_is_shown_first(sign_in: SignIn) -> None:
    paid_session()
    browser, other = sign_in(roles.FINANCE_APPROVER), sign_in("admin")
    url = reverse("add_policy")
    page = shown(browser, url, **STRICT)
    press(other, url, "add", **{**STRICT, "tiers": "72: 100"})

    answer = press(browser, url, "add", page=page, **STRICT)

    html = answer.content.decode()
    assert answer.status_code == 409
    assert ">Add Standard v3</button>" in html
    assert CancellationPolicy.objects.filter(name="Standard").count() == 2


def test_who_may_look_may_not_add(sign_in: SignIn) -> None:
    for group in (roles.SUPPORT, roles.AUDITOR, roles.FINANCE_PREPARER):
        browser = sign_in(group)
        html = browser.get(reverse("policies")).content.decode()
        assert "All versions" in html
        assert reverse("add_policy") not in html
        assert browser.get(reverse("add_policy")).status_code == 302
    assert sign_in(roles.CONTENT_EDITOR).get(reverse("policies")).status_code == 302


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE scheduling_cancellationpolicy SET tiers = '[]'",
        "UPDATE scheduling_cancellationpolicy SET late_bearer = 'client'",
        "UPDATE scheduling_cancellationpolicy SET version = version + 1",
        "DELETE FROM scheduling_cancellationpolicy",
    ],
)
def test_a_version_is_never_edited_whoever_types_sql(statement: str) -> None:
    CancellationPolicy.objects.get_or_create(name="Standard", version=1)

    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
