"""A preview is the operation itself, undone; a click then posts what was shown, or nothing."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django_q.models import OrmQ

from accounts.models import Mentor
from billing import refunds
from billing.gateways.registry import gateway
from billing.ledger import balances, entries
from billing.ledger.chart import Code, key
from billing.ledger.posting import Draft, DraftLine
from billing.ledger.preview import Movement, WorldMoved, carry_out, rehearse
from billing.models import Entry, Line, Payment, Refund
from kernel.errors import Invalid
from kernel.models import AuditEntry, Job
from kernel.offline import ReachedOut
from notifications.models import Email
from tests.billing.ledger.books import ENDED, HOLD_OVER, balances_of, earn, gateway_says, refund
from tests.factories import sessions
from tests.factories.billing import paid_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def payment() -> Payment:
    """A completed and released session of 100.00: the mentor has 81.80."""
    session, payment = paid_session()
    sessions.complete(session)
    earn(at=HOLD_OVER)
    return payment


@pytest.fixture
def failed(payment: Payment) -> Refund:
    """A refund of 33.33 that the client's bank refused."""
    return gateway_says(
        refund(payment, 3333, bearer="platform", at=HOLD_OVER), "failed", at=HOLD_OVER
    )


def reissuing(failed: Refund) -> Callable[[], Refund]:
    return lambda: refunds.reissue(refund_id=failed.pk, by="usr_f", reason="Why", now=HOLD_OVER)


def short(move: Movement) -> tuple[str, str, int, int, int]:
    return (move.account, move.whose[0], move.amount_minor, move.before_minor, move.after_minor)


def counts() -> list[int]:
    return [model.objects.count() for model in (Refund, Entry, Line, Job, AuditEntry, Email, OrmQ)]


def test_a_rehearsal_shows_each_line_on_the_balance_that_it_changes(failed: Refund) -> None:
    seen = rehearse(reissuing(failed))

    # 33.33 is 27.26 of the mentor, 5.00 of the commission (earned: 4090), 1.07 of the fee.
    # The first refund left 5.00 in 4090 and took it back.
    assert [short(move) for move in seen.movements] == [
        ("2120:USD", "mentor", 2726, -8180, -5454),
        ("4090:USD", "purchase", 500, 0, 500),
        ("4020:USD", "purchase", 107, -320, -213),
        ("2300:USD", "purchase", -3333, 0, -3333),
    ]
    assert seen.result.amount_minor == 3333


def test_a_rehearsal_leaves_nothing_behind(failed: Refund) -> None:
    before, books = counts(), balances_of(failed.payment)

    with transaction.atomic():  # what an outer transaction promised stays
        hooks = len(connection.run_on_commit)
        seen = rehearse(reissuing(failed))
        left = len(connection.run_on_commit) - hooks

    assert seen.movements
    assert left == 0
    assert counts() == before
    assert balances_of(failed.payment) == books


def test_it_leaves_no_job_no_nudge_and_no_email(
    payment: Payment, django_capture_on_commit_callbacks: Callable[..., list[object]]
) -> None:
    def operation() -> None:
        promised = refund(payment, 100, bearer="platform", at=HOLD_OVER)  # its sending is a job
        gateway_says(promised, "succeeded", at=HOLD_OVER)  # the client has mail

    before = counts()

    with django_capture_on_commit_callbacks() as rehearsed:  # type: ignore[attr-defined]
        rehearse(operation)
    same = counts()
    with django_capture_on_commit_callbacks() as done, transaction.atomic():  # type: ignore[attr-defined]
        operation()

    assert rehearsed == []
    assert same == before
    # The negative control: the operation itself does promise something.
    assert len(done) > 0
    assert counts() != before


@pytest.mark.parametrize("run", ["rehearse", "carry_out"])
def test_nothing_reaches_a_gateway_from_inside(run: str, payment: Payment) -> None:
    def operation() -> UUID:
        gateway(payment.gateway)
        return payment.pk

    with pytest.raises(ReachedOut, match="gateway stripe was asked for"):
        rehearse(operation) if run == "rehearse" else carry_out(operation, expecting="")

    assert operation() == payment.pk  # outside, it may


