"""Reports of sessions and the staff's decisions on them, as the ledger tests make them."""

from datetime import datetime, timedelta

from billing import incidents
from billing.incidents import Verdict
from billing.interventions import Intervened
from scheduling.incidents import report
from scheduling.models import Incident, Session
from scheduling.states import IncidentKind, Side
from tests.billing.ledger.books import ENDED
from tests.factories import sessions
from tests.factories.billing import paid_session
from tests.factories.sessions import STARTS_AT

AT_20 = STARTS_AT + timedelta(minutes=20, seconds=59)


def begun() -> Session:
    """A paid session that runs."""
    session, _ = paid_session()
    sessions.begin(session)
    return session


def held() -> Session:
    """A paid session that was completed on time."""
    session, _ = paid_session()
    sessions.complete(session)
    return session


def reported(
    session: Session, kind: str = "absence", *, side: str = "client", at: datetime = AT_20
) -> Incident:
    """One side reports it, by default an absence in its 21st minute."""
    return report(
        session_id=session.pk,
        side=Side(side),
        kind=IncidentKind(kind),
        reason="I was there alone.",
        by=(session.client if side == "client" else session.mentor).user.public_id,
        now=at,
    )


def decide(
    incident: Incident,
    verdict: str,
    *,
    at: datetime = ENDED,
    held_minutes: int | None = None,
    by: str = "usr_staff",
) -> Intervened:
    """Somebody of the staff decides on it, by default at the end."""
    return incidents.decide(
        incident_id=incident.pk,
        verdict=Verdict(verdict),
        by=by,
        reason="The room says so.",
        held_minutes=held_minutes,
        now=at,
    )
