"""What went back before a session was cut short counts towards the part that was not held."""

from datetime import timedelta

import pytest

from billing import interventions
from billing.interventions import Fault
from billing.ledger.checks import check_books
from billing.models import Refund
from tests.billing.ledger.books import EARLY, HOLD_OVER, balances_of, earn, gateway_says, refund
from tests.billing.ledger.reports import AT_20
from tests.factories import sessions
from tests.factories.billing import paid_session

pytestmark = pytest.mark.django_db

LATER = HOLD_OVER + timedelta(days=1)


@pytest.mark.parametrize(
    ("fault", "held_minutes", "before", "promised", "keeps"),
    [
        # 66.67 are due of 20 of 60 minutes; the client has 30.00 of them.
        (Fault.NOBODY, 20, 3_000, 3_667, 2_726),
        # The client has had more than the 66.67 already: 70.00 of 100.00, the mentor keeps 30 %.
        (Fault.NOBODY, 20, 7_000, None, 2_454),
        # Everything is due: what is left of it.
        (Fault.PLATFORM, None, 3_000, 7_000, 0),
    ],
)
def test_a_part_counts_what_the_client_has_already(
    fault: Fault, held_minutes: int | None, before: int, promised: int | None, keeps: int
) -> None:
    session, payment = paid_session()
    gateway_says(refund(payment, before, bearer="platform", at=EARLY), "succeeded", at=EARLY)
    sessions.begin(session)

    done = interventions.cancel(
        session_id=session.pk,
        fault=fault,
        by="usr_staff",
        reason="They wrote to us.",
        now=AT_20,
        held_minutes=held_minutes,
    )

    assert (done.refund.amount_minor if done.refund else None) == promised
    for one in Refund.objects.filter(state="created"):
        gateway_says(one, "succeeded", at=LATER)
    earn(at=LATER)
    assert balances_of(payment).get("2120", 0) == -keeps
    assert check_books(now=LATER).ok
