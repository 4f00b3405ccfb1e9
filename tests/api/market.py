"""A small market for the API's tests: one live mentor who is always open, and some people."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from accounts.models import Client, Mentor
from cms.operations import publish_profile
from kernel import clock
from scheduling import slot_tokens
from scheduling.models import SessionType
from tests.api.callers import Caller
from tests.factories.people import ClientFactory, MentorFactory
from tests.factories.scheduling import open_mentor


@dataclass(frozen=True, slots=True)
class Market:
    """Ada sells an hour for USD 100.00; Ann and Ben buy; Bob is another mentor."""

    kind: SessionType
    ada: Caller
    ann: Caller
    ben: Caller
    bob: Caller
    ann_client: Client
    mentor: Mentor

    def slot(self, *, hours: int = 48) -> tuple[datetime, str]:
        """Return a start some hours ahead (on the half hour) and its token."""
        now = clock.now().astimezone(UTC)
        at = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=hours)
        return at, slot_tokens.mint(session_type=self.kind, starts_at=at, now=now)

    def held(self, *, hours: int = 48) -> str:
        """Have Ann hold a slot over the API; return the session's id."""
        answer = self.ann.post("/api/sessions", {"slot_token": self.slot(hours=hours)[1]})
        assert answer.status_code == 201, answer.content
        held: str = answer.json()["id"]
        return held


def open_market(*, listed: bool = False) -> Market:
    """Make the market; `listed` publishes Ada's page, which the directory alone reads."""
    mentor = MentorFactory(user__name="Ada Adams", slug="ada", languages=["en"])
    kind = open_mentor(mentor=mentor, time_zone="Europe/London")
    if listed:
        publish_profile(
            mentor=mentor, headline="Careers", bio="Twenty years.", expertise=["careers"]
        )
    ann = ClientFactory(user__name="Ann", user__time_zone="Europe/Paris")
    return Market(
        kind=kind,
        ada=Caller(mentor.user),
        ann=Caller(ann.user),
        ben=Caller(ClientFactory(user__name="Ben").user),
        bob=Caller(MentorFactory(user__name="Bob", slug="bob").user),
        ann_client=ann,
        mentor=mentor,
    )
