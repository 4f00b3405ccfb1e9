"""The port to a payment gateway: what the product asks of one, in the product's own words.

It knows no gateway by name. Amounts are integer minor units with an ISO 4217 code, instants are
aware, ids are the gateway's. Every write carries our row's id twice: in the idempotency key
(`payment:<id>`), so that a repeated call has one effect, and in the metadata (`pay_…`), so that
the gateway's record finds its way back to our row when our own answer was lost.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from django.db import connection

from billing.gateways.evidence import EvidenceGateway
from billing.gateways.payees import PayeeGateway, row_id
from billing.gateways.treasury import TreasuryGateway
from kernel.errors import Kind, Refusal


class IntentStatus(StrEnum):
    """Where a payment stands at the gateway. Succeeded is money; cancelled and failed are ends."""

    REQUIRES_ACTION = "requires_action"  # the payer has to do something, or to try again
    APPROVED = "approved"  # the payer agreed; no money moves before `capture_intent`
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    CANCELLED = "cancelled"
    FAILED = "failed"


class RefundStatus(StrEnum):
    """Where a refund stands at the gateway. A succeeded one may still fail later."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class DisputeStatus(StrEnum):
    """Where a dispute stands at the gateway. An inquiry is a question that took no money yet."""

    INQUIRY_NEEDS_RESPONSE = "inquiry_needs_response"
    INQUIRY_UNDER_REVIEW = "inquiry_under_review"
    INQUIRY_CLOSED = "inquiry_closed"
    NEEDS_RESPONSE = "needs_response"
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class BalanceTransaction:
    """One movement of our balance at the gateway: `net_minor = amount_minor - fee_minor`.

    `category` is the gateway's own word (`charge`, `refund`, …). `source_id` is the object that
    moved the money and `metadata` that object's, where the gateway lets us see it; for a charge
    `refunded_minor` is what the gateway says it has given back of it by now, at the most;
    `transfer_id` is the transfer to a mentor, also where the money of one came back;
    `gateway_payout_id` the payout to our bank that it is an item of, where it was listed as one.
    """

    id: str
    category: str
    amount_minor: int
    fee_minor: int
    net_minor: int
    currency: str
    created_at: datetime
    available_on: datetime
    source_id: str | None = None
    intent_id: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    refunded_minor: int | None = None
    transfer_id: str | None = None
    gateway_payout_id: str | None = None


@dataclass(frozen=True, slots=True)
class RefundSnapshot:
    """A refund as the gateway sees it now; `metadata` names our row unless it began there.

    `moved` is what it did to our balance: taken, and given back where it failed. A gateway may
    leave it out where it moved the refund's own currency, and an answer may know less of it.
    """

    id: str
    status: RefundStatus
    amount_minor: int
    currency: str
    charge_id: str | None
    intent_id: str | None
    balance_transaction_id: str | None
    failure_code: str
    created_at: datetime
    metadata: Mapping[str, str]
    moved: tuple[BalanceTransaction, ...] = field(default=(), compare=False)

    @property
    def refund_id(self) -> UUID | None:
        """Our refund's id, or None for a refund that began at the gateway."""
        return row_id(self.metadata, "refund_id", prefix="rfd")


@dataclass(frozen=True, slots=True)
class DisputeSnapshot:
    """A dispute as the gateway sees it now, with what it did to our balance.

    `amount_minor` is the bank's own number, in the dispute's currency. `withdrawn` has a negative
    amount and the gateway's fee for it; `reinstated` a positive one, and as a negative fee the
    part of that fee that came back. `later` is whatever moved beside the first taking and the first
    giving back, each under an id of its own: taken again, given back in parts, a fee alone.
    """

    id: str
    status: DisputeStatus
    amount_minor: int
    currency: str
    reason: str
    charge_id: str | None
    intent_id: str | None
    due_by: datetime | None
    created_at: datetime
    withdrawn: BalanceTransaction | None
    reinstated: BalanceTransaction | None
    later: tuple[BalanceTransaction, ...] = ()


