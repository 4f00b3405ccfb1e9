"""The Django application of messages."""

from django.apps import AppConfig

from accounts import letters
from kernel.personal import add_hindrances, add_step


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = "Messages"

    def ready(self) -> None:
        """Plug the outbox into the floor beneath, which writes letters and cannot know us."""
        from notifications.outbox import put_email  # noqa: PLC0415 - models load after this module

        letters.deliver_through(put_email)
        from notifications import erasing, personal  # noqa: PLC0415 - models load after this module

        personal.tell()
        add_step(erasing.take_out)
        add_hindrances(erasing.hindrances)
