"""The Django application of content: pages, the directory, the staff's screens of both."""

from django.apps import AppConfig

from accounts import agreements
from kernel.personal import add_step


class CMSConfig(AppConfig):
    name = "cms"
    verbose_name = "Content"

    def ready(self) -> None:
        """Hear of every page that is published or goes, whoever does it; say what is kept."""
        from cms import (  # noqa: PLC0415 - models load after this module
            comparing,  # noqa: F401
            erasing,
            first_words,
            personal,
            publishing,
            sharing,  # noqa: F401
            translating,  # noqa: F401
            uploads,  # noqa: F401
            versions,
        )

        publishing.leave_profiles_to_us()
        agreements.keep_through(versions.agreed_when_registering)
        personal.tell()
        first_words.tell()
        add_step(erasing.take_out)
