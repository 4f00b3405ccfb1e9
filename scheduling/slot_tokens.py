"""A slot as the client saw it, signed: what was shown is what is booked, or it is refused.

The token says what was offered; whether it may still be had, `booking` asks the rules again.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer

from kernel.errors import Invalid, Refusal
from scheduling.models import Session, SessionType

_SALT = "scheduling.slot"
MAX_LENGTH = 400


class SlotTokenInvalid(Invalid):
    """The text is no token that this site signed."""

    code = "slot_token_invalid"


class SlotTokenExpired(Refusal):
    """The token is older than its lifetime."""

    code = "slot_token_expired"


@dataclass(frozen=True, slots=True)
class SlotOffer:
    """One start of one session type, at the price and the terms that were shown."""

    mentor_id: UUID
    session_type_id: UUID
    starts_at: datetime
    duration_minutes: int
    price_minor: int
    currency: str
    policy_id: UUID
    policy_version: int
    issued_at: datetime

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.duration_minutes)


def mint(
    *,
    session_type: SessionType,
    starts_at: datetime,
    now: datetime,
    moving: Session | None = None,
) -> str:
    """Return the token of one start. Load `session_type` with its policy, or it is queried.

    For a session that moves it is on that one's terms: the length and the price as booked.
    """
    sold = moving or session_type
    return Signer(salt=_SALT).sign_object(
        [
            session_type.mentor_id.hex,
            session_type.pk.hex,
            int(starts_at.timestamp()),
            sold.duration_minutes,
            sold.price_minor,
            sold.currency,
            session_type.policy_id.hex,
            session_type.policy.version,
            int(now.timestamp()),
        ]
    )


def read(token: str, now: datetime) -> SlotOffer:
    """Return what `token` offers.

    Raises SlotTokenInvalid for a text that was not signed here, SlotTokenExpired for one older
    than `SLOT_TOKEN_LIFETIME`.
    """
    try:
        mentor, kind, start, duration, price, currency, policy, version, issued = Signer(
            salt=_SALT
        ).unsign_object(token[:MAX_LENGTH])
    except (BadSignature, ValueError, UnicodeError) as error:
        raise SlotTokenInvalid(
            "The slot token is not one of ours or was changed. Take one from the mentor's slots."
        ) from error
    offer = SlotOffer(
        mentor_id=UUID(mentor),
        session_type_id=UUID(kind),
        starts_at=datetime.fromtimestamp(start, UTC),
        duration_minutes=duration,
        price_minor=price,
        currency=currency,
        policy_id=UUID(policy),
        policy_version=version,
        issued_at=datetime.fromtimestamp(issued, UTC),
    )
    if now > offer.issued_at + settings.SLOT_TOKEN_LIFETIME:
        raise SlotTokenExpired(
            f"The slot token was issued at {offer.issued_at:%Y-%m-%d %H:%M} UTC and has expired. "
            "Load the mentor's slots again and book from the new list.",
            issued_at=offer.issued_at.isoformat(),
        )
    return offer
