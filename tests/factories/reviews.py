"""Reviews by the product's own operation, about sessions that took place."""

from datetime import datetime, timedelta

from accounts.models import Client
from scheduling import lifecycle, reviews
from scheduling.models import Review, Session, SessionType
from tests.factories.scheduling import confirmed


def completed(
    *, session_type: SessionType, starts_at: datetime, client: Client | None = None
) -> Session:
    """Return a session that began and ended on time."""
    session = confirmed(session_type=session_type, starts_at=starts_at, client=client)
    lifecycle.advance_due(now=session.ends_at)
    session.refresh_from_db()
    return session


def reviewed(
    *,
    session_type: SessionType,
    rating: int,
    starts_at: datetime,
    comment: str = "",
    client: Client | None = None,
) -> Review:
    """Return a review that was left a day after its session."""
    session = completed(session_type=session_type, starts_at=starts_at, client=client)
    return reviews.leave(
        session_id=session.pk,
        client=session.client,
        rating=rating,
        comment=comment,
        now=session.ends_at + timedelta(days=1),
    )
