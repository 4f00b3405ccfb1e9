"""Finance gives back what no sale asked for: from the queue, and from the break that names it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts import roles
from billing import payments, reconciliation
from billing.models import Break, Entry, Payment, Surplus
from kernel import clock
from tests.billing.gateway.conftest import stage  # noqa: F401 - rates, clock, and books that balance
from tests.billing.gateway.journey import NOW, confirmed, deliver_all, intent_of, paid, work
from tests.billing.gateway.test_surplus_comes_back import BOUNCES, charged_twice
from tests.cms.conftest import SignIn
from tests.cms.dialogs import press, shown
from tests.standin import StandIn

pytestmark = pytest.mark.django_db

FORGERS = [roles.MENTOR, roles.CONTENT_EDITOR, roles.MENTOR_CURATOR, roles.SUPPORT, roles.AUDITOR]
NIGHT = NOW + timedelta(days=2)


@pytest.fixture
def short(standin: StandIn) -> Payment:
    """The gateway took 99.99 for a sale of 100.00."""
    standin.fault("wrong_amount", method="POST", path="/confirm$", options={"delta": -1})
    payment = paid(standin)
    payments.settle(payment_id=payment.pk, now=NOW)
    return payment


def url_of(payment: Payment) -> str:
    return reverse("give_surplus_back", args=[payment.pk])


def run() -> dict[str, int]:
    since, until = reconciliation.nightly_window(now=NIGHT)
    with clock.travel(NIGHT):
        return reconciliation.run(gateway="stripe", since=since, until=until, now=NIGHT).breaks


def test_the_queue_leads_to_the_dialog_and_it_is_empty_afterwards(
    short: Payment, sign_in: SignIn
) -> None:
    browser = sign_in(roles.FINANCE_PREPARER)
    assert url_of(short) in shown(browser, reverse("to_settle"))
    assert url_of(short) in shown(browser, reverse("payments:inspect", args=[short.pk]))

    page = shown(browser, url_of(short))
    answer = press(browser, url_of(short), "give", page=page, reason="A cent is missing.")

    for said in ("$99.99 USD", "$96.79 USD", "2300 Refunds payable", "Give $99.99 USD back"):
        assert said in page, said
    assert answer.headers["Location"] == reverse("payments:inspect", args=[short.pk])
    detail = shown(browser, answer.headers["Location"])
    assert "$99.99 that was not asked for goes back" in detail.replace(" USD", "")
    assert url_of(short) not in detail
    assert "Give it back" not in shown(browser, reverse("to_settle"))
    assert Surplus.objects.get().reason == "A cent is missing."


def test_what_is_on_its_way_is_not_offered_again(short: Payment, sign_in: SignIn) -> None:
    browser = sign_in(roles.FINANCE_PREPARER)
    press(browser, url_of(short), "give", reason="A cent is missing.")

    assert "It is on its way back already." in shown(browser, url_of(short))


def test_a_part_that_went_back_meanwhile_refuses_the_click(
    short: Payment, standin: StandIn, sign_in: SignIn
) -> None:
    browser = sign_in(roles.FINANCE_PREPARER)
    page = shown(browser, url_of(short))
    standin.refund(intent_of(short), 1_000)

    answer = press(browser, url_of(short), "give", page=page, reason="A cent is missing.")

    assert answer.status_code == 409
    assert "Give $89.99 USD back" in answer.content.decode()
    assert not Surplus.objects.exists()


def test_the_break_of_it_leads_there_and_closes_by_itself(short: Payment, sign_in: SignIn) -> None:
    assert run() == {"amount": 1}
    broken = Break.objects.get()
    browser = sign_in(roles.FINANCE_PREPARER)

    page = shown(browser, reverse("breaks:inspect", args=[broken.pk]))
    dialog = shown(browser, reverse("resolve_break", args=[broken.pk]))
    assert url_of(short) in page
    assert "It is not what was asked for, and not booked: give it back." in page
    assert ">Post " not in dialog  # of nothing that was booked there is no difference

    press(browser, url_of(short), "give", reason="A cent is missing.")
    work()

    assert run() == {}
    broken.refresh_from_db()
    assert broken.state == "closed"


def test_a_second_charge_goes_back_from_its_break(standin: StandIn, sign_in: SignIn) -> None:
    payment = confirmed(standin)
    standin.control(
        "POST", "stripe/plant/duplicate_charge", payment_intent=intent_of(payment),
        created=NOW.isoformat(),
    )  # fmt: skip
    assert run() == {"duplicate_charge": 1}
    broken = Break.objects.get()
    browser = sign_in(roles.FINANCE_PREPARER)
    row = shown(browser, reverse("breaks:inspect", args=[broken.pk]))
    [url] = {part for part in row.split('"') if part.startswith(f"{url_of(payment)}pi_")}

    page = shown(browser, url)
    press(browser, url, "give", page=page, reason="The client paid twice.")
    work()

    assert "Give $100.00 USD back" in page
    surplus = Surplus.objects.get()
    assert (surplus.amount_minor, surplus.state, surplus.charge_id) == (
        10_000, "succeeded", broken.key,
    )  # fmt: skip
    assert run() == {}
    broken.refresh_from_db()
    assert broken.state == "closed"


def test_a_second_charge_that_did_not_go_back_waits_where_finance_looks(
    standin: StandIn, sign_in: SignIn
) -> None:
    payment = confirmed(standin)
    second = charged_twice(standin, payment, payment_method=BOUNCES)
    url = reverse("give_charge_back", args=[payment.pk, second])
    browser = sign_in(roles.FINANCE_PREPARER)
    assert url not in shown(browser, reverse("to_settle"))
    press(browser, url, "give", page=shown(browser, url), reason="The client paid twice.")
    work()
    standin.control("POST", "clock", advance_seconds=3_600)
    deliver_all(standin)
    assert Surplus.objects.get().state == "failed"

    waiting = shown(browser, reverse("to_settle"))
    first = shown(browser, reverse("wagtailadmin_home"))

    assert url in waiting
    assert "A second charge did not go back" in waiting
    assert "A second charge came back" in first
    press(browser, url, "give", page=shown(browser, url), reason="Once more.")
    assert url not in shown(browser, reverse("to_settle"))


@pytest.mark.parametrize("group", [*FORGERS, "nobody"])
def test_others_are_refused_whatever_they_send(group: str, short: Payment, sign_in: SignIn) -> None:
    page = shown(sign_in(roles.FINANCE_PREPARER), url_of(short))
    charge = reverse("give_charge_back", args=[short.pk, intent_of(short)])

    for url in (url_of(short), charge):
        answer = press(sign_in(group), url, "give", page=page, reason="forged")
        assert answer.status_code in {302, 403}
        assert "/payments/" not in answer.headers.get("Location", "").partition("?")[0]

    assert not Surplus.objects.exists()
    assert not Entry.objects.exists()
