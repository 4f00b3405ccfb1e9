"""A retry acts once: 32 callers with one Idempotency-Key, on every operation that takes one.

Against the real server, each caller repeating while it is told that a twin is in flight. What was
done is counted in every table and on the wire to the gateway, and is what one call of somebody
else does. **A new operation with a key gets a line in `KEYED`**: whom it is called as, another
body that is as good, and what one call of it makes; the call itself is its row in the matrix.
"""

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import connection
from ninja import NinjaAPI

from api.api import api
from kernel import clock, tasks
from kernel.models import IdempotencyRecord
from scheduling.models import CancellationPolicy, Session, SessionEvent
from tests.api import toy
from tests.api.callers import Caller, Served, bearer
from tests.api.market import open_market
from tests.api.matrix.rows import filled
from tests.api.matrix.table import ROWS
from tests.api.matrix.world import Furniture, people
from tests.api.wire import Wire, wire_to
from tests.factories import scheduling
from tests.standin import StandIn

CALLERS = 32
# Written beside every effect: that a key was used, that a call was counted, that work is due.
BESIDE = {"kernel_idempotencyrecord", "kernel_ratecount", "kernel_job"}

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@dataclass(frozen=True, slots=True)
class Keyed:
    """Who calls ("buys" or "sells"), another body that is as good, and what one call makes.

    `made` counts rows by table. `first` prepares the side: it makes an object of the call anew.
    """

    who: str
    other: Mapping[str, Any] | None
    made: Mapping[str, int]
    first: Callable[[Furniture], None] = lambda _: None
    gateway: int = field(default=0, kw_only=True)


def another_time(side: Furniture) -> None:
    """Have a start and a slot at which nothing is."""
    side.hours += 4
    side.free_at(side.hours)


def another_hold(side: Furniture) -> None:
    """Have a hold that nothing was paid for; what else waits to be paid is given up."""
    unpaid = Session.objects.filter(client=side.client, state="pending", series=None)
    for session in unpaid:
        side.said(side.buys.post(f"/api/sessions/{session.public_id}/cancel", {}))
    another_time(side)
    side.objects["held"] = side.hold(side.hours)


# In an order in which one leaves to the next what it needs.
KEYED: dict[str, Keyed] = {
    "goals_create": Keyed("buys", {"title": "Other"}, {"scheduling_goal": 1}),
    "goals_milestones_add": Keyed("buys", {"title": "Other"}, {"scheduling_milestone": 1}),
    "goals_progress": Keyed("buys", {"percent": 60}, {"scheduling_goalprogress": 1}),
    "conversations_begin": Keyed("buys", {"text": "Other"}, {"messaging_message": 1}),
    "conversations_send": Keyed("sells", {"text": "Other"}, {"messaging_message": 1}),
    "waitlist_leave": Keyed("buys", None, {}),  # its body has nothing to say
    "waitlist_join": Keyed("buys", {"session_type": "{kind}"}, {"scheduling_waitlistentry": 1}),
    "sessions_proposals_accept": Keyed(
        "buys", {"starts_at": "{group_starts_at}"}, {"scheduling_sessionevent": 1}
    ),
    "mentors_me_group_types_create": Keyed(
        "sells", {"name": "Other"}, {"scheduling_sessiontype": 1}
    ),
    "mentors_me_offers_create": Keyed("sells", {"name": "Other"}, {"scheduling_sessiontype": 1}),
    "mentors_me_meetings_offer": Keyed(
        "sells", {"starts_at": "{group_starts_at}"}, {"scheduling_meeting": 1}, another_time
    ),
    "mentors_me_meetings_withdraw": Keyed("sells", {"reason": "Ill."}, {"scheduling_meeting": 0}),
    "sessions_incidents_report": Keyed("sells", {"reason": "Other"}, {"scheduling_incident": 1}),
    "sessions_proposals_make": Keyed(
        "sells", {"message": "Other"}, {"scheduling_proposal": 1}, another_time
    ),
    "sessions_reschedule": Keyed(
        "buys", {"slot_token": "x"}, {"scheduling_sessionevent": 1}, another_time
    ),
    "packages_offer": Keyed("sells", {"sessions": 6}, {"billing_packageoffer": 1}),
    "packages_use": Keyed(
        "buys", {"session_id": "{session}"}, {"billing_purchase": 1}, another_hold
    ),
    "payments_cover": Keyed(
        "buys", {"session_id": "{session}"}, {"billing_purchase": 1}, another_hold
    ),
    "payments_create_intent": Keyed(
        "buys", {"gateway": "paypal"}, {"billing_payment": 1}, another_hold, gateway=1
    ),
    "packages_buy": Keyed("buys", {"gateway": "paypal"}, {"billing_package": 1}, gateway=1),
    "sessions_create": Keyed("buys", {"goals": "Other"}, {"scheduling_session": 1}, another_hold),
    "series_create": Keyed("buys", {"count": 3}, {"scheduling_series": 1}, another_hold),
    "series_cancel": Keyed("buys", {"reason": "Ill."}, {"scheduling_sessionevent": 2}),
    "sessions_cancel": Keyed("buys", {"reason": "Ill."}, {"billing_refund": 1}, gateway=1),
}


