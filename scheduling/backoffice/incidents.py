"""What was reported of sessions, in the back office: the list, one report, what waits for staff."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column

from accounts.models import User
from accounts.names import names_of
from kernel.backoffice.business import (
    BusinessIndexView,
    BusinessInspectView,
    choice_filter,
    period_filter,
    person_filter,
    state_filter,
)
from kernel.backoffice.columns import InstantColumn, ReferenceColumn, StateColumn
from kernel.backoffice.components import Happening, Timeline
from kernel.backoffice.today import Queue, Waiting, age_words, rows_wanted
from kernel.backoffice.viewsets import ReadOnlyViewSet
from kernel.display import instant_html, state_html, state_words
from scheduling.attendance import Outcome
from scheduling.models import Incident, RoomVisit, Session
from scheduling.states import IncidentKind, IncidentState
from scheduling.visits import findings, visits_of

TONES: dict[str, str] = {
    IncidentState.OPEN: "warning",
    IncidentState.MENTOR_FAULT: "danger",
    IncidentState.PRO_RATA: "info",
    IncidentState.MENTOR_ABSENT: "danger",
    IncidentState.CLIENT_ABSENT: "info",
    IncidentState.DISMISSED: "quiet",
    IncidentState.MOOT: "quiet",
    IncidentState.WITHDRAWN: "quiet",
}
# What the room shows of it, in the queue: a report may say otherwise, and then a person looks.
SEEN: dict[Outcome | None, str] = {
    Outcome.HELD: "; the room shows both",
    Outcome.MENTOR_ABSENT: "; the room shows no mentor",
    Outcome.CLIENT_ABSENT: "; the room shows no client",
}
INCIDENTS = Incident.objects.select_related(
    "session__client__user", "session__mentor__user", "session__session_type"
)


class IncidentFilters(WagtailFilterSet):  # type: ignore[misc]
    state = state_filter(IncidentState)
    kind = choice_filter("Kind", {kind.value: kind.value.capitalize() for kind in IncidentKind})
    person = person_filter("Client or mentor", "session__client__user", "session__mentor__user")
    created_at = period_filter("Reported")

    class Meta:
        model = Incident
        fields: ClassVar[list[str]] = []


class IncidentIndexView(BusinessIndexView):
    queryset = INCIDENTS
    empty = "Nothing was reported yet. A report of an emergency or an absence appears here."
    search_hint = "inc_…, ses_…, e-mail or name"
    references: ClassVar[dict[str, str]] = {"inc": "pk", "ses": "session_id"}
    words = (
        "session__client__user__email",
        "session__client__user__name",
        "session__mentor__user__email",
        "session__mentor__user__name",
    )
    default_ordering = "-created_at"
    list_display: ClassVar[list[Any]] = [
        ReferenceColumn("public_id", url_name="incidents:inspect"),
        StateColumn("state", tones=TONES, sort_key="state"),
        Column("kind", accessor=lambda incident: incident.kind.capitalize()),
        Column("by", accessor=lambda incident: incident.side.capitalize()),
        InstantColumn("created_at", label="Reported", sort_key="created_at"),
        Column("client", accessor="session.client.user.name"),
        Column("mentor", accessor="session.mentor.user.name"),
    ]
    exports: ClassVar[dict[str, Any]] = {
        "Reference": "public_id",
        "Session": "session.public_id",
        "Status": "state",
        "Kind": "kind",
        "Reported by": "side",
        "Reported at": "created_at",
        "Client": "session.client.user.name",
        "Mentor": "session.mentor.user.name",
        "Minutes held": "held_minutes",
        "Decided at": "decided_at",
    }


class IncidentInspectView(BusinessInspectView):
    queryset = INCIDENTS

    def facts(self) -> Sequence[tuple[str, object]]:
        incident, session = self.object, self.object.session
        facts: list[tuple[str, object]] = [
            ("Reference", incident.public_id),
            ("Status", state_html(incident.state, tone=TONES[incident.state])),
            ("Reported", f"{incident.kind.capitalize()} by the {incident.side}"),
            ("At", instant_html(incident.created_at)),
            ("In their words", incident.reason),
            ("Session", session_link(session)),
            ("Client", session.client.user.name),
            ("Mentor", session.mentor.user.name),
            ("Starts", instant_html(session.starts_at)),
            ("Ends", instant_html(session.ends_at)),
            *joins(session),
        ]
        if incident.held_minutes is not None:
            facts.append(("Minutes held", incident.held_minutes))
        return facts

    def sections(self) -> Sequence[Component]:
        return [Timeline(happened_of([self.object]), title="What happened")]


class IncidentViewSet(ReadOnlyViewSet):
    model = Incident
    name = "incidents"
    icon = "warning"
    menu_label = "Incidents"
    in_search = True
    menu_order = 521
    add_to_admin_menu = True
    index_view_class = IncidentIndexView
    inspect_view_class = IncidentInspectView
    filterset_class = IncidentFilters


def session_link(session: Session) -> object:
    """Return the session's reference as the way to its screen."""
    url = reverse("sessions:inspect", args=[session.pk])
    return format_html_join("", '<a href="{}">{}</a>', [(url, session.public_id)])


