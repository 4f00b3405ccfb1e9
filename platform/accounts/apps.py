"""The Django application of people."""

from django.apps import AppConfig
from django.core import checks


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "People"

    def ready(self) -> None:
        """Register the check for demo people, and note second factors that are set up."""
        from allauth.mfa import signals  # noqa: PLC0415 - models load after this module

        from accounts import demo, middleware  # noqa: PLC0415 - models load after this module

        checks.register(demo.check_no_demo_people, checks.Tags.database, deploy=True)
        signals.authenticator_added.connect(middleware.note_activation)
