"""The Django application `billing`."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "billing"
