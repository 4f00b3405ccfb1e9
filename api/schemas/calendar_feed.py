"""The own calendar's address as it travels: shown when it is made, and never again."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from api.schemas.base import Out


class CalendarFeedOut(Out):
    """Whether there is an address, and since when; the address itself is not kept."""

    active: bool
    created_at: datetime | None


class CalendarFeedMade(CalendarFeedOut):
    """A new address, in two spellings: for whoever pastes it, and for a link that subscribes."""

    url: Annotated[str, Field(description="A secret: who has it reads the calendar.")]
    webcal_url: str
