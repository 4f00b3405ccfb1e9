"""The kernel's Django application: its tables are jobs, audit entries and idempotency records."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "kernel"
    verbose_name = "Kernel"
