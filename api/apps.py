"""The Django application `api`."""

from django.apps import AppConfig


class APIConfig(AppConfig):
    name = "api"
