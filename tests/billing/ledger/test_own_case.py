"""Nobody decides on a session of their own: staff who are its client or its mentor are refused."""

from collections.abc import Callable
from typing import Any

import pytest

from billing import interventions
from billing.interventions import Fault
from billing.models import Refund
from billing.own_case import OwnCase
from kernel.models import AuditEntry
from scheduling.models import Session
from tests.billing.ledger.books import EARLY, ENDED
from tests.billing.ledger.reports import AT_20, begun, decide, reported
from tests.factories.billing import paid_session

pytestmark = pytest.mark.django_db


def _cancel(session: Session, by: str) -> Any:
    return interventions.cancel(
        session_id=session.pk, fault=Fault.PLATFORM, by=by, reason="Mine.", now=AT_20
    )


def _complete(session: Session, by: str) -> Any:
    return interventions.complete(session_id=session.pk, by=by, reason="Mine.", now=ENDED)


def _cancel_early(session: Session, by: str) -> Any:
    return interventions.cancel(
        session_id=session.pk, fault=Fault.MENTOR, by=by, reason="Mine.", now=EARLY
    )


@pytest.mark.parametrize("side", ["client", "mentor"])
@pytest.mark.parametrize(
    ("act", "runs"), [(_cancel, True), (_complete, True), (_cancel_early, False)]
)
def test_staff_neither_cancel_nor_complete_a_session_of_their_own(
    act: Callable[[Session, str], Any], runs: bool, side: str
) -> None:
    session = begun() if runs else paid_session()[0]
    state = session.state

    with pytest.raises(OwnCase, match=f"You are the {side} .* Ask a colleague"):
        act(session, getattr(session, side).user.public_id)

    session.refresh_from_db()
    assert session.state == state
    assert (Refund.objects.count(), AuditEntry.objects.count()) == (0, 0)
    assert act(session, "usr_colleague").session.state != state


@pytest.mark.parametrize("side", ["client", "mentor"])
@pytest.mark.parametrize("verdict", ["mentor_absent", "client_absent", "dismissed"])
def test_staff_do_not_decide_on_a_report_of_their_own_session(verdict: str, side: str) -> None:
    incident = reported(session := begun())

    with pytest.raises(OwnCase, match=f"You are the {side}"):
        decide(incident, verdict, by=getattr(session, side).user.public_id)

    incident.refresh_from_db()
    assert (incident.state, Refund.objects.count()) == ("open", 0)
    decide(incident, verdict, by="usr_colleague")
    incident.refresh_from_db()
    assert incident.state == verdict
