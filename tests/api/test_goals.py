"""Goals over HTTP: set, cut into milestones, reported on; read by the two of their session."""

from typing import Any

import pytest
from django.db import transaction

from kernel import clock
from kernel.ids import parse_public_id
from scheduling import lifecycle
from scheduling.models import Goal, GoalProgress, Milestone, Session
from tests.api.callers import Caller
from tests.api.market import Market, open_market
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db

WORDS = "Ask for a raise, and mean it."


@pytest.fixture
def market() -> Market:
    return open_market()


def set_goal(market: Market, **body: Any) -> Any:
    answer = market.ann.post("/api/goals", body or {"title": "A new job"})
    assert answer.status_code == 201, answer.content
    return answer.json()


def booked(market: Market) -> str:
    """Have Ann hold a slot and write what she wants from it; return the session's id."""
    body = {"slot_token": market.slot()[1], "goals": WORDS}
    session: str = market.ann.post("/api/sessions", body).json()["id"]
    return session


def pay(session: str) -> None:
    pk = parse_public_id("ses", session)
    with transaction.atomic():
        lifecycle.confirm(session_id=pk, now=clock.now())


def test_a_goal_from_beginning_to_end(market: Market) -> None:
    goal = set_goal(market)
    path = f"/api/goals/{goal['id']}"
    assert (goal["title"], goal["client"], goal["own"]) == ("A new job", "Ann", True)
    assert (goal["percent"], goal["milestones"], goal["completed_at"]) == (0, [], None)

    for title in ("A letter", "An offer"):
        with_steps = market.ann.post(f"{path}/milestones", {"title": title}).json()
    first = with_steps["milestones"][0]["id"]
    reached = market.ann.post(f"{path}/milestones/{first}/reach", key=None).json()
    reported = market.ann.post(f"{path}/progress", {"percent": 40, "note": "Sent."}).json()
    completed = market.ann.post(f"{path}/complete", {"note": "Signed."}, key=None).json()

    assert [step["title"] for step in with_steps["milestones"]] == ["A letter", "An offer"]
    assert [bool(step["reached_at"]) for step in reached["milestones"]] == [True, False]
    assert (reported["percent"], reported["progress"][0]["note"]) == (40, "Sent.")
    assert (completed["percent"], bool(completed["completed_at"])) == (100, True)
    assert market.ann.get(path).json() == completed


def test_what_was_written_at_a_booking_becomes_a_goal(market: Market) -> None:
    session = booked(market)

    goal = set_goal(market, session_id=session)

    assert (goal["title"], goal["session_id"]) == (WORDS, session)
    assert market.ann.get(f"/api/goals?session_id={session}").json()["items"] == [goal]


def test_only_the_two_of_its_session_read_a_goal_and_only_its_client_writes(market: Market) -> None:
    session = booked(market)
    goal = set_goal(market, session_id=session)
    assert market.ada.get(f"/api/goals/{goal['id']}").status_code == 404  # not paid yet
    pay(session)
    alone = set_goal(market)
    staff = Caller(UserFactory(is_superuser=True))
    readers = (market.ann, market.ada, market.ben, market.bob, staff)

    statuses = {
        one["id"]: [caller.get(f"/api/goals/{one['id']}").status_code for caller in readers]
        for one in (goal, alone)
    }
    listed = [len(caller.get("/api/goals").json()["items"]) for caller in readers]
    writes = [
        caller.post(f"/api/goals/{goal['id']}/progress", {"percent": 5}).status_code
        for caller in readers
    ]

    assert statuses == {
        goal["id"]: [200, 200, 404, 404, 404],
        alone["id"]: [200, 404, 404, 404, 404],
    }
    assert listed == [2, 1, 0, 0, 0]
    assert writes == [201, 403, 404, 403, 403]
    seen = market.ada.get(f"/api/goals/{goal['id']}").json()
    assert (seen["client"], seen["own"]) == ("Ann", False)
    assert GoalProgress.objects.count() == 1


