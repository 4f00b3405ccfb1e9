"""Write every message, with invented facts, into a folder: to be looked at in a browser."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.template.loader import render_to_string

from notifications.samples import SAMPLES


class Command(BaseCommand):
    """`manage.py sample_emails FOLDER` writes one .html and one .txt for each message."""

    help = "Write every e-mail with invented facts into a folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *_arguments: Any, folder: Path, **_options: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for name, facts in SAMPLES.items():
            subject = " ".join(render_to_string(f"emails/{name}.subject", dict(facts)).split())
            text = render_to_string(f"emails/{name}.text", dict(facts))
            html = render_to_string(f"emails/{name}.html", dict(facts))
            (folder / f"{name}.html").write_text(html)
            (folder / f"{name}.txt").write_text(f"Subject: {subject}\n\n{text}")
        self.stdout.write(f"{len(SAMPLES)} messages in {folder}")
