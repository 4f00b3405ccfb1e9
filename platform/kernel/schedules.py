"""What the cluster is told by each app's `tasks`: its schedules, and what is done at a start."""

from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.db import transaction
from django_q.models import Schedule

from kernel import tasks


def sync() -> list[str]:
    """Register every declared schedule and drop the others; return the names, sorted.

    One transaction, so that a cluster never sees half of it. Safe to call at every start.
    """
    with transaction.atomic():
        before = set(Schedule.objects.values_list("name", flat=True))
        with tasks.collecting_schedules() as declared:
            tasks.schedule(tasks.drain, name="Drain the jobs", cron="* * * * *")
            tasks.schedule(tasks.forget, name="Forget finished jobs", cron="41 3 * * *")
            for register in _told_by_apps("register_schedules"):
                register()
        Schedule.objects.filter(name__in=before - declared).delete()
    return sorted(declared)


def begin() -> None:
    """Promise what each app wants done whenever a cluster starts (`tasks.at_start`).

    A cluster starts because the one before it died, or its database did: what they were at is
    still leased to them for most of a minute, and the clock's next turn is another minute away.
    """
    for promise in _told_by_apps("at_start"):
        promise()


def _told_by_apps(name: str) -> Iterator[Callable[[], None]]:
    """Yield the function of that name of every app's `tasks` that has one."""
    for config in apps.get_app_configs():
        module = f"{config.name}.tasks"
        if config.name != "kernel" and find_spec(module) is not None:
            function = getattr(import_module(module), name, None)
            if function is not None:
                yield function
