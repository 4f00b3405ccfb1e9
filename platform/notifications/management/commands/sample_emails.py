"""Write every message, with invented facts, into a folder: to be looked at in a browser."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from accounts.models import Language
from notifications.rendering import render
from notifications.samples import SAMPLES


class Command(BaseCommand):
    """`manage.py sample_emails FOLDER` writes one .html and one .txt for each message.

    German ones stand in FOLDER/de.
    """

    help = "Write every e-mail with invented facts into a folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *_arguments: Any, folder: Path, **_options: Any) -> None:
        for language in Language:
            home = folder if language is Language.ENGLISH else folder / language
            home.mkdir(parents=True, exist_ok=True)
            for name, facts in SAMPLES.items():
                letter = render(name, facts, language=language)
                (home / f"{name}.html").write_text(letter.html)
                (home / f"{name}.txt").write_text(f"Subject: {letter.subject}\n\n{letter.text}")
        self.stdout.write(f"{len(SAMPLES)} messages in {folder}")
