"""What finance sets by itself: discounts and clients' credit. Terms never change, reasons stay."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from accounts import roles
from billing.models import ClientCredit, CreditMovement, Discount, Entry
from kernel import clock
from kernel.models import AuditEntry
from tests.billing.payouts.world import NOW
from tests.cms.conftest import SignIn
from tests.cms.dialogs import fields_of, press, shown
from tests.factories.billing import reduced_session
from tests.factories.people import ClientFactory, MentorFactory

pytestmark = pytest.mark.django_db

SPRING = {
    "name": "Spring",
    "code": "spring-27",
    "bearer": "platform",
    "percent": "12.5",
    "begins": "2027-04-01 00:00",
    "ends": "2027-05-01 00:00",
    "max_uses": "100",
    "max_uses_per_client": "1",
}


@pytest.fixture(autouse=True)
def at_a_time() -> Iterator[None]:
    with clock.travel(NOW):
        yield


def add(sign_in: SignIn, **given: str) -> tuple[int, str]:
    browser = sign_in(roles.FINANCE_PREPARER)
    answer = press(browser, reverse("add_discount"), "add", **given)
    return answer.status_code, answer.content.decode()


def test_a_code_is_added_with_its_terms_and_shown(sign_in: SignIn) -> None:
    form = shown(sign_in(roles.FINANCE_PREPARER), reverse("add_discount"))
    assert '<option value="" selected>All</option>' in form  # no currency narrows it unasked

    assert add(sign_in, **SPRING)[0] == 302

    found = Discount.objects.get()
    assert (found.code, found.percent_bps, found.amount_minor) == ("SPRING-27", 1_250, None)
    assert (found.starts_at, found.ends_at) == (
        datetime(2027, 4, 1, tzinfo=UTC),
        datetime(2027, 5, 1, tzinfo=UTC),
    )
    assert (found.max_uses, found.max_uses_per_client) == (100, 1)
    auditor = sign_in(roles.AUDITOR)
    listed = shown(auditor, reverse("discounts:index"))
    detail = shown(auditor, reverse("discounts:inspect", args=[found.pk]))
    for said in ("SPRING-27", "12.5 %", "To come", "0 of 100"):
        assert said in listed, said
    assert "Nobody has used it yet." in detail
    assert detail.count("Discount added") == 1
    assert "Add a discount" not in listed
    assert "Switch it off" not in detail


def test_an_amount_of_one_mentor_is_borne_by_the_mentor(sign_in: SignIn) -> None:
    mentor = MentorFactory()

    status, _ = add(
        sign_in,
        name="First hour",
        bearer="mentor",
        amount="20.00",
        currency="EUR",
        mentor_id=mentor.public_id,
        begins="2027-04-01 00:00",
    )

    found = Discount.objects.get()
    assert status == 302
    assert (found.code, found.amount_minor, found.currency, found.mentor) == (
        None, 2_000, "EUR", mentor,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("given", "status", "said"),
    [
        ({"percent": "", "amount": ""}, 409, "Say either a percentage or an amount."),
        ({"amount": "5"}, 409, "Say either a percentage or an amount."),
        ({"percent": "101"}, 422, "less than or equal to 100"),
        ({"percent": "", "amount": "5", "currency": ""}, 409, "has a currency"),
        ({"bearer": "mentor"}, 409, "Say which mentor bears it."),
        ({"code": "ab"}, 409, "3 to 40 letters"),
        ({"ends": "2027-03-01 00:00"}, 409, "It ends after it begins"),
        ({"mentor_id": "mtr_x"}, 422, "Write a mentor"),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_stays(
    given: dict[str, str], status: int, said: str, sign_in: SignIn
) -> None:
    answered, html = add(sign_in, **{**SPRING, **given})

    assert (answered, said in html) == (status, True)
    assert 'value="Spring"' in html
    assert not Discount.objects.exists()


def test_a_code_is_taken_once_for_ever(sign_in: SignIn) -> None:
    assert add(sign_in, **SPRING)[0] == 302
    Discount.objects.update(is_active=False)

    status, html = add(sign_in, **SPRING)

    assert (status, "The code SPRING-27 is taken" in html) == (409, True)
    assert Discount.objects.count() == 1


def test_a_discount_is_switched_off_with_a_reason(sign_in: SignIn) -> None:
    reduced_session(discount_minor=2_000)
    found = Discount.objects.get()
    browser = sign_in(roles.FINANCE_PREPARER)
    inspect = reverse("discounts:inspect", args=[found.pk])
    before = shown(browser, inspect)
    url = reverse("switch_discount_off", args=[found.pk])
    assert url in before
    assert "$20.00 USD" in before  # where it was used

    answer = press(browser, url, "switch", reason="It was on a coupon site.")

    found.refresh_from_db()
    after = shown(browser, inspect)
    assert (answer.headers["Location"], found.is_active) == (inspect, False)
    assert "Switched off" in after
    assert "It was on a coupon site." in after
    assert url not in after
    assert "It is switched off already." in shown(browser, url)
    assert AuditEntry.objects.get(action="discount.switched_off").object_id == found.public_id


def test_credit_is_given_with_its_posting_shown_first(sign_in: SignIn) -> None:
    client = ClientFactory(user__name="Chloe Client", user__email="chloe@example.com")
    browser = sign_in(roles.FINANCE_PREPARER)
    url = reverse("grant_credit")
    given = {"client": "Chloe@example.com", "amount": "12.50", "currency": "USD"}

    page = shown(browser, url, **given)
    answer = press(browser, url, "grant", page=page, **given, reason="The line was bad.")

    for said in ("5060", "2500", "The client", "Give Chloe Client $12.50 USD"):
        assert said in page, said
    row = ClientCredit.objects.get(client=client)
    assert (row.balance_minor, row.currency) == (1_250, "USD")
    assert answer.headers["Location"] == reverse("credit:inspect", args=[row.pk])
    detail = shown(sign_in(roles.AUDITOR), answer.headers["Location"])
    assert "The line was bad." in detail
    assert "Granted by finance" in detail
    assert "Give credit" not in detail


def test_a_form_that_is_sent_twice_gives_once(sign_in: SignIn) -> None:
    ClientFactory(user__email="chloe@example.com")
    browser = sign_in(roles.FINANCE_PREPARER)
    url = reverse("grant_credit")
    given = {"client": "chloe@example.com", "amount": "12.50", "currency": "USD"}
    page = shown(browser, url, **given)

    for _ in range(2):
        press(browser, url, "grant", page=page, **given, reason="The line was bad.")
    other = shown(browser, url, **given)
    press(browser, url, "grant", page=other, **given, reason="Once more, meant so.")

    assert fields_of(page)["token"] != fields_of(other)["token"]
    assert CreditMovement.objects.count() == Entry.objects.count() == 2
    assert ClientCredit.objects.get().balance_minor == 2_500


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"client": "nobody@example.com"}, "No client has this e-mail."),
        ({"amount": "0"}, "Write more than zero."),
        ({"amount": "1.005"}, "USD has 2 decimals."),
        ({"reason": ""}, "Say why: it stays with the record."),
    ],
)
def test_credit_that_cannot_be_given_is_refused(
    given: dict[str, str], said: str, sign_in: SignIn
) -> None:
    ClientFactory(user__email="chloe@example.com")
    fine = {"client": "chloe@example.com", "amount": "5", "currency": "USD", "reason": "Why not."}

    answer = press(
        sign_in(roles.FINANCE_PREPARER), reverse("grant_credit"), "grant", **{**fine, **given}
    )

    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert not CreditMovement.objects.exists()
