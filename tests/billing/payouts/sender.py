"""Send a run in a process of its own, which ends as in a power cut at the point that is named.

`python -m tests.billing.payouts.sender <run id> <instant> <point> <how many before it>`
"""

import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import django

BEFORE_THE_CALL = "before the call"  # the order is committed, the gateway has not heard of it
AFTER_THE_CALL = "after the call"  # the gateway has paid, we have written nothing of it
BEFORE_THE_COMMIT = "before the commit"  # written and posted, and lost


def main(run_id: str, at: str, point: str, before: str) -> None:
    django.setup()
    from billing import payouts  # noqa: PLC0415 - after the setup
    from billing.payouts import ordering, outcome  # noqa: PLC0415
    from kernel import clock  # noqa: PLC0415

    room, name, after = {
        BEFORE_THE_CALL: (ordering, "_pay", False),
        AFTER_THE_CALL: (ordering, "_pay", True),
        BEFORE_THE_COMMIT: (outcome, "_tell_mentor", True),
    }[point]
    setattr(room, name, _deadly(getattr(room, name), after=after, left=int(before)))
    now = datetime.fromisoformat(at)
    with clock.travel(now):
        payouts.send(run_id=UUID(run_id), now=now)


def _deadly(real: Callable[..., Any], *, after: bool, left: int) -> Callable[..., Any]:
    """Let so many pass, then kill this very process."""

    def acting(*given: Any, **named: Any) -> Any:
        nonlocal left
        left -= 1
        if left < 0 and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = real(*given, **named)
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    return acting


if __name__ == "__main__":
    main(*sys.argv[1:])
