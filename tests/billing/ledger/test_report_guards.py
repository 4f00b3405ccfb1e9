"""What the database keeps of reports itself, each guard beside what it lets pass."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from billing.models import Purchase
from kernel.ids import public_id
from scheduling.models import Incident, Session
from tests.billing.ledger.books import ENDED
from tests.billing.ledger.reports import begun, decide, held, reported
from tests.factories import sessions

pytestmark = pytest.mark.django_db


def _decided(incident: Incident, *, by: str, state: str, held_minutes: int | None = None) -> None:
    with transaction.atomic():
        Incident.objects.filter(pk=incident.pk).update(
            state=state,
            decided_by=by,
            decision="Mine.",
            decided_at=ENDED,
            held_minutes=held_minutes,
        )


def test_the_database_writes_public_ids_as_we_do() -> None:
    session = begun()
    for person in (session.client.user, session.mentor.user):
        with connection.cursor() as cursor:
            cursor.execute("SELECT scheduling_public_user_id(%s)", [person.pk])
            assert cursor.fetchone() == (public_id("usr", person.pk),)


@pytest.mark.parametrize("side", ["client", "mentor"])
def test_nobody_decides_on_their_own_session_by_sql(side: str) -> None:
    incident = reported(session := begun())

    with pytest.raises(IntegrityError, match="nobody decides on a session of their own"):
        _decided(incident, by=getattr(session, side).user.public_id, state="dismissed")

    _decided(incident, by=getattr(begun(), side).user.public_id, state="dismissed")
    assert Incident.objects.get(pk=incident.pk).state == "dismissed"


def test_a_report_that_one_of_them_overtook_is_nobodys_decision() -> None:
    incident = reported(session := begun())

    _decided(incident, by=session.mentor.user.public_id, state="moot")

    assert Incident.objects.get().state == "moot"


@pytest.mark.parametrize(("minutes", "may"), [(60, True), (61, False)])
def test_no_more_minutes_are_held_than_it_had(minutes: int, may: bool) -> None:
    incident = reported(begun(), "emergency")

    if may:
        _decided(incident, by="usr_staff", state="pro_rata", held_minutes=minutes)
        return
    with pytest.raises(IntegrityError, match="was shorter"):
        _decided(incident, by="usr_staff", state="pro_rata", held_minutes=minutes)


def _written(session: Session) -> Incident:
    with transaction.atomic():
        return Incident.objects.create(
            session=session, kind="absence", side="client", reported_by="usr_c", reason="Alone.",
            created_at=timezone.now(), state="open",
        )  # fmt: skip


def test_what_nobody_held_or_paid_is_not_reported() -> None:
    pending, gone, stands = sessions.pending_session(), begun(), begun()
    sessions.cancel(gone, at=ENDED, by="platform", refund_bps=0)

    for session in (pending, gone):
        with pytest.raises(IntegrityError, match=f"is {session.state}"):
            _written(session)

    assert _written(stands).state == "open"


def test_a_session_is_not_completed_over_an_open_report() -> None:
    incident = reported(session := begun())

    with pytest.raises(IntegrityError, match="is reported: decide"), transaction.atomic():
        Session.objects.filter(pk=session.pk).update(state="completed", completed_at=ENDED)

    _decided(incident, by="usr_staff", state="dismissed")
    Session.objects.filter(pk=session.pk).update(state="completed", completed_at=ENDED)


def test_a_share_is_not_released_over_an_open_report() -> None:
    incident = reported(session := held(), at=ENDED + timedelta(days=1))
    Purchase.objects.update(recognised_at=ENDED)

    with pytest.raises(IntegrityError, match="its session is reported"), transaction.atomic():
        Purchase.objects.update(released_at=ENDED)

    decide(incident, "dismissed", at=ENDED + timedelta(days=1))
    Purchase.objects.filter(session=session).update(released_at=ENDED)
