"""`manage.py seed_demo`: the demo's people and mentors; a second run adds nothing."""

from datetime import date
from typing import Any

import httpx
from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing.gateways.base import GatewayUnavailable
from cms.permissions import grant_all
from cms.site import ensure_moderation, ensure_shelves, ensure_site
from demo.applicants import make_applicants
from demo.busy_day import NotTheStandIn, make_busy_day
from demo.content import agree_to_documents, make_content
from demo.offers import make_mentors
from demo.people import People
from demo.year import presence
from demo.year.build import YearRefused, default_until, tell_year
from demo.year.plan import SEED, make_plan
from demo.year.presence import Presence
from demo.year.report import report_lines
from kernel import clock

BUSY_DAY = 40


class Command(BaseCommand):
    help = "Make the demo's people and mentors. Idempotent; refused outside the demo."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--busy-day",
            type=int,
            nargs="?",
            const=BUSY_DAY,
            default=0,
            metavar="BOOKINGS",
            help=f"also book so often ({BUSY_DAY}), pay and cancel at the running stand-in; "
            "each run adds another day",
        )
        parser.add_argument(
            "--year",
            action="store_true",
            help="tell a year of past on an empty database and stand-in (docs/operations.md)",
        )
        parser.add_argument("--seed", type=int, default=SEED, help=f"of the year ({SEED})")
        parser.add_argument(
            "--until",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="the day before which the year ends (today, UTC)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "These settings are not the demo's: its people have a public password. "
                "Run this with DJANGO_SETTINGS_MODULE=config.settings.dev."
            )
        if presence.look() is Presence.HALF:
            raise CommandError(
                "A year that was cut short lies in this database. `manage.py prepare_demo` (or "
                "`make run` without DEMO_YEAR=off) removes it and begins anew; so does an empty "
                "DATA_DIR."
            )
        if options["year"]:
            self._year(seed=options["seed"], until=options["until"] or default_until())
        ensure_site(apps, public_url=settings.PUBLIC_URL)
        ensure_shelves(apps)
        ensure_moderation(apps)
        grant_all(apps)
        people = People.at(clock.now())
        people.everybody()
        mentors = make_mentors(people)
        make_applicants(people)
        articles = make_content(now=people.now)
        agree_to_documents(now=people.now)
        self.stdout.write(
            f"The demo's people are there, and {mentors} mentors. "
            f"The site has {articles} articles beside its pages."
        )
        if options["busy_day"]:
            self._busy_day(people, bookings=options["busy_day"])

    def _year(self, *, seed: int, until: date) -> None:
        try:
            year = tell_year(make_plan(seed=seed, until=until), say=self.stdout.write)
        except (NotTheStandIn, YearRefused) as error:
            raise CommandError(str(error)) from None
        except httpx.TransportError as error:
            raise CommandError(
                f"The stand-in at {settings.STRIPE_API_BASE} does not answer ({error}). The year "
                "is told with it: `make run` starts it, or `python -m sandbox`."
            ) from None
        for line in report_lines(planted=year.planted, digest=year.digest):
            self.stdout.write(line)

    def _busy_day(self, people: People, *, bookings: int) -> None:
        try:
            happened = make_busy_day(people, bookings=bookings)
        except NotTheStandIn as error:
            raise CommandError(str(error)) from None
        except GatewayUnavailable as error:
            raise CommandError(
                f"{error.detail} The busy day needs the stand-in at {settings.STRIPE_API_BASE}: "
                "start `make run` first, and give this command the same SANDBOX_PORT."
            ) from None
        for story, count in happened.items():
            self.stdout.write(f"{count:4} {story}")
