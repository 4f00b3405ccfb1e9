"""`manage.py prepare [command …]`: bring the database up to this code, in one process.

Migrations, then the commands named, then the schedules: what a start or a roll-out needs before
the first request. Each of them is idempotent, so the whole is.
"""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = "Apply migrations, run the given commands, bring the schedules up to date."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("commands", nargs="*", help="run after the migrations, e.g. seed_demo")

    def handle(self, *args: Any, commands: list[str], **options: Any) -> None:
        self.stdout.write("applying migrations …")
        call_command("migrate", interactive=False, verbosity=0)
        for command in commands:
            self.stdout.write(f"{command} …")
            call_command(command)
        call_command("sync_schedules")
