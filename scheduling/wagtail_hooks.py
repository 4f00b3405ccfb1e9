"""Sessions in the back office: the list, and one session with all that happened to it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.timezone import localtime
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column

from accounts.names import names_of
from kernel.backoffice.business import (
    BusinessIndexView,
    BusinessInspectView,
    amount,
    currency_filter,
    period_filter,
    person_filter,
    state_filter,
)
from kernel.backoffice.columns import InstantColumn, MoneyColumn, ReferenceColumn, StateColumn
from kernel.backoffice.components import Happening, Timeline
from kernel.backoffice.paging import BoundedPaginator
from kernel.backoffice.today import ROWS, Queue, Waiting, add_personal_queue, add_queue, age_words
from kernel.backoffice.viewsets import ReadOnlyViewSet
from kernel.display import instant_html, money_html, state_html, state_words
from scheduling import endings, rescheduling
from scheduling.backoffice.incidents import IncidentViewSet, happened_of, incidents_to_decide
from scheduling.backoffice.review_dialogs import DecideReviewReportView, ModerateView
from scheduling.backoffice.review_reports import reports_to_decide
from scheduling.models import Session, SessionEvent
from scheduling.states import State
from scheduling.terms import policy_words
from scheduling.visits import visits_of

TONES: dict[str, str] = {
    State.PENDING: "warning",
    State.CONFIRMED: "success",
    State.IN_PROGRESS: "info",
    State.COMPLETED: "quiet",
    State.REVIEWED: "quiet",
    State.CANCELLED: "danger",
    State.EXPIRED: "quiet",
}
SESSIONS = Session.objects.select_related("client__user", "mentor__user", "session_type")


class SessionFilters(WagtailFilterSet):  # type: ignore[misc]
    state = state_filter(State)
    client = person_filter("Client", "client__user")
    mentor = person_filter("Mentor", "mentor__user")
    currency = currency_filter()
    starts_at = period_filter("Starts")
    created_at = period_filter("Booked")

    class Meta:
        model = Session
        fields: ClassVar[list[str]] = []


class SessionIndexView(BusinessIndexView):
    queryset = SESSIONS
    paginator_class = BoundedPaginator
    empty = "No sessions yet. One appears as soon as a client holds a time."
    search_hint = "ses_…, e-mail, name or pi_…"
    references: ClassVar[dict[str, str]] = {"ses": "pk"}
    words = (
        "client__user__email",
        "client__user__name",
        "mentor__user__email",
        "mentor__user__name",
    )
    default_ordering = "-starts_at"
    list_display: ClassVar[list[Any]] = [
        ReferenceColumn("public_id", url_name="sessions:inspect"),
        StateColumn("state", tones=TONES, sort_key="state"),
        InstantColumn("starts_at", label="Starts", sort_key="starts_at"),
        Column("client", accessor="client.user.name"),
        Column("mentor", accessor="mentor.user.name"),
        Column("type", accessor="session_type.name"),
        MoneyColumn("price_minor", label="Price", sort_key="price_minor"),
    ]
    exports: ClassVar[dict[str, Any]] = {
        "Reference": "public_id",
        "Status": "state",
        "Starts at": "starts_at",
        "Ends at": "ends_at",
        "Client": "client.user.name",
        "Client e-mail": "client.user.email",
        "Mentor": "mentor.user.name",
        "Session type": "session_type.name",
        "Price": amount("price_minor"),
        "Currency": "currency",
        "Created at": "created_at",
    }


class SessionInspectView(BusinessInspectView):
    queryset = SESSIONS

    def facts(self) -> Sequence[tuple[str, object]]:
        session = self.object
        facts: list[tuple[str, object]] = [
            ("Reference", session.public_id),
            ("Status", state_html(session.state, tone=TONES[session.state])),
            ("Starts", instant_html(session.starts_at)),
            ("Ends", instant_html(session.ends_at)),
            ("Client", f"{session.client.user.name} · {session.client.user.email}"),
            ("Mentor", f"{session.mentor.user.name} · {session.mentor.user.email}"),
            ("Session type", str(session.session_type)),
            ("Price", money_html(session.price_minor, session.currency)),
            ("Cancellation", policy_words(session.policy)),
            ("Goals", session.goals or "–"),
        ]
        if session.expires_at:
            facts.append(("Held until", instant_html(session.expires_at)))
        if session.cancelled_at:
            facts += [
                ("Cancelled", instant_html(session.cancelled_at)),
                ("Cancelled by", f"{session.cancelled_by}: {session.cancel_reason or 'no reason'}"),
                ("Share returned", f"{session.refund_bps / 100:g} %"),
            ]
        if session.outcome:
            facts.append(("Outcome", state_words(session.outcome)))
        return facts

    def sections(self) -> Sequence[Component]:
        events = list(self.object.events.all())
        names = names_of([event.actor for event in events])
        happened = [
            Happening(
                at=event.at,
                what=_happened(event),
                who=names[event.actor],
                detail=event.reason,
            )
            for event in events
        ]
        happened += [
            Happening(
                at=visit.at,
                what=f"{visit.get_move_display()} the room",
                who=visit.user.name,
                detail=f"as {visit.provider} told",
            )
            for visit in visits_of(self.object)
        ]
        happened += happened_of(list(self.object.incidents.all()))
        return [Timeline(sorted(happened, key=lambda each: each.at))]


def _happened(event: SessionEvent) -> str:
    if event.event == rescheduling.EVENT:
        was, to = (datetime.fromisoformat(event.data[name]) for name in ("from", "to"))
        return format_html("Moved from {} to {}", instant_html(was), instant_html(to))
    if event.event == endings.OUTCOME_FOUND:
        return f"Outcome found: {state_words(event.data['outcome']).lower()}"
    return f"{state_words(event.event)} → {state_words(event.to_state)}"


class SessionViewSet(ReadOnlyViewSet):
    model = Session
    name = "sessions"
    icon = "calendar-check"
    menu_label = "Sessions"
    in_search = True
    menu_order = 520
    add_to_admin_menu = True
    index_view_class = SessionIndexView
    inspect_view_class = SessionInspectView
    filterset_class = SessionFilters


def sessions_of_the_next_day(now: datetime) -> Queue:
    """Confirmed sessions that begin within 24 hours, the soonest first."""
    until = now + timedelta(hours=24)
    coming = Session.objects.filter(state=State.CONFIRMED, starts_at__gte=now, starts_at__lt=until)
    first_day, last_day = localtime(now).date(), localtime(until).date()
    return Queue(
        label="sessions in the next 24 hours",
        count=coming.count(),
        rows=[
            Waiting(
                title=instant_html(session.starts_at, year=False),
                url=reverse("sessions:inspect", args=[session.pk]),
                detail=f"{session.client.user.name} with {session.mentor.user.name}",
                aside=f"in {age_words(session.starts_at - now)}",
            )
            for session in coming.select_related("client__user", "mentor__user").order_by(
                "starts_at", "pk"
            )[:ROWS]
        ],
        url=f"{reverse('sessions:index')}?state=confirmed&ordering=starts_at"
        f"&starts_at_from={first_day}&starts_at_to={last_day}",
        empty="No session begins before this time tomorrow.",
    )


add_queue("scheduling.view_session", sessions_of_the_next_day, order=10)
add_queue("scheduling.view_incident", incidents_to_decide, order=15)


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def register_sessions() -> SessionViewSet:
    return SessionViewSet()


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def register_incidents() -> IncidentViewSet:
    return IncidentViewSet()


add_personal_queue("scheduling.view_reviewreport", reports_to_decide, order=30)


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def register_moderating() -> list[URLPattern]:
    moderate, decide = ModerateView.as_view(), DecideReviewReportView.as_view()
    return [
        path("reviews/<uuid:pk>/<slug:part>/moderate/", moderate, name="moderate_review"),
        path("review-reports/<uuid:pk>/decide/", decide, name="decide_review_report"),
    ]
