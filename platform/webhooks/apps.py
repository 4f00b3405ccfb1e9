"""The Django application `webhooks`."""

from django.apps import AppConfig

from kernel.personal import add_step


class WebhooksConfig(AppConfig):
    name = "webhooks"
    verbose_name = "Webhooks"

    def ready(self) -> None:
        """Say what is kept of people."""
        from webhooks import erasing, personal  # noqa: PLC0415 - models load after this module

        personal.tell()
        add_step(erasing.take_out)
