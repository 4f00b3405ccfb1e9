"""A run is a pure function of two histories; it looks again at old breaks; a file is a listing."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from threading import Barrier, get_ident

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from billing import reconciliation
from billing.models import Break, CutOff, GatewayTransaction, Payment, ReconciliationRun
from billing.reconciliation import importer, windows
from kernel import clock
from kernel.errors import Invalid
from tests.billing.reconciliation.test_matching import (
    NOW,
    SINCE,
    UNTIL,
    Listing,
    let_fail,
    listing,
    our_refund,
    run,
)
from tests.factories import billing as make
from tests.factories import sessions

__all__ = ["listing"]

HOUR = timedelta(hours=1)
LATER = timedelta(days=30)

pytestmark = pytest.mark.django_db


def next_month() -> reconciliation.Result:
    return reconciliation.run(
        gateway="stripe", since=SINCE + LATER, until=UNTIL + LATER, now=NOW + LATER
    )


def test_a_break_that_is_older_than_the_window_closes_when_it_is_mended(listing: Listing) -> None:
    _, payment = make.paid_session()
    listing.charge(payment, fee_minor=350)
    assert run() == {"fee": 1}

    listing.charge(payment)
    result = next_month()

    assert (result.breaks, result.closed) == ({}, 1)
    assert Break.objects.get().state == "closed"
    assert result.run.days == [make.PAID_AT.date()]


def test_a_break_that_is_older_than_the_window_and_not_mended_stays(listing: Listing) -> None:
    _, payment = make.paid_session()
    listing.charge(payment, fee_minor=350)
    run()

    result = next_month()

    assert (result.breaks, result.new, result.closed) == ({"fee": 1}, 0, 0)
    assert Break.objects.get().last_run == result.run


def test_only_the_days_of_open_breaks_are_looked_at_again(
    listing: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At most so many of them a night, those first that were looked at longest ago."""
    _, payment = make.paid_session()
    listing.charge(payment)
    first = reconciliation.run(gateway="stripe", since=SINCE, until=UNTIL, now=NOW).run
    second = reconciliation.run(gateway="stripe", since=SINCE, until=UNTIL, now=NOW).run
    for day, seen_by, state in ((3, second, "open"), (4, first, "open"), (5, first, "closed")):
        Break.objects.create(
            gateway="stripe",
            key=f"txn_{day}",
            type="unknown_category",
            currency="USD",
            detail="a levy",
            occurred_at=datetime(2027, 1, day, 12, tzinfo=UTC),
            first_run=first,
            last_run=seen_by,
            opened_at=NOW,
            state=state,
            closed_at=NOW if state == "closed" else None,
        )

    def days() -> list[date]:
        return windows.days_of_open_breaks(gateway="stripe", leg="A", before=SINCE)

    assert days() == [date(2027, 1, 3), date(2027, 1, 4)]
    monkeypatch.setattr(windows, "MOST_DAYS", 1)
    assert days() == [date(2027, 1, 4)]


def test_a_run_finds_the_same_whenever_it_is_computed(listing: Listing) -> None:
    """Everything that moves on afterwards had not been said at its instant."""
    _, refunded = make.paid_session()
    refund = our_refund(refunded, amount=3333)
    listing.charge(refunded, refunded_minor=3333)
    unpaid = make.open_payment(sessions.pending_session())
    listing.charge(unpaid)
    _, lost = make.paid_session()
    done = reconciliation.run(gateway="stripe", since=SINCE, until=UNTIL, now=NOW)
    assert done.breaks == {
        "refund_missing_there": 1,
        "charge_missing_here": 1,
        "charge_missing_there": 1,
    }
    then = reconciliation.differences(run=done.run)
    assert [row[:3] for row in then] == [
        (f"ch_{unpaid.pk.hex}", "charge_missing_here", unpaid.pk),
        (f"ch_{lost.pk.hex}", "charge_missing_there", lost.pk),
        (refund.gateway_refund_id, "refund_missing_there", refunded.pk),
    ]

    make.capture(unpaid)  # its webhook came at last
    Payment.objects.filter(pk=unpaid.pk).update(booked_at=NOW + HOUR)
    let_fail(refund, posted_at=NOW + HOUR)
    listing.charge(lost)
    again = reconciliation.run(gateway="stripe", since=SINCE, until=UNTIL, now=NOW + 2 * HOUR)

    assert reconciliation.differences(run=done.run) == then
    assert again.breaks == {}


