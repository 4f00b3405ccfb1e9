"""kill -9 between the phases of a call that moves money: the retry goes on, and pays once.

The process that answers dies at each point, which what is written by then shows: a row too few, or
one too many, and it died elsewhere. The retry comes with the same key: first it hears that
the one before it may still be at work, then, when its lease is over, it finds what was done and
goes on behind it. The gateway has seen one key for the one thing, however often it was asked.
"""

import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import httpx
import pytest
from pytest_django import DjangoDbBlocker

from billing.ledger.checks import check_books
from billing.models import Package, Payment, Purchase, Refund
from kernel import clock, tasks
from kernel.models import IdempotencyRecord, Job
from scheduling.models import Session, SessionEvent
from tests.api.callers import Served
from tests.api.deadly import JOBS
from tests.api.market import Market, open_market
from tests.api.wire import Wire, wire_to
from tests.standin import StandIn

INTENTS, REFUNDS = "/v1/payment_intents", "/v1/refunds"

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def wire(standin_process: StandIn) -> Iterator[Wire]:
    with wire_to(standin_process.url) as wire:
        yield wire


class Deadly(Served):
    """The product with a process for each call (see `tests.api.deadly`)."""

    def command(self) -> list[str]:
        return [sys.executable, "-m", "tests.api.deadly", str(self.port)]


@pytest.fixture(scope="module")
def served(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    wire: Wire,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Served]:
    """One for all tests here: it keeps nothing between two calls."""
    with django_db_blocker.unblock():
        running = Deadly(
            tmp_path_factory.mktemp("deadly") / "server.log",
            STRIPE_API_BASE=wire.url,
            STRIPE_SECRET_KEY="sk_test_counterfoil",
        )
    with running:
        yield running


class Written(NamedTuple):
    """What of a call that begins to pay is written down: by us, and at the gateway."""

    purchases: int
    references: int  # payments that name the gateway's intent
    intents: int  # at the gateway
    answer: int | None  # the kept answer's status; None while the key is in flight


class Cancelled(NamedTuple):
    """What of a cancellation is written down."""

    session: str
    refunds: tuple[str, ...]  # their states
    answer: int | None


# Where a process died, as the next one finds it.
PAYING = {
    "session written": Written(purchases=1, references=0, intents=0, answer=None),
    "package written": Written(purchases=1, references=0, intents=0, answer=None),
    "intent made": Written(purchases=1, references=0, intents=1, answer=None),
    "reference kept": Written(purchases=1, references=1, intents=1, answer=None),
    "answer not kept": Written(purchases=1, references=1, intents=1, answer=None),
    "answer kept": Written(purchases=1, references=1, intents=1, answer=201),
}
CANCELLING = {
    "begun": Cancelled("confirmed", (), answer=None),
    "cancelled": Cancelled("cancelled", ("created",), answer=None),
    "answer not kept": Cancelled("cancelled", ("created",), answer=None),
    "answer kept": Cancelled("cancelled", ("created",), answer=200),
}


@dataclass(slots=True)
class Stage:
    """A market, the deadly product, and the wire to the gateway."""

    market: Market
    served: Served
    wire: Wire
    standin: StandIn

    def post(self, path: str, body: Any, key: str, **headers: str) -> httpx.Response:
        """Post as Ann."""
        return httpx.post(
            self.served.url + path,
            json=body,
            headers={**self.market.ann.headers, "Idempotency-Key": key, **headers},
            timeout=60,
            trust_env=False,
        )

    def killed_at(
        self, point: str, path: str, body: Any, *, finds: Written | Cancelled, **headers: str
    ) -> httpx.Response:
        """Have the call's process die at the point, retry with its key; return the last answer.

        `finds` is what it leaves: otherwise it did not die where it was meant to.
        """
        key = uuid.uuid4().hex
        with pytest.raises(httpx.TransportError):
            self.post(path, body, key, **{"X-Die-At": point, **headers})
        record = IdempotencyRecord.objects.get(key=key)
        left = self.written(record) if isinstance(finds, Written) else cancelled(record)
        assert left == finds, f"it did not die at {point!r}: {left}"
        if record.status is None:
            told = self.post(path, body, key, **headers)
            if clock.now() < record.lease_until:  # or half a minute has passed
                assert (told.status_code, told.json()["code"]) == (409, "request_in_flight")
            # Half a minute passes: whoever was at work is taken for dead.
            IdempotencyRecord.objects.filter(key=key).update(lease_until=clock.now())
        answer = self.post(path, body, key, **headers)
        again = self.post(path, body, key, **headers)
        assert (again.content, again.headers["Idempotent-Replayed"]) == (answer.content, "true")
        return answer

    def written(self, record: IdempotencyRecord) -> Written:
        return Written(
            purchases=Purchase.objects.count(),
            references=Payment.objects.exclude(gateway_intent_id=None).count(),
            intents=len(at_the_gateway(self)),
            answer=record.status,
        )


def cancelled(record: IdempotencyRecord) -> Cancelled:
    return Cancelled(
        session=Session.objects.get().state,
        refunds=tuple(Refund.objects.values_list("state", flat=True)),
        answer=record.status,
    )


@pytest.fixture
def stage(served: Served, wire: Wire, standin: StandIn, settings: Any) -> Stage:
    settings.STRIPE_API_BASE = wire.url
    market = open_market()
    wire.calls.clear()
    return Stage(market, served, wire, standin)


