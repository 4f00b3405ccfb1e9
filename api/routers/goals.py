"""Goals over HTTP: a client's own, with milestones and progress; read by the session's mentor."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from api.idempotency import IdempotencyKey, once
from api.lookups import PublicId, goal_of, no_such, parse_id
from api.pagination import paginate, scope_of
from api.permissions import allowed
from api.principal import client_of, principal_of, user_of
from api.schemas.base import problems
from api.schemas.goals import (
    CompleteRequest,
    GoalOut,
    GoalPage,
    GoalQuery,
    GoalRequest,
    MilestoneRequest,
    ProgressRequest,
)
from kernel import clock, idempotency
from kernel.idempotency import Attempt
from scheduling import goals
from scheduling.queries import goals_visible_to

router = Router(tags=["goals"])

GoalId = Annotated[PublicId, Path(..., alias="goal_id")]
MilestoneId = Annotated[PublicId, Path(..., alias="milestone_id")]


@router.get(
    "",
    operation_id="goals_list",
    auth=allowed("goals_list"),
    response={200: GoalPage, **problems(400, 404, 422)},
    summary="List goals",
)
def goals_list(request: HttpRequest, query: Query[GoalQuery]) -> GoalPage:
    """The own ones, and those that clients began at a session with this mentor; newest first."""
    reader = user_of(request)
    rows = goals_visible_to(reader)
    if query.open is not None:
        rows = rows.filter(completed_at__isnull=query.open)
    if query.session_id is not None:
        rows = rows.filter(session=parse_id("ses", query.session_id, "session"))
    page = paginate(
        rows,
        key="created_at",
        descending=True,
        cursor=query.cursor,
        limit=query.limit,
        scope=scope_of(
            "goals", principal_of(request), query.model_dump(include={"open", "session_id"})
        ),
    )
    items = [GoalOut.of(goal, reader) for goal in page.items]
    return GoalPage(items=items, next=page.next, prev=page.prev)


@router.post(
    "",
    operation_id="goals_create",
    auth=allowed("goals_create"),
    response={201: GoalOut, **problems(400, 403, 404, 409, 422)},
    summary="Set a goal",
)
def goals_create(
    request: HttpRequest, body: GoalRequest, key: IdempotencyKey = None
) -> HttpResponse:
    """With a session and no title, what was written at that booking becomes the goal."""
    client = client_of(request)

    def make() -> str:
        session_id = parse_id("ses", body.session_id, "session") if body.session_id else None
        now = clock.now()
        made = goals.set_goal(client=client, title=body.title, session_id=session_id, now=now)
        return made.public_id

    return once(request, key, body, lambda attempt: _shown(request, _made(attempt, make)))


@router.get(
    "/{goal_id}",
    operation_id="goals_get",
    auth=allowed("goals_get"),
    response={200: GoalOut, **problems(404, 422)},
    summary="Read a goal",
)
def goals_get(request: HttpRequest, goal_id: GoalId) -> GoalOut:
    """An own one, or one that a client began at a session with this mentor."""
    return _shown(request, goal_id)


@router.post(
    "/{goal_id}/milestones",
    operation_id="goals_milestones_add",
    auth=allowed("goals_milestones_add"),
    response={201: GoalOut, **problems(400, 403, 404, 409, 422)},
    summary="Add a milestone",
)
def goals_milestones_add(
    request: HttpRequest, goal_id: GoalId, body: MilestoneRequest, key: IdempotencyKey = None
) -> HttpResponse:
    """The next step on the way, behind those that there are."""
    client = client_of(request)

    def make() -> str:
        pk = _id(goal_id)
        goals.add_milestone(goal_id=pk, client=client, title=body.title, now=clock.now())
        return goal_id

    return once(request, key, body, lambda attempt: _shown(request, _made(attempt, make)))


@router.post(
    "/{goal_id}/milestones/{milestone_id}/reach",
    operation_id="goals_milestones_reach",
    auth=allowed("goals_milestones_reach"),
    response={200: GoalOut, **problems(403, 404, 409, 422)},
    summary="Mark a milestone as reached",
)
def goals_milestones_reach(
    request: HttpRequest, goal_id: GoalId, milestone_id: MilestoneId
) -> GoalOut:
    """Once; a second call is a 409 `milestone_reached`."""
    pk = parse_id("mst", milestone_id, "milestone")
    goal = goal_of(user_of(request), goal_id)
    if pk not in {step.pk for step in goal.milestones.all()}:
        raise no_such("milestone")
    goals.reach_milestone(milestone_id=pk, client=client_of(request), now=clock.now())
    return _shown(request, goal_id)


@router.post(
    "/{goal_id}/progress",
    operation_id="goals_progress",
    auth=allowed("goals_progress"),
    response={201: GoalOut, **problems(400, 403, 404, 409, 422)},
    summary="Report progress",
)
def goals_progress(
    request: HttpRequest, goal_id: GoalId, body: ProgressRequest, key: IdempotencyKey = None
) -> HttpResponse:
    """Each report is kept, and the newest counts."""
    client = client_of(request)

    def make() -> str:
        goals.record_progress(
            goal_id=_id(goal_id),
            client=client,
            percent=body.percent,
            note=body.note,
            now=clock.now(),
        )
        return goal_id

    return once(request, key, body, lambda attempt: _shown(request, _made(attempt, make)))


@router.post(
    "/{goal_id}/complete",
    operation_id="goals_complete",
    auth=allowed("goals_complete"),
    response={200: GoalOut, **problems(403, 404, 409, 422)},
    summary="Complete a goal",
)
def goals_complete(request: HttpRequest, goal_id: GoalId, body: CompleteRequest) -> GoalOut:
    """With a last report of 100 percent; nothing is reported on it any more."""
    goals.complete(goal_id=_id(goal_id), client=client_of(request), note=body.note, now=clock.now())
    return _shown(request, goal_id)


def _id(text: str) -> UUID:
    return parse_id("goa", text, "goal")


def _shown(request: HttpRequest, goal_id: str) -> GoalOut:
    reader = user_of(request)
    return GoalOut.of(goal_of(reader, goal_id), reader)


def _made(attempt: Attempt, make: Callable[[], str]) -> str:
    """Return the goal that `make` wrote to, once: a repetition after a crash finds it written."""
    if "goal" not in attempt.recovery:
        with transaction.atomic():
            idempotency.reach(attempt, goal=make())
    goal: str = attempt.recovery["goal"]
    return goal
