"""What a mentor's profile still wants before clients can find and book it. Pure.

Each step has a stable word; which words a screen writes beside it is the screen's affair.
"""

from dataclasses import dataclass

from accounts.models import Mentor
from cms.models import MentorProfilePage


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do; `needed` where nobody can book without it."""

    code: str
    done: bool
    needed: bool


def steps(
    *, mentor: Mentor, page: MentorProfilePage | None, offers: int, open_minutes: int, payable: bool
) -> list[Step]:
    """Return the steps in the order in which they are best taken."""
    return [
        Step("headline", done=bool(page and page.headline), needed=True),
        Step("bio", done=bool(page and page.bio), needed=False),
        Step("expertise", done=bool(page and page.expertise), needed=False),
        Step("languages", done=bool(mentor.languages), needed=False),
        Step("session_type", done=offers > 0, needed=True),
        Step("hours", done=open_minutes > 0, needed=True),
        Step("payout_account", done=payable, needed=False),
        Step("published", done=is_public(mentor, page), needed=True),
    ]


def is_public(mentor: Mentor, page: MentorProfilePage | None) -> bool:
    """Say whether visitors see the profile."""
    return mentor.is_live and page is not None and bool(page.live)
