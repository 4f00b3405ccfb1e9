"""Bring a bank's statement in: read, checked against its own balances, kept line by line.

The same file twice is refused; lines that an earlier statement brought are known by their identity
and not kept again, so overlapping statements may be brought in. Lines that cannot be read do not
stop the others: they are listed with their rows, and the mended file may be brought in again.
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
    if _plain(parsed.account) and _plain(account.number):
        ours, theirs = _plain(account.number), _plain(parsed.account)
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
) -> Brought:
    """Keep a statement's lines, and match what names a payout. One transaction.

    A mapping that is given is kept with the account. Raises what `read` raises, and SameFile.
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
        rows = list(_identified(parsed.lines))
        known = set(
            account.lines.filter(identity__in=[identity for identity, _ in rows]).values_list(
                "identity", flat=True
            )
        )
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
            rows=len(rows) + len(parsed.errors),
            known=len(known),
            errors=[{"row": each.row, "problem": each.problem} for each in parsed.errors],
            imported_by=by,
            imported_at=now,
        )
        fresh = [(identity, line) for identity, line in rows if identity not in known]
        BankLine.objects.bulk_create(
            (_row(statement, identity, line) for identity, line in fresh), batch_size=1000
        )
        matched = match_lines(now=now)
        audit.record(
            actor=by.public_id if by else "system",
            action="bank_statement.brought_in",
            object_type="bank_statement",
            object_id=statement.public_id,
            data={"file": statement.filename, "new": len(fresh), "known": len(known)},
        )
    return Brought(statement, new=len(fresh), known=len(known), matched=matched)


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


def _identified(lines: Iterable[ParsedLine]) -> Iterable[tuple[str, ParsedLine]]:
    """Give each line its identity: what the bank says of it, and the how-manieth of its like.

    Two equal lines of one day are two lines; the same two in an overlapping file are known.
    """
    seen: Counter[str] = Counter()
    for line in lines:
        said = "|".join(
            (
                line.booked_on.isoformat(),
                str(line.amount_minor),
                line.currency,
                _plain(line.text),
                _plain(line.reference),
                _plain(line.counterparty),
            )
        )
        seen[said] += 1
        yield hashlib.sha256(f"{said}|{seen[said]}".encode()).hexdigest(), line


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


def _plain(text: str) -> str:
    """Return letters and digits alone: spacing and case are a bank's own taste."""
    return "".join(sign for sign in text.upper() if sign.isalnum())
