"""`manage.py seed_demo`: the demo's people and mentors; a second run adds nothing."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cms.site import ensure_site
from demo.offers import make_mentors
from demo.people import People
from kernel import clock


class Command(BaseCommand):
    help = "Make the demo's people and mentors. Idempotent; refused outside the demo."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "These settings are not the demo's: its people have a public password. "
                "Run this with DJANGO_SETTINGS_MODULE=config.settings.dev."
            )
        now = clock.now()
        ensure_site(apps, public_url=settings.PUBLIC_URL)
        people = People.at(now)
        people.everybody()
        mentors = make_mentors(people)
        self.stdout.write(f"The demo's people are there, and {mentors} mentors.")
