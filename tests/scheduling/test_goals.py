"""Goals: set by a client, cut into milestones, reported on, completed; history stays."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import Error, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Client
from kernel.errors import Invalid, NotFound
from scheduling import goals, queries
from scheduling.models import Goal, GoalProgress, Milestone
from tests.factories.people import ClientFactory
from tests.factories.scheduling import hold, open_mentor

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def ann() -> Client:
    return ClientFactory()


def goal_of(client: Client) -> Goal:
    return goals.set_goal(client=client, title="Speak before fifty people", now=NOW)


def test_a_goal_may_begin_at_an_own_session(ann: Client) -> None:
    session = hold(session_type=open_mentor(), starts_at=NOW + 3 * DAY, client=ann)

    goal = goals.set_goal(client=ann, title=" A new job ", now=NOW, session_id=session.pk)

    assert (goal.title, goal.session, goal.completed_at) == ("A new job", session, None)
    assert goal.public_id.startswith("goa_")


def test_what_was_written_at_the_booking_becomes_the_goal(ann: Client) -> None:
    kind = open_mentor()
    words = "Ask for a raise,\n\nand mean it."
    short = hold(session_type=kind, starts_at=NOW + 3 * DAY, client=ann, goals=words)
    long = hold(session_type=kind, starts_at=NOW + 4 * DAY, client=ann, goals="word " * 300)
    silent = hold(session_type=kind, starts_at=NOW + 5 * DAY, client=ann)

    titles = [
        goals.set_goal(client=ann, now=NOW, session_id=session.pk).title
        for session in (short, long)
    ]
    with pytest.raises(Invalid, match="title says nothing"):
        goals.set_goal(client=ann, now=NOW, session_id=silent.pk)

    assert titles == ["Ask for a raise, and mean it.", "word " * 38 + "word …"]


def test_anothers_session_is_no_place_to_begin(ann: Client) -> None:
    session = hold(session_type=open_mentor(), starts_at=NOW + 3 * DAY)

    with pytest.raises(NotFound):
        goals.set_goal(client=ann, title="A new job", now=NOW, session_id=session.pk)
    with pytest.raises(Error, match="somebody else"), transaction.atomic():
        Goal.objects.create(client=ann, session=session, title="Past the door", created_at=NOW)

    assert Goal.objects.count() == 0


def test_milestones_stand_in_the_order_they_were_added_and_are_reached_once(ann: Client) -> None:
    goal = goal_of(ann)
    first = goals.add_milestone(goal_id=goal.pk, client=ann, title="Five people", now=NOW)
    goals.add_milestone(goal_id=goal.pk, client=ann, title="Twenty people", now=NOW)

    goals.reach_milestone(milestone_id=first.pk, client=ann, now=NOW + DAY)
    with pytest.raises(goals.MilestoneReached):
        goals.reach_milestone(milestone_id=first.pk, client=ann, now=NOW + 2 * DAY)

    steps = Milestone.objects.order_by("position").values_list("position", "title", "reached_at")
    assert list(steps) == [(1, "Five people", NOW + DAY), (2, "Twenty people", None)]


def test_each_report_of_progress_is_kept_and_it_may_go_back(ann: Client) -> None:
    goal = goal_of(ann)

    for day, percent in enumerate((0, 60, 40)):
        goals.record_progress(goal_id=goal.pk, client=ann, percent=percent, now=NOW + day * DAY)
    done = goals.complete(goal_id=goal.pk, client=ann, now=NOW + 9 * DAY, note="Did it.")

    assert done.completed_at == NOW + 9 * DAY
    kept = GoalProgress.objects.order_by("at").values_list("percent", "note")
    assert list(kept) == [(0, ""), (60, ""), (40, ""), (100, "Did it.")]


def test_a_completed_goal_takes_nothing_more(ann: Client) -> None:
    goal = goal_of(ann)
    goals.complete(goal_id=goal.pk, client=ann, now=NOW)

    for act in (
        lambda: goals.complete(goal_id=goal.pk, client=ann, now=NOW),
        lambda: goals.record_progress(goal_id=goal.pk, client=ann, percent=5, now=NOW),
        lambda: goals.add_milestone(goal_id=goal.pk, client=ann, title="More", now=NOW),
    ):
        with pytest.raises(goals.GoalCompleted):
            act()

    assert (GoalProgress.objects.count(), Milestone.objects.count()) == (1, 0)


@pytest.mark.parametrize("percent", [-1, 101])
def test_progress_lies_between_nothing_and_all(ann: Client, percent: int) -> None:
    goal = goal_of(ann)

    with pytest.raises(Invalid):
        goals.record_progress(goal_id=goal.pk, client=ann, percent=percent, now=NOW)

    assert GoalProgress.objects.count() == 0


def test_anothers_goal_is_like_a_missing_one(ann: Client) -> None:
    goal = goal_of(ClientFactory())
    step = Milestone.objects.create(goal=goal, position=1, title="One", created_at=NOW)

    for act in (
        lambda: goals.complete(goal_id=goal.pk, client=ann, now=NOW),
        lambda: goals.reach_milestone(milestone_id=step.pk, client=ann, now=NOW),
        lambda: goals.reach_milestone(milestone_id=goal.pk, client=ann, now=NOW),
    ):
        with pytest.raises(NotFound):
            act()

    goal.refresh_from_db()
    assert goal.completed_at is None


@pytest.mark.parametrize("title", ["", "  ", "x" * 201, "a\x00b"])
def test_a_goal_has_a_title_that_fits(ann: Client, title: str) -> None:
    with pytest.raises(Invalid):
        goals.set_goal(client=ann, title=title, now=NOW)

    assert Goal.objects.count() == 0


def test_open_goals_and_milestones_have_an_end(
    ann: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(goals, "MOST_OPEN_GOALS", 1)
    monkeypatch.setattr(goals, "MOST_MILESTONES", 1)
    goal = goal_of(ann)
    goals.add_milestone(goal_id=goal.pk, client=ann, title="One", now=NOW)

    with pytest.raises(goals.TooManyGoals):
        goal_of(ann)
    with pytest.raises(goals.TooManyMilestones):
        goals.add_milestone(goal_id=goal.pk, client=ann, title="Two", now=NOW)

    goals.complete(goal_id=goal.pk, client=ann, now=NOW)
    assert goal_of(ann).completed_at is None


@pytest.mark.parametrize(
    "statement",
    ["UPDATE scheduling_goalprogress SET percent = 99", "DELETE FROM scheduling_goalprogress"],
)
def test_reported_progress_is_never_rewritten(ann: Client, statement: str) -> None:
    goals.record_progress(goal_id=goal_of(ann).pk, client=ann, percent=10, now=NOW)

    with pytest.raises(Error, match="history"), transaction.atomic():
        connection.cursor().execute(statement)

    assert GoalProgress.objects.get().percent == 10


def test_goals_are_read_in_three_queries_for_one_and_for_three(ann: Client) -> None:
    counts = []
    for _ in range(3):
        goal = goal_of(ann)
        goals.add_milestone(goal_id=goal.pk, client=ann, title="One", now=NOW)
        goals.record_progress(goal_id=goal.pk, client=ann, percent=10, now=NOW)
        with CaptureQueriesContext(connection) as captured:
            found = list(queries.goals_visible_to(ann.user))
        counts.append(len(captured))

    assert counts == [3, 3, 3]
    assert [len(goal.milestones.all()) for goal in found] == [1, 1, 1]
