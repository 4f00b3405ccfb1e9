"""`manage.py finance_report`: a report as of an instant, the same bytes whenever it is made."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing.management.commands.export_journal import instant
from billing.reports import files
from kernel import clock
from kernel.errors import Refusal


class Command(BaseCommand):
    help = "Write a report of finance as of a day or an instant (docs/money.md, As of)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("report", choices=list(files.REPORTS))
        parser.add_argument(
            "--as-of", type=instant, required=True, help="a day (its end), or an instant"
        )
        parser.add_argument("--out", type=Path, help="a file; without it the standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            text = files.make(report=options["report"], as_of=options["as_of"], now=clock.now())
        except Refusal as refusal:
            raise CommandError(refusal.detail) from refusal
        if options["out"]:
            options["out"].write_text(text, encoding="utf-8")
        else:
            self.stdout.write(text, ending="")
