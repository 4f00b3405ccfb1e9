"""The dialog that decides on a report: the joins, each decision with its postings, one outcome."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts import roles
from accounts.models import Client, User
from billing import incidents
from billing.incidents import Verdict
from billing.models import Entry, Refund
from kernel import clock
from scheduling.incidents import report
from scheduling.models import Incident, Session
from scheduling.states import IncidentKind, Side
from tests.billing.ledger.books import ENDED
from tests.cms.conftest import SignIn
from tests.cms.dialogs import press, shown
from tests.factories import sessions
from tests.factories.billing import paid_session
from tests.factories.sessions import STARTS_AT
from tests.scheduling.rooms_of_sessions import was_there

pytestmark = pytest.mark.django_db

WHY = {"reason": "The room says so."}


@pytest.fixture(autouse=True)
def after_the_end() -> Iterator[None]:
    with clock.travel(ENDED):
        yield


def reported(
    kind: str, *, minute: int = 20, side: Side = Side.CLIENT, session: Session | None = None
) -> Incident:
    if session is None:
        session, _ = paid_session()
        was_there(session, session.client.user, -1, 25)
        sessions.begin(session)
    return report(
        session_id=session.pk,
        side=side,
        kind=IncidentKind(kind),
        reason=f"The {side} was there alone." if side is Side.MENTOR else "I was there alone.",
        by=(session.client if side is Side.CLIENT else session.mentor).user.public_id,
        now=STARTS_AT + timedelta(minutes=minute),
    )


def url_of(incident: Incident) -> str:
    return reverse("decide_incident", args=[incident.pk])


def test_it_shows_the_words_the_joins_and_what_each_decision_posts(sign_in: SignIn) -> None:
    incident = reported("absence")
    entries = Entry.objects.count()

    page = shown(sign_in(roles.SUPPORT), url_of(incident))

    for words in (
        "I was there alone.", "Absence by the client", "joined", "left", "not seen",
        ">The mentor did not come: $100.00 USD goes back</button>",
        ">The client did not come</button>", ">Dismiss the report</button>",
        "The mentor did not come: In progress → Cancelled", "2300 Refunds payable",
        "The client did not come: In progress → Completed", "4010 Commission",
        "Dismiss the report: it stays in progress", "No money moves",
    ):  # fmt: skip
        assert words in page, words
    names = re.findall(r'<h2 id="([^"]+)"', page)
    assert len(names) == len(set(names)) >= 6
    incident.refresh_from_db()
    assert (incident.state, Entry.objects.count()) == ("open", entries)


def test_what_is_pressed_is_decided_and_nothing_else(sign_in: SignIn) -> None:
    incident = reported("absence")
    browser = sign_in(roles.SUPPORT)
    page = shown(browser, url_of(incident), **WHY)

    answer = press(browser, url_of(incident), "client_absent", page=page, **WHY)

    session = Session.objects.get()
    incident.refresh_from_db()
    assert answer.headers["Location"] == reverse("sessions:inspect", args=[session.pk])
    assert (incident.state, session.state, session.outcome) == (
        "client_absent", "completed", "client_absent",
    )  # fmt: skip
    assert Refund.objects.count() == 0
    html = browser.get(reverse("sessions:inspect", args=[session.pk])).content.decode()
    for words in ("Reported: absence", "Decided: client absent", "I was there alone."):
        assert words in html, words


def test_of_a_mentors_emergency_the_minutes_up_to_it_are_offered(sign_in: SignIn) -> None:
    incident = reported("emergency", minute=20, side=Side.MENTOR)
    browser = sign_in(roles.SUPPORT)

    page = shown(browser, url_of(incident))
    corrected = shown(browser, url_of(incident), held_minutes="30", **WHY)
    press(browser, url_of(incident), "pro_rata", page=corrected, held_minutes="30", **WHY)

    assert "End it, nobody&#x27;s doing: $66.67 USD goes back</button>" in page
    assert "End it, nobody&#x27;s doing: $50.00 USD goes back</button>" in corrected
    assert Refund.objects.get().amount_minor == 5_000
    incident.refresh_from_db()
    assert (incident.state, incident.held_minutes) == ("pro_rata", 30)


def test_a_client_whose_emergency_comes_at_once_is_offered_no_minutes(sign_in: SignIn) -> None:
    """Nearly all would go back, of a session that the policy gives half of an hour before."""
    incident = reported("emergency", minute=1)
    browser = sign_in(roles.SUPPORT)

    page = shown(browser, url_of(incident))
    answer = press(browser, url_of(incident), "pro_rata", page=page, **WHY)

    assert "Cancelled late, the client has back" in page
    assert re.search(r"Cancelled late, the client has back</dt>\s*<dd[^>]*>\s*50 %", page)
    assert "Say how many minutes were held" in page
    assert (answer.status_code, Refund.objects.count()) == (422, 0)


def test_the_other_sides_report_is_shown_and_one_that_comes_meanwhile_is_named(
    sign_in: SignIn,
) -> None:
    incident = reported("absence")
    browser = sign_in(roles.SUPPORT)
    before = shown(browser, url_of(incident), **WHY)
    theirs = reported("absence", side=Side.MENTOR, session=incident.session)

    answer = press(browser, url_of(incident), "mentor_absent", page=before, **WHY)

    html = answer.content.decode()
    assert answer.status_code == 409
    assert "open reports was" in html
    assert theirs.public_id in html
    assert "The mentor was there alone." in html
    assert Refund.objects.count() == 0
    session = reverse("cancel_session", args=[incident.session_id])
    assert "The mentor was there alone." in shown(browser, session)
    press(browser, url_of(incident), "mentor_absent", page=html, **WHY)
    assert Refund.objects.get().amount_minor == 10_000


def test_whoever_is_in_the_session_reads_that_a_colleague_decides(sign_in: SignIn) -> None:
    incident = reported("absence")
    browser = sign_in(roles.SUPPORT)
    mine = User.objects.get(pk=browser.session["_auth_user_id"])
    Client.objects.filter(pk=incident.session.client_id).update(user=mine)

    page = shown(browser, url_of(incident))

    assert "You are the client of session" in page
    assert "goes back</button>" not in page


def test_other_minutes_than_were_shown_are_shown_first(sign_in: SignIn) -> None:
    incident = reported("emergency", side=Side.MENTOR)
    browser = sign_in(roles.SUPPORT)
    page = shown(browser, url_of(incident))

    answer = press(browser, url_of(incident), "pro_rata", page=page, held_minutes="45", **WHY)

    html = answer.content.decode()
    assert answer.status_code == 409
    assert "minutes held was 20 and is 45" in html
    assert "back to the client was $66.67 USD and is $25.00 USD" in html
    assert Refund.objects.count() == 0


def test_a_colleague_who_was_faster_is_told_of(sign_in: SignIn) -> None:
    incident = reported("absence")
    browser = sign_in(roles.SUPPORT)
    page = shown(browser, url_of(incident), **WHY)
    incidents.decide(
        incident_id=incident.pk, verdict=Verdict.DISMISSED, by="usr_x", reason="No.", now=ENDED
    )

    answer = press(browser, url_of(incident), "mentor_absent", page=page, **WHY)

    html = answer.content.decode()
    assert answer.status_code == 409
    assert "is dismissed since" in html
    assert Refund.objects.count() == 0


def test_the_queue_the_list_and_the_session_lead_here(sign_in: SignIn) -> None:
    incident = reported("absence")
    inspect = reverse("incidents:inspect", args=[incident.pk])
    support, auditor = sign_in(roles.SUPPORT), sign_in(roles.AUDITOR)

    assert f'href="{inspect}"' in support.get("/cms/").content.decode()
    session = reverse("sessions:inspect", args=[incident.session_id])
    for url in (inspect, session):
        assert f'href="{url_of(incident)}"' in support.get(url).content.decode()
        assert url_of(incident) not in auditor.get(url).content.decode()


@pytest.mark.parametrize(
    ("mentor_came", "words"), [(True, "the room shows both"), (False, "the room shows no mentor")]
)
def test_the_queue_says_what_the_room_shows_of_a_report(
    mentor_came: bool, words: str, sign_in: SignIn
) -> None:
    incident = reported("absence")
    if mentor_came:
        was_there(incident.session, incident.session.mentor.user, 30)

    page = sign_in(roles.SUPPORT).get("/cms/").content.decode()

    assert words in page
    assert page.count("; the room shows") == 1


def test_a_button_that_is_not_there_does_nothing(sign_in: SignIn) -> None:
    incident = reported("absence")
    browser = sign_in(roles.SUPPORT)

    for act in ("pro_rata", "moot", "nonsense"):
        answer = browser.post(url_of(incident), {"act": act, "seen-x": "", **WHY})
        assert answer.status_code == 409, act

    incident.refresh_from_db()
    assert incident.state == "open"
