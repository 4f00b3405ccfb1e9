"""The state in which each example of the document can be sent: what must be there before, and
what stands in the place of the example's ids, tokens and codes.

`WORLDS[operation]` makes it and returns who sends the example, the ids of the path, and what in
the body is exchanged for something of that moment.
"""

from contextlib import ExitStack
from datetime import timedelta
from typing import Any

from django.db import transaction

from api import examples
from billing import client_credit, referrals
from kernel import clock
from kernel.ids import parse_public_id
from kernel.money import Money
from scheduling import groups, lifecycle
from scheduling.models import CancellationPolicy, Meeting, Session
from tests.api.callers import Caller
from tests.api.market import open_market
from tests.api.stage import Make, Stage, World, made
from tests.api.worlds_of_people import PEOPLE
from tests.factories.people import ClientFactory
from tests.factories.reviews import completed, reviewed
from tests.factories.scheduling import confirmed
from tests.standin import StandIn


def hour(hours: int) -> str:
    """Return the full hour so many hours from now."""
    at = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=hours)
    return at.isoformat().replace("+00:00", "Z")


def ann(stage: Stage, **body: Any) -> World:
    return World(stage.market.ann, body=body)


def paid(stage: Stage, *, hours: int = 48) -> str:
    session = stage.market.held(hours=hours)
    with transaction.atomic():
        lifecycle.confirm(session_id=parse_public_id("ses", session), now=clock.now())
    return session


# --- Mentors ----------------------------------------------------------------------------------


def ada(stage: Stage) -> World:
    CancellationPolicy.objects.update(is_default=True)
    return World(stage.market.ada)


def circle(stage: Stage) -> dict[str, Any]:
    CancellationPolicy.objects.update(is_default=True)
    body = examples.REQUESTS["mentors_me_group_types_create"]
    return made(stage.market.ada.post("/api/mentors/me/group-types", body))


def with_an_offer(stage: Stage) -> World:
    return World(stage.market.ada, {"session_type": stage.market.kind.public_id})


def with_a_circle(stage: Stage) -> World:
    return World(
        stage.market.ada, body={"session_type": circle(stage)["id"], "starts_at": hour(96)}
    )


def with_a_meeting(stage: Stage) -> World:
    body = {"session_type": circle(stage)["id"], "starts_at": hour(96)}
    meeting = made(stage.market.ada.post("/api/mentors/me/meetings", body))
    return World(stage.market.ada, {"meeting_id": meeting["id"]})


# --- Sessions ---------------------------------------------------------------------------------


def with_a_slot(stage: Stage) -> World:
    return ann(stage, slot_token=stage.market.slot()[1])


def with_another_slot(stage: Stage) -> World:
    session = paid(stage)
    token = stage.market.slot(hours=72)[1]
    return World(stage.market.ann, {"session_id": session}, {"slot_token": token})


def with_a_session(stage: Stage) -> World:
    return World(stage.market.ann, {"session_id": paid(stage)})


def with_an_end(stage: Stage) -> World:
    at = clock.now().replace(minute=0, second=0, microsecond=0) - timedelta(days=2)
    session = completed(
        session_type=stage.market.kind, starts_at=at, client=stage.market.ann_client
    )
    return World(stage.market.ann, {"session_id": session.public_id})


def to_propose(stage: Stage) -> World:
    session = paid(stage)
    return World(stage.market.ada, {"session_id": session}, {"starts_at": [hour(96), hour(72)]})


def to_accept(stage: Stage) -> World:
    session = paid(stage)
    body = {"starts_at": [hour(96), hour(72)]}
    proposal = made(stage.market.ada.post(f"/api/sessions/{session}/proposals", body))
    path = {"session_id": session, "proposal_id": proposal["id"]}
    return World(stage.market.ann, path, {"starts_at": hour(72)})


def with_a_series(stage: Stage) -> World:
    body = {"slot_token": stage.market.slot()[1], "count": 3}
    series = made(stage.market.ann.post("/api/series", body))
    return World(stage.market.ann, {"series_id": series["id"]})


def alone(stage: Stage) -> World:
    session = paid(stage)
    at = Session.objects.get().starts_at + timedelta(minutes=20)
    stage.later.enter_context(clock.travel(at))
    return World(Caller(stage.market.ann.user), {"session_id": session})


def full(stage: Stage) -> dict[str, Any]:
    kind = stage.market.kind
    kind.capacity = 2
    kind.save()
    groups.offer(session_type=kind, starts_at=stage.market.slot()[0], now=clock.now())
    at = Meeting.objects.get().during.lower
    for _ in range(2):
        confirmed(session_type=kind, starts_at=at, now=clock.now())
    return {"session_type": kind.public_id, "starts_at": at.isoformat()}


def before_a_full_one(stage: Stage) -> World:
    return ann(stage, **full(stage))


def in_line(stage: Stage) -> World:
    wait = made(stage.market.ann.post("/api/waitlist", full(stage)))
    return World(stage.market.ann, {"wait_id": wait["id"]})


