"""A statement says the same in every form; what is not one is refused in words, never a crash."""

from datetime import date
from decimal import Decimal

import pytest

from billing.treasury.formats import (
    Mapping,
    Unreadable,
    base,
    guess,
    kind_of,
    preview,
    read_camt,
    read_csv,
    read_mt940,
)
from tests.billing.treasury import files

KEY = "po_1AbCdEfGh"
LINES = [(date(2027, 3, 5), 97_070), (date(2027, 3, 6), -2_000)]
MAPPED = Mapping(
    date="Booking date",
    debit="Debit",
    credit="Credit",
    balance="Balance",
    text="Purpose",
    delimiter=";",
    decimal=",",
    date_format="%d.%m.%Y",
    skip=1,
)


def test_the_three_forms_of_a_statement_hold_the_same_lines_and_balances() -> None:
    csv = read_csv(files.CSV.format(key=KEY).encode(), MAPPED, currency="USD")
    camt = read_camt(files.camt(key=KEY).encode(), currency="USD")
    mt940 = read_mt940(files.MT940.format(key=KEY).encode(), currency="USD")

    for parsed in (csv, camt, mt940):
        assert [(line.booked_on, line.amount_minor) for line in parsed.lines] == LINES
        assert (parsed.opening_minor, parsed.closing_minor) == (100_000, 195_070)
        assert parsed.difference_minor == 0
        assert parsed.errors in ((), [])
        assert KEY in f"{parsed.lines[0].text} {parsed.lines[0].reference}"
    assert camt.account == mt940.account == "GB33BUKB20201555555555"


def test_a_mapping_is_guessed_from_the_file() -> None:
    assert guess(files.CSV.format(key=KEY).encode()) == MAPPED
    assert kind_of(files.CSV.encode()) == "csv"
    assert kind_of(files.MT940.encode()) == "mt940"
    assert kind_of(files.camt().encode()) == "camt.053"


def test_a_signed_column_with_a_decimal_point_is_guessed_too() -> None:
    text = "Date,Description,Amount\n2027-03-05,Payout,970.70\n2027-03-06,Fee,-20.00\n"

    mapping = guess(text.encode())
    parsed = read_csv(text.encode(), mapping, currency="USD")

    assert (mapping.amount, mapping.decimal, mapping.delimiter) == ("Amount", ".", ",")
    assert [line.amount_minor for line in parsed.lines] == [97_070, -2_000]


@pytest.mark.parametrize("amount", ["1E+9999999", "1E+999990", "NaN", "Infinity"])
def test_an_amount_beyond_any_bank_is_refused_at_once(amount: str) -> None:
    with pytest.raises(base.RowUnreadable):
        base.minor(Decimal(amount), "USD")


@pytest.mark.parametrize(
    ("cell", "minor"),
    [
        ("1,234.50", 123_450),
        ("-0.07", -7),
        ("12.00-", -1_200),
        ("(12.00)", -1_200),
        ("USD 12", 1_200),
        ("−5.00", -500),
    ],
)
def test_amounts_as_banks_write_them(cell: str, minor: int) -> None:
    text = f'Date;Amount\n2027-03-05;"{cell}"\n'
    mapping = Mapping(date="Date", amount="Amount", delimiter=";")

    assert read_csv(text.encode(), mapping, currency="USD").lines[0].amount_minor == minor


def test_a_bad_row_is_an_error_with_its_number_and_the_others_are_read() -> None:
    text = (
        "Date,Amount,Text\n2027-03-05,9.00,a\nyesterday,1.00,b\n2027-03-06,=A1+B2(),c\n"
        "2027-03-07,1.005,d\n2027-03-08,,e\n2027-03-09,1.00,f\n"
    )
    mapping = Mapping(date="Date", amount="Amount", text="Text")

    parsed = read_csv(text.encode(), mapping, currency="USD")

    assert [line.text for line in parsed.lines] == ["a", "f"]
    assert [(error.row, error.problem) for error in parsed.errors] == [
        (3, "yesterday is no day of this form."),
        (4, "=A1+B2() is no amount."),
        (5, "USD has 2 decimals."),
        (6, "An empty cell is no amount."),
    ]