def keyed(api: NinjaAPI) -> set[str]:
    """Return the operations that take a key, as the document has them."""
    return {
        told["operationId"]
        for methods in api.get_openapi_schema(path_prefix="/api/")["paths"].values()
        for told in methods.values()
        if any(given["name"] == "Idempotency-Key" for given in told.get("parameters", ()))
    }


def test_every_operation_with_a_key_is_called_here() -> None:
    assert len(keyed(api)) > 20
    assert set(KEYED) == keyed(api), "KEYED has a line for each operation with a key"


def test_one_that_is_not_is_found() -> None:
    """The negative control: the toy API has one."""
    assert keyed(toy.api) - set(KEYED) == {"once"}


@dataclass(slots=True)
class Stage:
    """Two sides, the served product, and the wire between it and the gateway."""

    a: Furniture
    b: Furniture
    served: Served
    wire: Wire
    pool: ThreadPoolExecutor

    def post(self, who: Caller, path: str, body: Any, key: str) -> httpx.Response:
        """Post once, over the network."""
        return httpx.post(
            self.served.url + path,
            json=body,
            headers={**who.headers, "Idempotency-Key": key},
            timeout=60,
            trust_env=False,
        )

    def insist(self, who: Caller, path: str, body: Any, key: str) -> httpx.Response:
        """Repeat while a twin is in flight, as the problem says."""
        while True:
            answer = self.post(who, path, body, key)
            if "Retry-After" not in answer.headers:
                return answer
            assert answer.json()["code"] == "request_in_flight"
            time.sleep(0.1)

    def done_by(self, act: Callable[[], Any]) -> tuple[Any, dict[str, int], int]:
        """Act, do the jobs that are due; return the answer, the new rows, the gateway's writes."""
        rows, calls = counts(), len(self.wire.writes)
        answer = act()
        tasks.drain()
        made = {table: n - rows.get(table, 0) for table, n in counts().items()}
        made = {table: n for table, n in made.items() if n and table not in BESIDE}
        return answer, made, len(self.wire.writes) - calls


