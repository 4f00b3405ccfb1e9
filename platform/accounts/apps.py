"""The Django application of people."""

from django.apps import AppConfig
from django.core import checks

from kernel.personal import add_hindrances, add_step


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "People"

    def ready(self) -> None:
        """Register the check for demo people, note second factors, say what is kept of people."""
        from allauth.mfa import signals  # noqa: PLC0415 - models load after this module

        from accounts import demo, middleware, personal, personal_steps  # noqa: PLC0415 - models load after this module

        checks.register(demo.check_no_demo_people, checks.Tags.database, deploy=True)
        signals.authenticator_added.connect(middleware.note_activation)
        personal.tell()
        add_step(personal_steps.take_out)
        add_hindrances(personal_steps.hindrances)