def test_what_is_a_break_at_once_is_computed_again_as_well(listing: Listing) -> None:
    _, payment = make.paid_session()
    listing.charge(payment, amount_minor=9_999)
    done = reconciliation.run(gateway="stripe", since=SINCE, until=UNTIL, now=NOW)

    [row] = reconciliation.differences(run=done.run)

    assert row[:2] == (f"ch_{payment.pk.hex}", "amount")
    assert (row[4:7], row[8]) == ((10_000, 9_999, "USD"), None)


def test_the_cut_off_is_a_row_for_each_gateway() -> None:
    CutOff.objects.filter(gateway="paypal").update(
        age=timedelta(hours=36), overlap=timedelta(days=3)
    )
    now = datetime(2027, 3, 5, 14, 0, tzinfo=UTC)

    assert reconciliation.nightly_window(now=now, gateway="stripe") == (
        datetime(2027, 2, 25, tzinfo=UTC),
        datetime(2027, 3, 5, tzinfo=UTC),
    )
    assert reconciliation.nightly_window(now=now, gateway="paypal") == (
        datetime(2027, 2, 28, tzinfo=UTC),
        datetime(2027, 3, 4, tzinfo=UTC),
    )


HEADER = (
    "transaction_id,category,source_id,payment_ref,intent_id,transfer_id,"
    "amount_minor,fee_minor,net_minor,currency,occurred_at\n"
)


def line(payment: Payment, *, fee: int = 320) -> str:
    return (
        f"txn_{payment.pk.hex},charge,ch_{payment.pk.hex},{payment.pk},{payment.gateway_intent_id},"
        f",10000,{fee},{10_000 - fee},USD,{make.PAID_AT.isoformat()}\n"
    )


def run_file(text: str) -> reconciliation.Result:
    return reconciliation.run_file(
        gateway="stripe", file=BytesIO(text.encode()), since=SINCE, until=UNTIL, now=NOW
    )


def test_a_file_is_compared_like_the_gateways_list_and_stored_once() -> None:
    _, honest = make.paid_session()
    _, payment = make.paid_session()
    text = HEADER + line(honest) + line(payment, fee=350)

    first, second = run_file(text), run_file(text)

    assert (first.rows, first.breaks, first.new) == (2, {"fee": 1}, 1)
    assert (second.rows, second.breaks, second.new) == (2, {"fee": 1}, 0)
    assert GatewayTransaction.objects.count() == 2
    assert run_file(HEADER + line(honest) + line(payment).rstrip("\n")).closed == 1
    assert GatewayTransaction.objects.count() == 3


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "first line must name"),
        ("transaction_id,category\n", "first line must name"),
        (HEADER.replace("currency", "colour"), "first line must name"),
        (HEADER + "txn_1,charge\n", "missing data for column"),
        (HEADER + 'txn_1,"charge\nforged",ch_1,,,,1,0,1,USD,2027-03-01T00:00:00Z\n', "not quote"),
        (HEADER + "txn_1,charge,ch_1,,,,ten,0,1,USD,2027-03-01T00:00:00Z\n", '"ten"'),
    ],
)
def test_a_file_that_cannot_be_read_stores_nothing_and_its_run_says_why(
    text: str, why: str
) -> None:
    with pytest.raises(Invalid, match=why):
        run_file(text)

    assert GatewayTransaction.objects.count() == 0
    assert Break.objects.count() == 0
    kept = ReconciliationRun.objects.get()
    assert kept.finished_at is None
    assert why in kept.error


WINDOW = ("--from", SINCE.isoformat(), "--to", UNTIL.isoformat())


