"""`manage.py sync_schedules`: the cluster's schedules follow the code."""

from typing import Any

from django.core.management.base import BaseCommand

from kernel import schedules


class Command(BaseCommand):
    help = "Register every schedule that the code declares, and drop the others."

    def handle(self, *args: Any, **options: Any) -> None:
        for name in schedules.sync():
            self.stdout.write(name)
