"""`manage.py seed_demo`: the demo's people and mentors; a second run adds nothing."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing.gateways.base import GatewayUnavailable
from cms.permissions import grant_all
from cms.site import ensure_shelves, ensure_site
from demo.busy_day import NotTheStandIn, make_busy_day
from demo.offers import make_mentors
from demo.people import People
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

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "These settings are not the demo's: its people have a public password. "
                "Run this with DJANGO_SETTINGS_MODULE=config.settings.dev."
            )
        ensure_site(apps, public_url=settings.PUBLIC_URL)
        ensure_shelves(apps)
        grant_all(apps)
        people = People.at(clock.now())
        people.everybody()
        mentors = make_mentors(people)
        self.stdout.write(f"The demo's people are there, and {mentors} mentors.")
        if options["busy_day"]:
            self._busy_day(people, bookings=options["busy_day"])

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
