"""`manage.py check_listing`: do the directory's rows say what the facts say? Exits 1 if not."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cms import listing


class Command(BaseCommand):
    help = "Compare the directory's rows with pages, session types and reviews."

    def handle(self, *args: Any, **options: Any) -> None:
        drifted = listing.drifted()
        if drifted:
            named = ", ".join(drifted[:10])
            raise CommandError(
                f"{len(drifted)} of the directory's rows say something else than the facts, or are "
                f"missing: {named}. The night mends them; what went past the triggers?"
            )
        self.stdout.write("The directory's rows say what the facts say.")
