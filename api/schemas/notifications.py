"""Which e-mails a person gets, as it travels: one switch for each kind that has one."""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field

from api.schemas.base import Body, Out
from notifications.models import Kind

_DAY = "Reminders a day before a session."
_HOUR = "Reminders an hour before a session."
_DIGEST = "E-mails about unread messages."


class NotificationsRequest(Body):
    """Every switch: true for e-mails that are wanted."""

    reminder_day: Annotated[bool, Field(description=_DAY)]
    reminder_hour: Annotated[bool, Field(description=_HOUR)]
    message_digest: Annotated[bool, Field(description=_DIGEST)]

    def value(self) -> Mapping[Kind, bool]:
        return {Kind(name): on for name, on in self.model_dump().items()}


class NotificationsOut(Out):
    """Every switch as it stands. Whatever has no switch here is always sent."""

    reminder_day: Annotated[bool, Field(description=_DAY)]
    reminder_hour: Annotated[bool, Field(description=_HOUR)]
    message_digest: Annotated[bool, Field(description=_DIGEST)]

    @classmethod
    def of(cls, switches: Mapping[Kind, bool]) -> Self:
        return cls(**{kind.value: on for kind, on in switches.items()})
