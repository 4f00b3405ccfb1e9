"""`manage.py rotate_token_keys`: sign access tokens with a new key; the present one verifies."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts import access
from accounts.keys import TooSoon
from kernel import clock


class Command(BaseCommand):
    """Rotate the signing key; every process sees it at its next token."""

    help = "Make a new signing key for access tokens; tokens of the present key stay good."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--force",
            action="store_true",
            help="rotate although tokens of the key that goes may still be in use",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            key = access.ring().rotate(
                now=clock.now(),
                token_lifetime=settings.ACCESS_TOKEN_LIFETIME,
                force=options["force"],
            )
        except TooSoon as refusal:
            raise CommandError(refusal.detail) from None
        self.stdout.write(f"Access tokens are signed by {key.kid} from now on.")
