"""What people paste leads to the object's screen, and nobody learns of what they may not see."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import roles
from tests.cms.conftest import SignIn
from tests.factories.billing import paid_session
from tests.factories.people import MentorFactory

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
