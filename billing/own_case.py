"""Nobody decides on a session that is their own: not its client, and not its mentor.

Asked behind the session's lock by whatever the staff do to it; a trigger asks again of a report.
"""

from kernel.errors import Refusal
from scheduling.models import Session


class OwnCase(Refusal):
    """Whoever wants to decide is one of the session's two people: a colleague does it."""

    code = "own_case"


def refuse_own_case(session: Session, *, by: str) -> None:
    """Raise OwnCase where `by`, a person's public id, is the session's client or its mentor.

    Load the session with both people.
    """
    for side, person in (("client", session.client), ("mentor", session.mentor)):
        if person.user.public_id == by:
            raise OwnCase(
                f"You are the {side} of session {session.public_id}: what becomes of it is not "
                "yours to decide. Ask a colleague.",
                session_id=session.public_id,
            )
