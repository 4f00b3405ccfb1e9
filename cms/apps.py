"""The Django application of content: pages, the directory, the staff's screens of both."""

from django.apps import AppConfig


class CMSConfig(AppConfig):
    name = "cms"
    verbose_name = "Content"

    def ready(self) -> None:
        """Have what is decided of a profile followed by what belongs to it, whoever decides."""
        from cms import publishing  # noqa: PLC0415 - models load after this module

        publishing.leave_profiles_to_us()
