"""Suspend a mentor, with all that was booked: it ends as the platform's doing, by its policy.

The suspension is one transaction, behind the mentor's schedule: with it he is off the market.
What was booked ends after it, each session in a transaction of its own (a job, and a sweep behind
it): what a crash or a busy row leaves is found by the next run, and nothing is done twice. What
the mentor has earned stays payable, unless the suspension says otherwise (`payouts.eligible`).
"""

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts import suspensions
from accounts.models import Mentor, Suspension, User
from billing import cancellations, giving_back, mass_cancellations, packages
from billing.cancellations import AlreadyCancelled
from billing.ledger.preview import Movement, WorldMoved, rehearse
from billing.models import Package
from billing.own_case import OwnCase
from billing.states import PaymentState
from kernel import clock
from kernel.errors import NotFound, Refusal
from kernel.tasks import enqueue, task
from scheduling import groups
from scheduling.models import Schedule, Session, WaitlistEntry
from scheduling.models.session import SessionQuerySet
from scheduling.states import CancelledBy, State

logger = logging.getLogger(__name__)

SAID_TO_CLIENTS = "The mentor takes no sessions here at present."
MOST_REHEARSED = 40  # of which the postings are shown; each is cancelled once to see them


class StillEnding(Refusal):
    """What was booked has not ended yet: some would stand, and some would not."""

    code = "still_ending"


@dataclass(frozen=True, slots=True)
class Ending:
    """What ends with a suspension, and what goes back: in money, to credit, to a package.

    In minor units. `held`: a bank holds the payment, so nothing can be sent yet.
    """

    session: Session
    refund_minor: int
    credit_minor: int
    prepaid_minor: int
    held: bool

    @property
    def back_minor(self) -> int:
        return self.refund_minor + self.credit_minor + self.prepaid_minor


