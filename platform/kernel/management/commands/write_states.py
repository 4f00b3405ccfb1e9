"""`manage.py write_states`: write docs/states.md from the tables of the state machines."""

from typing import Any

from django.core.management.base import BaseCommand

from kernel import statebook


class Command(BaseCommand):
    help = "Write docs/states.md from the state machines of all apps."

    def handle(self, *args: Any, **options: Any) -> None:
        path = statebook.page()
        path.write_text(statebook.render(), encoding="utf-8")
        self.stdout.write(f"wrote {path}")
