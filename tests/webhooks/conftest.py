"""What the tests of webhooks share: this machine may be called, and a courier with one look."""

import time
from datetime import timedelta
from typing import Any

import pytest

from kernel.sending import Sender
from webhooks import courier
from webhooks.courier import Courier


@pytest.fixture(autouse=True)
def loopback(settings: Any) -> None:
    settings.OUTBOUND_LOOPBACK = True


@pytest.fixture
def deliver() -> Any:
    """Deliver what is due now, and wait for nothing that is due later; return how many."""

    def run(*, seconds: float = 3, calls: int = courier.CALLS) -> int:
        sender = Sender(loopback=True, seconds=seconds)
        until = time.monotonic() + 20
        return Courier(sender, calls=calls, linger=timedelta(0)).work(until=until)

    return run
