"""The Django application of content: pages, the directory, the staff's screens of both."""

from django.apps import AppConfig


class CMSConfig(AppConfig):
    name = "cms"
    verbose_name = "Content"

    def ready(self) -> None:
        """Have every profile that is published read for matching, whoever publishes it."""
        from cms import publishing  # noqa: F401, PLC0415 - models load after this module
