"""The outbox in the back office: every message, where it stands, and what it says."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

import django_filters
from django.db.models import Q
from django.urls import reverse
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import Button, HeaderButton

from kernel import clock
from kernel.backoffice.business import BusinessIndexView, choice_filter, period_filter
from kernel.backoffice.columns import InstantColumn, ReferenceColumn, StateColumn
from kernel.backoffice.search import by_text
from kernel.backoffice.today import Queue, Waiting, age_words, rows_wanted
from kernel.backoffice.viewsets import ReadOnlyInspectView, ReadOnlyViewSet
from kernel.display import NOTHING, instant_html, state_html
from notifications.masking import shown, subject_of
from notifications.models import Email
from notifications.outbox import RETRY

TONES = {"waiting": "info", "sent": "success", "withdrawn": "quiet", "failed": "danger"}
STATES: dict[str, Q] = {
    "waiting": Q(sent_at=None, failed_at=None, withdrawn_at=None),
    "sent": Q(sent_at__isnull=False),
    "withdrawn": Q(withdrawn_at__isnull=False),
    "failed": Q(failed_at__isnull=False),
}
# What a list does not show is not read for it.
LISTED = Email.objects.defer("text", "html", "ics", "condition_arguments")


def subject_shown(email: Email) -> str:
    """Return the subject without a code."""
    return subject_of(template=email.template, subject=email.subject)


def age_of(email: Email) -> str:
    """Return how long it waits, or took until it was sent, withdrawn or given up."""
    ended = email.sent_at or email.withdrawn_at or email.failed_at or clock.now()
    return age_words(ended - email.created_at)


def trouble_of(email: Email) -> str:
    """Return why it is not sent: the last error, or what has become untrue."""
    return email.withdrawn_reason or email.last_error


class EmailFilters(WagtailFilterSet):  # type: ignore[misc]
    state = choice_filter(
        "Status",
        {name: name.capitalize() for name in STATES},
        lambda rows, value: rows.filter(STATES[value]),
    )
    tried = choice_filter(
        "Attempts",
        {"again": "Tried more than once", "none": "Not tried yet"},
        lambda rows, value: (
            rows.filter(attempts__gt=1) if value == "again" else rows.filter(attempts=0)
        ),
    )
    template = django_filters.AllValuesFilter(label="Template")
    to = django_filters.CharFilter(label="To", method="by_address")
    created_at = period_filter("Written")

    class Meta:
        model = Email
        fields: ClassVar[list[str]] = []

    def by_address(self, queryset: Any, _name: str, value: str) -> Any:
        return queryset.filter(by_text(value.strip().replace("\x00", ""), "to"))


class EmailIndexView(BusinessIndexView):
    queryset = LISTED
    empty = "No messages yet. One is written with whatever people are told of."
    search_hint = "Address, template, key or error"
    words = ("to", "template", "key", "last_error")
    default_ordering = "-created_at"
    list_display: ClassVar[list[Any]] = [
        ReferenceColumn(
            "subject",
            url_name="e-mails:inspect",
            label="Subject",
            accessor=subject_shown,
            classname="cf-subject",
        ),
        StateColumn("state", tones=TONES),
        Column("to", sort_key="to"),
        Column("template", classname="cf-code", sort_key="template"),
        InstantColumn("created_at", label="Written", sort_key="created_at"),
        Column("age", label="Age", accessor=age_of, classname="cf-right cf-whole"),
        Column("trouble", label="Why not", accessor=trouble_of, classname="cf-clip"),
    ]
    exports: ClassVar[dict[str, Any]] = {
        "Id": "id",
        "Subject": subject_shown,
        "Status": "state",
        "To": "to",
        "Template": "template",
        "Attempts": "attempts",
        "Written at": "created_at",
        "Sent at": "sent_at",
        "Failed at": "failed_at",
        "Withdrawn at": "withdrawn_at",
        "Why not": trouble_of,
    }


class Preview(Component):  # type: ignore[misc]
    """The two forms of a message: its text, and its HTML in a frame that may do nothing."""

    template_name = "backoffice/email_preview.html"

    def __init__(self, email: Email) -> None:
        self.email = email

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:  # noqa: ARG002
        email = self.email
        seen = shown(
            template=email.template, subject=email.subject, text=email.text, html=email.html
        )
        return {"seen": seen, "frame": reverse("email_frame", args=[email.pk])}


class EmailInspectView(ReadOnlyInspectView):
    def get_page_subtitle(self) -> str:
        return subject_shown(self.object)

    def facts(self) -> Sequence[tuple[str, object]]:
        email = self.object
        facts: list[tuple[str, object]] = [
            ("Subject", subject_shown(email)),
            ("Status", state_html(email.state, tone=TONES[email.state])),
            ("To", email.to),
            ("Template", email.template),
            ("Key", email.key),
            ("Written", instant_html(email.created_at)),
            ("Age", age_of(email)),
            ("Attempts", email.attempts),
            ("Invitation", email.ics_method or "None"),
            ("Sent only if", email.condition or "Always"),
            ("Its reader may switch off", email.get_kind_display() or "No"),
        ]
        if email.state == "waiting":
            facts.append(("Next attempt", instant_html(email.next_attempt_at)))
        for label, at in (
            ("Sent", email.sent_at),
            ("Given up", email.failed_at),
            ("Withdrawn", email.withdrawn_at),
        ):
            if at:
                facts.append((label, instant_html(at)))
        return [*facts, ("Why not", trouble_of(email) or NOTHING)]

    def sections(self) -> Sequence[Component]:
        return [Preview(self.object)]

    @property
    def header_buttons(self) -> list[Button]:
        """Offer to try a failed one again, to those who may."""
        if self.object.state != "failed" or not self.request.user.has_perm(RETRY):
            return []
        url = reverse("retry_email", args=[self.object.pk])
        return [HeaderButton("Try again", url=url, icon_name="rotate")]


class EmailViewSet(ReadOnlyViewSet):
    model = Email
    name = "e-mails"
    icon = "mail"
    menu_label = "E-mails"
    menu_order = 790
    add_to_admin_menu = True
    index_view_class = EmailIndexView
    inspect_view_class = EmailInspectView
    filterset_class = EmailFilters


def emails_given_up(now: datetime) -> Queue:
    """Messages that nobody will try again by themselves, the newest first."""
    failed = LISTED.filter(STATES["failed"])
    return Queue(
        label="failed e-mails",
        count=failed.count(),
        rows=[
            Waiting(
                title=subject_shown(email),
                url=reverse("e-mails:inspect", args=[email.pk]),
                detail=f"to {email.to}",
                aside=age_words(now - email.failed_at) if email.failed_at else "",
                since=email.failed_at,
            )
            for email in failed.order_by("-failed_at", "-pk")[: rows_wanted()]
        ],
        url=f"{reverse('e-mails:index')}?state=failed",
        empty="Every message was sent, withdrawn, or waits for its turn.",
        alarming=True,
        kind="emails",
        act="Try it again",
    )
