"""What people paste leads to the object's screen, and nobody learns of what they may not see."""

import re
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import roles
from kernel.backoffice.jumping import EACH, Found
from kernel.backoffice.search import FAR
from tests.billing.payouts.world import earned
from tests.cms.conftest import SignIn
from tests.factories.billing import paid_session
from tests.factories.people import MentorFactory
from tests.factories.sessions import pending_session

JUMP = "/cms/jump/"
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("by", ["session", "payment", "intent", "mentor"])
def test_one_that_is_meant_is_gone_to(by: str, sign_in: SignIn) -> None:
    session, payment = paid_session()
    paid_session()
    found = {
        "session": (session.public_id, "sessions:inspect", session.pk),
        "payment": (payment.public_id, "payments:inspect", payment.pk),
        "mentor": (session.mentor.public_id, "mentor-list:inspect", session.mentor_id),
    }
    if by == "intent":  # of the payment, and of the session that it paid for
        page = sign_in("admin").get(JUMP, {"q": payment.gateway_intent_id or ""}).content.decode()
        assert session.public_id in page
        assert payment.public_id in page
        return
    typed, name, pk = found[by]

    answer = sign_in("admin").get(JUMP, {"q": f" {typed} "})

    assert answer.status_code == 302
    assert answer.headers["Location"] == reverse(name, args=[pk])


def test_of_what_others_may_not_see_nothing_is_said(sign_in: SignIn) -> None:
    session, payment = paid_session()
    intent = payment.gateway_intent_id or ""
    curator, support = sign_in(roles.MENTOR_CURATOR), sign_in(roles.SUPPORT)

    for browser, typed in (
        (curator, session.public_id),
        (curator, intent),
        (curator, session.client.user.email),
        (support, session.mentor.public_id),
    ):
        known = browser.get(JUMP, {"q": typed})
        unknown = browser.get(JUMP, {"q": "ses_00000000000000000000000000"})
        assert known.status_code == 200
        page = known.content.decode()
        assert "Nothing that you may see." in page
        assert session.client.user.name not in page
        assert len(page) - len(typed) * page.count(typed) <= len(unknown.content.decode())
    # The control: support sees sessions, and finds one by its payment's id.
    answer = support.get(JUMP, {"q": intent})
    assert answer.headers["Location"] == reverse("sessions:inspect", args=[session.pk])


def test_a_name_lists_all_that_it_may_be(sign_in: SignIn) -> None:
    for name in ("Ada Byron", "Ada Lovelace"):
        MentorFactory(user__name=name)

    page = sign_in(roles.MENTOR_CURATOR).get(JUMP, {"q": "ada"}).content.decode()

    assert "Ada Byron" in page
    assert "Ada Lovelace" in page


def test_whose_name_or_address_it_is_comes_before_whom_it_is_about(sign_in: SignIn) -> None:
    ada = MentorFactory(user__name="Ada Mint", user__email="ada@example.com")
    pending_session(mentor=ada)
    MentorFactory(user__name="Ada Minton")  # newer, and not the one that is meant
    for number in range(EACH):
        MentorFactory(user__name=f"Canada {number}")
    browser = sign_in("admin")

    def found(typed: str) -> list[tuple[str, ...]]:
        page = browser.get(JUMP, {"q": typed}).content.decode()
        rows = re.findall(r'<tr role="row">(<td.*?)</tr>', page)
        return [tuple(re.findall(r">([^<>]*)(?:</a>)?</td>", row))[1:] for row in rows]

    for typed in ("ada mint", "ADA@example.com"):
        assert found(typed)[0] == ("Ada Mint", "Accounts")
        assert "Sessions" in {place for _, place in found(typed)[1:]}
    assert [who for who, _ in found("ada")[:2]] == ["Ada Minton", "Ada Mint"]


@pytest.mark.parametrize("typed", ["ada mint", "Ada Mint"])
def test_a_balance_is_called_by_its_mentor_and_nothing_else_is_hidden_by_it(
    typed: str, sign_in: SignIn
) -> None:
    earned(mentor=MentorFactory(user__name="Ada Mint"))

    answer = sign_in(roles.FINANCE_PREPARER).get(JUMP, {"q": typed})

    assert answer.status_code == 200  # her name is no reference: her payments are listed as well
    page = answer.content.decode()
    assert re.search(r'/cms/mentor-balances/[^"]+">Ada Mint</a>', page)
    assert re.search(r">USD</td>", page)
    assert "/cms/payments/" in page


@pytest.mark.parametrize(
    ("said", "named", "beside"),
    [
        ("po_1Nx_a", "", "po_1Nx_a"),
        ("Ops (EUR)", "", "Ops (EUR)"),
        ("ses_1 (in_progress)", "ses_1", "in progress"),
        ("pay_1 80.00 USD", "pay_1", "80.00 USD"),
    ],
)
def test_a_reference_is_never_rewritten(said: str, named: str, beside: str) -> None:
    class Thing:
        public_id = named

        def __str__(self) -> str:
            return said

    things = SimpleNamespace(index_view_class=SimpleNamespace(person=""))

    found = Found(things, Thing(), FAR)  # type: ignore[arg-type]

    assert beside in {found.name, found.says}


def test_too_little_is_not_asked_and_nothing_odd_breaks_it(sign_in: SignIn) -> None:
    browser = sign_in("admin")

    for typed in ("", "a", "\x00", "%", "'; --", "ses_", "x" * 500):
        assert browser.get(JUMP, {"q": typed}).status_code == 200


def test_the_same_queries_however_many_there_are(sign_in: SignIn) -> None:
    browser = sign_in("admin")

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(JUMP, {"q": "example"}).status_code == 200
        return len(queries)

    for _ in range(2):
        paid_session()
    count()
    few = count()
    paid_session()
    paid_session()

    assert count() == few


def test_the_admins_search_leads_there(sign_in: SignIn) -> None:
    page = sign_in(roles.SUPPORT).get("/cms/jump/").content.decode()

    assert 'action="/cms/jump/"' in page
