"""What a fault does to a request: before its effect, to its amount, after its effect.

How an error looks on the wire is the gateway's own: `error_of` makes it from a status.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from sandbox.core.faults import Fault
from sandbox.core.messages import DropConnection

_KILLED = 137  # the status of a process that died of a kill -9

type ErrorOf = Callable[[int], Exception]


def before(struck: list[Fault], *, error_of: ErrorOf) -> None:
    """Do what the faults want while nothing has happened yet; no key keeps these answers.

    Raises:
        Exception: the gateway's error in place of an answer.
        DropConnection: no answer at all.
    """
    for fault in struck:
        match fault.kind:
            case "error_before":
                raise error_of(_status(fault))
            case "slow_before":
                _wait(fault, 1.0)
            case "timeout_before":
                _fall_silent(fault)
            case "crash_before":
                os._exit(_KILLED)


def wrong_amount(struck: list[Fault]) -> int:
    """Return by how much the charge shall differ from its intent."""
    return sum(int(fault.option("delta", 100)) for fault in struck if fault.kind == "wrong_amount")


def after[E: Exception](
    struck: list[Fault], *, error_of: Callable[[int], E], keep: Callable[[E], None]
) -> None:
    """Do what the faults want once the effect is durable.

    A key replays the success, which is how a lost answer heals. `sticky` keeps the error instead,
    as Stripe documents for its own 500s: `keep` writes it down.

    Raises:
        Exception: the gateway's error in place of the answer.
        DropConnection: no answer at all.
    """
    for fault in struck:
        match fault.kind:
            case "error_after":
                error = error_of(_status(fault))
                if fault.option("sticky", False):
                    keep(error)
                raise error
            case "slow_after":
                _wait(fault, 1.0)
            case "timeout_after":
                _fall_silent(fault)
            case "crash_after":
                os._exit(_KILLED)


def _fall_silent(fault: Fault) -> None:
    _wait(fault, 30.0)
    raise DropConnection


def _wait(fault: Fault, seconds: float) -> None:
    time.sleep(float(fault.option("seconds", seconds)))


def _status(fault: Fault) -> int:
    return int(fault.option("status", 500))
