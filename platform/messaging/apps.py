"""The Django application `messaging`."""

from django.apps import AppConfig

from kernel.personal import add_others, add_step


class MessagingConfig(AppConfig):
    name = "messaging"
    verbose_name = "Conversations"

    def ready(self) -> None:
        """Say what is kept of people."""
        from messaging import erasing, personal  # noqa: PLC0415 - models load after this module

        personal.tell()
        add_step(erasing.take_out)
        add_others(erasing.wrote_with)
