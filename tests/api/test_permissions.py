"""One table says who may call what; an operation without a row does not exist."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from accounts.models import User
from api.api import api
from api.permissions import PERMISSIONS, Gate, Who
from tests.api.callers import Caller
from tests.factories.people import ClientFactory, MentorFactory, UserFactory

NOBODY = "0" * 26

# How an operation is called by somebody to whom nothing belongs.
CALLS: dict[str, tuple[str, str, Any]] = {
    "dashboard_get": ("GET", "/api/dashboard", None),
    "mentors_list": ("GET", "/api/mentors", None),
    "mentors_get": ("GET", "/api/mentors/nobody", None),
    "mentors_reviews": ("GET", "/api/mentors/nobody/reviews", None),
    "mentors_slots": ("GET", f"/api/mentors/nobody/slots?session_type=sty_{NOBODY}", None),
    "mentors_slots_explain": (
        "GET",
        f"/api/mentors/nobody/slots/explain?session_type=sty_{NOBODY}&at=2027-01-01T00:00:00Z",
        None,
    ),
    "mentors_me_availability_get": ("GET", "/api/mentors/me/availability", None),
    "mentors_me_availability_replace": ("PUT", "/api/mentors/me/availability", {}),
    "mentors_me_explain": (
        "GET",
        f"/api/mentors/me/explain?session_type=sty_{NOBODY}&at=2027-01-01T00:00:00Z",
        None,
    ),
    "users_calendar_feed_get": ("GET", "/api/users/calendar-feed", None),
    "users_calendar_feed_renew": ("POST", "/api/users/calendar-feed", None),
    "users_calendar_feed_close": ("DELETE", "/api/users/calendar-feed", None),
    "users_notifications_get": ("GET", "/api/users/notifications", None),
    "users_notifications_replace": (
        "PUT",
        "/api/users/notifications",
        {"reminder_day": True, "reminder_hour": True, "message_digest": False},
    ),
    "mentors_me_calendars_list": ("GET", "/api/mentors/me/calendars", None),
    "mentors_me_calendars_add": ("POST", "/api/mentors/me/calendars", {"name": "Work"}),
    "mentors_me_calendars_get": ("GET", f"/api/mentors/me/calendars/cal_{NOBODY}", None),
    "mentors_me_calendars_refresh": (
        "POST",
        f"/api/mentors/me/calendars/cal_{NOBODY}/refresh",
        None,
    ),
    "mentors_me_calendars_remove": (
        "DELETE",
        f"/api/mentors/me/calendars/cal_{NOBODY}",
        None,
    ),
    "mentors_me_reviews": ("GET", "/api/mentors/me/reviews", None),
    "reviews_report": ("POST", f"/api/reviews/rev_{NOBODY}/report", {"reason": "untrue"}),
    "reviews_reply": ("POST", f"/api/reviews/rev_{NOBODY}/reply", {"text": "Thanks."}),
    "mentors_me_group_types_create": (
        "POST",
        "/api/mentors/me/group-types",
        {
            "name": "Circle",
            "duration_minutes": 60,
            "price_minor": 2000,
            "currency": "USD",
            "capacity": 10,
        },
    ),
    "mentors_me_meetings_offer": (
        "POST",
        "/api/mentors/me/meetings",
        {"session_type": f"sty_{NOBODY}", "starts_at": "2027-01-01T00:00:00Z"},
    ),
    "mentors_me_meetings_list": ("GET", "/api/mentors/me/meetings", None),
    "mentors_me_meetings_withdraw": (
        "POST",
        f"/api/mentors/me/meetings/mtg_{NOBODY}/withdraw",
        {},
    ),
    "mentors_me_earnings": ("GET", "/api/mentors/me/earnings", None),
    "mentors_me_earnings_analytics": ("GET", "/api/mentors/me/earnings/analytics", None),
    "mentors_me_statements_list": ("GET", "/api/mentors/me/statements", None),
    "mentors_me_statements_get": ("GET", f"/api/mentors/me/statements/po_{NOBODY}", None),
    "mentors_me_payout_account_get": ("GET", "/api/mentors/me/payout-account", None),
    "mentors_me_payout_account_open": ("POST", "/api/mentors/me/payout-account", {"country": "x"}),
    "sessions_create": ("POST", "/api/sessions", {"slot_token": "x"}),
    "sessions_list": ("GET", "/api/sessions", None),
    "sessions_get": ("GET", f"/api/sessions/ses_{NOBODY}", None),
    "sessions_cancellation_quote": (
        "GET",
        f"/api/sessions/ses_{NOBODY}/cancellation-quote",
        None,
    ),
    "sessions_cancel": ("POST", f"/api/sessions/ses_{NOBODY}/cancel", {}),
    "sessions_slots": ("GET", f"/api/sessions/ses_{NOBODY}/slots", None),
    "sessions_proposals_list": ("GET", f"/api/sessions/ses_{NOBODY}/proposals", None),
    "sessions_proposals_make": (
        "POST",
        f"/api/sessions/ses_{NOBODY}/proposals",
        {"starts_at": ["2027-03-01T09:00:00Z"]},
    ),
    "sessions_proposals_accept": (
        "POST",
        f"/api/sessions/ses_{NOBODY}/proposals/prp_{NOBODY}/accept",
        {"starts_at": "2027-03-01T09:00:00Z"},
    ),
    "sessions_proposals_decline": (
        "POST",
        f"/api/sessions/ses_{NOBODY}/proposals/prp_{NOBODY}/decline",
        None,
    ),
    "sessions_proposals_withdraw": (
        "POST",
        f"/api/sessions/ses_{NOBODY}/proposals/prp_{NOBODY}/withdraw",
        None,
    ),
    "sessions_incidents_list": ("GET", f"/api/sessions/ses_{NOBODY}/incidents", None),
    "sessions_incidents_withdraw": (
        "POST",
        f"/api/sessions/ses_{NOBODY}/incidents/inc_{NOBODY}/withdraw",
        None,
    ),
    "sessions_incidents_report": (
        "POST",
        f"/api/sessions/ses_{NOBODY}/incidents",
        {"kind": "absence", "reason": "Nobody came."},
    ),
    "sessions_reschedule": (
        "POST",
        f"/api/sessions/ses_{NOBODY}/reschedule",
        {"slot_token": "x"},
    ),
    "sessions_join": ("POST", f"/api/sessions/ses_{NOBODY}/join", None),
    "series_create": ("POST", "/api/series", {"slot_token": "x", "count": 2}),
    "series_get": ("GET", f"/api/series/srs_{NOBODY}", None),
    "series_cancellation_quote": ("GET", f"/api/series/srs_{NOBODY}/cancellation-quote", None),
    "series_cancel": ("POST", f"/api/series/srs_{NOBODY}/cancel", {}),
    "waitlist_join": (
        "POST",
        "/api/waitlist",
        {"session_type": f"sty_{NOBODY}", "starts_at": "2027-01-01T00:00:00Z"},
    ),
    "waitlist_list": ("GET", "/api/waitlist", None),
    "waitlist_get": ("GET", f"/api/waitlist/wtl_{NOBODY}", None),
    "waitlist_leave": ("POST", f"/api/waitlist/wtl_{NOBODY}/leave", {}),
    "sessions_review": ("POST", f"/api/sessions/ses_{NOBODY}/review", {"rating": 5}),
    "goals_list": ("GET", "/api/goals", None),
    "goals_create": ("POST", "/api/goals", {"title": "A new job"}),
    "goals_get": ("GET", f"/api/goals/goa_{NOBODY}", None),
    "goals_milestones_add": ("POST", f"/api/goals/goa_{NOBODY}/milestones", {"title": "One"}),
    "goals_milestones_reach": (
        "POST",
        f"/api/goals/goa_{NOBODY}/milestones/mst_{NOBODY}/reach",
        None,
    ),
    "goals_progress": ("POST", f"/api/goals/goa_{NOBODY}/progress", {"percent": 50}),
    "goals_complete": ("POST", f"/api/goals/goa_{NOBODY}/complete", {}),
    "conversations_list": ("GET", "/api/conversations", None),
    "conversations_begin": (
        "POST",
        "/api/conversations",
        {"session": f"ses_{NOBODY}", "text": "Hello"},
    ),
    "conversations_unread": ("GET", "/api/conversations/unread", None),
    "conversations_get": ("GET", f"/api/conversations/cnv_{NOBODY}", None),
    "conversations_messages": ("GET", f"/api/conversations/cnv_{NOBODY}/messages", None),
    "conversations_send": ("POST", f"/api/conversations/cnv_{NOBODY}/messages", {"text": "Hello"}),
    "conversations_block": ("PUT", f"/api/conversations/cnv_{NOBODY}/block", None),
    "conversations_unblock": ("DELETE", f"/api/conversations/cnv_{NOBODY}/block", None),
    "conversations_report": (
        "POST",
        f"/api/conversations/cnv_{NOBODY}/report",
        {"reason": "spam"},
    ),
    "conversations_stream": ("POST", "/api/conversations/stream", None),
    "conversations_read": ("POST", f"/api/conversations/cnv_{NOBODY}/read", {}),
    "payments_create_intent": (
        "POST",
        "/api/payments/create-intent",
        {"session_id": f"ses_{NOBODY}", "gateway": "stripe"},
    ),
    "payments_cover": ("POST", "/api/payments/cover", {"session_id": f"ses_{NOBODY}"}),
    "packages_offers": ("GET", "/api/packages/offers?mentor=nobody", None),
    "packages_offer": (
        "POST",
        "/api/packages/offers",
        {"session_type": f"sty_{NOBODY}", "sessions": 3, "price_minor": 9000, "valid_days": 90},
    ),
    "packages_withdraw": ("POST", f"/api/packages/offers/pko_{NOBODY}/withdraw", None),
    "packages_buy": (
        "POST",
        "/api/packages",
        {"offer_id": f"pko_{NOBODY}", "gateway": "stripe"},
    ),
    "packages_list": ("GET", "/api/packages", None),
    "packages_get": ("GET", f"/api/packages/pkg_{NOBODY}", None),
    "packages_use": (
        "POST",
        f"/api/packages/pkg_{NOBODY}/use",
        {"session_id": f"ses_{NOBODY}"},
    ),
    "packages_give_back": ("POST", f"/api/packages/pkg_{NOBODY}/refund", None),
    "credit_get": ("GET", "/api/credit", None),
    "credit_referral": ("POST", "/api/credit/referral", {"code": "NOBODY"}),
    "payments_confirm": ("POST", "/api/payments/confirm", {"payment_id": f"pay_{NOBODY}"}),
    "payments_list": ("GET", "/api/payments", None),
    "payments_get": ("GET", f"/api/payments/pay_{NOBODY}", None),
    "users_profile_get": ("GET", "/api/users/profile", None),
    "users_profile_update": ("PATCH", "/api/users/profile", {}),
    "users_password_change": (
        "POST",
        "/api/users/password/change",
        {"current_password": "wrong", "new_password": "another"},
    ),
    "users_sessions_list": ("GET", "/api/users/sessions", None),
    "users_sessions_end": ("DELETE", f"/api/users/sessions/sgn_{NOBODY}", None),
}
REFUSED = {401, 403}


def operations() -> Iterator[Any]:
    """Yield every operation that is mounted."""
    for router in api._get_bound_routers():
        for view in router.path_operations.values():
            yield from view.operations


def test_every_operation_has_a_row_and_every_row_an_operation() -> None:
    mounted = [operation.operation_id for operation in operations()]

    assert sorted(mounted) == sorted(PERMISSIONS)


def test_every_operation_is_guarded_as_its_row_says() -> None:
    guards = {
        operation.operation_id: [
            callback.who if isinstance(callback, Gate) else None
            for callback in operation.auth_callbacks
        ]
        for operation in operations()
    }

    assert guards == {name: [] if who is Who.ANYONE else [who] for name, who in PERMISSIONS.items()}


def test_every_guarded_operation_is_called_below() -> None:
    guarded = {name for name, who in PERMISSIONS.items() if who is not Who.ANYONE}

    assert set(CALLS) == guarded


PEOPLE: dict[str, Callable[[], User | None]] = {
    "anonymous": lambda: None,
    "client": lambda: ClientFactory().user,
    "mentor": lambda: MentorFactory().user,
    "neither": UserFactory.create,
    "superuser": lambda: UserFactory(is_superuser=True),
}
MAY: dict[Who, set[str]] = {
    Who.READER: {"client", "mentor", "neither", "superuser"},
    Who.SIGNED_IN: {"client", "mentor", "neither", "superuser"},
    Who.CLIENT: {"client"},
    Who.MENTOR: {"mentor"},
}


@pytest.mark.django_db
@pytest.mark.parametrize("role", PEOPLE)
def test_each_role_gets_past_the_guard_exactly_where_the_table_lets_it(role: str) -> None:
    caller = Caller(PEOPLE[role]())
    expected, found = {}, {}

    for name, (method, path, body) in CALLS.items():
        answer = caller._client.generic(
            method,
            path,
            json.dumps(body) if body is not None else "",
            content_type="application/json",
            headers={**caller.headers, "Idempotency-Key": name},
        )
        found[name] = answer.status_code not in REFUSED
        expected[name] = role in MAY[PERMISSIONS[name]]
        assert answer.status_code < 500

    # A wrong password is the operation's own refusal, beyond the guard.
    if role != "anonymous":
        found["users_password_change"] = True
    assert found == expected


@pytest.mark.django_db
def test_a_deactivated_person_is_refused_at_the_next_request() -> None:
    caller = Caller(ClientFactory().user)
    before = caller.get("/api/sessions").status_code

    User.objects.update(is_active=False)

    assert (before, caller.get("/api/sessions").status_code) == (200, 401)
