"""The pages behind the `type` address of every problem."""

from django.http import HttpRequest
from ninja import Router

from api.permissions import allowed
from api.problems import catalogue, describe
from api.schemas.base import Slug, problems
from api.schemas.problems import ProblemKind, ProblemKinds
from kernel.errors import NotFound

router = Router(tags=["problems"])


@router.get(
    "",
    operation_id="problems_list",
    auth=allowed("problems_list"),
    response=ProblemKinds,
    summary="List every kind of problem",
)
def problems_list(request: HttpRequest) -> ProblemKinds:
    """All codes an answer may carry, in alphabetical order."""
    kinds = sorted(catalogue().items())
    return ProblemKinds(items=[ProblemKind(**describe(kind)) for _, kind in kinds])


@router.get(
    "/{code}",
    operation_id="problems_get",
    auth=allowed("problems_get"),
    response={200: ProblemKind, **problems(404, 422)},
    summary="Explain one kind of problem",
)
def problems_get(request: HttpRequest, code: Slug) -> ProblemKind:
    """What the code means and what to do about it."""
    kind = catalogue().get(code)
    if kind is None:
        raise NotFound("There is no problem of this code; GET /api/problems lists them.")
    return ProblemKind(**describe(kind))