# --- Goals, reviews, messages -----------------------------------------------------------------


def with_a_goal(stage: Stage) -> World:
    goal = made(stage.market.ann.post("/api/goals", {"title": "A new job"}))
    return World(stage.market.ann, {"goal_id": goal["id"]})


def with_a_review(stage: Stage) -> World:
    at = clock.now().replace(minute=0, second=0, microsecond=0) - timedelta(days=2)
    kind = stage.market.kind
    review = reviewed(
        session_type=kind, rating=2, starts_at=at, comment="No.", client=stage.market.ann_client
    )
    return World(stage.market.ada, {"review_id": review.public_id})


def in_conversation(stage: Stage) -> World:
    body = {"mentor": "ada", "text": "Are you free?"}
    found = made(stage.market.ann.post("/api/conversations", body))["conversation_id"]
    made(stage.market.ada.post(f"/api/conversations/{found}/messages", {"text": "I am."}))
    return World(stage.market.ann, {"conversation_id": found})


# --- Money ------------------------------------------------------------------------------------


def with_a_hold(stage: Stage) -> World:
    return ann(stage, session_id=stage.market.held())


def with_credit(stage: Stage) -> World:
    client_credit.grant(
        client=stage.market.ann_client,
        amount=Money(12_000, "USD"),
        by="usr_finance",
        reason="Sorry.",
        key="sorry",
        now=clock.now(),
    )
    return with_a_hold(stage)


def begun(stage: Stage) -> World:
    body = {"session_id": stage.market.held(), "gateway": "stripe"}
    intent = made(stage.market.ann.post("/api/payments/create-intent", body))
    stage.standin.pay(intent["client_secret"].partition("_secret_")[0])
    return ann(stage, payment_id=intent["payment_id"])


def to_offer(stage: Stage) -> World:
    return World(stage.market.ada, body={"session_type": stage.market.kind.public_id})


def offered(stage: Stage) -> World:
    body = {**examples.REQUESTS["packages_offer"], **to_offer(stage).body}
    return ann(stage, offer_id=made(stage.market.ada.post("/api/packages/offers", body))["id"])


def with_a_package(stage: Stage) -> World:
    body = {**offered(stage).body, "gateway": "stripe"}
    intent = made(stage.market.ann.post("/api/packages", body))
    stage.standin.pay(intent["client_secret"].partition("_secret_")[0])
    made(stage.market.ann.post("/api/payments/confirm", {"payment_id": intent["payment_id"]}))
    path = {"package_id": intent["package_id"]}
    return World(stage.market.ann, path, {"session_id": stage.market.held()})


def brought(stage: Stage) -> World:
    return ann(stage, code=referrals.code_of(ClientFactory()))


def with_an_endpoint(stage: Stage) -> World:
    body = examples.REQUESTS["webhooks_endpoints_create"]
    kept = made(stage.market.ann.post("/api/webhooks/endpoints", body))
    return World(stage.market.ann, path={"endpoint_id": kept["id"]})


WORLDS: dict[str, Make] = {
    **PEOPLE,
    "mentors_match": ann,
    "webhooks_endpoints_create": ann,
    "webhooks_endpoints_change": with_an_endpoint,
    "webhooks_endpoints_replay": with_an_endpoint,
    "mentors_me_payout_account_open": ada,
    "mentors_me_availability_replace": ada,
    "mentors_me_calendars_add": ada,
    "mentors_me_group_types_create": ada,
    "mentors_me_page_change": ada,
    "mentors_me_offers_create": ada,
    "mentors_me_offers_change": with_an_offer,
    "mentors_me_meetings_offer": with_a_circle,
    "mentors_me_meetings_withdraw": with_a_meeting,
    "sessions_create": with_a_slot,
    "sessions_reschedule": with_another_slot,
    "sessions_cancel": with_a_session,
    "sessions_review": with_an_end,
    "sessions_proposals_make": to_propose,
    "sessions_proposals_accept": to_accept,
    "series_create": with_a_slot,
    "series_cancel": with_a_series,
    "sessions_incidents_report": alone,
    "waitlist_join": before_a_full_one,
    "waitlist_leave": in_line,
    "goals_create": ann,
    "goals_milestones_add": with_a_goal,
    "goals_progress": with_a_goal,
    "goals_complete": with_a_goal,
    "reviews_reply": with_a_review,
    "reviews_report": with_a_review,
    "conversations_begin": ann,
    "conversations_send": in_conversation,
    "conversations_read": in_conversation,
    "conversations_report": in_conversation,
    "payments_create_intent": with_a_hold,
    "payments_cover": with_credit,
    "payments_confirm": begun,
    "packages_offer": to_offer,
    "packages_buy": offered,
    "packages_use": with_a_package,
    "credit_referral": brought,
}


def stage_of(standin: StandIn, later: ExitStack) -> Stage:
    """Return a market that is open and listed, beside the stand-in."""
    return Stage(open_market(listed=True), standin, later)


__all__ = ["WORLDS", "Stage", "World", "stage_of"]
