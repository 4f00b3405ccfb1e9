"""What was known at an instant is one fixed set, once the instant is sealed."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import Error, connection, transaction
from django_q.models import Schedule

from billing import tasks
from billing.ledger import entries, posting, seals
from billing.models import Entry, Payment, Seal
from kernel import clock
from tests.billing.ledger.test_guards import run
from tests.factories.billing import PAID_AT, paid_session

AS_OF = PAID_AT + timedelta(hours=1)
NOW = PAID_AT + timedelta(hours=2)


def known(as_of: datetime = AS_OF) -> int:
    return Entry.objects.filter(posted_at__lt=as_of).count()


def fee(payment: Payment, *, posted_at: datetime) -> bool:
    subject = entries.subject_of(purchase=payment.purchase, gateway="stripe")
    draft = posting.gateway_fee(
        subject=subject, balance_transaction_id="txn_slow", fee_minor=7, at=PAID_AT
    )
    return entries.post(draft, posted_at=posted_at)


@pytest.mark.django_db
def test_a_slow_posting_that_began_before_the_seal_is_known_after_it() -> None:
    _, payment = paid_session()
    seals.seal(as_of=AS_OF, now=NOW)
    before = known()

    assert fee(payment, posted_at=AS_OF - timedelta(minutes=1)) is True

    assert Entry.objects.get(source_id="stripe:txn_slow").posted_at == AS_OF
    assert (before, known()) == (2, 2)


@pytest.mark.django_db
def test_without_a_seal_the_past_still_moves() -> None:
    """The negative control: this is what a report as of an unsealed instant would suffer."""
    _, payment = paid_session()
    before = known()

    fee(payment, posted_at=AS_OF - timedelta(minutes=1))

    assert (before, known()) == (2, 3)


@pytest.mark.django_db
def test_each_night_yesterday_is_sealed_and_busy_books_are_left_to_the_next_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    midnight = datetime(2027, 2, 28, tzinfo=UTC)

    def busy() -> None:
        raise seals.BooksBusy("Somebody posts all the while.")

    tasks.register_schedules()
    assert Schedule.objects.get(name="billing: seal").cron == "10,25,40 0 * * *"
    with clock.travel(midnight + timedelta(minutes=10)), monkeypatch.context() as patched:
        patched.setattr(seals, "hold_postings", busy)
        tasks.seal()
    assert seals.sealed_until() is None

    for minutes in (25, 40):
        with clock.travel(midnight + timedelta(minutes=minutes)):
            tasks.seal()

    assert [seal.as_of for seal in Seal.objects.all()] == [midnight]


@pytest.mark.django_db
def test_the_database_refuses_what_claims_to_be_older_than_the_seal() -> None:
    paid_session()
    seals.seal(as_of=AS_OF, now=NOW)

    with pytest.raises(Error, match="sealed until 2027-02-27 16:00"):
        run(
            "INSERT INTO billing_entry (id, kind, source_type, source_id, occurred_at, posted_at, "
            "memo) VALUES (gen_random_uuid(), 'odd', 'test', '1', %s, %s, '')",
            PAID_AT,
            AS_OF - timedelta(microseconds=1),
        )

    assert known() == 2


@pytest.mark.django_db
def test_nobody_seals_what_has_not_come() -> None:
    with pytest.raises(seals.NotYet, match="is not over"):
        seals.seal(as_of=NOW + timedelta(seconds=1), now=NOW)

    assert not Seal.objects.exists()


@pytest.mark.django_db
def test_an_older_instant_needs_no_seal_of_its_own() -> None:
    seals.seal(as_of=AS_OF, now=NOW)
    seals.seal(as_of=AS_OF - timedelta(days=3), now=NOW)
    seals.seal(as_of=AS_OF, now=NOW)

    assert list(Seal.objects.values_list("as_of", flat=True)) == [AS_OF]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change", ["DELETE FROM billing_seal", "UPDATE billing_seal SET as_of = now()"]
)
def test_a_seal_is_for_good(change: str) -> None:
    seals.seal(as_of=AS_OF, now=NOW)

    with pytest.raises(Error, match="are history"):
        run(change)


@pytest.mark.django_db(transaction=True)
def test_a_seal_waits_for_postings_that_are_under_way() -> None:
    """Posted before the instant, committed after it: the report must have it."""
    _, payment = paid_session()
    seen: list[int] = []

    def seal_and_count() -> None:
        seals.seal(as_of=AS_OF, now=NOW)
        seen.append(known())
        connection.close()

    with transaction.atomic():
        fee(payment, posted_at=AS_OF - timedelta(minutes=1))
        sealing = threading.Thread(target=seal_and_count)
        sealing.start()
        sealing.join(0.5)
        assert sealing.is_alive()
    sealing.join(20)

    assert seen == [3]
    assert known() == 3


@pytest.mark.django_db(transaction=True)
def test_books_that_never_rest_refuse_the_seal_instead_of_stopping_the_shop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, payment = paid_session()
    monkeypatch.setattr(seals, "PATIENCE", "200ms")
    refused: list[Exception] = []

    def try_to_seal() -> None:
        try:
            seals.seal(as_of=AS_OF, now=NOW)
        except seals.BooksBusy as error:
            refused.append(error)
        finally:
            connection.close()

    with transaction.atomic():
        fee(payment, posted_at=NOW)
        sealing = threading.Thread(target=try_to_seal)
        sealing.start()
        sealing.join(20)

    assert [error.code for error in refused if isinstance(error, seals.BooksBusy)] == ["books_busy"]
    assert not Seal.objects.exists()


def test_days_end_at_midnight_in_utc() -> None:
    assert seals.end_of("2027-02-28") == datetime(2027, 3, 1, tzinfo=UTC)
    assert seals.end_of_yesterday(NOW) == datetime(2027, 2, 27, tzinfo=UTC)
