"""A decision on a session that a package paid for: the money goes to the package, and says so.

Three credits of 33.34, 33.33 and 33.33; the first drawn: its fee is 1.07 and its commission 5.00.
"""

import pytest

from billing import interventions
from billing.interventions import Fault
from billing.ledger.checks import check_books
from billing.models import Purchase, Refund, Unwinding
from notifications.models import Email
from scheduling.models import Session
from tests.billing.ledger.books import ENDED
from tests.billing.ledger.reports import AT_20
from tests.factories import sessions
from tests.factories.packages import drawn_session, paid_package

pytestmark = pytest.mark.django_db


def _drawn() -> tuple[Session, Purchase]:
    package = paid_package().purchase.package
    assert package is not None
    session, drawn = drawn_session(package)
    sessions.begin(session)
    return session, drawn


@pytest.mark.parametrize(
    ("fault", "held_minutes", "back", "whole", "client_reads", "mentor_reads"),
    [
        (Fault.NOBODY, 20, 2_223, False, "The rest is in your package", "The rest goes back to"),
        (Fault.MENTOR, None, 3_334, True, "Its credit is in your package again",
         "All of its price goes back to"),
        (Fault.PLATFORM, None, 3_334, True, "Its credit is in your package again",
         "No fee is taken from you."),
    ],
)  # fmt: skip
def test_it_goes_back_to_the_package_and_both_read_so(
    fault: Fault,
    held_minutes: int | None,
    back: int,
    whole: bool,
    client_reads: str,
    mentor_reads: str,
) -> None:
    session, drawn = _drawn()
    assert drawn.price_minor == 3_334

    done = interventions.cancel(
        session_id=session.pk,
        fault=fault,
        by="usr_staff",
        reason="They wrote to us.",
        now=AT_20,
        held_minutes=held_minutes,
    )

    drawn.refresh_from_db()
    unwinding = Unwinding.objects.get()
    assert (unwinding.prepaid_minor, unwinding.bearer) == (back, "platform")
    assert (done.refund, Refund.objects.count()) == (None, 0)
    assert (drawn.credit_returned_at is not None) is whole
    mails = {mail.to: mail for mail in Email.objects.filter(template="session_decided")}
    client, mentor = mails[session.client.user.email], mails[session.mentor.user.email]
    for mail, words in ((client, client_reads), (mentor, mentor_reads)):
        assert words in mail.text
        assert words in mail.html
        assert "fee is taken from your balance" not in mail.text
        assert "as soon as it is on its way" not in mail.text
    assert check_books(now=ENDED).ok
