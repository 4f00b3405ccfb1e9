"""The chart in the code is the chart in docs/money.md, and the guards of the lines follow both."""

import re
from pathlib import Path

import pytest
from django.db import connection

from billing.ledger.chart import CHART, Code, Kind, code_of, key, name_of
from billing.models.ledger import MENTOR_ACCOUNTS, PURCHASE_ACCOUNTS

ROOT = Path(__file__).resolve().parents[3]
ROW = re.compile(r"^\| (\d{4}) \| (.+?) \| (\w+) \| (.*?) ?\|$", re.MULTILINE)


def documented() -> list[tuple[str, str, str, set[str]]]:
    text = (ROOT / "docs" / "money.md").read_text()
    return [
        (code, name, kind, set(names.split(", ")) - {""})
        for code, name, kind, names in ROW.findall(text)
    ]


def test_the_documentation_has_every_account() -> None:
    assert [row[:3] for row in documented()] == [
        (account.code.value, account.name, account.kind.value) for account in CHART.values()
    ]


def test_the_documentation_says_what_lines_must_name() -> None:
    for code, _, _, names in documented():
        assert ("mentor" in names) == (code in MENTOR_ACCOUNTS), code
        assert ("purchase" in names) == (code in PURCHASE_ACCOUNTS), code
        assert ("the gateway" in names) == CHART[Code(code)].per_gateway, code


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "codes"), [("mentor", MENTOR_ACCOUNTS), ("purchase", PURCHASE_ACCOUNTS)]
)
def test_the_database_guards_the_same_accounts(name: str, codes: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s",
            [f"billing_line_names_its_{name}"],
        )
        (guard,) = cursor.fetchone()

    assert f"{name}_id IS NOT NULL" in guard
    assert tuple(re.findall(r"'(\d{4})'", guard)) == codes


def test_keys_are_natural_and_can_be_read_back() -> None:
    assert key(Code.MENTOR_PENDING, currency="USD") == "2110:USD"
    assert key(Code.GATEWAY_CLEARING, currency="JPY", gateway="stripe") == "1100:stripe:JPY"
    assert code_of("1100:stripe:JPY") is Code.GATEWAY_CLEARING
    assert name_of("1100:stripe:JPY") == "Gateway clearing (stripe)"
    assert name_of("2110:USD") == "Mentor payable, pending"


@pytest.mark.parametrize(
    ("code", "gateway"), [(Code.GATEWAY_CLEARING, ""), (Code.MENTOR_PENDING, "stripe")]
)
def test_a_gateway_is_named_where_there_is_one(code: Code, gateway: str) -> None:
    with pytest.raises(ValueError, match="do not go together"):
        key(code, currency="USD", gateway=gateway)


def test_liabilities_and_income_grow_by_credit() -> None:
    assert [kind for kind in Kind if kind.grows_by_credit] == [Kind.LIABILITY, Kind.INCOME]
