"""The refund dialog: what it shows to the cent, what a click does, and when it does nothing."""

import pytest
from django.urls import reverse

from accounts import roles
from accounts.models import User
from billing.models import Payment, Refund, Unwinding
from kernel.models import AuditEntry
from tests.billing.ledger.books import EARLY, bank_says, dispute, refund
from tests.cms.conftest import SignIn
from tests.cms.dialogs import fields_of, press, shown
from tests.factories.billing import covered_session, paid_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def payment() -> Payment:
    return paid_session()[1]


def url_of(payment: Payment) -> str:
    return reverse("refund_payment", args=[payment.pk])


@pytest.mark.parametrize("group", [roles.FINANCE_PREPARER, roles.FINANCE_APPROVER, "admin"])
def test_finance_refunds_a_part_and_is_led_to_the_refund(
    group: str, payment: Payment, sign_in: SignIn
) -> None:
    browser = sign_in(group)
    wish = {"share": "40.75", "cause": "goodwill", "reason": "The call dropped."}

    page = shown(browser, url_of(payment), **wish)
    answer = press(browser, url_of(payment), "refund", page=page, **wish)

    given = Refund.objects.get()
    assert (given.share_minor, given.amount_minor, given.state) == (4075, 4075, "created")
    assert answer.headers["Location"] == reverse("refunds:inspect", args=[given.pk])
    assert AuditEntry.objects.get(action="refund.given").data["reason"] == "The call dropped."
    assert ">Refund $40.75 USD</button>" in page
    # 40.75: commission 15.00 × 0.4075 = 6.11, fee 3.20 × 0.4075 = 1.30, the mentor the rest.
    for cents in ("$33.34 USD", "$6.11 USD", "$1.30 USD", "The platform bears the gateway"):
        assert cents.replace("The p", "the p") in page, cents
    # The mentor's pending share before and after: 81.80 − 33.34 = 48.46.
    assert page.index("$81.80 USD") < page.index("$48.46 USD")


def test_the_client_bears_the_fee_where_the_policy_says_so(
    payment: Payment, sign_in: SignIn
) -> None:
    session = payment.purchase.booked
    session.policy |= {"late_bearer": "client"}
    session.save()

    page = shown(sign_in("admin"), url_of(payment), share="50", cause="by_policy")

    # Half of 100.00, less half of the fee of 3.20.
    assert ">Refund $48.40 USD</button>" in page
    assert "The client bears of the gateway&#x27;s fee" in page
    assert "$1.60 USD" in page


def test_it_offers_all_that_is_left_and_names_what_is_not(
    payment: Payment, sign_in: SignIn
) -> None:
    refund(payment, 3333, bearer="platform", at=EARLY)

    page = shown(sign_in("admin"), url_of(payment))

    assert 'value="66.67"' in page
    assert ">Refund $66.67 USD</button>" in page
    assert "Up to $66.67 USD" in page


def test_a_second_press_of_the_same_form_gives_once(payment: Payment, sign_in: SignIn) -> None:
    browser = sign_in("admin")
    wish = {"share": "10", "cause": "goodwill", "reason": "x"}
    page = shown(browser, url_of(payment), **wish)

    first = press(browser, url_of(payment), "refund", page=page, **wish)
    second = press(browser, url_of(payment), "refund", page=page, **wish)

    assert Refund.objects.count() == 1
    assert first.headers["Location"] == second.headers["Location"]


def test_another_amount_than_was_shown_is_shown_first(payment: Payment, sign_in: SignIn) -> None:
    browser = sign_in("admin")
    page = shown(browser, url_of(payment), share="10")
    changed = {"share": "20", "cause": "goodwill", "reason": "Typed over."}

    answer = press(browser, url_of(payment), "refund", page=page, **changed)

    html = answer.content.decode()
    assert answer.status_code == 409
    assert "The world has moved: look again." in html
    assert ">Refund $20.00 USD</button>" in html
    assert "Typed over." in html
    assert Refund.objects.count() == 0
    pressed = press(browser, url_of(payment), "refund", page=html, **changed)
    assert pressed.status_code == 302
    assert fields_of(html)["token"] == fields_of(page)["token"]


def test_looking_again_does_nothing(payment: Payment, sign_in: SignIn) -> None:
    answer = press(sign_in("admin"), url_of(payment), "look", share="10", cause="mentor_fault")

    assert answer.status_code == 200
    assert ">Refund $10.00 USD</button>" in answer.content.decode()
    assert Refund.objects.count() == 0


