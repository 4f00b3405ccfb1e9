"""The port's second half: money to mentors. Payees (their accounts there) and transfers to them.

`base.Gateway` includes it. As everywhere at the port, each write carries our row's id in its
idempotency key (`payee:<id>`, `payout:<id>`) and in the metadata.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from kernel.ids import BadPublicId, parse_public_id


class PayeeStatus(StrEnum):
    """Whether a payee may receive money."""

    ONBOARDING = "onboarding"  # details are missing, or the gateway looks them through
    ACTIVE = "active"
    RESTRICTED = "restricted"  # the gateway wants something more first
    CLOSED = "closed"


class TransferStatus(StrEnum):
    """Where money to a payee stands. Paid money may still come back."""

    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"
    RETURNED = "returned"  # all of it


@dataclass(frozen=True, slots=True)
class PayeeSnapshot:
    """A payee as the gateway sees it now; `asked_for` names what it still wants.

    `destination` is the gateway's own id of the account that is paid, empty while there is none.
    """

    id: str
    status: PayeeStatus
    currency: str
    asked_for: tuple[str, ...]
    metadata: Mapping[str, str]
    destination: str = ""

    @property
    def account_id(self) -> UUID | None:
        """Our payout account's id, or None where the payee is not ours."""
        return row_id(self.metadata, "payout_account_id", prefix="pya")


@dataclass(frozen=True, slots=True)
class TransferSnapshot:
    """Money to a payee as the gateway sees it now; `returned_minor` of it has come back.

    `fee_minor` is what the gateway took of us for it, in the transfer's currency, once it says so;
    `fee_returned_minor` what of that came back with the money.
    """

    id: str
    status: TransferStatus
    amount_minor: int
    returned_minor: int
    currency: str
    payee_id: str
    failure_code: str
    created_at: datetime
    returned_at: datetime | None
    metadata: Mapping[str, str]
    fee_minor: int = 0
    fee_returned_minor: int = 0

    @property
    def payout_id(self) -> UUID | None:
        """Our payout's id, or None for a transfer that began at the gateway."""
        return row_id(self.metadata, "payout_id", prefix="po")


class PayeeGateway(Protocol):
    """What every gateway that pays mentors does. The rules of `base.Gateway` hold."""

    @property
    def transfer_listing_lag(self) -> timedelta:
        """How far `find_transfer` may be behind: nothing found says nothing until then."""

    def create_payee(self, *, account_id: UUID, country: str) -> PayeeSnapshot:
        """Open a payee under the key `payee:<id>`; a repeated call returns the same one.

        `country` is an ISO 3166 code, or empty for the platform's own.
        """

    def find_payee(self, *, account_id: UUID, created_at: datetime) -> PayeeSnapshot | None:
        """Look a payee up by our id in its metadata, from just before `created_at` on."""

    def fetch_payee(self, *, payee_id: str) -> PayeeSnapshot:
        """Return the payee as it is now."""

    def onboarding_link(self, *, payee_id: str, return_url: str, refresh_url: str) -> str:
        """Return a page of the gateway's where the mentor gives details; good for minutes.

        It leads back to `return_url`, finished or not; to `refresh_url` when it is too old.
        """

    def transfer(
        self,
        *,
        payout_id: UUID,
        payee_id: str,
        destination: str,
        amount_minor: int,
        currency: str,
        attempt: int = 1,
    ) -> TransferSnapshot:
        """Pay under the key `payout:<id>`; a repeated call returns the same transfer.

        `destination` is what `fetch_payee` said: where the payee has another by now, it is refused.
        A further `attempt` has a key of its own (`payout:<id>:2`): it is for an order that was
        refused for sure, with BalanceTooLow, whose answer the gateway would replay. The gateway
        keeps keys for 24 hours: for an older payout ask `find_transfer` first.
        """

    def fetch_transfer(self, *, transfer_id: str) -> TransferSnapshot:
        """Return the transfer as it is now, with what came back of it."""

    def find_transfer(self, *, payout_id: UUID) -> TransferSnapshot | None:
        """Look a transfer up by our id."""


def payout_key(payout_id: UUID, *, attempt: int) -> str:
    """Return the idempotency key of an attempt to pay a payout."""
    return f"payout:{payout_id}" if attempt == 1 else f"payout:{payout_id}:{attempt}"


def row_id(metadata: Mapping[str, str], name: str, *, prefix: str) -> UUID | None:
    """Read our public id from a gateway object's metadata; None where it is missing or odd."""
    try:
        return parse_public_id(prefix, metadata.get(name, ""))
    except BadPublicId:
        return None
