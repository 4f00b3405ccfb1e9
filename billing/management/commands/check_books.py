"""`manage.py check_books`: prove the invariants of the ledger, and say what breaks them.

Prints one JSON object on the standard output; exits 1 where an invariant is broken. On a
terminal it tells on the error output what it is doing.
"""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand

from billing.ledger.checks import check_books
from billing.ledger.invariants import Invariant
from kernel import clock


class Command(BaseCommand):
    help = "Check every invariant of the ledger (docs/money.md); exit 1 where one is broken."
    requires_migrations_checks = True

    def handle(self, *args: Any, **options: Any) -> None:
        report = check_books(now=clock.now(), progress=self._progress)
        self.stdout.write(json.dumps(report.as_json(), indent=2))
        if not report.ok:
            sys.exit(1)

    def _progress(self, invariant: Invariant) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"{invariant.code}  {invariant.says}")
