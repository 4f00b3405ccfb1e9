"""The two dialogs of a write-off: one asks, another person sees the postings and decides."""

import pytest
from django.urls import reverse

from accounts import roles
from billing.ledger.ageing import debts
from billing.models import Payment, WriteOff
from tests.billing.ledger.books import HOLD_OVER, earn, refund
from tests.cms.conftest import SignIn
from tests.cms.dialogs import press, shown
from tests.factories import sessions
from tests.factories.billing import paid_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def payment() -> Payment:
    """The mentor gave everything back and bears the fee: 3.20 are owed."""
    session, payment = paid_session()
    sessions.complete(session)
    earn(at=HOLD_OVER)
    refund(payment, 10_000, bearer="mentor", at=HOLD_OVER)
    return payment


def ask_url(payment: Payment) -> str:
    return reverse("ask_write_off", args=[f"{payment.purchase.mentor_id}-USD"])


def test_one_asks_and_another_writes_it_off_having_seen_the_postings(
    payment: Payment, sign_in: SignIn
) -> None:
    preparer, approver = sign_in(roles.FINANCE_PREPARER), sign_in(roles.FINANCE_APPROVER)

    page = shown(preparer, ask_url(payment))
    assert ">Ask to write off $3.20 USD</button>" in page
    press(preparer, ask_url(payment), "ask", page=page, amount="3.20", reason="Gone for good.")
    one = WriteOff.objects.get()
    queue = approver.get(reverse("to_settle")).content.decode()
    decide = reverse("decide_write_off", args=[one.pk])
    assert decide in queue
    assert decide not in preparer.get(reverse("to_settle")).content.decode()
    offered = shown(approver, decide)
    assert "5040 Bad debt, mentors" in offered
    assert ">Write off $3.20 USD</button>" in offered
    answer = press(approver, decide, "approve", page=offered)

    one.refresh_from_db()
    assert (answer.status_code, one.approved_at is not None) == (302, True)
    assert debts(now=HOLD_OVER) == []


def test_whoever_asked_is_told_to_find_another(payment: Payment, sign_in: SignIn) -> None:
    approver = sign_in(roles.FINANCE_APPROVER)
    press(approver, ask_url(payment), "ask", amount="3.20", reason="Gone.")
    decide = reverse("decide_write_off", args=[WriteOff.objects.get().pk])

    page = shown(approver, decide)
    answer = press(approver, decide, "approve", page=page)

    assert "Another person has to." in page
    assert answer.status_code == 409
    assert WriteOff.objects.get().approved_at is None
    assert press(approver, decide, "decline", page=page).status_code == 302


@pytest.mark.parametrize(
    "group", [roles.AUDITOR, roles.MENTOR_CURATOR, roles.SUPPORT, roles.CONTENT_EDITOR]
)
def test_others_who_forge_the_post_are_refused(
    group: str, payment: Payment, sign_in: SignIn
) -> None:
    browser = sign_in(group)

    answer = browser.post(ask_url(payment), {"act": "ask", "amount": "3.20", "reason": "x"})

    assert (answer.status_code in {302, 403}, WriteOff.objects.count()) == (True, 0)


def test_a_preparer_who_forges_the_approval_is_refused(payment: Payment, sign_in: SignIn) -> None:
    press(sign_in(roles.FINANCE_APPROVER), ask_url(payment), "ask", amount="3.20", reason="Gone.")
    decide = reverse("decide_write_off", args=[WriteOff.objects.get().pk])

    answer = sign_in(roles.FINANCE_PREPARER).post(decide, {"act": "approve"})

    assert (answer.status_code in {302, 403}, WriteOff.objects.get().approved_at) == (True, None)


def test_the_balance_shows_the_debts_age_and_leads_here(payment: Payment, sign_in: SignIn) -> None:
    inspect = reverse("mentor-balances:inspect", args=[f"{payment.purchase.mentor_id}-USD"])

    page = sign_in(roles.FINANCE_PREPARER).get(inspect).content.decode()

    assert "The debt by its age" in page
    assert "Write off $3.20 USD" in page
    assert ask_url(payment) not in sign_in(roles.AUDITOR).get(inspect).content.decode()