def test_a_refusal_is_the_operations_own(failed: Refund) -> None:
    with pytest.raises(Invalid, match="Say why"):
        rehearse(lambda: refunds.reissue(refund_id=failed.pk, by="u", reason=" ", now=ENDED))


def test_what_was_shown_is_what_is_posted(failed: Refund) -> None:
    seen = rehearse(reissuing(failed))

    done = carry_out(reissuing(failed), expecting=seen.content_hash)

    lines = Line.objects.filter(entry__source_id=str(done.pk)).order_by("pk")
    assert [(line.account_id, line.amount_minor) for line in lines] == [
        (move.account, move.amount_minor) for move in seen.movements
    ]
    (of_mentor,) = balances.mentor_balances(mentor_id=done.payment.purchase.mentor_id)
    assert of_mentor.available_minor == -seen.movements[0].after_minor == 5454


def test_the_same_world_has_the_same_hash_and_each_change_another(failed: Refund) -> None:
    mentor = failed.payment.purchase.mentor
    first = rehearse(reissuing(failed)).content_hash

    assert rehearse(reissuing(failed)).content_hash == first
    assert rehearse(reissuing(failed), resting_on={"version": 2}).content_hash != first
    give(mentor, 1)
    assert rehearse(reissuing(failed)).content_hash != first


def give(mentor: Mentor, minor: int) -> None:
    """Somebody's payout failed, say: the mentor has more in 2120 than before."""
    lines = [
        DraftLine(key(code, currency="USD"), mentor.pk, None, amount, "USD")
        for code, amount in (
            (Code.MENTOR_PAYOUTS_IN_TRANSIT, minor),
            (Code.MENTOR_AVAILABLE, -minor),
        )
    ]
    entries.post(Draft("failed", "payout", "another", HOLD_OVER, tuple(lines)), posted_at=HOLD_OVER)


def test_when_the_world_has_moved_nothing_is_done(failed: Refund) -> None:
    seen = rehearse(reissuing(failed))
    give(failed.payment.purchase.mentor, 1)
    before = counts()

    with pytest.raises(WorldMoved, match="look again"):
        carry_out(reissuing(failed), expecting=seen.content_hash)

    assert counts() == before
    assert not Refund.objects.filter(reissue_of=failed).exists()


def test_a_second_press_finds_it_done(failed: Refund) -> None:
    seen = rehearse(reissuing(failed)).content_hash

    first = carry_out(reissuing(failed), expecting=seen)
    second = carry_out(reissuing(failed), expecting=seen)

    assert first == second


def test_the_balance_of_a_whole_account_is_shown_but_not_agreed_on() -> None:
    def cost(name: str, minor: int) -> None:
        lines = [
            DraftLine(key(code, currency="USD"), None, None, amount, "USD")
            for code, amount in ((Code.GATEWAY_FEES, minor), (Code.BANK, -minor))
        ]
        entries.post(Draft("x", "cost", name, ENDED, tuple(lines)), posted_at=ENDED)

    first = rehearse(lambda: cost("a", 500))
    cost("another", 100)
    second = rehearse(lambda: cost("a", 500))

    assert [short(move) for move in second.movements] == [
        ("5010:USD", "account", 500, 100, 600),
        ("1010:USD", "account", -500, -100, -600),
    ]
    assert first.content_hash == second.content_hash


def test_deferred_constraints_are_asked_before_the_preview_is_shown(payment: Payment) -> None:
    nobody = UUID(int=0)

    def operation() -> None:
        line = DraftLine(key(Code.BANK, currency="USD"), nobody, None, 1, "USD")
        other = line._replace(amount_minor=-1)
        entries.post(Draft("x", "test", "1", ENDED, (line, other)), posted_at=ENDED)

    with pytest.raises(IntegrityError):
        rehearse(operation)
