"""Print the OpenAPI document, write the committed snapshot, or compare the two.

Beside the snapshot lie its promises (`api.promises`): a change that breaks one is refused, unless
`--breaking` says that it is meant.
"""

import difflib
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from api import promises
from api.api import api

SNAPSHOT = Path(__file__).resolve().parents[2] / "openapi.json"
PROMISES = SNAPSHOT.with_name("promises.txt")


def document() -> str:
    """Return the document as the snapshot holds it."""
    return json.dumps(api.get_openapi_schema(), indent=2, ensure_ascii=False) + "\n"


class Command(BaseCommand):
    """`manage.py openapi [--write [--breaking] | --check]`."""

    help = "Print the OpenAPI document; --write stores the snapshot, --check compares with it."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--write", action="store_true", help="store api/openapi.json")
        choice.add_argument("--check", action="store_true", help="fail where it differs")
        parser.add_argument("--breaking", action="store_true", help="break promises, and mean it")

    def handle(self, *_: Any, **options: Any) -> None:
        text = document()
        if options["write"]:
            self._write(text, breaking=options["breaking"])
        elif options["check"]:
            self._check(text)
        else:
            self.stdout.write(text, ending="")

    def _write(self, text: str, *, breaking: bool) -> None:
        now = promises.lines_of(json.loads(text))
        if not breaking:
            self._refuse_broken(now)
        SNAPSHOT.write_text(text)
        PROMISES.write_text("\n".join(now) + "\n")

    def _refuse_broken(self, now: list[str]) -> None:
        broken = promises.broken(PROMISES.read_text().splitlines(), now)
        if broken:
            self.stderr.write("\n".join(broken))
            raise CommandError(
                "This would break who calls the API today. Keep what is lost; or, where it is "
                "meant, run `manage.py openapi --write --breaking` and say so in "
                "docs/api-changelog.md."
            )

    def _check(self, text: str) -> None:
        now = promises.lines_of(json.loads(text))
        self._refuse_broken(now)
        if PROMISES.read_text().splitlines() != now:
            raise CommandError("The promises are stale: run `manage.py openapi --write`, commit.")
        stored = SNAPSHOT.read_text() if SNAPSHOT.exists() else ""
        if stored == text:
            return
        difference = difflib.unified_diff(
            stored.splitlines(), text.splitlines(), "api/openapi.json", "the code", lineterm=""
        )
        self.stderr.write("\n".join(list(difference)[:80]))
        raise CommandError("The snapshot is stale: run `manage.py openapi --write`, commit it.")
