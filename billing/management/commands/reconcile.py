"""`manage.py reconcile --gateway stripe --from 2027-03-01 --to 2027-03-08`"""

import json
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing import reconciliation
from kernel import clock
from kernel.errors import Refusal


def instant(text: str) -> datetime:
    """Read an ISO day or instant; what names no offset is UTC. Raises ValueError."""
    value = datetime.fromisoformat(text)
    return value if value.tzinfo else value.replace(tzinfo=UTC)


class Command(BaseCommand):
    help = "Compare a gateway's records with the books; print one JSON object of break counts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--gateway", default="stripe")
        parser.add_argument("--from", dest="since", type=instant, help="ISO day or instant, UTC")
        parser.add_argument("--to", dest="until", type=instant, help="exclusive")
        parser.add_argument(
            "--file", type=Path, help="read its movements from this CSV file, do not ask for them"
        )
        parser.add_argument("--heal", action="store_true", help="settle what the gateway knows")
        parser.add_argument("--fail-on-breaks", action="store_true", help="exit 1 on any break")

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        try:
            result = self._run(**options, now=now)
            healed = reconciliation.heal(result=result, now=now) if options["heal"] else []
        except Refusal as refusal:
            raise CommandError(refusal.detail) from refusal
        answer = result.as_json()
        if options["heal"]:
            answer["healed"] = len(healed)
        self.stdout.write(json.dumps(answer, indent=2))
        if options["fail_on_breaks"] and answer["total"]:
            raise SystemExit(1)

    def _run(
        self,
        *,
        gateway: str,
        since: datetime | None,
        until: datetime | None,
        file: Path | None,
        now: datetime,
        **_: Any,
    ) -> reconciliation.Result:
        if file and not (since and until):
            raise CommandError(
                "--file needs --from and --to, the window that is compared: the file holds it, and "
                "a day before and after."
            )
        begin, end = reconciliation.nightly_window(now=now, gateway=gateway)
        since, until = since or begin, until or end
        if self.stderr.isatty():
            self.stderr.write(f"Comparing {gateway} from {since} to {until} …")
        if file is None:
            return reconciliation.run(gateway=gateway, since=since, until=until, now=now)
        try:
            opened = file.open("rb")
        except OSError as error:
            raise CommandError(f"{file} cannot be opened: {error.strerror}.") from error
        with opened:
            return reconciliation.run_file(
                gateway=gateway, file=opened, since=since, until=until, now=now
            )
