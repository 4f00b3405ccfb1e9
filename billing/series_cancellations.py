"""Cancel a series, or the rest of it: each session by its own policy, as if it were the only one.

The sum is what it says on each; a session has its own transaction, refund and e-mail, so what a
crash leaves is found when the call is repeated.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from billing import cancellations
from billing.cancellations import AlreadyCancelled, CancellationQuote, Cancelled
from kernel.errors import Refusal
from scheduling import series as serieses
from scheduling.lifecycle import NotCancellable
from scheduling.models import Series, Session
from scheduling.states import CancelledBy


class NothingToCancel(Refusal):
    """No session of that part of the series is left to cancel."""

    code = "nothing_to_cancel"


@dataclass(frozen=True, slots=True)
class SessionQuote:
    """What cancelling one session of the series gives back now."""

    session: Session
    quote: CancellationQuote


def quote(*, series: Series, by: CancelledBy, since: int, now: datetime) -> list[SessionQuote]:
    """Say what cancelling the sessions from position `since` on gives back, one by one.

    Sessions that are over, running or cancelled are left out. Raises NothingToCancel.
    """
    left = serieses.cancellable(series, since=since, now=now).select_related("meeting")
    quotes = [
        SessionQuote(session, cancellations.quote(session=session, by=by, now=now))
        for session in left
    ]
    if not quotes:
        raise _nothing(series, since)
    return quotes


def cancel(
    *,
    series: Series,
    by: CancelledBy,
    since: int,
    actor: str,
    reason: str,
    now: datetime,
    resumed: bool = False,
    within: Callable[[Cancelled], None] | None = None,
) -> int:
    """Cancel the sessions from position `since` on, each in a transaction of its own.

    `within` is called in each. One that begins or is cancelled meanwhile stays what it is. A call
    that is `resumed` may find everything done. Returns how many were cancelled.
    Raises NothingToCancel, RowBusy.
    """
    done = 0
    for session in list(serieses.cancellable(series, since=since, now=now)):
        try:
            cancellations.cancel(
                session_id=session.pk, by=by, actor=actor, reason=reason, now=now, within=within
            )
        except (AlreadyCancelled, NotCancellable):
            continue
        done += 1
    if not done and not resumed:
        raise _nothing(series, since)
    return done


def _nothing(series: Series, since: int) -> NothingToCancel:
    part = "" if since == 1 else f" from session {since} on"
    return NothingToCancel(
        f"Nothing of series {series.public_id}{part} is left to cancel: its sessions are over, "
        "running or cancelled.",
        series_id=series.public_id,
    )