def at_the_gateway(stage: Stage) -> list[Any]:
    return list(stage.standin.stripe.v1.payment_intents.list({"limit": 100}).auto_paging_iter())


@pytest.mark.parametrize(
    "point", ["session written", "intent made", "reference kept", "answer not kept", "answer kept"]
)
def test_beginning_to_pay_is_resumed_and_makes_one_intent(stage: Stage, point: str) -> None:
    session = stage.market.held()

    answer = stage.killed_at(
        point,
        "/api/payments/create-intent",
        {"session_id": session, "gateway": "stripe"},
        finds=PAYING[point],
    )

    assert answer.status_code == 201, answer.text
    payment = Payment.objects.get()
    assert answer.json()["payment_id"] == payment.public_id
    assert stage.wire.keys(INTENTS) == {f"payment:{payment.pk}"}
    assert [intent.id for intent in at_the_gateway(stage)] == [payment.gateway_intent_id]
    assert Purchase.objects.count() == 1


@pytest.mark.parametrize("point", ["package written", "intent made", "answer not kept"])
def test_buying_a_package_is_resumed_and_makes_one_intent(stage: Stage, point: str) -> None:
    terms = {"session_type": stage.market.kind.public_id, "price_minor": 25_000}
    offer = stage.market.ada.post(
        "/api/packages/offers", {**terms, "sessions": 3, "valid_days": 90}
    ).json()["id"]

    body = {"offer_id": offer, "gateway": "stripe"}
    answer = stage.killed_at(point, "/api/packages", body, finds=PAYING[point])

    assert answer.status_code == 201, answer.text
    payment = Payment.objects.get()
    assert answer.json()["package_id"] == Package.objects.get().public_id
    assert stage.wire.keys(INTENTS) == {f"payment:{payment.pk}"}
    assert [intent.id for intent in at_the_gateway(stage)] == [payment.gateway_intent_id]


@pytest.mark.parametrize(
    ("point", "in_the_job"),
    [
        ("begun", "refund ordered"),
        ("cancelled", "refund not ordered"),
        ("answer not kept", "refund ordered"),
        ("answer kept", "refund not ordered"),
    ],
)
def test_cancelling_is_resumed_and_refunds_once(stage: Stage, point: str, in_the_job: str) -> None:
    """One process dies on the way to the answer, and another on the way to the refund."""
    session = paid(stage)

    answer = stage.killed_at(
        point, f"/api/sessions/{session}/cancel", {"reason": "Ill"}, finds=CANCELLING[point]
    )
    with pytest.raises(httpx.RemoteProtocolError, match="without sending"):
        stage.post(JOBS, None, "", **{"X-Die-At": in_the_job})
    ordered = stage.standin.stripe.v1.refunds.list({"limit": 100}).data
    assert len(ordered) == (in_the_job == "refund ordered")
    assert Refund.objects.get().gateway_refund_id in {None, ""}  # it died before that is kept
    Job.objects.filter(done_at=None).update(lease_until=clock.now())  # it is taken for dead
    tasks.drain()

    assert answer.status_code == 200, answer.text
    refund = Refund.objects.get()
    assert answer.json()["refund"]["id"] == refund.public_id
    assert (refund.state, refund.amount_minor) == ("succeeded", 10_000)
    assert stage.wire.keys(REFUNDS) == {f"refund:{refund.pk}"}
    [made] = stage.standin.stripe.v1.refunds.list({"limit": 100}).data
    assert (made.id, made.amount) == (refund.gateway_refund_id, 10_000)
    assert SessionEvent.objects.filter(event="cancel").count() == 1
    assert check_books(now=clock.now()).ok


def test_a_key_of_its_own_for_every_try_would_be_seen(stage: Stage) -> None:
    """The negative control: a product that names each try anew makes two intents."""
    body = {"session_id": stage.market.held(), "gateway": "stripe"}

    stage.killed_at(
        "intent made",
        "/api/payments/create-intent",
        body,
        finds=PAYING["intent made"],
        **{"X-Careless": "1"},
    )

    assert len(stage.wire.keys(INTENTS)) == 2
    assert len(at_the_gateway(stage)) == 2


@pytest.mark.parametrize(
    ("early", "late"),
    [
        ("session written", "intent made"),
        ("intent made", "reference kept"),
        ("reference kept", "answer kept"),
        ("answer kept", "answer not kept"),
    ],
)
def test_control_a_death_that_comes_too_late_or_too_early_is_seen(
    stage: Stage, early: str, late: str
) -> None:
    body = {"session_id": stage.market.held(), "gateway": "stripe"}

    with pytest.raises(AssertionError, match=f"did not die at '{late}'"):
        stage.killed_at(late, "/api/payments/create-intent", body, finds=PAYING[early])


def paid(stage: Stage) -> str:
    """Hold, pay at the gateway and confirm; return the session's id."""
    ann, session = stage.market.ann, stage.market.held()
    begun = {"session_id": session, "gateway": "stripe"}
    intent = ann.post("/api/payments/create-intent", begun).json()
    stage.standin.pay(intent["client_secret"].partition("_secret_")[0])
    done = ann.post("/api/payments/confirm", {"payment_id": intent["payment_id"]})
    assert done.status_code == 200, done.content
    tasks.drain()
    return session
