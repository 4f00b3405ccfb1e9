"""What the pages behind a problem's `type` answer."""

from api.schemas.base import Out


class ProblemKind(Out):
    """One kind of problem: when it happens and what to do."""

    type: str
    code: str
    title: str
    status: int
    description: str


class ProblemKinds(Out):
    """Every kind of problem, by code."""

    items: list[ProblemKind]