def test_anothers_goal_and_a_missing_one_are_the_same(market: Market) -> None:
    goal = set_goal(market)
    step = market.ann.post(f"/api/goals/{goal['id']}/milestones", {"title": "One"}).json()
    milestone = step["milestones"][0]["id"]
    missing = f"goa_{'0' * 26}"

    for tail, body in (
        ("milestones", {"title": "Two"}),
        (f"milestones/{milestone}/reach", None),
        ("progress", {"percent": 5}),
        ("complete", {}),
    ):
        answers = [
            market.ben.post(f"/api/goals/{one}/{tail}", body) for one in (goal["id"], missing)
        ]
        assert [answer.status_code for answer in answers] == [404, 404], tail
        first, second = (answer.json()["detail"] for answer in answers)
        assert first == second

    assert Milestone.objects.get().reached_at is None
    assert Goal.objects.get().completed_at is None


def test_a_milestone_is_reached_under_its_own_goal_and_once(market: Market) -> None:
    goal, other = set_goal(market), set_goal(market)
    steps = market.ann.post(f"/api/goals/{goal['id']}/milestones", {"title": "One"}).json()
    milestone = steps["milestones"][0]["id"]

    answers = [
        market.ann.post(f"/api/goals/{one['id']}/milestones/{milestone}/reach", key=None)
        for one in (other, goal, goal)
    ]

    assert [answer.status_code for answer in answers] == [404, 200, 409]
    assert answers[-1].json()["code"] == "milestone_reached"


def test_a_completed_goal_takes_no_more(market: Market) -> None:
    path = f"/api/goals/{set_goal(market)['id']}"
    market.ann.post(f"{path}/complete", {}, key=None)

    answers = [
        market.ann.post(f"{path}/complete", {}, key=None),
        market.ann.post(f"{path}/progress", {"percent": 50}),
        market.ann.post(f"{path}/milestones", {"title": "One"}),
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (409, "goal_completed")
    ] * 3


@pytest.mark.parametrize(
    ("tail", "body", "rows"),
    [
        ("", {"title": "A second one"}, Goal),
        ("/milestones", {"title": "One"}, Milestone),
        ("/progress", {"percent": 10}, GoalProgress),
    ],
)
def test_a_repeated_call_writes_one_row(
    market: Market, tail: str, body: dict[str, Any], rows: Any
) -> None:
    path = f"/api/goals/{set_goal(market)['id']}{tail}" if tail else "/api/goals"
    before = rows.objects.count()

    first, again = (market.ann.post(path, body, key="once") for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 201)
    assert (again["Idempotent-Replayed"], again.content) == ("true", first.content)
    assert rows.objects.count() == before + 1
    assert market.ann.post(path, body, key=None).status_code == 400


@pytest.mark.parametrize(
    ("tail", "body"),
    [
        ("", {}),
        ("", {"title": " "}),
        ("", {"title": "x" * 201}),
        ("", {"title": "A job", "percent": 5}),
        ("/milestones", {"title": ""}),
        ("/progress", {"percent": 101}),
        ("/progress", {"percent": -1}),
        ("/progress", {"percent": "40"}),
        ("/progress", {"percent": 10, "note": "x" * 1001}),
        ("/complete", {"note": "x" * 1001}),
    ],
)
def test_what_cannot_be_meant_is_refused(market: Market, tail: str, body: dict[str, Any]) -> None:
    path = f"/api/goals/{set_goal(market)['id']}{tail}" if tail else "/api/goals"

    assert market.ann.post(path, body).status_code == 422
    assert (Goal.objects.count(), Milestone.objects.count()) == (1 if tail else 0, 0)


def test_anothers_session_and_a_booking_without_words_begin_no_goal(market: Market) -> None:
    silent = market.held(hours=72)

    answers = [
        market.ben.post("/api/goals", {"title": "Mine", "session_id": silent}),
        market.ann.post("/api/goals", {"session_id": silent}),
    ]

    assert [answer.status_code for answer in answers] == [404, 422]
    assert answers[1].json()["errors"][0]["pointer"] == "#/title"
    assert (Goal.objects.count(), Session.objects.count()) == (0, 1)