def joins(session: Session) -> list[tuple[str, object]]:
    """Return who went in and out of the room, and when, as facts; two lines."""
    visits = visits_of(session)

    def of(user: User) -> object:
        mine = [visit for visit in visits if visit.user_id == user.pk]
        return format_html_join(", ", "{} {}", map(_step, mine)) if mine else "not seen"

    return [
        ("Client in the room", of(session.client.user)),
        ("Mentor in the room", of(session.mentor.user)),
    ]


def _step(visit: RoomVisit) -> tuple[str, object]:
    return visit.get_move_display().lower(), instant_html(visit.at)


def shown_by_the_room(session: Session, *, now: datetime) -> str:
    """Return what the room's record shows by itself, in words."""
    found = findings([session], now=now)[session.pk].outcome
    return state_words(found.value) if found else "Nothing: the record decides for nobody"


def reports_of(session: Session, *, besides: Incident | None = None) -> list[tuple[str, object]]:
    """Return all reports of a session as facts, the oldest first, but the one that is shown anyway.

    A report of the other side is decided with the first, so whoever decides has to see both.
    """
    rows = Incident.objects.filter(session=session).order_by("created_at", "pk")
    if besides is not None:
        rows = rows.exclude(pk=besides.pk)
    return [
        (
            f"{each.kind.capitalize()}, by the {each.side}",
            format_html(
                '{}<br><span class="cf-quiet">{}, {}</span>',
                each.reason,
                state_words(each.state),
                instant_html(each.created_at),
            ),
        )
        for each in rows
    ]


def other_seats(session: Session) -> list[tuple[str, object]]:
    """Return the other seats of a group's meeting that are not over, as one fact, or none.

    Each is decided for itself; until then none of their shares is released (billing).
    """
    seats = (
        Session.objects.filter(meeting=session.meeting_id, live=True)
        .exclude(pk=session.pk)
        .select_related("client__user")
        .order_by("created_at", "pk")
    )
    links = [
        (session_link(seat), seat.client.user.name, state_words(seat.state).lower())
        for seat in seats
    ]
    if not links:
        return []
    return [("Other seats of the meeting", format_html_join(", ", "{} {} ({})", links))]


def happened_of(incidents: Sequence[Incident]) -> list[Happening]:
    """Return what was reported and decided, as lines of a timeline; one query for the names."""
    names = names_of([one for each in incidents for one in (each.reported_by, each.decided_by)])
    told = []
    for each in incidents:
        told.append(
            Happening(
                at=each.created_at,
                what=f"Reported: {each.kind}",
                who=names[each.reported_by],
                detail=each.reason,
            )
        )
        if each.decided_at is not None:
            told.append(
                Happening(
                    at=each.decided_at,
                    what="Report withdrawn"
                    if each.state == IncidentState.WITHDRAWN
                    else f"Decided: {state_words(each.state).lower()}",
                    who=names[each.decided_by],
                    detail=each.decision,
                )
            )
    return told


def incidents_to_decide(now: datetime) -> Queue:
    """Reports that wait for the staff, the oldest first: each holds its session up."""
    waiting = Incident.objects.open()
    rows = waiting.select_related("session__client__user", "session__mentor__user")
    oldest = list(rows.order_by("created_at", "pk")[: rows_wanted()])
    found = findings([incident.session for incident in oldest], now=now)
    return Queue(
        label="incidents to decide",
        count=waiting.count(),
        rows=[
            Waiting(
                title=incident.kind.capitalize(),
                url=reverse("incidents:inspect", args=[incident.pk]),
                detail=f"{incident.session.client.user.name} with "
                f"{incident.session.mentor.user.name}"
                f"{SEEN.get(found[incident.session_id].outcome, '')}",
                aside=f"for {age_words(now - incident.created_at)}",
                since=incident.created_at,
            )
            for incident in oldest
        ],
        url=f"{reverse('incidents:index')}?state=open&ordering=created_at",
        empty="Nothing was reported that nobody has decided on.",
        kind="incidents",
        act="Decide it",
    )
