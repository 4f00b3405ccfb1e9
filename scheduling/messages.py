"""What the two people of a session are told by e-mail, in their own zone.

Written into the outbox in the transaction of the event; the words are in `templates/emails`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings

from accounts.models import User
from kernel import written
from notifications.conditions import Condition, holds
from notifications.models import Kind
from notifications.outbox import put_email
from notifications.switches import Switch
from scheduling import calendars, standing
from scheduling.models import Incident, Meeting, Session, WaitlistEntry
from scheduling.policies import WHOLE_BPS
from scheduling.states import CancelledBy, IncidentKind, Side

# What names the clients of a group to its mentor, in what is said once for all of them: no seat.
_GROUP = {
    "other": written.by_language(en="your group", de="Ihrer Gruppe"),
    "goals": "",
    "session_id": "",
}

_WAITED_IN_VAIN = {
    WaitlistEntry.Reason.TOO_LATE: written.by_language(
        en="No place became free in time.", de="Es ist nicht rechtzeitig ein Platz frei geworden."
    ),
    WaitlistEntry.Reason.WITHDRAWN: written.by_language(
        en="The meeting does not take place.", de="Das Treffen findet nicht statt."
    ),
    WaitlistEntry.Reason.CLIENT_BUSY: written.by_language(
        en="A place became free, but you have another session at that time, so it went to the "
        "next who waits.",
        de="Ein Platz ist frei geworden, aber Sie haben zu dieser Zeit eine andere Sitzung; er "
        "ging an die Nächsten, die warten.",
    ),
}


def tell_confirmed(session: Session, *, now: datetime) -> None:
    """Invite client and mentor: the session is paid and stands.

    The mentor of a group hears of each seat and is invited by none: see `_is_one_of_many`.
    """
    for role, reader in _people(session):
        invited = not _is_one_of_many(session, role)
        put_email(
            key=f"session-confirmed:{session.public_id}:{role}",
            template="session_confirmed",
            to=reader.email,
            language=reader.language,
            context={**_context(session, role, reader), "invited": invited},
            **(_invitation(session, reader, calendars.REQUEST, now) if invited else {}),
            only_if=standing.as_it_is(session),
        )


def tell_cancelled(
    session: Session, *, was_confirmed: bool, now: datetime, by_staff: bool = False
) -> None:
    """Tell both that the session is off, and take it out of their calendars.

    Of a hold that was never paid only the client knows, and only the doing of others is news. Of
    a group that was withdrawn its mentor hears once, and not at all where it was their own doing.
    `by_staff`: the staff cancelled it, for whoever is named.
    """
    for role, reader in _people(session):
        theirs = session.cancelled_by == CancelledBy.CLIENT and not by_staff
        if not was_confirmed and (role == "mentor" or theirs):
            continue
        context = {
            **_context(session, role, reader),
            "paid": was_confirmed,
            "by_staff": by_staff,
        }
        key = f"session-cancelled:{session.public_id}:{role}"
        invited = was_confirmed
        if _is_one_of_many(session, role):
            invited = False
            if session.meeting.withdrawn_by == Meeting.Withdrawer.MENTOR:
                continue
            if session.meeting.withdrawn_at is not None:
                key = f"meeting-withdrawn:{session.meeting.public_id}"
                context |= _of_group()
        put_email(
            key=key,
            template="session_cancelled",
            to=reader.email,
            language=reader.language,
            context=context,
            **(_invitation(session, reader, calendars.CANCEL, now) if invited else {}),
        )


def remind(session: Session, *, role: str, kind: str, email_kind: Kind, only_if: Condition) -> None:
    """Remind one of the two, by their `role`; the words name the hour and no distance to it.

    So they are true however late the message is. The mentor of a group gets one for all its seats.
    `email_kind` is the kind under which readers switch it off.
    """
    reader = dict(_people(session))[role]
    context, key = _context(session, role, reader), f"{session.public_id}:{session.sequence}"
    if _is_one_of_many(session, role):
        context, key = context | _of_group(), session.meeting.public_id
    put_email(
        key=f"session-reminder:{key}:{kind}:{role}",
        template="session_reminder",
        to=reader.email,
        language=reader.language,
        context=context,
        only_if=only_if,
        switch=Switch(email_kind, reader),
    )


def tell_moved(session: Session, *, was: datetime, by: Side, agreed: bool, now: datetime) -> None:
    """Tell both that the session, which began at `was`, has another time; invite them anew.

    The invitation is the one that they have, with a higher sequence: their calendars move it.
    """
    for role, reader in _people(session):
        put_email(
            key=f"session-moved:{session.public_id}:{session.sequence}:{role}",
            template="session_moved",
            to=reader.email,
            language=reader.language,
            context={
                **_context(session, role, reader),
                "was": written.span(
                    was, was + (session.ends_at - session.starts_at), reader.time_zone
                ),
                "by_reader": role == by,
                "agreed": agreed,
                "at_most": _most_back(session) if role == "client" else "",
            },
            **_invitation(session, reader, calendars.REQUEST, now),
            only_if=standing.as_it_is(session),
        )


def tell_proposed(
    session: Session, *, by: Side, starts: Sequence[datetime], message: str, key: str
) -> None:
    """Tell the other one which times `by` proposes; the session stands until one is accepted."""
    length = session.ends_at - session.starts_at
    for role, reader in _people(session):
        if role == by:
            continue
        put_email(
            key=f"session-proposed:{key}",
            template="session_proposed",
            to=reader.email,
            language=reader.language,
            context={
                **_context(session, role, reader),
                "times": [
                    written.span(start, start + length, reader.time_zone) for start in starts
                ],
                "message": message,
            },
            only_if=standing.as_it_is(session),
        )


def tell_declined(session: Session, *, by: Side, key: str) -> None:
    """Tell who proposed another time that `by` declined it: the session stays where it is."""
    for role, reader in _people(session):
        if role != by:
            put_email(
                key=f"proposal-declined:{key}",
                template="proposal_declined",
                to=reader.email,
                language=reader.language,
                context=_context(session, role, reader),
                only_if=standing.as_it_is(session),
            )


def tell_place_kept(session: Session, *, until: datetime) -> None:
    """Tell the one who waited that a seat is kept for them, until when, and where to pay."""
    role, reader = _people(session)[0]
    put_email(
        key=f"waitlist-place:{session.public_id}",
        template="waitlist_place",
        to=reader.email,
        language=reader.language,
        context={
            **_context(session, role, reader),
            "until": written.moment(until, reader.time_zone),
        },
        only_if=holds(standing.place_is_kept, session_id=str(session.pk)),
    )


def tell_waited_in_vain(entry: WaitlistEntry) -> None:
    """Tell the one who waited that no seat comes any more, and why."""
    reader, meeting = entry.client.user, entry.meeting
    kind = meeting.session_type
    put_email(
        key=f"waitlist-closed:{entry.public_id}",
        template="waitlist_closed",
        to=reader.email,
        language=reader.language,
        context={
            "name": reader.name,
            "other": meeting.mentor.user.name,
            "kind": kind.name if kind else "",
            "when": written.span(meeting.during.lower, meeting.during.upper, reader.time_zone),
            "why": _WAITED_IN_VAIN[WaitlistEntry.Reason(entry.reason)],
            "link": f"{settings.PUBLIC_URL}/app/mentors/{meeting.mentor.slug}",
        },
    )


def _most_back(session: Session) -> str:
    """Return such as `50 %` where a move left less to give back than the policy says."""
    bps = session.refund_cap_bps
    return f"{bps / 100:g} %" if bps < WHOLE_BPS else ""


def tell_mentor_absent(session: Session) -> None:
    """Tell both that the mentor did not come, as the room shows, and what follows from it."""
    for role, reader in _people(session):
        put_email(
            key=f"session-mentor-absent:{session.public_id}:{role}",
            template="session_mentor_absent",
            to=reader.email,
            language=reader.language,
            context=_context(session, role, reader),
        )


def tell_reported(session: Session, *, incident: Incident) -> None:
    """Tell the other one what was reported, so that they say what they saw before it is decided."""
    for role, reader in _people(session):
        if role != incident.side:
            put_email(
                key=f"incident-reported:{incident.public_id}",
                template="incident_reported",
                to=reader.email,
                language=reader.language,
                context={
                    **_context(session, role, reader),
                    "emergency": incident.kind == IncidentKind.EMERGENCY,
                    "reason": incident.reason,
                },
                only_if=standing.undecided(incident),
            )


def tell_withdrawn(session: Session, *, incident: Incident) -> None:
    """Tell the other one that a report is taken back, so that they can still make their own."""
    for role, reader in _people(session):
        if role != incident.side:
            put_email(
                key=f"incident-withdrawn:{incident.public_id}",
                template="incident_withdrawn",
                to=reader.email,
                language=reader.language,
                context={
                    **_context(session, role, reader),
                    "emergency": incident.kind == IncidentKind.EMERGENCY,
                },
            )


def tell_decided(
    session: Session,
    *,
    decided: str,
    reason: str,
    held_minutes: int | None = None,
    key: str = "",
    way: str = "",
) -> None:
    """Tell both what the staff decided of a session that had begun, and what follows from it.

    `decided` says whose doing it was (`mentor`, `platform`, `nobody`), who was absent
    (`mentor_absent`, `client_absent`), or that a report changes nothing (`dismissed`). `key` names
    the decision where a session may have more than one. `way` is how the money comes back: empty
    through a gateway, to the client's `package` or `credit`, or not before the `bank` has decided.
    """
    for role, reader in _people(session):
        put_email(
            key=f"session-decided:{key or session.public_id}:{role}",
            template="session_decided",
            to=reader.email,
            language=reader.language,
            context={
                **_context(session, role, reader),
                "decided": decided,
                "reason": reason,
                "rest": decided not in {"client_absent", "dismissed"}
                and held_minutes != session.duration_minutes,
                "way": way,
                "minutes": "" if held_minutes is None else _minutes(session, held_minutes),
            },
        )


def _minutes(session: Session, held: int) -> str:
    of = session.duration_minutes
    return written.by_language(en=f"{held} of {of} minutes", de=f"{held} von {of} Minuten")


def _people(session: Session) -> list[tuple[str, User]]:
    return [("client", session.client.user), ("mentor", session.mentor.user)]


def _is_one_of_many(session: Session, role: str) -> bool:
    """Return whether the session is one seat of the reader's own group meeting.

    Such a meeting is in its mentor's calendar from its offer on, by their feed, as one event.
    """
    return (
        role == Side.MENTOR
        and session.session_type.is_group
        and session.meeting.session_type_id is not None
    )


def _invitation(session: Session, reader: User, method: str, now: datetime) -> dict[str, Any]:
    document = calendars.invitation(session=session, reader=reader, method=method, now=now)
    return {"ics": document, "ics_method": method}


def _of_group() -> dict[str, Any]:
    return {**_GROUP, "link": f"{settings.PUBLIC_URL}/app/sessions"}


def _context(session: Session, role: str, reader: User) -> dict[str, Any]:
    zone = reader.time_zone
    return {
        "name": reader.name,
        "role": role,
        "other": (session.mentor if role == "client" else session.client).user.name,
        "kind": session.session_type.name,
        "day": written.day(session.starts_at, zone),
        "from_time": written.hour(session.starts_at, zone),
        "when": written.span(session.starts_at, session.ends_at, zone),
        "link": f"{settings.PUBLIC_URL}/app/sessions/{session.public_id}",
        "price": written.amount(session.price_minor, session.currency),
        "goals": session.goals,
        "session_id": session.public_id,
        "cancelled_by": session.cancelled_by,
        "by_reader": session.cancelled_by == role,
        "reason": session.cancel_reason,
    }
