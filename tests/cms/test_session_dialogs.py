"""The dialogs that cancel and complete a session: shown first to the cent, done only as shown."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts import roles
from billing import cancellations
from billing.models import Entry, Refund
from kernel import clock
from scheduling import lifecycle
from scheduling.models import Session
from scheduling.states import CancelledBy
from tests.billing.ledger.books import EARLY, ENDED, LATE
from tests.cms.conftest import SignIn
from tests.cms.dialogs import fields_of, press, shown
from tests.factories import sessions
from tests.factories.billing import capture, open_payment, paid_session
from tests.factories.sessions import STARTS_AT

pytestmark = pytest.mark.django_db

WHY = {"reason": "They wrote to us."}


@pytest.fixture(autouse=True)
def three_hours_before() -> Iterator[None]:
    with clock.travel(LATE):
        yield


@pytest.fixture
def session() -> Session:
    return paid_session()[0]


def cancel_url(session: Session) -> str:
    return reverse("cancel_session", args=[session.pk])


@pytest.mark.parametrize("group", [roles.SUPPORT, roles.FINANCE_PREPARER, "admin"])
def test_what_is_shown_is_what_happens(group: str, session: Session, sign_in: SignIn) -> None:
    browser = sign_in(group)
    page = shown(browser, cancel_url(session), fault="client", **WHY)
    entries = Entry.objects.count()

    answer = press(browser, cancel_url(session), "cancel", page=page, fault="client", **WHY)

    refund = Refund.objects.get()
    session.refresh_from_db()
    assert (session.state, session.cancelled_by) == ("cancelled", "client")
    assert (refund.amount_minor, refund.cause) == (5_000, "client_cancelled")
    assert answer.headers["Location"] == reverse("sessions:inspect", args=[session.pk])
    assert ">Cancel and give $50.00 USD back</button>" in page
    # Half of 81.80, 15.00 and 3.20 stay; the commission that stays is earned at once.
    for words in (
        "What it comes to: Confirmed → Cancelled", "$40.90 USD", "$7.50 USD", "$1.60 USD",
        "2110 Mentor payable, pending", "2300 Refunds payable", "4010 Commission",
    ):  # fmt: skip
        assert words in page, words
    assert Entry.objects.count() == entries + 2


def test_looking_changes_nothing_and_calls_nobody(session: Session, sign_in: SignIn) -> None:
    browser = sign_in(roles.SUPPORT)
    before = (Entry.objects.count(), session.events.count())

    for fault in ("client", "mentor", "platform"):
        shown(browser, cancel_url(session), fault=fault)

    session.refresh_from_db()
    assert session.state == "confirmed"
    assert (Entry.objects.count(), session.events.count()) == before
    assert Refund.objects.count() == 0


def test_what_the_clock_changed_meanwhile_is_said_and_shown_anew(
    session: Session, sign_in: SignIn
) -> None:
    browser = sign_in(roles.SUPPORT)
    with clock.travel(EARLY):
        page = shown(browser, cancel_url(session), fault="client", **WHY)
    assert ">Cancel and give $100.00 USD back</button>" in page

    answer = press(browser, cancel_url(session), "cancel", page=page, fault="client", **WHY)

    html = answer.content.decode()
    assert answer.status_code == 409
    assert "back to the client was $100.00 USD and is $50.00 USD" in html
    assert "the mentor keeps was $0.00 USD and is $40.90 USD" in html
    assert ">Cancel and give $50.00 USD back</button>" in html
    assert Refund.objects.count() == 0
    again = press(browser, cancel_url(session), "cancel", page=html, fault="client", **WHY)
    assert again.status_code == 302
    assert Refund.objects.get().amount_minor == 5_000


def test_a_session_that_began_meanwhile_is_said_to_have(session: Session, sign_in: SignIn) -> None:
    browser = sign_in(roles.SUPPORT)
    page = shown(browser, cancel_url(session), fault="platform", **WHY)
    during = STARTS_AT + timedelta(minutes=5)
    lifecycle.advance_due(now=during)

    with clock.travel(during):
        answer = press(browser, cancel_url(session), "cancel", page=page, fault="platform", **WHY)

    html = answer.content.decode()
    assert answer.status_code == 409
    assert "status was Confirmed and is In progress" in html
    session.refresh_from_db()
    assert session.state == "in_progress"


def test_a_client_who_was_faster_is_named(session: Session, sign_in: SignIn) -> None:
    browser = sign_in(roles.SUPPORT)
    page = shown(browser, cancel_url(session), fault="mentor", **WHY)
    cancellations.cancel(
        session_id=session.pk, by=CancelledBy.CLIENT, actor="usr_c", reason="", now=LATE
    )

    answer = press(browser, cancel_url(session), "cancel", page=page, fault="mentor", **WHY)

    assert answer.status_code == 409
    assert "was cancelled by the client" in answer.content.decode()
    assert Refund.objects.get().amount_minor == 5_000


def test_a_seal_that_somebody_made_up_does_nothing(session: Session, sign_in: SignIn) -> None:
    browser = sign_in(roles.SUPPORT)
    page = shown(browser, cancel_url(session), fault="mentor", **WHY)
    sealed = json.loads(fields_of(page)["seen-cancel"])
    for forged in ("", "x", "[1]", "{}", json.dumps({**sealed, "hash": "0" * 64})):
        answer = browser.post(
            cancel_url(session), {"act": "cancel", "seen-cancel": forged, "fault": "mentor", **WHY}
        )
        assert (answer.status_code, Refund.objects.count()) == (409, 0), forged


def test_of_a_running_session_the_minutes_decide(session: Session, sign_in: SignIn) -> None:
    sessions.begin(session)
    browser = sign_in(roles.SUPPORT)

    with clock.travel(STARTS_AT + timedelta(minutes=20, seconds=59)):
        page = shown(browser, cancel_url(session))
        given = {"fault": "nobody", "held_minutes": "20", **WHY}
        answer = press(browser, cancel_url(session), "cancel", page=page, **given)

    assert 'value="20"' in page
    assert 'value="client"' not in page
    assert ">Cancel and give $66.67 USD back</button>" in page
    assert answer.status_code == 302
    assert Refund.objects.get().amount_minor == 6_667


def test_a_session_past_its_end_is_completed_with_its_commission_shown(
    session: Session, sign_in: SignIn
) -> None:
    sessions.begin(session)
    browser = sign_in(roles.SUPPORT)
    url = reverse("complete_session", args=[session.pk])

    with clock.travel(ENDED - timedelta(minutes=1)):
        early = shown(browser, url)
    with clock.travel(ENDED):
        page = shown(browser, url)
        press(browser, url, "complete", page=page, **WHY)

    session.refresh_from_db()
    assert "only one whose time is over" in early
    assert "What it comes to: In progress → Completed" in page
    assert "2200 Deferred commission" in page
    assert page.count("$15.00 USD") >= 2
    assert session.state == "completed"


def test_the_session_leads_to_what_may_be_done_and_only_those_who_may(
    session: Session, sign_in: SignIn
) -> None:
    inspect = reverse("sessions:inspect", args=[session.pk])
    complete = reverse("complete_session", args=[session.pk])

    def leads(browser: Browser) -> list[bool]:
        html = browser.get(inspect).content.decode()
        return [f'href="{url}"' in html for url in (cancel_url(session), complete)]

    support, auditor = sign_in(roles.SUPPORT), sign_in(roles.AUDITOR)
    assert (leads(support), leads(auditor)) == ([True, False], [False, False])
    with clock.travel(ENDED):
        assert leads(support) == [True, True]
    sessions.begin(session)
    sessions.complete(session)
    assert leads(support) == [False, False]


def test_what_a_mentor_has_altogether_is_shown_to_those_alone_who_may_see_it(
    session: Session, sign_in: SignIn
) -> None:
    """Another sale is the mentor's too: 2110 holds 163.60 before, of both."""
    next_day = STARTS_AT + timedelta(days=1)
    capture(open_payment(sessions.pending_session(mentor=session.mentor, starts_at=next_day)))

    support, admin = (
        shown(sign_in(group), cancel_url(session), fault="mentor")
        for group in (roles.SUPPORT, "admin")
    )

    assert "$163.60 USD" in admin
    assert "$163.60 USD" not in support
    assert "2110 Mentor payable, pending" in support