@dataclass(frozen=True, slots=True)
class IntentSnapshot:
    """A payment as the gateway sees it now, with all that `settle` needs, fetched in one go.

    `failure_code` tells why the last try failed; the payer may try again unless the status is an
    end. `balance_transaction` may come later than the charge. The refunds are no older than the
    disputes: what a dispute leaves to be lost depends on those that came before it.
    `client_secret` is for the payer's browser alone and is never logged or stored.
    """

    id: str
    status: IntentStatus
    amount_minor: int
    received_minor: int
    currency: str
    client_secret: str = field(repr=False)
    charge_id: str | None
    charged_at: datetime | None
    balance_transaction: BalanceTransaction | None
    refunds: tuple[RefundSnapshot, ...]
    disputed: bool
    failure_code: str
    created_at: datetime
    metadata: Mapping[str, str]
    disputes: tuple[DisputeSnapshot, ...] = ()

    @property
    def payment_id(self) -> UUID | None:
        """Our payment's id from the metadata, or None where the intent is not ours."""
        return row_id(self.metadata, "payment_id", prefix="pay")


@dataclass(frozen=True, slots=True)
class GatewayMessage:
    """A verified webhook: which object has news. What the news is, `settle` fetches itself."""

    event_id: str
    type: str
    object_type: str
    object_id: str
    intent_id: str | None
    charge_id: str | None
    payment_id: UUID | None
    payout_id: UUID | None
    created_at: datetime
    payload: Mapping[str, Any]


class GatewayUnavailable(Refusal):
    """The gateway did not answer; nothing happened, or the same key will find out."""

    code = "gateway_unavailable"
    kind = Kind.UNAVAILABLE


class GatewayUnknownOutcome(GatewayUnavailable):
    """A write was sent and no usable answer came: it may have happened. Repeat the same key."""

    code = "gateway_outcome_unknown"


class GatewayRefused(Refusal):
    """The gateway said no, and will say no again. `reason` is the gateway's own code."""

    code = "gateway_refused"

    def __init__(self, detail: str, *, reason: str = "") -> None:
        super().__init__(detail, reason=reason)
        self.reason = reason


class KeyReused(GatewayRefused):
    """Under this key the gateway knows an order in other words, which may have moved money."""

    code = "gateway_key_reused"


class NotExpressible(GatewayRefused):
    """The gateway has no word for the amount: it is too fine there, and is never rounded."""

    code = "amount_not_expressible"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, reason=self.code)


class GatewayGone(GatewayRefused):
    """The gateway has forgotten an unpaid intent: nobody can pay it any more."""


class BalanceTooLow(GatewayRefused):
    """The gateway said no for now: our balance there does not cover the order. Nothing happened.

    The gateway may replay this answer under the same key, so the next try needs another.
    """

    code = "gateway_balance_too_low"


class BadSignature(Refusal):
    """A webhook is not the gateway's, or is too old. Nothing was written."""

    code = "bad_signature"
    kind = Kind.MALFORMED


class UnknownGateway(Refusal):
    """No gateway of this name is configured."""

    code = "unknown_gateway"
    kind = Kind.NOT_FOUND


class GatewayCallInTransaction(RuntimeError):
    """Product code called a gateway inside a database transaction: a defect, never retried."""


