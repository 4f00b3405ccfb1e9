"""`manage.py qcluster`: django-q2's cluster; it begins with what the one before left half done.

It stands in for the package's command of that name, because `kernel` is installed before it.
"""

import logging
from typing import Any

from django.db import DatabaseError, connections
from django_q.management.commands import qcluster

from kernel import schedules

logger = logging.getLogger(__name__)


class Command(qcluster.Command):  # type: ignore[misc]
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            schedules.begin()
        except DatabaseError:
            logger.exception("nothing is resumed at this start; the sweeps find it within minutes")
        finally:
            connections.close_all()  # what follows forks
        super().handle(*args, **options)
