"""`manage.py export_journal`: the journal as CSV or as plain text for `hledger`.

Streams to the standard output or to a file. With `--as-of` the same call gives the same bytes
for good; `--since` begins with the balances of that day, so that a long history stays quick to
read.
"""

import sys
from argparse import ArgumentTypeError
from contextlib import nullcontext
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing.ledger import export, seals
from kernel import clock
from kernel.errors import Refusal


def instant(text: str) -> datetime:
    """Read a day (its end, in UTC) or an instant with its zone."""
    try:
        if "T" in text:
            at = datetime.fromisoformat(text)
            return at if at.tzinfo else at.replace(tzinfo=UTC)
        return seals.end_of(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is neither 2027-03-31 nor 2027-03-31T12:00Z") from None


def first_instant(text: str) -> datetime:
    """Read a day: its beginning, in UTC."""
    try:
        return datetime.combine(datetime.fromisoformat(text).date(), time.min, UTC)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a day such as 2027-03-01") from None


class Command(BaseCommand):
    help = "Write the journal for hledger or a spreadsheet (docs/money.md, Exports)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=sorted(export.FORMATS), default="hledger")
        parser.add_argument(
            "--as-of", type=instant, help="only what was posted until then: a day, or an instant"
        )
        parser.add_argument(
            "--since", type=first_instant, help="from this day on, after its opening balances"
        )
        parser.add_argument("--out", type=Path, help="a file; without it the standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            pieces = export.export_journal(
                form=options["format"],
                as_of=options["as_of"],
                since=options["since"],
                now=clock.now(),
            )
        except Refusal as refusal:
            raise CommandError(refusal.detail) from refusal
        out = options["out"]
        with out.open("w", encoding="utf-8") if out else nullcontext(self.stdout) as file:
            for piece in pieces:
                file.write(piece) if out else file.write(piece, ending="")
        if out and sys.stderr.isatty():
            self.stderr.write(f"Written to {out}.")