class Gateway(PayeeGateway, TreasuryGateway, EvidenceGateway, Protocol):
    """What every adapter does; `tests/contracts/` runs one suite on each.

    No method may be called inside a transaction (`verify_webhook` excepted: it makes no call).
    All raise GatewayUnavailable, GatewayUnknownOutcome (writes) or GatewayRefused.
    """

    @property
    def name(self) -> str:
        """The name under which rows and addresses know this gateway, such as `stripe`."""

    @property
    def publishable_key(self) -> str:
        """The public key that the payer's browser needs."""

    @property
    def intent_key_lifetime(self) -> timedelta:
        """How long the gateway surely remembers the key of `create_intent`."""

    def smallest_step(self, currency: str) -> int:
        """Return the step of the amounts that the gateway can say, in our minor units.

        An amount between two steps raises NotExpressible wherever it is ordered.
        """

    def create_intent(
        self,
        *,
        payment_id: UUID,
        session_id: UUID | None,
        amount_minor: int,
        currency: str,
        description: str = "",
    ) -> IntentSnapshot:
        """Ask for money under the key `payment:<id>`; a repeated call returns the same intent.

        The payer reads `description`, of at most 127 characters; without one, the session's id.
        For a payment older than `intent_key_lifetime` use `find_intent`. Without a session it is
        for a package.
        """

    def capture_intent(self, *, intent_id: str, payment_id: UUID, attempt: int) -> IntentSnapshot:
        """Take the money of an approved intent and return it as it is now.

        The key is `capture:<payment id>`, with `:<attempt>` behind it from the second attempt on:
        one attempt has one effect, and its answer may be a no that a key replays. A declined
        instrument is no error: the intent requires the payer again and says why. One that was
        captured meanwhile, or never approved, is returned as it is. A gateway that captures by
        itself never shows an approved intent and returns what it has.
        """

    def fetch_intent(self, *, intent_id: str) -> IntentSnapshot:
        """Return the intent as it is now, with its charge, fee, refunds and disputes.

        Raises GatewayGone for an unpaid one that the gateway has forgotten.
        """

    def find_intent(self, *, payment_id: UUID, created_at: datetime) -> IntentSnapshot | None:
        """Look an intent up by our id in its metadata, from just before `created_at` on."""

    def cancel_intent(self, *, intent_id: str, payment_id: UUID) -> IntentSnapshot:
        """Cancel an unpaid intent (key `cancel:<payment id>`) and return it as it is now.

        One that was paid or cancelled meanwhile is returned as it is: no error, the money is
        a fact and `settle` will deal with it. Where the gateway has no such call, an intent whose
        money only we can take counts as cancelled: the caller promises not to take it.
        """

    def refund(
        self,
        *,
        refund_id: UUID,
        payment_id: UUID,
        intent_id: str,
        amount_minor: int,
        currency: str,
    ) -> RefundSnapshot:
        """Give money back under the key `refund:<id>`; a repeated call returns the same refund."""

    def fetch_refund(self, *, gateway_refund_id: str) -> RefundSnapshot:
        """Return the refund as it is now."""

    def find_refund(self, *, refund_id: UUID, intent_id: str) -> RefundSnapshot | None:
        """Look a refund of this intent up by our id in its metadata."""

    def fetch_dispute(self, *, dispute_id: str) -> DisputeSnapshot:
        """Return the dispute as it is now, with what it withdrew and reinstated."""

    def balance_transactions(
        self, *, since: datetime, until: datetime
    ) -> Iterator[BalanceTransaction]:
        """Yield every movement created in [since, until), with its source's metadata."""

    def verify_webhook(
        self, *, body: bytes, headers: Mapping[str, str], now: datetime
    ) -> GatewayMessage:
        """Check the signature of the raw body and read it; raise BadSignature.

        `headers` may be in any case. Makes no call, whatever it is given.
        """


def refuse_inside_transaction(what: str) -> None:
    """Raise GatewayCallInTransaction inside a block opened by product code.

    A call may take ten seconds, and its effect survives our rollback. The block that Django's
    TestCase wraps around a test does not count: Django marks it, as `atomic(durable=True)` needs.
    """
    blocks = connection.atomic_blocks
    if any(not getattr(block, "_from_testcase", False) for block in blocks):
        raise GatewayCallInTransaction(
            f"{what} was called inside a transaction: commit first, call, then open a second one."
        )


def write_or_find[T](write: Callable[[], T], find: Callable[[], T | None]) -> T:
    """Make a keyed write; where its answer is lost or a no, look for its effect by our id.

    Repeating is not enough: a gateway keeps even its own 500 under the key and replays it for a
    day, and it refuses a key whose order a newer release words in another way. Raises what
    `write` raised where nothing was found, and GatewayUnavailable where nobody answers.
    """
    try:
        return write()
    except (GatewayRefused, GatewayUnknownOutcome):
        found = None
        with suppress(GatewayRefused):
            found = find()
        if found is None:
            raise
        return found
