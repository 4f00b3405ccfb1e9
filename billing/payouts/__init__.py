"""Pay mentors: build a run, freeze it, have another person approve it, send it, hear of it.

A run is the only way out of 2120. Nothing here decides who may press a button; that the approver
is another person than the preparer is held in the database.
"""

from billing.payouts.holds import AlreadyOnHold, NotOnHold, hold, lift_hold
from billing.payouts.outcome import (
    NotReassignable,
    PayoutContradicted,
    find_for,
    reassign,
    settle,
    settle_payout,
)
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
from billing.payouts.sending import Sent, send, send_run, sweep
from billing.payouts.showing import Preview, preview

__all__ = [
    "AlreadyOnHold",
    "FourEyes",
    "NoMinimum",
    "NotOnHold",
    "NotReassignable",
    "PayoutContradicted",
    "Preview",
    "RunEmpty",
    "RunInProgress",
    "RunMoved",
    "RunNotReady",
    "RunTampered",
    "Sent",
    "approve",
    "build",
    "discard",
    "find_for",
    "freeze",
    "hold",
    "lift_hold",
    "preview",
    "reassign",
    "send",
    "send_run",
    "settle",
    "settle_payout",
    "sweep",
]
