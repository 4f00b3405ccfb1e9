"""What a line of the table says; who is who in it."""

from dataclasses import dataclass

from accounts.roles import (
    CONTENT_EDITOR,
    FINANCE_APPROVER,
    FINANCE_PREPARER,
    MENTOR,
    MENTOR_CURATOR,
    STAFF_GROUPS,
    SUPPORT,
)
from tests.cms.matrix.world import ANONYMOUS, CLIENT, GUEST, SUPERUSER

NOBODY: tuple[str, ...] = ()
ROOT = (SUPERUSER,)
STAFF = (*STAFF_GROUPS, SUPERUSER)
ENTERING = (GUEST, *STAFF)
EVERYBODY = (ANONYMOUS, CLIENT, MENTOR, *ENTERING)
EDITORS = (CONTENT_EDITOR, SUPERUSER)
CURATORS = (MENTOR_CURATOR, SUPERUSER)
PAGE_STAFF = (CONTENT_EDITOR, MENTOR_CURATOR, SUPERUSER)
SUPPORTERS = (SUPPORT, SUPERUSER)
APPROVERS = (FINANCE_APPROVER, SUPERUSER)
FINANCE = (FINANCE_PREPARER, *APPROVERS)
MOVERS = (SUPPORT, *FINANCE)

HOME = "HOME"  # the first screen, whose route says nothing
OPEN, SHUT, GONE, POST = "OPEN", "SHUT", "GONE", "POST"


@dataclass(frozen=True, slots=True)
class Area:
    """Addresses that the same roles reach. Each line: the route, and its answer if not OPEN."""

    name: str
    who: tuple[str, ...]
    routes: str
    own: bool = False

    def lines(self) -> dict[str, str]:
        """Return what is answered to who is let in, by route."""
        found = {}
        for line in self.routes.splitlines():
            if line.strip():
                route, _, answer = line.strip().partition("  ")
                found["" if route == HOME else route] = answer or OPEN
        return found


@dataclass(frozen=True, slots=True)
class Row:
    """What one route answers to each role: `who` gets `answer`, the others are refused."""

    area: str
    who: tuple[str, ...]
    answer: str
    own: bool

    def expected(self, role: str, side: str) -> str:
        if role in self.who or (self.own and role == GUEST and side == "own"):
            return self.answer
        return GONE if self.who == () and self.answer == GONE else SHUT
