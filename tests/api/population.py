"""A market in which everything of the API exists once, made by the product's own operations.

Ann (a client) and Ada (a mentor) have sessions in every state, payments, a package, a series, a
place in a line, goals, messages, reports and a statement. `values` names what exists for each
parameter and member of the document that stands for such a thing: `session_id`, `mentor`,
`slot_token`. `PLACES` are the rows of it; a placeholder of an address without one fails a test.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from accounts import passkeys
from accounts.models import RefreshFamily, User
from accounts.roles import SUPPORT, add_to_group
from billing import client_credit, earnings, payout_accounts, payouts, referrals
from billing.models import Package, PackageOffer, Payment, Payout
from kernel import clock
from kernel.money import Money
from messaging.models import Conversation, Message
from scheduling import groups, lifecycle, reviews
from scheduling.models import (
    CancellationPolicy,
    ExternalCalendar,
    Goal,
    Incident,
    Meeting,
    Milestone,
    Proposal,
    Review,
    Series,
    Session,
    SessionType,
    WaitlistEntry,
)
from tests.accounts.passkey import SoftPasskey
from tests.api.callers import Caller
from tests.api.market import Market, open_market
from tests.factories.billing import capture, open_payment
from tests.factories.people import PASSWORD, UserFactory
from tests.factories.reviews import completed
from tests.factories.scheduling import SessionTypeFactory, confirmed, hold_series
from tests.standin import StandIn
from webhooks.models import Delivery, Endpoint

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NOTICE = b"\r\n".join(
    b"BEGIN:VCALENDAR VERSION:2.0 PRODID:-//x//x//EN BEGIN:VEVENT UID:1 DTSTAMP:20270101T000000Z "
    b"DTSTART:20270308T100000Z DTEND:20270308T110000Z END:VEVENT END:VCALENDAR ".split(b" ")
)
# What is addressed by a public id: the names under which the document asks for it.
PLACES: dict[Any, tuple[str, ...]] = {
    Session: ("session_id", "session"),
    SessionType: ("session_type",),
    Payment: ("payment_id",),
    Package: ("package_id",),
    PackageOffer: ("offer_id",),
    Payout: ("statement_id",),
    Proposal: ("proposal_id",),
    Incident: ("incident_id",),
    Series: ("series_id",),
    WaitlistEntry: ("wait_id",),
    Meeting: ("meeting_id",),
    Goal: ("goal_id",),
    Milestone: ("milestone_id",),
    Review: ("review_id",),
    Conversation: ("conversation_id",),
    Message: ("message",),
    ExternalCalendar: ("calendar_id",),
    RefreshFamily: ("sign_in_id",),
    Endpoint: ("endpoint_id",),
    Delivery: ("delivery_id",),
}


@dataclass(slots=True)
class Population:
    """The people, and what exists: `values["session_id"]` are public ids, newest last."""

    market: Market
    roles: dict[str, Caller]
    values: dict[str, list[Any]]


class Person:
    """One of the people, signed in; anew where what was answered says that they are not."""

    def __init__(self, population: Population, role: str) -> None:
        self._user = population.roles[role].user
        self.headers = Caller(self._user).headers

    def heard(self, answer: Any) -> None:
        if answer.status_code == 401 and self._user is not None:
            self.headers = Caller(self._user).headers


def populate(standin: StandIn) -> Population:
    """Make all of it, about the present instant; takes a second or two."""
    market = open_market(listed=True)
    CancellationPolicy.objects.update(is_default=True)
    staff = UserFactory(name="Sue Support")
    add_to_group(user=staff, group=SUPPORT)
    _past(market)
    _ahead(market, standin)
    _group(market)
    _packages(market, standin)
    _words(market)
    _paid_out(market, standin)
    _told(market)
    passkey = _passkey(market)
    roles = {
        "client": market.ann,
        "mentor": market.ada,
        "staff": Caller(User.objects.get(pk=staff.pk)),
        "anonymous": Caller(),
    }
    return Population(market, roles, _values(market) | {"passkey_id": [passkey]})


def _done(answer: Any) -> Any:
    assert answer.status_code in {200, 201, 202}, answer.content
    return answer.json()


def _hour(hours: int = 0) -> datetime:
    return clock.now().replace(minute=0, second=0, microsecond=0) + hours * HOUR


def _past(market: Market) -> None:
    """Sessions that were paid and took place: two unreviewed, one reviewed; one runs now."""
    sessions = [
        completed(session_type=market.kind, starts_at=_hour(-24 * days), client=market.ann_client)
        for days in (2, 10, 12, 14)
    ]
    for session in sessions:
        capture(open_payment(session), at=session.starts_at - DAY)
    for session in sessions[2:]:
        reviews.leave(
            session_id=session.pk,
            client=market.ann_client,
            rating=5,
            comment="Clear.",
            now=session.ends_at + DAY,
        )
    confirmed(session_type=market.kind, starts_at=_hour(), client=market.ann_client)
    lifecycle.advance_due(now=clock.now())
    running = Session.objects.get(state="in_progress")
    ann = market.ann.post(
        f"/api/sessions/{running.public_id}/incidents",
        {"kind": "emergency", "reason": "The fire alarm went off."},
    )
    _done(ann)


def _ahead(market: Market, standin: StandIn) -> None:
    """A hold, a begun payment, two paid sessions (one with proposals), one cancelled, a series."""
    market.held(hours=48)
    hold_series(
        session_type=market.kind,
        starts_at=_hour(24 * 14),
        now=clock.now(),
        client=market.ann_client,
    )
    for hours in (72, 96, 120):
        _pay(market, standin, market.held(hours=hours))
    sessions = [one.public_id for one in Session.objects.filter(state="confirmed").order_by("pk")]
    for caller, hours in ((market.ada, 150), (market.ann, 151)):
        body = {"starts_at": [_hour(hours).isoformat()]}
        _done(caller.post(f"/api/sessions/{sessions[1]}/proposals", body))
    _done(market.ann.post(f"/api/sessions/{sessions[2]}/cancel", {"reason": "Ill."}))
    begun = market.held(hours=100)
    _done(
        market.ann.post("/api/payments/create-intent", {"session_id": begun, "gateway": "stripe"})
    )
    market.ann.post("/api/payments/create-intent", {"session_id": begun, "gateway": "paypal"})


def _pay(market: Market, standin: StandIn, session: str) -> None:
    begun = market.ann.post(
        "/api/payments/create-intent", {"session_id": session, "gateway": "stripe"}
    )
    _settle(market, standin, _done(begun))


def _settle(market: Market, standin: StandIn, intent: dict[str, Any]) -> None:
    standin.pay(intent["client_secret"].partition("_secret_")[0])
    _done(market.ann.post("/api/payments/confirm", {"payment_id": intent["payment_id"]}))


def _group(market: Market) -> None:
    """A full meeting before which Ann waits, and one with seats."""
    kind = SessionTypeFactory(mentor=market.mentor, name="Circle", capacity=2, minimum=1)
    for hours in (24 * 8, 24 * 9):
        groups.offer(session_type=kind, starts_at=_hour(hours), now=clock.now())
    for _ in range(2):
        confirmed(session_type=kind, starts_at=_hour(24 * 8), now=clock.now())
    body = {"session_type": kind.public_id, "starts_at": _hour(24 * 8).isoformat()}
    _done(market.ann.post("/api/waitlist", body))


def _packages(market: Market, standin: StandIn) -> None:
    body = {
        "session_type": market.kind.public_id,
        "sessions": 3,
        "price_minor": 25_000,
        "valid_days": 90,
    }
    offer = _done(market.ada.post("/api/packages/offers", body))["id"]
    buy = {"offer_id": offer, "gateway": "stripe"}
    _settle(market, standin, _done(market.ann.post("/api/packages", buy)))
    client_credit.grant(
        client=market.ann_client,
        amount=Money(5_000, "USD"),
        by="usr_finance",
        reason="Our fault.",
        key="population",
        now=clock.now(),
    )


def _words(market: Market) -> None:
    """A goal with a step and a report, a talk, a calendar, a feed."""
    goal = _done(market.ann.post("/api/goals", {"title": "A new job"}))["id"]
    _done(market.ann.post(f"/api/goals/{goal}/milestones", {"title": "A letter"}))
    _done(market.ann.post(f"/api/goals/{goal}/progress", {"percent": 10, "note": "Begun."}))
    _done(market.ann.post("/api/conversations", {"mentor": "ada", "text": "Hello"}))
    talk = Conversation.objects.get()
    for caller in (market.ada, market.ann):
        url = f"/api/conversations/{talk.public_id}/messages"
        _done(caller.post(url, {"text": "How are you?"}))
    calendar = {"name": "Home", "file": NOTICE.decode()}
    _done(market.ada.post("/api/mentors/me/calendars", calendar))
    _done(market.ann.post("/api/users/calendar-feed"))


def _paid_out(market: Market, standin: StandIn) -> None:
    """A payout of what Ada earned until two weeks ago."""
    now = clock.now()
    standin.fund()
    account = payout_accounts.open_account(mentor_id=market.mentor.pk, now=now - 20 * DAY)
    assert account.gateway_account_id is not None
    standin.verify(account.gateway_account_id)
    payout_accounts.refresh(account_id=account.pk, now=now - 20 * DAY)
    earnings.recognise(now=now)
    earnings.release(now=now)
    paula, adam = UserFactory(name="Paula Preparer"), UserFactory(name="Adam Approver")
    run = payouts.build(currency="USD", built_by=paula, now=now)
    payouts.freeze(run_id=run.pk, by=paula, now=now)
    payouts.approve(run_id=run.pk, by=adam, now=now)
    payouts.send(run_id=run.pk, now=now)


def _told(market: Market) -> None:
    """An address of Ann's that is told of sessions, and what was sent to it."""
    endpoint = _done(market.ann.post("/api/webhooks/endpoints", {"url": "https://ann.example/"}))
    _done(market.ann.post(f"/api/webhooks/endpoints/{endpoint['id']}/test"))


