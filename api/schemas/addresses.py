"""What goes in and comes out of changing one's own e-mail address."""

from typing import Annotated

from pydantic import Field

from api.schemas.base import Body, PlainText
from api.schemas.users import Code, Email, Password


class EmailChangeIn(Body):
    """The new address. The password is required where the account has one."""

    email: Email
    password: Password | None = None


class EmailConfirmIn(Body):
    """The new address and the code that was mailed to it."""

    email: Email
    code: Code


class EmailUndoIn(Body):
    """The secret from the e-mail to the address from before."""

    token: Annotated[PlainText, Field(min_length=1, max_length=100)]
