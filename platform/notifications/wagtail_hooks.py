"""The outbox in the back office: its list, its queue and its dialogs."""

from django.urls import URLPattern, path
from wagtail import hooks

from kernel.backoffice.today import add_queue
from notifications.backoffice.dialogs import RetryEmailView, email_frame
from notifications.backoffice.emails import EmailViewSet, emails_given_up

add_queue("notifications.view_email", emails_given_up, order=65)


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def register_emails() -> EmailViewSet:
    return EmailViewSet()


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def register_outbox() -> list[URLPattern]:
    return [
        path("e-mails/<uuid:pk>/retry/", RetryEmailView.as_view(), name="retry_email"),
        path("e-mails/<uuid:pk>/frame/", email_frame, name="email_frame"),
    ]
