"""Bringing a bank statement in on the screen: looked at first, kept once, refused to others."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts import roles
from billing import treasury
from billing.gateways.treasury import GatewayPayout as Seen
from billing.gateways.treasury import GatewayPayoutStatus
from billing.models import BankAccount, BankLine, BankStatement, GatewayPayout
from billing.treasury import statements
from billing.treasury.formats import Mapping
from kernel import clock
from tests.billing.treasury import files
from tests.cms.conftest import SignIn
from tests.cms.dialogs import press, shown

NOW = datetime(2027, 3, 7, 9, 0, tzinfo=UTC)
KEY = "po_1AbCdEfGh"
FORGERS = [roles.MENTOR, roles.CONTENT_EDITOR, roles.MENTOR_CURATOR, roles.SUPPORT, roles.AUDITOR]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with clock.travel(NOW):
        yield


@pytest.fixture
def account() -> BankAccount:
    return BankAccount.objects.create(
        name="Main", currency="USD", since=date(2027, 3, 1), created_at=NOW
    )


def upload(browser: Client, account: BankAccount, text: str, *, name: str = "march.csv") -> Any:
    file = SimpleUploadedFile(name, text.encode())
    return browser.post(
        reverse("bring_in_statement"), {"account": account.pk, "file": file, "act": "read"}
    )


def test_finance_adds_an_account(sign_in: SignIn) -> None:
    given = {"name": "Main", "number": "GB33", "currency": "USD", "since": "2027-03-01"}

    answer = press(sign_in(roles.FINANCE_PREPARER), reverse("add_bank_account"), "add", **given)

    kept = BankAccount.objects.get()
    assert answer.headers["Location"] == reverse("bank-accounts:inspect", args=[kept.pk])
    assert (kept.name, kept.since) == ("Main", date(2027, 3, 1))


def test_a_csv_is_looked_at_and_then_kept_with_its_mapping(
    account: BankAccount, sign_in: SignIn
) -> None:
    treasury.apply(
        gateway="stripe",
        seen=Seen(
            id=KEY,
            status=GatewayPayoutStatus.PAID,
            amount_minor=97_070,
            currency="USD",
            created_at=NOW,
            arrives_on=date(2027, 3, 5),
        ),
        now=NOW,
    )
    browser = sign_in(roles.FINANCE_PREPARER)

    look = upload(browser, account, files.CSV.format(key=KEY)).headers["Location"]
    page = shown(browser, look)
    assert ">Keep 2 new lines</button>" in page
    assert "$970.70 USD" in page
    assert "1010 Bank" in page  # the arrival that it will post
    assert BankLine.objects.count() == 0
    mapping = {
        "date": "Booking date", "debit": "Debit", "credit": "Credit", "balance": "Balance",
        "text": "Purpose", "date_format": "%d.%m.%Y", "decimal": ",", "delimiter": ";",
        "encoding": "utf-8", "skip": "1",
    }  # fmt: skip
    answer = press(browser, look, "keep", page=page, **mapping)

    statement = BankStatement.objects.get()
    assert answer.headers["Location"] == reverse("bank-statements:inspect", args=[statement.pk])
    assert GatewayPayout.objects.get().state == "arrived"
    account.refresh_from_db()
    assert account.mapping["debit"] == "Debit"
    assert KEY in browser.get(answer.headers["Location"]).content.decode()
    again = upload(browser, account, files.CSV.format(key=KEY)).headers["Location"]
    assert "This file was brought in on 07 Mar 2027" in shown(browser, again)


def test_a_mapping_that_does_not_fit_says_so_and_keeps_nothing(
    account: BankAccount, sign_in: SignIn
) -> None:
    browser = sign_in(roles.FINANCE_PREPARER)
    look = upload(browser, account, "When,What\n2027-03-05,hello\n").headers["Location"]

    page = shown(browser, look)
    answer = press(browser, look, "keep", page=page, skip="0", date_format="%Y-%m-%d", decimal=".",
                   delimiter=",", encoding="utf-8")  # fmt: skip

    assert "Say which column is the day, and which the amount." in page
    assert answer.status_code == 409
    assert BankStatement.objects.count() == 0


@pytest.mark.parametrize("text", [files.MT940.format(key=KEY), files.camt(key=KEY)])
def test_mt940_and_camt_need_no_mapping(text: str, account: BankAccount, sign_in: SignIn) -> None:
    browser = sign_in(roles.FINANCE_APPROVER)
    look = upload(browser, account, text, name="march.sta").headers["Location"]

    assert press(browser, look, "keep").status_code == 302

    assert BankLine.objects.count() == 2


def test_lines_like_kept_ones_are_shown_and_decided_on(
    account: BankAccount, sign_in: SignIn
) -> None:
    statements.bring_in(
        account_id=account.pk,
        filename="first.csv",
        data=b"Date,Text,Amount\n2027-03-05,Fee,-20.00\n",
        by=None,
        now=NOW,
        mapping=Mapping(date="Date", text="Text", amount="Amount"),
    )
    browser = sign_in(roles.FINANCE_PREPARER)
    more = "Date,Text,Amount\n2027-03-05,Charges,-20.00\n2027-03-06,Rent,-900.00\n"
    look = upload(browser, account, more).headers["Location"]
    mapping = {
        "date": "Date", "text": "Text", "amount": "Amount", "date_format": "%Y-%m-%d",
        "decimal": ".", "delimiter": ",", "encoding": "utf-8", "skip": "0",
    }  # fmt: skip

    page = shown(browser, look)
    silent = press(browser, look, "keep", page=page, **mapping)

    assert "1 of the file&#x27;s lines are like lines that are kept" in page
    assert "Like lines that are kept" in page
    assert silent.status_code == 422
    assert BankLine.objects.count() == 1
    assert ">Keep 1 new line</button>" in shown(browser, look, alike="known")
    assert ">Keep 2 new lines</button>" in shown(browser, look, alike="new")
    assert ">Keep 2 new lines</button>" in shown(browser, look, alike="known", **{"but-0": "on"})
    stale = press(
        browser, look, "keep", page=shown(browser, look, alike="new"), alike="known", **mapping
    )
    assert stale.status_code == 409
    answer = press(browser, look, "keep", alike="known", **mapping)
    assert answer.status_code == 302
    assert sorted(line.amount_minor for line in BankLine.objects.all()) == [-90_000, -2_000]


def test_balances_that_do_not_meet_are_said_and_may_be_waved_past(
    account: BankAccount, sign_in: SignIn
) -> None:
    browser = sign_in(roles.FINANCE_PREPARER)
    first = upload(browser, account, files.MT940.format(key="x"), name="march.sta")
    press(browser, first.headers["Location"], "keep")
    gap = files.MT940.format(key="y").replace("C270301USD1000,00", "C270307USD3000,00")
    gap = (
        gap.replace("C270306USD1950,70", "C270309USD3950,70")
        .replace("2703060306", "2703090309")
        .replace("2703050305", "2703080308")
    )
    look = upload(browser, account, gap, name="april.sta").headers["Location"]

    page = shown(browser, look)
    assert "the account stood at $1,950.70 USD" in page
    assert press(browser, look, "keep", page=page).status_code == 409
    assert press(browser, look, "keep", despite="on").status_code == 302

    assert BankLine.objects.count() == 4


@pytest.mark.parametrize("text", ["", "x" * 11_000_000])
def test_an_empty_or_huge_file_is_refused(text: str, account: BankAccount, sign_in: SignIn) -> None:
    assert upload(sign_in("admin"), account, text).status_code in {409, 413, 422, 400}


def test_formulas_of_a_line_do_not_run_in_the_export(account: BankAccount, sign_in: SignIn) -> None:
    browser = sign_in("admin")
    look = upload(browser, account, files.MT940.format(key="x"), name="=1+1.sta")
    press(browser, look.headers["Location"], "keep")

    exported = b"".join(browser.get(reverse("bank-statements:index"), {"export": "csv"})).decode()

    assert "'=1+1.sta" in exported


def test_an_upload_is_its_own_persons(account: BankAccount, sign_in: SignIn) -> None:
    look = upload(sign_in("admin"), account, files.MT940.format(key="x")).headers["Location"]

    assert sign_in("admin").get(look).status_code == 404


@pytest.mark.parametrize("group", [*FORGERS, "nobody"])
def test_others_are_refused_whatever_they_send(
    group: str, account: BankAccount, sign_in: SignIn
) -> None:
    look = upload(sign_in("admin"), account, files.MT940.format(key="x")).headers["Location"]
    browser = sign_in(group)

    answers = [
        upload(browser, account, files.MT940.format(key="x")),
        browser.post(look, {"act": "keep"}),
        browser.post(
            reverse("add_bank_account"),
            {"act": "add", "name": "Mine", "currency": "USD", "since": "2027-03-01"},
        ),
    ]

    for answer in answers:
        assert answer.status_code in {302, 403}
        assert "look" not in answer.headers.get("Location", "").partition("?")[0]
    assert BankStatement.objects.count() == 0
    assert BankAccount.objects.count() == 1
