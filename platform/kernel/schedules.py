"""Bring the cluster's schedules in line with the code: each app's `tasks.register_schedules`."""

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
            for config in apps.get_app_configs():
                module = f"{config.name}.tasks"
                if config.name != "kernel" and find_spec(module) is not None:
                    register = getattr(import_module(module), "register_schedules", None)
                    if register is not None:
                        register()
        Schedule.objects.filter(name__in=before - declared).delete()
    return sorted(declared)
