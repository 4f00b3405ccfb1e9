"""Bring a bank's statement in: read, checked against its own balances, kept line by line.

The same file twice is refused. Statements may overlap: what is like a kept line is decided by the
balances or by a person (`overlap`). Lines that cannot be read do not stop the others: they are
listed with their rows, and the mended file may be brought in again.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from billing.models import BankAccount, BankLine, BankStatement
from billing.treasury import overlap
from billing.treasury.arrivals import match_lines
from billing.treasury.formats import (
    Mapping,
    ParsedLine,
    ParsedStatement,
    Unreadable,
    kind_of,
    read_camt,
    read_csv,
    read_mt940,
)
from kernel import audit
from kernel.display import money_text
from kernel.errors import Refusal
from kernel.ids import uuid7


class SameFile(Refusal):
    """This very file was brought in before."""

    code = "same_file"


class OutOfBalance(Refusal):
    """The lines of the file do not lead from its opening to its closing balance."""

    code = "out_of_balance"


class AnotherAccount(Refusal):
    """The file is of another account than it was brought in for."""

    code = "another_account"


@dataclass(frozen=True, slots=True)
class Brought:
    """What came of a file: new lines, lines known before, payouts that it shows to have arrived."""

    statement: BankStatement
    compared: overlap.Compared
    new: int
    known: int
    matched: int


def read(*, data: bytes, account: BankAccount, mapping: Mapping | None = None) -> ParsedStatement:
    """Read a file for an account and check it; nothing is kept.

    Raises Unreadable, OutOfBalance, AnotherAccount.
    """
    kind = kind_of(data)
    if kind == "camt.053":
        parsed = read_camt(data, currency=account.currency)
    elif kind == "mt940":
        parsed = read_mt940(data, currency=account.currency)
    else:
        mapping = mapping or Mapping.of(account.mapping)
        parsed = read_csv(data, mapping, currency=account.currency)
    if not parsed.lines and parsed.errors:
        first = parsed.errors[0]
        raise Unreadable(f"No row of the file can be read. Row {first.row}: {first.problem}")
    if overlap.plain(parsed.account) and overlap.plain(account.number):
        ours, theirs = overlap.plain(account.number), overlap.plain(parsed.account)
        if not (ours.endswith(theirs) or theirs.endswith(ours)):
            raise AnotherAccount(
                f"The file is of account {parsed.account}, not of {account.number}. Choose the "
                "account that it belongs to."
            )
    if parsed.difference_minor and not parsed.errors:
        off = money_text(parsed.difference_minor, account.currency)
        raise OutOfBalance(
            f"The lines do not lead from the opening to the closing balance: {off} is not "
            "explained. A line is missing; nothing was kept."
        )
    return parsed


def bring_in(
    *,
    account_id: Any,
    filename: str,
    data: bytes,
    by: User | None,
    now: datetime,
    mapping: Mapping | None = None,
    decision: overlap.Decision | None = None,
    despite: bool = False,
) -> Brought:
    """Keep a statement's lines, and match what names a payout. One transaction.

    A mapping that is given is kept with the account. `decision` and `despite` are what a
    person says of lines that are like kept ones (`overlap.decide`). Raises what `read` raises,
    SameFile, Undecided and OutOfStep.
    """
    digest = hashlib.sha256(data).hexdigest()
    with transaction.atomic():
        account = BankAccount.objects.select_for_update().get(pk=account_id)
        twin = account.statements.filter(sha256=digest).first()
        if twin is not None:
            raise SameFile(
                f"This file was brought in on {twin.imported_at:%d %b %Y} as {twin.filename}. "
                "Nothing was kept again."
            )
        parsed = read(data=data, account=account, mapping=mapping)
        if mapping is not None:
            account.mapping = mapping.as_json()
            account.save(update_fields=["mapping"])
        compared = overlap.compare(parsed, account=account)
        chosen = overlap.decide(compared, decision=decision, despite=despite)
        fresh = [parsed.lines[place] for place in sorted(chosen)]
        known = len(parsed.lines) - len(fresh)
        days = [line.booked_on for line in parsed.lines]
        statement = BankStatement.objects.create(
            account=account,
            filename=filename[-120:] or "statement",
            format=kind_of(data),
            sha256=digest,
            opening_minor=parsed.opening_minor,
            closing_minor=parsed.closing_minor,
            begins_on=min(days, default=None),
            ends_on=max(days, default=None),
            rows=len(parsed.lines) + len(parsed.errors),
            known=known,
            errors=[{"row": each.row, "problem": each.problem} for each in parsed.errors],
            imported_by=by,
            imported_at=now,
        )
        BankLine.objects.bulk_create(
            (_row(statement, identity, line) for identity, line in _identified(account, fresh)),
            batch_size=1000,
        )
        matched = match_lines(now=now)
        audit.record(
            actor=by.public_id if by else "system",
            action="bank_statement.brought_in",
            object_type="bank_statement",
            object_id=statement.public_id,
            data={
                "file": statement.filename,
                "new": len(fresh),
                "known": known,
                "decided": decision is not None and bool(compared.alike),
                "despite": not compared.meets(chosen),
            },
        )
    return Brought(statement, compared, new=len(fresh), known=known, matched=matched)


def open_account(
    *, name: str, number: str, currency: str, since: date, by: User, now: datetime
) -> BankAccount:
    """Keep a bank account of the platform's; what was to arrive before `since` is not asked for."""
    with transaction.atomic():
        account = BankAccount.objects.create(
            name=name, number=number, currency=currency, since=since, created_at=now
        )
        audit.record(
            actor=by.public_id,
            action="bank_account.opened",
            object_type="bank_account",
            object_id=account.public_id,
            data={"name": name, "currency": currency},
        )
    return account


def _identified(
    account: BankAccount, lines: Iterable[ParsedLine]
) -> Iterable[tuple[str, ParsedLine]]:
    """Give each new line its identity: what the bank says of it, the how-manieth of its like."""
    lines = list(lines)
    of_those_days = account.lines.filter(booked_on__in={line.booked_on for line in lines})
    seen = Counter(overlap.said(each) for each in of_those_days)
    for line in lines:
        words = overlap.said(line)
        seen[words] += 1
        yield hashlib.sha256(f"{words}|{seen[words]}".encode()).hexdigest(), line


def _row(statement: BankStatement, identity: str, line: ParsedLine) -> BankLine:
    return BankLine(
        id=uuid7(),
        statement=statement,
        account_id=statement.account_id,
        number=line.number,
        identity=identity,
        booked_on=line.booked_on,
        amount_minor=line.amount_minor,
        currency=line.currency,
        text=line.text,
        reference=line.reference,
        counterparty=line.counterparty,
    )