def test_the_command_compares_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, payment = make.paid_session()
    listed = tmp_path / "listed.csv"
    listed.write_text(HEADER + line(payment, fee=350))

    with clock.travel(NOW):
        call_command("reconcile", *WINDOW, "--file", str(listed))

    said = json.loads(capsys.readouterr().out)
    assert (said["rows"], said["total"], said["breaks"]["fee"]) == (1, 1, 1)


@pytest.mark.parametrize(
    ("text", "arguments", "why"),
    [
        (None, WINDOW, "cannot be opened: No such file"),
        (HEADER, (), "--file needs --from and --to"),
        (HEADER, WINDOW[:2], "--file needs --from and --to"),
        (HEADER, (*WINDOW, "--gateway", "adyen"), "no gateway called 'adyen'"),
        ("colour\n", WINDOW, "The first line must name these columns: transaction_id, "),
        (HEADER + "txn_1,charge\n", WINDOW, "cannot be read: missing data for column"),
    ],
)
def test_the_command_says_why_it_does_not_take_a_file(
    tmp_path: Path, text: str | None, arguments: tuple[str, ...], why: str
) -> None:
    listed = tmp_path / "listed.csv"
    if text is not None:
        listed.write_text(text)

    with clock.travel(NOW), pytest.raises(CommandError, match=why):
        call_command("reconcile", *arguments, "--file", str(listed))

    assert Break.objects.count() == 0


def charges(count: int) -> str:
    """A listing of charges that are none of ours."""
    return HEADER + "".join(
        f"txn_{i},charge,ch_{i},,pi_{i},,10000,320,9680,USD,{make.PAID_AT.isoformat()}\n"
        for i in range(count)
    )


@pytest.fixture
def both_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a file of a few kilobytes be a large one, and each connection begin with a block."""
    met, begun, draw = Barrier(2, timeout=60), set[int](), importer.Drawn.__next__

    def once_both_have_one(blocks: importer.Drawn) -> bytes:
        block = draw(blocks)
        if get_ident() not in begun:
            begun.add(get_ident())
            met.wait()
        return block

    monkeypatch.setattr(importer, "BLOCK", 1 << 14)
    monkeypatch.setattr(importer.Drawn, "__next__", once_both_have_one)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("both_begin")
def test_a_large_file_is_read_on_two_connections_each_line_once() -> None:
    assert run_file(charges(1_000)).breaks == {"charge_missing_here": 1_000}

    ids = GatewayTransaction.objects.values_list("transaction_id", flat=True)
    assert sorted(ids) == sorted(f"txn_{i}" for i in range(1_000))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT xmin::text) FROM billing_gatewaytransaction")
        assert cursor.fetchone() == (2,)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("both_begin")
@pytest.mark.parametrize("place", [1, 300, 1_000])  # in the first block, the second, the last
def test_a_line_that_cannot_be_read_undoes_both_connections(place: int) -> None:
    lines = charges(1_000).splitlines(keepends=True)
    lines[place] = lines[place].replace("10000", "ten")

    with pytest.raises(Invalid, match="ten"):
        run_file("".join(lines))

    assert GatewayTransaction.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_first_files_at_once_are_stored_once() -> None:
    text = charges(3)

    def beside() -> reconciliation.Result:
        try:
            return run_file(text)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic(), connection.cursor() as cursor:
            first = run_file(text)
            other = pool.submit(beside)
            waits = (
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted "
                "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
            cursor.execute(waits)
            while cursor.fetchone() == (0,) and not other.done():
                cursor.execute("SELECT pg_sleep(0.02)")
                cursor.execute(waits)
        second = other.result(timeout=20)

    assert (first.rows, first.new, second.rows, second.new) == (3, 3, 3, 0)
    assert GatewayTransaction.objects.count() == 3


def test_a_movement_that_a_page_shows_twice_is_one(
    listing: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a refund, listed twice, would be all of it: another break than the one there is."""
    _, payment = make.paid_session()
    listing.charge(payment)
    listing.refund(payment, amount=5_000)
    rows = [*listing.rows.values(), *listing.rows.values()]
    monkeypatch.setattr(listing, "balance_transactions", lambda **_window: iter(rows))

    assert run() == {"refund_missing_here": 1}
    assert GatewayTransaction.objects.count() == 2
