"""Finance enters a cost, with its paper; it is posted once and taken back by a row of its own."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import Error

from billing import costs
from billing.ledger import balances
from billing.ledger.checks import check_books
from billing.models import Cost, CostDocument, Entry
from kernel.ids import uuid7
from tests.billing.ledger.test_guards import run
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 3, 5, 9, 0, tzinfo=UTC)
SERVERS: dict[str, Any] = {
    "day": date(2027, 3, 1),
    "account": "5100",
    "amount_minor": 4_990,
    "currency": "EUR",
    "supplier": "Hetzner",
    "memo": "February",
    "now": NOW,
}


def enter(**changed: Any) -> Cost:
    return costs.enter(**{**SERVERS, "by": UserFactory(), **changed})


def books() -> dict[str, int]:
    return {row.account: row.balance_minor for row in balances.account_balances()}


def test_a_cost_is_posted_on_its_day() -> None:
    cost = enter()

    entry = Entry.objects.get()
    assert (entry.source_type, entry.source_id, entry.kind) == ("cost", str(cost.pk), "entered")
    assert (entry.occurred_at, entry.memo) == (
        datetime(2027, 3, 1, tzinfo=UTC),
        "Hetzner: February",
    )
    assert books() == {"1010:EUR": -4_990, "5100:EUR": 4_990}
    assert check_books(now=NOW).ok


def test_a_form_sent_twice_enters_one_cost() -> None:
    attempt = uuid7()

    assert enter(cost_id=attempt) == enter(cost_id=attempt)

    assert books() == {"1010:EUR": -4_990, "5100:EUR": 4_990}


def test_a_mistake_is_reversed_today_and_only_once() -> None:
    cost = enter()
    later = NOW + timedelta(days=40)

    back = costs.reverse(cost_id=cost.pk, reason="Entered twice.", by=UserFactory(), now=later)

    assert (back.day, back.amount_minor, back.reverses) == (date(2027, 4, 14), 4_990, cost)
    assert books() == {"1010:EUR": 0, "5100:EUR": 0}
    assert Entry.objects.get(kind="reversed").booked_at == datetime(2027, 4, 14, tzinfo=UTC)
    assert check_books(now=later).ok
    for row in (cost, back):
        with pytest.raises(costs.AlreadyReversed):
            costs.reverse(cost_id=row.pk, reason="Again.", by=UserFactory(), now=later)
    assert Cost.objects.count() == 2


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"account": "4010"}, "no account for costs"),
        ({"amount_minor": 0}, "more than nothing"),
        ({"day": date(2027, 3, 6)}, "has not come yet"),
        ({"supplier": " "}, "who was paid"),
        ({"paper": costs.Paper("bill.pdf", b"<html>")}, "none of PDF, PNG, JPEG"),
        ({"paper": costs.Paper("bill.pdf", b"%PDF-" + b"x" * 5_000_000)}, "more than 5 MB"),
    ],
)
def test_what_cannot_be_meant_is_refused(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(costs.BadCost, match=said):
        enter(**changed)

    assert not Cost.objects.exists()
    assert not Entry.objects.exists()


def test_the_paper_is_kept_with_its_hash() -> None:
    cost = enter(paper=costs.Paper("bill.pdf", b"%PDF-1.7 bill"))

    paper = CostDocument.objects.get(cost=cost)
    assert (paper.name, bytes(paper.content)) == ("bill.pdf", b"%PDF-1.7 bill")
    # printf %s "%PDF-1.7 bill" | sha256sum
    assert paper.sha256 == "646503f6596f7aae2687bb21a765508509d2d7f4087aade1af4f03a21de864ba"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_cost SET amount_minor = 1",
        "DELETE FROM billing_cost",
        "UPDATE billing_costdocument SET name = 'x'",
    ],
)
def test_costs_are_history(statement: str) -> None:
    enter(paper=costs.Paper("bill.pdf", b"%PDF-1.7"))

    with pytest.raises(Error, match="are history"):
        run(statement)


@pytest.mark.parametrize("column", ["amount_minor = 1", "supplier = 'Other'", "account = '5110'"])
def test_a_reversal_says_what_was_entered(column: str) -> None:
    enter()
    name, value = column.split(" = ")
    columns = ["amount_minor", "supplier", "account"]
    values = [value if one == name else one for one in columns]

    with pytest.raises(Error, match="says what the reversed one said"):
        run(
            "INSERT INTO billing_cost (id, day, amount_minor, supplier, account, currency, memo, "
            "reverses_id, entered_by_id, entered_at) SELECT gen_random_uuid(), day, "
            f"{', '.join(values)}, currency, memo, id, entered_by_id, entered_at FROM billing_cost"
        )


def test_check_books_finds_a_cost_on_another_account_and_one_without_an_entry() -> None:
    cost = enter()
    run("SET session_replication_role = replica")
    run("UPDATE billing_line SET account_id = '5120:EUR' WHERE account_id = '5100:EUR'")
    run("SET session_replication_role = DEFAULT")

    found = [finding for finding in check_books(now=NOW).findings if not finding.ok]

    assert [finding.invariant.code for finding in found] == ["I10"]
    assert found[0].breaches[0].id == f"cost {cost.pk} entered"
