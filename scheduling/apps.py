"""The Django application `scheduling`."""

from django.apps import AppConfig

from kernel.personal import add_hindrances, add_others, add_step


class SchedulingConfig(AppConfig):
    name = "scheduling"

    def ready(self) -> None:
        """Say what is kept of people."""
        from scheduling import erasing, personal  # noqa: PLC0415 - models load after this module

        personal.tell()
        add_step(erasing.take_out)
        add_hindrances(erasing.hindrances)
        add_others(erasing.met)
