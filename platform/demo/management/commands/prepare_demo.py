"""`manage.py prepare_demo`: bring the database up to this code, with a year of past in it.

On an empty database the year is restored from the clone's shelf, or told anew and put there.
A year that was cut short is told again from the beginning; any other life is left as it is.
"""

import time
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from demo.year import cache, presence
from demo.year.build import default_until
from demo.year.plan import SEED
from demo.year.presence import Presence
from demo.year.report import report_lines


class Command(BaseCommand):
    help = "Migrate, and make the demo with its year: restored where possible, else told."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=SEED)
        parser.add_argument("--until", type=date.fromisoformat, metavar="YYYY-MM-DD")

    def handle(self, *args: Any, seed: int, until: date | None, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("These settings are not the demo's.")
        until = until or default_until()
        found = presence.look()
        if found is Presence.HALF:
            self._say("An earlier start was cut short while the year was told; beginning anew.")
            presence.wipe_half()
            found = Presence.EMPTY
        if found is Presence.EMPTY:
            self._fill(seed=seed, until=until)
            return
        call_command("prepare", "seed_demo")
        if found is Presence.OTHER:
            self._say(
                "This database holds a life of its own, so no year is told into it. For the year, "
                "start with an empty DATA_DIR."
            )
        else:
            self._report()

    def _report(self) -> None:
        year = presence.told()
        for line in report_lines(planted=year.planted, digest=year.digest):
            self._say(line)

    def _fill(self, *, seed: int, until: date) -> None:
        began = time.monotonic()
        shelf = cache.Shelf(cache.key(seed=seed, until=until))
        if self._restored(shelf):
            call_command("prepare", "seed_demo")
            self._report()
            self._say(f"The year was restored in {time.monotonic() - began:.0f} s.")
            return
        call_command("migrate", interactive=False, verbosity=0)
        call_command("seed_demo", year=True, seed=seed, until=until, stdout=self.stdout)
        call_command("sync_schedules")
        self._say(f"The year was told in {time.monotonic() - began:.0f} s.")
        try:
            shelf.store()
        except OSError as error:
            self._say(f"The year could not be put on the shelf ({error}): the next is told anew.")

    def _restored(self, shelf: cache.Shelf) -> bool:
        if not presence.is_bare():
            return False
        try:
            shelf.restore()
        except cache.NotRestored as reason:
            self._say(f"{reason} Telling it takes a few minutes …")
            return False
        return presence.look() is Presence.WHOLE

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
