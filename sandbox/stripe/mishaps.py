"""What a fault does to a Stripe request: before its effect, to its amount, after its effect."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from sandbox.core.faults import Fault
from sandbox.core.messages import DropConnection
from sandbox.stripe.errors import StripeError

_KILLED = 137  # the status of a process that died of a kill -9


def before(struck: list[Fault]) -> None:
    """Do what the faults want while nothing has happened yet; no key keeps these answers.

    Raises:
        StripeError: the error in place of an answer.
        DropConnection: no answer at all.
    """
    for fault in struck:
        match fault.kind:
            case "error_before":
                raise _server_error(fault)
            case "slow_before":
                _wait(fault, 1.0)
            case "timeout_before":
                _fall_silent(fault)
            case "crash_before":
                os._exit(_KILLED)


def wrong_amount(struck: list[Fault]) -> int:
    """Return by how much the charge shall differ from its intent."""
    return sum(int(fault.option("delta", 100)) for fault in struck if fault.kind == "wrong_amount")


def after(struck: list[Fault], *, keep: Callable[[StripeError], None]) -> None:
    """Do what the faults want once the effect is durable.

    A key replays the success, which is how a lost answer heals. `sticky` keeps the error instead,
    as Stripe documents for its own 500s: `keep` writes it down.

    Raises:
        StripeError: the error in place of the answer.
        DropConnection: no answer at all.
    """
    for fault in struck:
        match fault.kind:
            case "error_after":
                error = _server_error(fault)
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


def _server_error(fault: Fault) -> StripeError:
    status = int(fault.option("status", 500))
    if status == 429:
        return StripeError(
            "Request rate limit exceeded.", status=status, code="rate_limit", began=False
        )
    return StripeError("An unknown error occurred", status=status, type="api_error", began=False)
