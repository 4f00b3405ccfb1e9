"""The Django application of content: pages, the directory, the staff's screens of both."""

from django.apps import AppConfig

from kernel.personal import add_step


class CMSConfig(AppConfig):
    name = "cms"
    verbose_name = "Content"

    def ready(self) -> None:
        """Have what is decided of a profile followed by what belongs to it; say what is kept."""
        from cms import erasing, personal, publishing  # noqa: PLC0415 - models load after this

        publishing.leave_profiles_to_us()
        personal.tell()
        add_step(erasing.take_out)
