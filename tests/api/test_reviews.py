"""Reviews and goals over HTTP."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel import clock
from scheduling import goals
from scheduling.models import Review, ReviewReply, Session
from tests.api.market import Market, open_market
from tests.factories.reviews import completed, reviewed

pytestmark = pytest.mark.django_db


@pytest.fixture
def market() -> Market:
    return open_market(listed=True)


def ended(market: Market, *, days_ago: int = 2) -> Session:
    at = clock.now().replace(minute=0, second=0, microsecond=0) - timedelta(days=days_ago)
    return completed(session_type=market.kind, starts_at=at, client=market.ann_client)


def review(market: Market, session: Session, body: Any) -> Any:
    return market.ann.post(f"/api/sessions/{session.public_id}/review", body, key=None)


def test_a_client_reviews_a_session_and_everybody_reads_it(market: Market) -> None:
    session = ended(market)

    answer = review(market, session, {"rating": 4, "clarity": 5, "comment": "Clear."})

    body = answer.json()
    assert answer.status_code == 201
    assert body["id"].startswith("rev_")
    assert body == {
        "id": body["id"],
        "author": "Ann",
        "rating": 4,
        "preparation": None,
        "clarity": 5,
        "usefulness": None,
        "comment": "Clear.",
        "created_at": body["created_at"],
        "reply": None,
    }
    assert market.ann.get(f"/api/sessions/{session.public_id}").json()["status"] == "reviewed"
    profile = market.ben.get("/api/mentors/ada").json()
    assert (profile["rating"], profile["reviews_count"]) == (4.0, 1)
    assert profile["reviews"] == [body]
    listed = market.ben.get("/api/mentors?rating_min=4&sort=rating").json()
    assert [(item["rating"], item["reviews_count"]) for item in listed["items"]] == [(4.0, 1)]
    assert (listed["facets"]["rating"], listed["relaxed"]) == ({"3": 1, "4": 1}, [])


def test_a_second_review_is_a_conflict_and_changes_nothing(market: Market) -> None:
    session = ended(market)
    review(market, session, {"rating": 4})

    again = review(market, session, {"rating": 1})

    assert (again.status_code, again.json()["code"]) == (409, "already_reviewed")
    assert [found.rating for found in Review.objects.all()] == [4]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"rating": 0},
        {"rating": 6},
        {"rating": 4.5},
        {"rating": "5"},
        {"rating": True},
        {"rating": 5, "clarity": 0},
        {"rating": 5, "comment": "x" * 2001},
        {"rating": 5, "stars": 5},
        [],
    ],
)
def test_a_review_that_cannot_be_meant_is_refused(market: Market, body: Any) -> None:
    session = ended(market)

    assert review(market, session, body).status_code == 422
    assert Review.objects.count() == 0


def test_too_early_and_too_late_say_which(market: Market) -> None:
    late = ended(market, days_ago=31)
    held = market.held()

    answers = [
        review(market, late, {"rating": 5}),
        market.ann.post(f"/api/sessions/{held}/review", {"rating": 5}, key=None),
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (409, "review_too_late"),
        (409, "not_reviewable"),
    ]
    assert Review.objects.count() == 0


def test_nobody_else_reviews_it(market: Market) -> None:
    session = ended(market)
    path = f"/api/sessions/{session.public_id}/review"

    statuses = [
        caller.post(path, {"rating": 1}, key=None).status_code
        for caller in (market.ben, market.ada, market.bob)
    ]

    assert statuses == [404, 403, 403]
    assert Review.objects.count() == 0


def test_reviews_come_in_pages_the_newest_first(market: Market) -> None:
    at = clock.now().replace(minute=0, second=0, microsecond=0) - timedelta(days=9)
    made = [
        reviewed(session_type=market.kind, rating=5, starts_at=at + day * timedelta(days=1))
        for day in range(3)
    ]

    first = market.ben.get("/api/mentors/ada/reviews?limit=2").json()
    rest = market.ben.get(f"/api/mentors/ada/reviews?limit=2&cursor={first['next']}").json()

    found = [item["id"] for item in [*first["items"], *rest["items"]]]
    assert found == [one.public_id for one in reversed(made)]
    assert rest["next"] is None
    assert market.ben.get("/api/mentors/nobody/reviews").status_code == 404


def test_a_mentor_replies_once_and_everybody_reads_it(market: Market) -> None:
    left = review(market, ended(market), {"rating": 4, "comment": "Clear."}).json()
    path = f"/api/reviews/{left['id']}/reply"
    before = market.ada.get("/api/mentors/me/reviews?answered=false").json()

    answer = market.ada.post(path, {"text": " Thank you. "}, key=None)
    again = market.ada.post(path, {"text": "And more."}, key=None)

    assert (before["rating"], before["reviews_count"], before["items"]) == (4.0, 1, [left])
    assert (answer.status_code, answer.json()["reply"]["text"]) == (201, "Thank you.")
    assert (again.status_code, again.json()["code"]) == (409, "already_replied")
    assert market.ben.get("/api/mentors/ada/reviews").json()["items"] == [answer.json()]
    assert market.ada.get("/api/mentors/me/reviews?answered=false").json()["items"] == []
    assert market.ada.get("/api/mentors/me/reviews?answered=true").json()["items"] == [
        answer.json()
    ]


def test_only_the_sessions_mentor_replies(market: Market) -> None:
    left = review(market, ended(market), {"rating": 4}).json()
    path = f"/api/reviews/{left['id']}/reply"

    statuses = [
        caller.post(path, {"text": "Thanks."}, key=None).status_code
        for caller in (market.ann, market.ben, market.bob)
    ]
    missing = market.bob.post(f"/api/reviews/rev_{'0' * 26}/reply", {"text": "Thanks."}, key=None)
    empty = [
        market.ada.post(path, body, key=None).status_code
        for body in ({}, {"text": " "}, {"text": "x" * 2001})
    ]

    assert (statuses, missing.status_code, empty) == ([403, 403, 404], 404, [422, 422, 422])
    assert ReviewReply.objects.count() == 0
    assert market.bob.get("/api/mentors/me/reviews").json()["items"] == []


def test_the_own_reviews_come_in_pages(market: Market) -> None:
    at = clock.now().replace(minute=0, second=0, microsecond=0) - timedelta(days=9)
    made = [
        reviewed(session_type=market.kind, rating=5, starts_at=at + day * timedelta(days=1))
        for day in range(3)
    ]

    first = market.ada.get("/api/mentors/me/reviews?limit=2").json()
    rest = market.ada.get(f"/api/mentors/me/reviews?limit=2&cursor={first['next']}").json()
    mixed = market.ada.get(f"/api/mentors/me/reviews?answered=false&cursor={first['next']}")

    found = [item["id"] for item in [*first["items"], *rest["items"]]]
    assert found == [one.public_id for one in reversed(made)]
    assert (rest["next"], rest["reviews_count"], mixed.status_code) == (None, 3, 400)


def test_goals_are_the_clients_own_with_the_newest_percent(market: Market) -> None:
    now = clock.now()
    goal = goals.set_goal(client=market.ann_client, title="A new job", now=now)
    goals.add_milestone(goal_id=goal.pk, client=market.ann_client, title="One offer", now=now)
    for percent in (10, 40):
        goals.record_progress(goal_id=goal.pk, client=market.ann_client, percent=percent, now=now)

    (item,) = market.ann.get("/api/goals?open=true").json()["items"]

    assert (item["id"], item["title"], item["percent"]) == (goal.public_id, "A new job", 40)
    assert [step["title"] for step in item["milestones"]] == ["One offer"]
    assert [report["percent"] for report in item["progress"]] == [10, 40]
    assert market.ann.get("/api/goals?open=false").json()["items"] == []
    assert market.ben.get("/api/goals").json()["items"] == []


def test_goals_and_reviews_take_the_same_queries_for_one_and_for_three(market: Market) -> None:
    at = clock.now().replace(minute=0, second=0, microsecond=0) - timedelta(days=9)
    counts = []
    for day in range(3):
        reviewed(session_type=market.kind, rating=5, starts_at=at + day * timedelta(days=1))
        goal = goals.set_goal(client=market.ann_client, title="A new job", now=at)
        goals.add_milestone(goal_id=goal.pk, client=market.ann_client, title="One", now=at)
        with CaptureQueriesContext(connection) as captured:
            assert market.ann.get("/api/goals").status_code == 200
            assert market.ann.get("/api/mentors/ada/reviews").status_code == 200
        counts.append(len(captured))

    assert counts == [counts[0]] * 3


def test_a_review_is_reported_by_anybody_once(market: Market) -> None:
    session = ended(market)
    made = review(market, session, {"rating": 1, "comment": "Bad."}).json()["id"]
    path, body = f"/api/reviews/{made}/report", {"reason": "untrue", "words": "Not so."}

    answers = [one.post(path, body, key=None) for one in (market.ada, market.ben, market.ada)]
    own = market.ann.post(path, body, key=None)
    missing = market.ben.post(path, {**body, "part": "reply"}, key=None)

    assert [one.status_code for one in (*answers, own, missing)] == [201, 201, 409, 422, 404]
    told = answers[0].json()
    assert (told["id"][:4], told["review_id"], told["part"]) == ("rrp_", made, "review")
    assert answers[2].json()["code"] == "review_already_reported"