@pytest.mark.parametrize(("mark", "sign"), [("C", 1), ("D", -1), ("RC", -1), ("RD", 1)])
def test_a_reversal_in_mt940_goes_the_other_way(mark: str, sign: int) -> None:
    text = f":20:S\n:25:1\n:60F:C270301USD1000,00\n:61:2703050305{mark}970,70NTRFNONREF\n:86:X\n"

    parsed = read_mt940(text.encode(), currency="USD")

    assert [line.amount_minor for line in parsed.lines] == [sign * 97_070]


def test_balances_that_do_not_follow_refuse_the_file() -> None:
    text = files.CSV.format(key=KEY).replace("1.950,70", "1.950,71")

    with pytest.raises(Unreadable, match="do not follow"):
        read_csv(text.encode(), MAPPED, currency="USD")


def test_the_newest_line_may_come_first() -> None:
    text = "Date,Amount,Balance\n2027-03-06,-20.00,1950.70\n2027-03-05,970.70,1970.70\n"
    mapping = Mapping(date="Date", amount="Amount", balance="Balance")

    parsed = read_csv(text.encode(), mapping, currency="USD")

    assert [line.amount_minor for line in parsed.lines] == [97_070, -2_000]
    assert (parsed.opening_minor, parsed.closing_minor) == (100_000, 195_070)


def test_the_preview_shows_rows_and_what_they_make() -> None:
    text = "Date,Amount\n2027-03-05,970.70\nnever,1\n"

    heading, rows = preview(text.encode(), Mapping(date="Date", amount="Amount"), currency="USD")

    assert heading == ["Date", "Amount"]
    assert rows[0][0] == ["2027-03-05", "970.70"]
    assert getattr(rows[0][1], "amount_minor", None) == 97_070
    assert rows[1][1] == "never is no day of this form."


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
    + "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1 or ''};" * 10}">' for n in range(1, 10))
    + "]><Document>&lol9;</Document>"
)
OUTSIDE = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document>&x;</Document>'


@pytest.mark.parametrize(
    "text",
    [
        LAUGHS,
        OUTSIDE,
        '<!DOCTYPE d SYSTEM "http://192.0.2.1/x.dtd"><Document/>',
        "<Document>" + "<a>" * 5_000 + "</a>" * 5_000 + "</Document>",
        "<Document><Stmt></Document>",
        "<html></html>",
        '<?xml version="1.0" encoding="foo"?><Document/>',
        '<?xml version="1.0" encoding="rot13"?><Document/>',
        '<?xml version="1.0" encoding="utf-7"?><Document/>',
        "<",
    ],
)
def test_hostile_xml_is_refused_before_a_tree_is_built(text: str) -> None:
    with pytest.raises(Unreadable):
        read_camt(text.encode(), currency="USD")


@pytest.mark.parametrize(
    "text",
    [
        ":20:X\n:61:nonsense\n",
        ":20:X\n:60F:C999999USD1,00\n",
        ":20:X\n:60F:C270301USD" + "9" * 3_000,
        "{1:no statement}",
    ],
)
def test_broken_mt940_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        parsed = read_mt940(text.encode(), currency="USD")
        if not parsed.lines:
            raise Unreadable("no line")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"x" * 10_000_001, "larger"),
    ],
)
def test_empty_and_huge_files_are_refused(data: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        kind_of(data)


@pytest.mark.parametrize(
    "data",
    [
        b"\x00\x01\x02\xff" * 100,
        b'Date,Amount\n"' + b"a" * 200_000,
        b"Date,Amount\n" + b"," * 500,
        b"Other,Columns\n1,2\n",
        b"\n\n",
        "Date,Amount\nx,1\n".encode("utf-16"),
    ],
)
def test_a_csv_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        read_csv(data, Mapping(date="Date", amount="Amount"), currency="USD")


def test_another_currency_is_an_error_of_its_row() -> None:
    parsed = read_camt(
        files.camt().replace('Ccy="USD">970', 'Ccy="EUR">970').encode(), currency="USD"
    )

    assert [line.amount_minor for line in parsed.lines] == [-2_000]
    assert [error.problem for error in parsed.errors] == ["The account is in USD, this in EUR."]
