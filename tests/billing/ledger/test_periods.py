"""A month is closed once, by two people; then nothing is booked into it, and nothing fails."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import Error, connection, transaction

from accounts.models import User
from billing import costs
from billing.ledger import balances, entries, periods, posting, seals
from billing.ledger.checks import check_books
from billing.models import (
    Break,
    Entry,
    GatewayTransaction,
    Payment,
    PeriodClose,
    PeriodTotal,
    ReconciliationRun,
)
from tests.billing.ledger.books import refund
from tests.billing.ledger.test_guards import run
from tests.factories.billing import PAID_AT, paid_session
from tests.factories.people import UserFactory

MARCH = datetime(2027, 3, 1, tzinfo=UTC)
APRIL = datetime(2027, 4, 1, tzinfo=UTC)
NOW = MARCH + timedelta(days=1)


def reconciled(*, since: datetime = PAID_AT - timedelta(days=2), until: datetime = NOW) -> None:
    """A run that saw every day, and in it what the gateway says of each payment."""
    run = ReconciliationRun.objects.create(
        gateway="stripe", since=since, until=until, started_at=until, finished_at=until
    )
    for payment in Payment.objects.filter(state="succeeded"):
        fee_minor, paid_at = payment.actual_fee_minor, payment.succeeded_at
        assert fee_minor is not None
        assert paid_at is not None
        GatewayTransaction.objects.create(
            run=run,
            gateway="stripe",
            transaction_id=payment.gateway_balance_transaction_id or "",
            category="charge",
            source_id=payment.gateway_charge_id or "",
            amount_minor=payment.amount_minor,
            fee_minor=fee_minor,
            net_minor=payment.amount_minor - fee_minor,
            currency=payment.currency,
            occurred_at=paid_at,
        )


def february_proposed() -> tuple[PeriodClose, User]:
    reconciled()
    shown = periods.preview(now=NOW)
    by = UserFactory(name="Paula Preparer")
    return periods.propose(by=by, content_hash=shown.content_hash, now=NOW), by


def february_closed() -> PeriodClose:
    period, _ = february_proposed()
    return periods.close(period_id=period.pk, by=UserFactory(name="Anton Approver"), now=NOW)


def late_cost(*, day: date = date(2027, 2, 28)) -> None:
    """A bill of last month that reaches finance on 2 March."""
    costs.enter(
        day=day, account="5100", amount_minor=700, currency="USD", supplier="Hetzner",
        by=UserFactory(), now=NOW,
    )  # fmt: skip


@pytest.fixture
def payment(db: None) -> Payment:
    """$100.00, captured on 27 February."""
    return paid_session()[1]


def test_a_close_writes_down_what_each_account_said(payment: Payment) -> None:
    period = february_closed()

    assert (period.since, period.until) == (datetime(2027, 2, 1, tzinfo=UTC), MARCH)
    assert (period.state, period.entries) == ("closed", 2)
    totals = PeriodTotal.objects.filter(period=period).order_by("account_id")
    assert [(t.account_id, t.debit_minor, t.credit_minor, t.closing_minor) for t in totals] == [
        ("1100:stripe:USD", 10_000, 320, 9_680),
        ("2110:USD", 0, 8_180, -8_180),
        ("2200:USD", 0, 1_500, -1_500),
        ("4020:USD", 0, 320, -320),
        ("5010:USD", 320, 0, 320),
    ]
    assert periods.closed_until() == MARCH


def test_a_late_fact_is_posted_and_counts_on_the_first_open_day(payment: Payment) -> None:
    february_closed()

    late_cost()

    entry = Entry.objects.get(source_type="cost")
    assert (entry.occurred_at, entry.booked_at) == (datetime(2027, 2, 28, tzinfo=UTC), MARCH)
    assert check_books(now=NOW).ok


@pytest.mark.parametrize("count", [2, entries.COPIED_FROM])
def test_many_late_facts_are_posted_together(payment: Payment, count: int) -> None:
    """In one statement, and by COPY."""
    february_closed()
    seals.seal(as_of=NOW, now=NOW)
    subject = entries.subject_of(purchase=payment.purchase, gateway="stripe")
    drafts = [
        posting.gateway_fee(subject=subject, balance_transaction_id=f"t{n:02}", fee_minor=1, at=at)
        for n, at in enumerate([PAID_AT, *(count - 1) * [MARCH + timedelta(hours=2)]])
    ]

    assert entries.post_all(drafts, posted_at=NOW - timedelta(minutes=1)) == count

    rows = Entry.objects.filter(source_id__startswith="stripe:t0").order_by("source_id")[:2]
    assert [entry.booked_at for entry in rows] == [MARCH, MARCH + timedelta(hours=2)]
    assert [entry.posted_at for entry in rows] == [NOW, NOW]


def test_while_nothing_is_closed_a_fact_counts_when_it_happened(payment: Payment) -> None:
    late_cost()

    booked = Entry.objects.get(source_type="cost").booked_at
    assert booked == datetime(2027, 2, 28, tzinfo=UTC)


@pytest.mark.parametrize(("booked_at", "refused"), [(PAID_AT, True), (MARCH, False)])
def test_the_database_refuses_what_is_booked_into_a_closed_period(
    payment: Payment, booked_at: datetime, refused: bool
) -> None:
    february_closed()
    insert = (
        "INSERT INTO billing_entry (id, kind, source_type, source_id, occurred_at, posted_at, "
        "memo, booked_at) VALUES (gen_random_uuid(), 'odd', 'test', '1', %s, %s, '', %s)"
    )

    if refused:
        with pytest.raises(Error, match="the books are closed until 2027-03-01"):
            run(insert, PAID_AT, NOW, booked_at)
    else:
        run(insert, PAID_AT, NOW, booked_at)

    assert Entry.objects.filter(source_type="test").exists() is not refused


def test_an_insert_without_a_date_gets_the_open_one(payment: Payment) -> None:
    """The release before this one does not know the column."""
    february_closed()

    run(
        "INSERT INTO billing_entry (id, kind, source_type, source_id, occurred_at, posted_at, memo)"
        " VALUES (gen_random_uuid(), 'odd', 'test', '1', %s, %s, '')",
        PAID_AT,
        NOW,
    )

    assert Entry.objects.get(source_type="test").booked_at == MARCH


def test_whoever_proposed_a_period_does_not_close_it(payment: Payment) -> None:
    period, by = february_proposed()
    User.objects.filter(pk=by.pk).update(is_superuser=True)

    with pytest.raises(periods.SamePerson, match="Another person has to close it"):
        periods.close(period_id=period.pk, by=by, now=NOW)
    with pytest.raises(Error, match="whoever prepared it does not approve it"):
        run("UPDATE billing_periodclose SET approved_by_id = proposed_by_id, approved_at = now()")

    period.refresh_from_db()
    assert period.state == "proposed"
    assert periods.closed_until() is None
    assert not PeriodTotal.objects.exists()


def test_what_was_booked_after_the_proposal_stops_the_close(payment: Payment) -> None:
    period, by = february_proposed()
    late_cost()

    with pytest.raises(periods.PeriodMoved, match="Withdraw cls_"):
        periods.close(period_id=period.pk, by=UserFactory(), now=NOW)

    assert periods.closed_until() is None
    periods.withdraw(period_id=period.pk, by=by, now=NOW)
    again = periods.preview(now=NOW)
    new = periods.propose(by=by, content_hash=again.content_hash, now=NOW)
    assert periods.close(period_id=new.pk, by=UserFactory(), now=NOW).entries == 3


def broken(key: str, *, at: datetime) -> Break:
    found = ReconciliationRun.objects.latest("started_at")
    return Break.objects.create(
        gateway="stripe", key=key, type="amount", ours_minor=1, theirs_minor=2, currency="USD",
        occurred_at=at, opened_at=NOW, first_run=found, last_run=found,
    )  # fmt: skip


def test_a_break_that_opened_after_the_proposal_stops_the_close(payment: Payment) -> None:
    reconciled()
    known = broken("ch_known", at=PAID_AT)
    period, _ = february_proposed()
    assert period.open_breaks == ["amount ch_known (stripe)"]
    broken("ch_march", at=MARCH)  # of another month
    opened = broken("ch_new", at=PAID_AT)
    other = UserFactory()

    with pytest.raises(periods.BreaksOpened, match=r"1 breaks of February 2027 .* ch_new"):
        periods.close(period_id=period.pk, by=other, now=NOW)
    assert periods.closed_until() is None
    assert not PeriodTotal.objects.exists()

    Break.objects.filter(pk__in=[opened.pk, known.pk]).update(state="closed", closed_at=NOW)
    assert periods.close(period_id=period.pk, by=other, now=NOW).state == "closed"


def test_a_break_that_opened_meanwhile_may_be_listed_by_a_new_proposal(payment: Payment) -> None:
    period, by = february_proposed()
    broken("ch_new", at=PAID_AT)
    periods.withdraw(period_id=period.pk, by=by, now=NOW)

    shown = periods.preview(now=NOW)
    new = periods.propose(by=by, content_hash=shown.content_hash, now=NOW)

    assert periods.close(period_id=new.pk, by=UserFactory(), now=NOW).open_breaks == [
        "amount ch_new (stripe)"
    ]


def test_a_proposal_is_of_what_was_seen(payment: Payment) -> None:
    reconciled()
    shown = periods.preview(now=NOW)
    late_cost()

    with pytest.raises(periods.PeriodMoved, match="Look again"):
        periods.propose(by=UserFactory(), content_hash=shown.content_hash, now=NOW)

    assert not PeriodClose.objects.exists()


def test_a_period_is_proposed_once(payment: Payment) -> None:
    period, by = february_proposed()

    with pytest.raises(periods.AlreadyProposed, match=period.public_id):
        periods.propose(by=by, content_hash=period.content_hash, now=NOW)


@pytest.mark.parametrize(
    ("since", "until", "ready"),
    [
        (PAID_AT - timedelta(days=2), NOW, True),
        (PAID_AT - timedelta(days=2), MARCH - timedelta(hours=1), False),  # not to the end
        (PAID_AT + timedelta(hours=1), NOW, False),  # not from the first payment on
    ],
)
def test_a_period_is_closed_when_every_instant_of_it_was_reconciled(
    payment: Payment, since: datetime, until: datetime, ready: bool
) -> None:
    reconciled(since=since, until=until)

    shown = periods.preview(now=NOW)

    assert shown.ready is ready
    if not ready:
        with pytest.raises(periods.NotReady, match="reconcile --gateway stripe --from 2027-02-01"):
            periods.propose(by=UserFactory(), content_hash=shown.content_hash, now=NOW)


def test_a_month_that_is_not_over_is_not_closed(payment: Payment) -> None:
    with pytest.raises(periods.NothingToClose, match="from 1 March 2027, 12:00 UTC on"):
        periods.preview(now=MARCH + timedelta(hours=11))


def test_books_that_are_wrong_are_not_closed(payment: Payment) -> None:
    reconciled()
    run("SET session_replication_role = replica")
    run(
        "INSERT INTO billing_line (entry_id, account_id, amount_minor, currency) "
        "SELECT id, '5010:USD', 1, 'USD' FROM billing_entry LIMIT 1"
    )
    run("SET session_replication_role = DEFAULT")

    shown = periods.preview(now=NOW)

    assert not shown.ready
    assert "I1" in shown.checks[0].detail


def test_periods_follow_each_other_without_a_gap(payment: Payment) -> None:
    first = february_closed()
    reconciled(since=MARCH - timedelta(days=1), until=APRIL + timedelta(days=1))

    shown = periods.preview(now=APRIL + timedelta(days=1))

    assert (shown.since, shown.until) == (MARCH, APRIL)
    with pytest.raises(Error, match="the next period begins there"):
        run(
            "INSERT INTO billing_periodclose (id, since, until, entries, content_hash, "
            "open_breaks, proposed_by_id, proposed_at) SELECT gen_random_uuid(), %s, %s, 0, "
            "content_hash, '[]', proposed_by_id, now() FROM billing_periodclose",
            MARCH + timedelta(days=1),
            APRIL,
        )
    assert PeriodClose.objects.get() == first


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_periodclose SET until = until - interval '1 month'",
        "UPDATE billing_periodclose SET approved_by_id = NULL, approved_at = NULL",
        "DELETE FROM billing_periodclose",
        "UPDATE billing_periodtotal SET closing_minor = 0",
        "DELETE FROM billing_periodtotal",
    ],
)
def test_a_close_is_for_good(payment: Payment, statement: str) -> None:
    february_closed()

    with pytest.raises(Error):
        run(statement)

    assert periods.closed_until() == MARCH


@pytest.mark.parametrize("moved", ["amount", "date"])
def test_check_books_finds_what_was_changed_in_a_closed_period(
    payment: Payment, moved: str
) -> None:
    february_closed()
    assert check_books(now=NOW).findings[-1].ok
    run("SET session_replication_role = replica")
    if moved == "amount":  # a cent from one line of the account to another: no total moves
        run("UPDATE billing_line SET amount_minor = amount_minor - 1 WHERE amount_minor = 10000")
        run("UPDATE billing_line SET amount_minor = amount_minor + 1 WHERE amount_minor = -320 "
            "AND account_id LIKE '1100:%%'")  # fmt: skip
    else:
        run("UPDATE billing_entry SET booked_at = %s WHERE kind = 'captured'", MARCH)
    run("SET session_replication_role = DEFAULT")

    found = check_books(now=NOW).findings[-1]

    assert found.invariant.code == "I12"
    assert found.count == (1 if moved == "amount" else 4)


@pytest.mark.django_db(transaction=True)
def test_a_posting_under_way_is_in_the_close_and_one_that_comes_waits() -> None:
    """The close waits for what has looked at the line already, and holds up what has not."""
    _, payment = paid_session()
    period, _ = february_proposed()
    held = threading.Event()
    outcome: list[object] = []

    def close() -> None:
        held.set()
        try:
            outcome.append(periods.close(period_id=period.pk, by=UserFactory(), now=NOW))
        except Exception as error:
            outcome.append(error)
        finally:
            connection.close()

    with transaction.atomic():
        late_cost()  # booked into February, not committed yet
        closing = threading.Thread(target=close)
        closing.start()
        assert held.wait(10)
        closing.join(0.5)
        assert closing.is_alive()  # it waits for this transaction
    closing.join(20)

    assert isinstance(outcome[0], periods.PeriodMoved)
    refund(payment, 100, bearer="platform", at=NOW)
    assert sum(row.balance_minor for row in balances.account_balances()) == 0
    assert PeriodClose.objects.get().state == "proposed"