def _passkey(market: Market) -> str:
    """Return the id of a passkey of Ann's."""
    ann = market.ann_client.user
    ceremony, options = passkeys.begin_adding(user=ann, now=clock.now())
    credential = SoftPasskey().create(options)
    return passkeys.add(
        user=ann, ceremony=ceremony, name="Telephone", credential=credential, now=clock.now()
    ).id


def _values(market: Market) -> dict[str, list[Any]]:
    """Return what exists by the names under which the document asks for it."""
    values: dict[str, list[Any]] = {}
    for model, names in PLACES.items():
        found = [one.public_id for one in model._default_manager.order_by("pk")]
        assert found, f"the population has no {model.__name__}"
        values |= dict.fromkeys(names, found)
    assert market.ben.user is not None
    tokens = [market.slot(hours=hours)[1] for hours in (24 * 20, 24 * 21, 24 * 22, 48)]
    people = [one.user.email for one in (market.ann, market.ada, market.ben) if one.user]
    starts = [_hour(hours).isoformat() for hours in (24 * 8, 24 * 9, 24 * 20, 150, 151)]
    code = referrals.code_of(market.ben.user.client)
    return values | {
        "path": ["/"],
        "slug": ["ada", "bob"],
        "q": ["car", "careers"],
        "provider": ["google", "oidc"],
        "mentor": ["ada", "bob"],
        "slot_token": tokens,
        "starts_at": starts,
        "at": starts,
        "email": people,
        "password": [PASSWORD],
        "current_password": [PASSWORD],
        "code": ["slot_taken", code],
        "gateway": ["stripe", "paypal"],
        "time_zone": ["Europe/London", "Asia/Kathmandu"],
        "tz": ["Europe/London", "Asia/Kathmandu"],
        "currency": ["USD", "EUR"],
    }
