"""Pay mentors: build a run, freeze it, have another person approve it, send it, hear of it.

A run is the only way out of 2120. `by` is the person who is signed in and acts; the edge that
calls (a screen, a command) has asked for their permission, because only it knows who is asking.
What holds for everybody, superusers too, is not left to it: that the approver is another person
than the preparers is refused here and in the database.
"""

from billing.payouts.holds import AlreadyOnHold, NotOnHold, hold, lift_hold
from billing.payouts.outcome import (
    NotReassignable,
    PayoutContradicted,
    apply,
    find_for,
    look,
    reassign,
    settle,
    settle_payout,
)
from billing.payouts.outlook import Outlook, outlook
from billing.payouts.runs import (
    FourEyes,
    NoMinimum,
    RunEmpty,
    RunInProgress,
    RunMoved,
    RunNotReady,
    RunTampered,
    approve,
    build,
    discard,
    freeze,
)
from billing.payouts.sending import (
    NothingWaits,
    Sent,
    progress,
    send,
    send_again,
    send_run,
    sweep,
)
from billing.payouts.showing import Preview, preview

__all__ = [
    "AlreadyOnHold",
    "FourEyes",
    "NoMinimum",
    "NotOnHold",
    "NotReassignable",
    "NothingWaits",
    "Outlook",
    "PayoutContradicted",
    "Preview",
    "RunEmpty",
    "RunInProgress",
    "RunMoved",
    "RunNotReady",
    "RunTampered",
    "Sent",
    "apply",
    "approve",
    "build",
    "discard",
    "find_for",
    "freeze",
    "hold",
    "lift_hold",
    "look",
    "outlook",
    "preview",
    "progress",
    "reassign",
    "send",
    "send_again",
    "send_run",
    "settle",
    "settle_payout",
    "sweep",
]
