"""The Django application `billing`."""

from django.apps import AppConfig

from kernel.personal import add_hindrances


class BillingConfig(AppConfig):
    name = "billing"

    def ready(self) -> None:
        """Say what is kept of people."""
        from billing import erasing, personal  # noqa: PLC0415 - models load after this module

        personal.tell()
        add_hindrances(erasing.hindrances)
