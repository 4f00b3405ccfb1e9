"""One sweep at a time: a gateway that hangs keeps one worker busy, never all of them."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from billing import tasks, webhooks
from billing.models import GatewayEvent
from kernel.turns import sole_turn
from tests.billing.gateway.journey import NOW, confirmed, receive
from tests.standin import StandIn


def elsewhere(*acts: Any) -> list[Any]:
    """Call in another thread, that is, on another connection."""
    found: list[Any] = []

    def run() -> None:
        try:
            found.extend(act() for act in acts)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(timeout=30)
    return found


def takes(name: str) -> bool:
    with sole_turn(name) as mine:
        return mine


@pytest.mark.django_db(transaction=True)
def test_a_turn_is_one_sessions_until_it_is_given_back() -> None:
    with sole_turn("a test") as mine:
        assert mine is True
        assert elsewhere(lambda: takes("a test"), lambda: takes("another")) == [False, True]

    assert elsewhere(lambda: takes("a test")) == [True]


@pytest.mark.django_db(transaction=True)
def test_a_turn_comes_back_where_the_work_raises() -> None:
    with pytest.raises(RuntimeError), sole_turn("a test"):
        raise RuntimeError
    assert elsewhere(lambda: takes("a test")) == [True]


@pytest.mark.django_db(transaction=True)
def test_a_second_sweep_leaves_the_work_to_the_first() -> None:
    with sole_turn(tasks.TURN):
        assert elsewhere(tasks.sweep) == [{}]

    [done] = elsewhere(tasks.sweep)
    assert done == dict.fromkeys((*tasks.SWEEPS, "disputes", "absences"), 0)


def test_the_sweep_of_events_gives_up_on_a_silent_gateway(standin: StandIn, settings: Any) -> None:
    settings.STRIPE_TIMEOUT_SECONDS = 1
    confirmed(standin)
    for event in standin.events():
        # Five events of other ids that say the same.
        for copy in range(3):
            receive({**event, "id": f"{event['id']}_{copy}"})
    waiting = GatewayEvent.objects.filter(state="received").count()
    assert waiting > 3
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"  # nobody listens

    tried = webhooks.sweep(now=NOW + timedelta(minutes=2))

    assert tried == 3
    assert GatewayEvent.objects.filter(state="received").count() == waiting
