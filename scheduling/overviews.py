"""What the dashboards say of sessions, goals, reviews and hours; each function is one query.

Lists are the first few beside how many there are. Writes nothing, and knows nothing of payments.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, F, Max, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import Client, Mentor
from kernel.rows import Few, few
from scheduling.models import (
    Goal,
    GoalProgress,
    Review,
    Schedule,
    Session,
    TimeOff,
)
from scheduling.models.session import SessionQuerySet
from scheduling.queries import reviews_of
from scheduling.reviews import REVIEW_WITHIN
from scheduling.states import HELD, State

SHOWN = 5


@dataclass(frozen=True, slots=True)
class MentorMet:
    """A mentor whom a client had sessions with: how many, and when the last one ended."""

    mentor_id: UUID
    sessions: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Hours:
    """How much of a week a mentor is open, by the rules of a day, in the mentor's zone."""

    time_zone: str
    weekly_minutes: int
    weekdays: tuple[int, ...]


def to_come(sessions: SessionQuerySet, *, now: datetime) -> Few[Session]:
    """Return the next sessions of those given, the running ones included, the soonest first."""
    return few(sessions.upcoming(now=now).order_by("starts_at", "pk"), limit=SHOWN)


def gone_by(sessions: SessionQuerySet, *, now: datetime) -> Few[Session]:
    """Return the latest paid sessions of those given that are over."""
    paid = sessions.past(now=now).filter(confirmed_at__isnull=False)
    return few(paid.order_by("-starts_at", "-pk"), limit=SHOWN)


def reviews_due(sessions: SessionQuerySet, *, now: datetime) -> Few[Session]:
    """Return the sessions that can be reviewed still, the one whose time ends first before."""
    rows = sessions.filter(state=State.COMPLETED, completed_at__gt=now - REVIEW_WITHIN)
    return few(rows.order_by("completed_at", "pk"), limit=SHOWN)


def goals_in_brief(*, client: Client) -> Few[Any]:
    """Return the client's goals, open ones first, each with `percent`, `steps` and `reached`."""
    newest = GoalProgress.objects.filter(goal=OuterRef("pk")).order_by("-at", "-id")
    rows = Goal.objects.filter(client=client).annotate(
        percent=Coalesce(Subquery(newest.values("percent")[:1]), 0),
        steps=Count("milestones"),
        reached=Count("milestones__reached_at"),
    )
    last_completed = F("completed_at").desc(nulls_first=True)
    return few(rows.order_by(last_completed, "-created_at", "-id"), limit=SHOWN)


def mentors_met(*, client: Client, limit: int) -> list[MentorMet]:
    """Return the live mentors whom the client had sessions with, the latest first."""
    rows = (
        Session.objects.filter(client=client, state__in=HELD, mentor__status=Mentor.Status.LIVE)
        .values_list("mentor_id")
        .annotate(sessions=Count("pk"), last_at=Max("ends_at"))
        .order_by("-last_at", "mentor_id")
    )
    return [MentorMet(*row) for row in rows[:limit]]


def reviews_to_answer(*, mentor: Mentor, limit: int) -> Few[Review]:
    """Return the newest visible reviews that the mentor has not replied to."""
    return few(reviews_of(mentor_id=mentor.pk).filter(reply=None), limit=limit)


def hours_of(*, mentor: Mentor, now: datetime) -> Hours | None:
    """Return the weekly hours that hold at `now`; None for a mentor who never wrote any."""
    today = now.date()
    holds = (
        Q(weekly_rules__isnull=False)
        & (Q(weekly_rules__valid_from=None) | Q(weekly_rules__valid_from__lte=today))
        & (Q(weekly_rules__valid_to=None) | Q(weekly_rules__valid_to__gte=today))
    )
    row = (
        Schedule.objects.filter(mentor=mentor)
        .annotate(
            weekly_minutes=Coalesce(
                Sum(F("weekly_rules__end_minute") - F("weekly_rules__start_minute"), filter=holds),
                0,
            ),
            weekdays=ArrayAgg("weekly_rules__weekday", distinct=True, filter=holds, default=[]),
        )
        .first()
    )
    return Hours(row.time_zone, row.weekly_minutes, tuple(row.weekdays)) if row else None


def next_time_off(*, mentor: Mentor, now: datetime) -> TimeOff | None:
    """Return the time off that begins first of those that are not over."""
    rows = TimeOff.objects.filter(schedule__mentor=mentor, during__endswith__gt=now)
    return rows.order_by("during", "pk").first()
