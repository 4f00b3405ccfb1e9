"""Print the OpenAPI document, write the committed snapshot, or compare the two."""

import difflib
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from api.api import api

SNAPSHOT = Path(__file__).resolve().parents[2] / "openapi.json"


def document() -> str:
    """Return the document as the snapshot holds it."""
    return json.dumps(api.get_openapi_schema(), indent=2, ensure_ascii=False) + "\n"


class Command(BaseCommand):
    """`manage.py openapi [--write | --check]`."""

    help = "Print the OpenAPI document; --write stores the snapshot, --check compares with it."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--write", action="store_true", help="store api/openapi.json")
        choice.add_argument("--check", action="store_true", help="fail where it differs")

    def handle(self, *_: Any, **options: Any) -> None:
        text = document()
        if options["write"]:
            SNAPSHOT.write_text(text)
        elif options["check"]:
            self._check(text)
        else:
            self.stdout.write(text, ending="")

    def _check(self, text: str) -> None:
        stored = SNAPSHOT.read_text() if SNAPSHOT.exists() else ""
        if stored == text:
            return
        difference = difflib.unified_diff(
            stored.splitlines(), text.splitlines(), "api/openapi.json", "the code", lineterm=""
        )
        self.stderr.write("\n".join(list(difference)[:80]))
        raise CommandError("The snapshot is stale: run `manage.py openapi --write`, commit it.")
