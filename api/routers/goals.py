"""Goals over HTTP: the client's own, with milestones and progress."""

from django.http import HttpRequest
from ninja import Query, Router

from api.pagination import paginate, scope_of
from api.permissions import allowed
from api.principal import client_of, principal_of
from api.schemas.base import problems
from api.schemas.goals import GoalOut, GoalPage, GoalQuery
from scheduling.queries import goals_of

router = Router(tags=["goals"])


@router.get(
    "",
    operation_id="goals_list",
    auth=allowed("goals_list"),
    response={200: GoalPage, **problems(400, 403, 422)},
    summary="List the own goals",
)
def goals_list(request: HttpRequest, query: Query[GoalQuery]) -> GoalPage:
    """Each with its milestones in order and every report of progress; the newest first."""
    rows = goals_of(client=client_of(request))
    page = paginate(
        rows if query.open is None else rows.filter(completed_at__isnull=query.open),
        key="created_at",
        descending=True,
        cursor=query.cursor,
        limit=query.limit,
        scope=scope_of("goals", principal_of(request), query.model_dump(include={"open"})),
    )
    items = [GoalOut.of(goal) for goal in page.items]
    return GoalPage(items=items, next=page.next, prev=page.prev)