@dataclass(frozen=True, slots=True)
class Outlook:
    """All that a suspension ends: sessions (holds that nobody paid among them), and the rest."""

    endings: Sequence[Ending]
    meetings: int
    waiting: int
    packages: Sequence[Package]

    @property
    def content_hash(self) -> str:
        """Return the SHA-256 of what goes back to whom; unpaid holds come and go without it."""
        content = [
            [
                [str(one.session.pk), one.refund_minor, one.credit_minor, one.prepaid_minor]
                for one in self.endings
                if one.session.state == State.CONFIRMED
            ],
            self.meetings,
            [[str(one.pk), one.unused_minor] for one in self.packages],
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def look(*, mentor: Mentor, now: datetime) -> Outlook:
    """Say what suspending the mentor ends and gives back. Writes nothing."""
    sessions = coming(mentor.pk, now=now).select_related("client__user", "session_type", "meeting")
    meetings = groups.offered_to_come(mentor.pk, now=now)
    return Outlook(
        endings=[_ending(session, now) for session in sessions.order_by("during", "id")],
        meetings=meetings.count(),
        waiting=WaitlistEntry.objects.waiting().filter(meeting__in=meetings).count(),
        packages=list(_unused_packages(mentor.pk, now=now).select_related("client__user")),
    )


def _ending(session: Session, now: datetime) -> Ending:
    terms = giving_back.by_policy(session=session, by=CancelledBy.PLATFORM, now=now)
    return Ending(
        session=session,
        refund_minor=terms.refunded_minor,
        credit_minor=terms.parts.credit_minor if terms.parts else 0,
        prepaid_minor=terms.prepaid_minor,
        held=giving_back.way_back(terms) == "bank",
    )


def postings(outlook: Outlook, *, now: datetime) -> list[Movement]:
    """Return what ending it would post, of the first MOST_REHEARSED: by doing each, rolled back."""
    found: list[Movement] = []
    for ending in [one for one in outlook.endings if one.back_minor][:MOST_REHEARSED]:
        session_id = ending.session.pk
        seen = rehearse(partial(_cancel, session_id, "system", now))
        found += seen.movements
    for package in outlook.packages[:MOST_REHEARSED]:
        found += rehearse(partial(_give_back, package, "system", now)).movements
    return found


def suspend(
    *,
    mentor_id: UUID,
    by: User,
    reason: str,
    holds_payouts: bool = False,
    expecting: str | None = None,
    now: datetime,
) -> Suspension:
    """Take the mentor off the market, withdraw the meetings, and promise that the rest ends.

    `expecting` is the hash of the outlook that a person looked at. Locks schedule → meetings →
    mentor. Raises NotFound, Invalid, OwnSuspension, OwnCase, AlreadySuspended, WorldMoved.
    """
    with transaction.atomic():
        mentor = _locked(mentor_id)
        suspensions.refuse_suspended(mentor)
        outlook = look(mentor=mentor, now=now)
        _refuse_own_case(outlook, by)
        if expecting is not None and outlook.content_hash != expecting:
            raise WorldMoved(
                "The world has moved: look again. Below is what it would end now; nothing was done."
            )
        groups.withdraw_all(mentor_id=mentor.pk, reason=SAID_TO_CLIENTS, now=now)
        made = suspensions.suspend(
            mentor=mentor, by=by, reason=reason, holds_payouts=holds_payouts, now=now
        )
        enqueue(end, suspension_id=str(made.pk), dedupe_key=str(made.pk))
    return made


def lift(*, mentor_id: UUID, by: User, reason: str, now: datetime) -> Suspension:
    """Let the mentor back on the market; what was cancelled stays cancelled.

    Raises NotFound, Invalid, OwnSuspension, NotSuspended, AccountDeactivated, StillEnding.
    """
    with transaction.atomic():
        mentor = _locked(mentor_id)
        left = coming(mentor.pk, now=now).count()
        if left and suspensions.standing(mentor.pk) is not None:
            raise StillEnding(
                f"{left} {'session' if left == 1 else 'sessions'} of {mentor.user.name} still wait "
                "to be cancelled, which is done within a minute or two. Lift the suspension then; "
                "if they do not go, look at what failed among the jobs."
            )
        return suspensions.lift(mentor=mentor, by=by, reason=reason, now=now)


@task
def end(*, suspension_id: str) -> None:
    """Job: end what was booked with a suspended mentor; repeated, it finds what is left."""
    stands = _standing().filter(pk=suspension_id).first()
    if stands is not None:
        _end(stands, now=clock.now())


def sweep(*, now: datetime) -> int:
    """End what is booked with any suspended mentor; return how many sessions and packages."""
    return sum(_end(stands, now=now) for stands in _standing().order_by("at", "pk"))


def coming(mentor_id: UUID, *, now: datetime) -> SessionQuerySet:
    """Return the mentor's sessions that have not begun, and the holds."""
    return Session.objects.filter(
        mentor=mentor_id, state__in=[State.PENDING, State.CONFIRMED], starts_at__gt=now
    )


def _standing() -> QuerySet[Suspension]:
    return Suspension.objects.filter(lifted_at=None).select_related("by", "mentor")


def _end(stands: Suspension, *, now: datetime) -> int:
    done = mass_cancellations.end_withdrawn(now=now, mentor_id=stands.mentor_id)
    alone = coming(stands.mentor_id, now=now).filter(meeting__withdrawn_at=None)
    actor = stands.by.public_id
    for session_id in alone.order_by("during", "id").values_list("pk", flat=True):
        done += _tried(f"session {session_id}", partial(_cancel, session_id, actor, now))
    if coming(stands.mentor_id, now=now).exists():
        return done  # a package is given back once the sessions that it paid for are
    for package in _unused_packages(stands.mentor_id, now=now):
        name = f"package {package.public_id}"
        done += _tried(name, partial(_give_back, package, actor, now))
    Suspension.objects.filter(pk=stands.pk, ended_at=None, lifted_at=None).update(ended_at=now)
    return done


def _tried(what: str, act: Callable[[], object]) -> bool:
    """Do one of them; one that cannot be done now holds up none of the others."""
    try:
        act()
    except AlreadyCancelled:
        return False
    except Refusal as refusal:  # ended or begun meanwhile, or the next run finds it again
        logger.warning("%s of a suspended mentor: %s", what, refusal)
        return False
    except Exception:
        logger.exception("%s of a suspended mentor could not be ended", what)
        return False
    return True


def _cancel(session_id: UUID, actor: str, now: datetime) -> object:
    return cancellations.cancel(
        session_id=session_id,
        by=CancelledBy.PLATFORM,
        actor=actor,
        reason=SAID_TO_CLIENTS,
        now=now,
    )


def _give_back(package: Package, actor: str, now: datetime) -> object:
    return packages.give_back(
        package_id=package.pk, client=package.client, actor=actor, now=now, by_platform=True
    )


def _unused_packages(mentor_id: UUID, *, now: datetime) -> QuerySet[Package]:
    """Return the paid packages of the mentor's that have something unused and no bank holds."""
    return (
        Package.objects.filter(
            offer__session_type__mentor=mentor_id,
            closed_at=None,
            expires_at__gt=now,
            unused_minor__gt=0,
            purchase__payments__state=PaymentState.SUCCEEDED,
            purchase__payments__held_by_dispute=False,
        )
        .select_related("client__user", "purchase")
        .order_by("created_at", "pk")
    )


def _locked(mentor_id: UUID) -> Mentor:
    """Return the mentor, behind whose schedule every booking stands in line."""
    list(Schedule.objects.select_for_update(no_key=True).filter(mentor=mentor_id))
    mentor = Mentor.objects.select_related("user").filter(pk=mentor_id).first()
    if mentor is None:
        raise NotFound("There is no such mentor.")
    return mentor


def _refuse_own_case(outlook: Outlook, by: User) -> None:
    for ending in outlook.endings:
        if ending.session.client.user_id == by.pk:
            raise OwnCase(
                f"You are the client of session {ending.session.public_id}, which would end: a "
                "colleague decides.",
                session_id=ending.session.public_id,
            )
