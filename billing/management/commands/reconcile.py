"""`manage.py reconcile --gateway stripe --from 2027-03-01 --to 2027-03-08`"""

import json
from argparse import ArgumentParser
from datetime import UTC, datetime
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
        parser.add_argument("--heal", action="store_true", help="settle what the gateway knows")
        parser.add_argument("--fail-on-breaks", action="store_true", help="exit 1 on any break")

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        since, until = reconciliation.nightly_window(now=now, gateway=options["gateway"])
        since, until = options["since"] or since, options["until"] or until
        if self.stderr.isatty():
            self.stderr.write(f"Comparing {options['gateway']} from {since} to {until} …")
        try:
            result = reconciliation.run(
                gateway=options["gateway"], since=since, until=until, now=now
            )
            healed = reconciliation.heal(result=result, now=now) if options["heal"] else []
        except Refusal as refusal:
            raise CommandError(refusal.detail) from refusal
        answer = result.as_json()
        if options["heal"]:
            answer["healed"] = len(healed)
        self.stdout.write(json.dumps(answer, indent=2))
        if options["fail_on_breaks"] and answer["total"]:
            raise SystemExit(1)