@pytest.fixture
def stage(tmp_path: Path, standin: StandIn, settings: Any) -> Iterator[Stage]:
    now = clock.now()
    base = now.replace(minute=now.minute // 30 * 30, second=0, microsecond=0)
    # An absence is reported from ten minutes after the start on.
    running = 0 if now - base > timedelta(minutes=11) else 0.5
    policy = scheduling.PolicyFactory()
    CancellationPolicy.objects.filter(pk=policy.pk).update(is_default=True)
    sides = []
    for names in (("Ann", "Ada"), ("Ben", "Bob")):
        side = Furniture({}, *people(*names), standin, now=now, base=base, running=running)
        side.furnish()
        side.untold()
        sides.append(side)
    tasks.drain()
    with wire_to(standin.url) as wire:
        settings.STRIPE_API_BASE = wire.url
        environment = {
            "API_WRITES_PER_MINUTE": "100000",
            "STRIPE_API_BASE": wire.url,
            "STRIPE_SECRET_KEY": settings.STRIPE_SECRET_KEY,
        }
        with (
            Served(tmp_path / "server.log", **environment) as served,
            ThreadPoolExecutor(CALLERS) as pool,
        ):
            yield Stage(sides[0], sides[1], served, wire, pool)


def test_32_callers_with_one_key_act_once_on_every_operation(stage: Stage) -> None:
    """One key for all of it: another address is another request."""
    key = uuid.uuid4().hex

    for name, scenario in KEYED.items():
        one_operation(stage, name, scenario, key)

    assert IdempotencyRecord.objects.filter(key=key).count() >= len(KEYED)


def one_operation(stage: Stage, name: str, scenario: Keyed, key: str) -> None:
    for side in (stage.a, stage.b):
        scenario.first(side)
    tasks.drain()
    ann, ben = (getattr(side, scenario.who) for side in (stage.a, stage.b))
    path, body = called(name, stage.a)

    answers, made, sent = stage.done_by(
        lambda: list(stage.pool.map(lambda _: stage.insist(ann, path, body, key), range(CALLERS)))
    )
    assert {answer.status_code for answer in answers} <= {200, 201}, (name, answers[0].text)
    assert len({(answer.status_code, answer.content) for answer in answers}) == 1, name
    fresh = [answer for answer in answers if "Idempotent-Replayed" not in answer.headers]
    assert len(fresh) == 1, name
    assert {table: made.get(table, 0) for table in scenario.made} == scenario.made, name
    assert sent == scenario.gateway, name

    # One call of somebody else does as much, in every table and at the gateway.
    bens_path, bens_body = called(name, stage.b)
    answer, bens, bens_sent = stage.done_by(
        lambda: stage.insist(ben, bens_path, bens_body, uuid.uuid4().hex)
    )
    assert answer.status_code == answers[0].status_code, (name, answer.text)
    assert (made, sent) == (bens, bens_sent), name

    if scenario.other is not None:
        other = {**body, **filled(dict(scenario.other), stage.a.objects)}
        refused, nothing, sent = stage.done_by(lambda: stage.post(ann, path, other, key))
        assert refused.status_code == 422, name
        assert refused.json()["code"] == "idempotency_key_reused", (name, refused.text)
        assert (nothing, sent) == ({}, 0), name

    theirs = stage.insist(ben, path, body, key)
    assert "Idempotent-Replayed" not in theirs.headers, name
    assert theirs.content != answers[0].content, name


def called(name: str, side: Furniture) -> tuple[str, Any]:
    """Return the path and the body of an operation's call, as its row in the matrix has them."""
    objects = {**side.objects, **{f"own.{name}": value for name, value in side.objects.items()}}
    return filled(ROWS[name].call, objects).partition(" ")[2], filled(ROWS[name].body, objects)


def counts() -> dict[str, int]:
    """Count the rows of every table."""
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(f"SELECT '{name}', count(*) FROM \"{name}\"" for name in tables)
        )
        return dict(cursor.fetchall())


def test_without_one_key_the_same_callers_are_32_requests(tmp_path: Path) -> None:
    """The negative control: it is the key that makes them one."""
    market = open_market()
    body = {"slot_token": market.slot()[1], "goals": "Grow"}
    who = bearer(market.ann_client.user)

    with Served(tmp_path / "server.log") as served, ThreadPoolExecutor(CALLERS) as pool:

        def post(_: int) -> int:
            answer = httpx.post(
                f"{served.url}/api/sessions",
                json=body,
                headers={**who, "Idempotency-Key": uuid.uuid4().hex},
                timeout=60,
                trust_env=False,
            )
            return answer.status_code

        statuses = sorted(pool.map(post, range(CALLERS)))

    assert statuses == [201] + [409] * 31
    assert IdempotencyRecord.objects.count() == CALLERS
    assert SessionEvent.objects.count() == 1