@pytest.mark.parametrize(
    ("wish", "status", "said"),
    [
        ({"share": "0"}, 422, "Write more than zero."),
        ({"share": "-5"}, 422, "Write an amount in USD, such as 40.75."),
        ({"share": "10 EUR"}, 422, "Write an amount in USD, such as 40.75."),
        ({"share": "10.005"}, 422, "USD has 2 decimals."),
        ({"share": "1e3"}, 422, "Write an amount in USD, such as 40.75."),
        ({"share": ""}, 422, "This field is required."),
        ({"share": "100.01"}, 409, "has USD 100.00 left to refund"),
        ({"cause": "external"}, 422, "Select a valid choice."),
        ({"reason": " "}, 422, "Say why"),
        ({"token": "x"}, 422, ""),
    ],
)
def test_what_cannot_be_is_refused_in_its_place_and_nothing_is_lost(
    wish: dict[str, str], status: int, said: str, payment: Payment, sign_in: SignIn
) -> None:
    browser = sign_in("admin")
    whole = {"share": "10", "cause": "goodwill", "reason": "The words."} | wish

    page = shown(browser, url_of(payment))
    answer = press(browser, url_of(payment), "refund", page=page, **whole)

    html = answer.content.decode()
    assert (answer.status_code, said in html) == (status, True)
    if "reason" not in wish:
        assert "The words." in html
    assert Refund.objects.count() == 0


def test_while_a_dispute_holds_the_money_it_says_why_not(payment: Payment, sign_in: SignIn) -> None:
    browser = sign_in("admin")
    page = shown(browser, url_of(payment), share="10")
    bank_says(payment, dispute("needs_response", at=EARLY), at=EARLY)
    wish = {"share": "10", "cause": "goodwill", "reason": "x"}

    again = shown(browser, url_of(payment), share="10")
    answer = press(browser, url_of(payment), "refund", page=page, **wish)
    inspect = browser.get(reverse("payments:inspect", args=[payment.pk])).content.decode()

    assert "is disputed" in again
    assert "disabled" in again.partition("Refund $10.00")[0].rpartition("<button")[2]
    assert answer.status_code == 409
    assert url_of(payment) not in inspect
    assert Refund.objects.count() == 0


def test_the_payments_screen_leads_here_for_those_who_may(
    payment: Payment, sign_in: SignIn
) -> None:
    inspect = reverse("payments:inspect", args=[payment.pk])

    assert url_of(payment) in sign_in(roles.FINANCE_PREPARER).get(inspect).content.decode()
    assert url_of(payment) not in sign_in(roles.AUDITOR).get(inspect).content.decode()


def test_what_credit_covered_goes_back_to_credit_from_the_sessions_screen(sign_in: SignIn) -> None:
    purchase = covered_session(discount_minor=2000)
    browser = sign_in(roles.FINANCE_PREPARER)
    session = reverse("sessions:inspect", args=[purchase.session_id])
    url = reverse("give_covered_back", args=[purchase.pk])
    assert f'href="{url}"' in browser.get(session).content.decode()
    wish = {"share": "40", "cause": "goodwill", "reason": "The call dropped."}

    page = shown(browser, url, **wish)
    answer = press(browser, url, "give", page=page, **wish)

    back = Unwinding.objects.get()
    assert (back.discount_minor, back.credit_minor) == (800, 3200)
    assert answer.headers["Location"] == session
    assert ">Give $32.00 USD of credit back</button>" in page
    # 40.00: commission 6.00, fee 1.28, the mentor the rest.
    for cents in ("$32.72 USD", "$6.00 USD", "$1.28 USD", "The client gets, as credit"):
        assert cents in page, cents
    assert "The call dropped." in browser.get(session).content.decode()


def test_who_gave_a_refund_and_why_is_told_on_its_screen_and_on_the_payments(
    payment: Payment, sign_in: SignIn
) -> None:
    browser = sign_in(roles.FINANCE_PREPARER)
    wish = {"share": "10", "cause": "goodwill", "reason": "The call dropped."}
    press(browser, url_of(payment), "refund", **wish)
    by = User.objects.get(groups__name=roles.FINANCE_PREPARER)

    refund = Refund.objects.get()
    for name, row in (("refunds", refund), ("payments", payment)):
        html = browser.get(reverse(f"{name}:inspect", args=[row.pk])).content.decode()
        told = html[html.index("Refund given") :][:400]
        assert by.name in told
        assert "The call dropped." in told
