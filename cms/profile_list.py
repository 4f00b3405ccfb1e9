"""The curators' list of profiles: flat, with business columns, filters in the URL, an export."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, ClassVar

import django_filters
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.base import ViewSet
from wagtail.models import Page, WorkflowState

from accounts.models import Mentor
from cms.models import MentorProfilePage
from cms.pictures import picture_for_staff
from cms.profile_facts import STATES, TONES, ProfileFacts, read_facts
from kernel import clock
from kernel.backoffice.exports import decimal_amount
from kernel.backoffice.policies import ReadOnlyPolicy
from kernel.backoffice.search import by_reference, by_text
from kernel.backoffice.today import Queue, Waiting, age_words, rows_wanted
from kernel.backoffice.viewsets import ReadOnlyIndexView
from kernel.display import NOTHING, instant_html, money_html, state_html
from kernel.money import Money

LIVE = Q(mentor__status=Mentor.Status.LIVE)
CONDITIONS: dict[str, Q] = {
    "live": LIVE & Q(live=True, has_unpublished_changes=False, pending=False),
    "changed": LIVE & Q(live=True, has_unpublished_changes=True, pending=False),
    "pending": LIVE & Q(pending=True),
    "draft": LIVE & Q(live=False, pending=False),
    "applied": Q(mentor__status=Mentor.Status.APPLIED),
    "suspended": Q(mentor__status=Mentor.Status.SUSPENDED),
}


def profiles() -> QuerySet[MentorProfilePage]:
    """Return all profiles with their mentors, each annotated with whether it is `pending`."""
    waiting = WorkflowState.objects.filter(
        base_content_type=ContentType.objects.get_for_model(Page),
        object_id=Cast(OuterRef("pk"), CharField()),
        status=WorkflowState.STATUS_IN_PROGRESS,
    )
    found: QuerySet[MentorProfilePage] = MentorProfilePage.objects.annotate(pending=Exists(waiting))
    return found.select_related("mentor__user")


class ProfileFilters(WagtailFilterSet):  # type: ignore[misc]
    state = django_filters.ChoiceFilter(
        label="State", choices=list(STATES.items()), method="by_state"
    )
    location = django_filters.CharFilter(
        label="Location", field_name="mentor__location", lookup_expr="icontains"
    )
    language = django_filters.CharFilter(label="Language", method="by_language")
    subject = django_filters.CharFilter(label="Subject", method="by_subject")

    class Meta:
        model = MentorProfilePage
        fields: ClassVar[list[str]] = []

    def by_state(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(CONDITIONS[value])

    def by_language(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(mentor__languages__contains=[value.strip().lower()])

    def by_subject(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Exists(
                MentorProfilePage.objects.filter(
                    pk=OuterRef("pk"), expertise__icontains=value.strip()
                )
            )
        )


class NameColumn(Column):  # type: ignore[misc]
    """Portrait and name; the name leads to the page's editor, or to the mentor for the others."""

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        user = parent_context["request"].user
        context["value"] = format_html(
            '<span class="cf-person"><img src="{}" alt="" width="36" height="36" loading="lazy">'
            '<span><a href="{}">{}</a><br><span class="cf-quiet">{}</span></span></span>',
            picture_for_staff(instance),
            edit_or_look(instance, user),
            instance.title,
            instance.headline,
        )
        return context


def edit_or_look(page: MentorProfilePage, user: Any) -> str:
    """Return where this person goes from a profile."""
    if page.permissions_for_user(user).can_edit():
        return reverse("wagtailadmin_pages:edit", args=[page.pk])
    return reverse("mentor-list:inspect", args=[page.mentor_id])


def _state(page: Any) -> SafeString:
    return state_html(STATES[page.facts.state], tone=TONES[page.facts.state])


def _price(page: Any) -> object:
    price = page.facts.price_from
    return NOTHING if price is None else money_html(price.amount_minor, price.currency)


def _free(page: Any) -> object:
    return instant_html(page.facts.free_at, year=False)


def _rating(page: Any) -> str:
    rating = page.facts.rating
    return f"{rating.mean:.1f} ({rating.count})" if rating.count else NOTHING


def _takings(page: Any) -> object:
    takings = page.facts.takings or ()
    if not takings:
        return NOTHING
    return format_html_join(
        " + ", "{}", ((money_html(one.amount_minor, one.currency),) for one in takings)
    )


COLUMNS = (
    NameColumn("title", label="Name", sort_key="title"),
    Column("state", label="State", accessor=_state),
    Column("location", accessor="mentor.location", sort_key="mentor__location"),
    Column("price", label="Price from", accessor=_price, classname="cf-right"),
    Column("rating", label="Rating", accessor=_rating, classname="cf-right"),
    Column("free", label="Next free", accessor=_free),
    Column("sessions", label="Held, 30 d", accessor="facts.sessions", classname="cf-right"),
)
TAKINGS = Column("takings", label="Paid, 30 d", accessor=_takings, classname="cf-right")
EXPORTS: dict[str, Any] = {
    "Reference": "mentor.public_id",
    "Name": "title",
    "Headline": "headline",
    "State": lambda page: STATES[page.facts.state],
    "Location": "mentor.location",
    "Price from": lambda page: _decimal(page.facts.price_from),
    "Currency": lambda page: page.facts.price_from.currency if page.facts.price_from else "",
    "Rating": lambda page: page.facts.rating.mean if page.facts.rating.count else "",
    "Reviews": "facts.rating.count",
    "Next free": "facts.free_at",
    "Sessions, 30 days": "facts.sessions",
}


def _decimal(amount: Money | None) -> object:
    return "" if amount is None else decimal_amount(amount.amount_minor, amount.currency)


class ProfileIndexView(ReadOnlyIndexView):
    """One row a profile. What clients paid is shown to those who may see payments."""

    permission_policy = ReadOnlyPolicy(Mentor)
    model = MentorProfilePage
    page_title = "Mentor profiles"
    empty = "No profiles yet. One is made when an application is accepted."
    search_hint = "Name, headline, e-mail or mtr_…"
    default_ordering = "title"
    paginate_by = 50
    filterset_class = ProfileFilters

    @cached_property
    def sees_takings(self) -> bool:
        return bool(self.request.user.has_perm("billing.view_payment"))

    @cached_property
    def columns(self) -> Sequence[Column]:
        return [*COLUMNS, TAKINGS] if self.sees_takings else list(COLUMNS)

    @property
    def exports(self) -> dict[str, Any]:  # type: ignore[override]
        paid = {"Paid, 30 days": lambda page: _sum_words(page.facts)} if self.sees_takings else {}
        return EXPORTS | paid

    def get_base_queryset(self) -> QuerySet[Any]:
        return profiles()

    def find(self, query: str) -> Q:
        return by_reference("mtr", query, field="mentor_id") | by_text(
            query, "title", "headline", "mentor__user__email", "mentor__slug"
        )

    def paginate_queryset(self, queryset: Any, page_size: int) -> tuple[Any, Any, Any, bool]:
        paginator, page, rows, is_paginated = super().paginate_queryset(queryset, page_size)
        page.object_list = self._with_facts(rows)
        return paginator, page, page.object_list, is_paginated

    def as_spreadsheet(self, queryset: Any, spreadsheet_format: str) -> Any:
        return super().as_spreadsheet(self._with_facts(queryset), spreadsheet_format)

    def _with_facts(self, rows: Iterable[Any]) -> list[Any]:
        pages = list(rows)
        facts = read_facts(pages, now=clock.now(), with_takings=self.sees_takings)
        for page in pages:
            page.facts = facts[page.pk]
        return pages


def _sum_words(facts: ProfileFacts) -> str:
    return " + ".join(str(one) for one in facts.takings or ())


class ForCurators(MenuItem):  # type: ignore[misc]
    """Shown to those who may see mentors."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("accounts.view_mentor"))


class ProfileListViewSet(ViewSet):  # type: ignore[misc]
    """The list and its results for the search as one types; there is no form behind it."""

    name = "profiles"
    icon = "user"
    menu_label = "Profiles"
    menu_order = 10
    menu_item_class = ForCurators

    @cached_property
    def index_view(self) -> Any:
        return self.construct_view(ProfileIndexView)

    @cached_property
    def index_results_view(self) -> Any:
        return self.construct_view(ProfileIndexView, results_only=True)

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        urls = {
            "index_url_name": self.get_url_name("index"),
            "index_results_url_name": self.get_url_name("index_results"),
        }
        common: dict[str, Any] = super().get_common_view_kwargs(
            **{"header_icon": self.icon, **urls, **kwargs}
        )
        return common

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
        ]


def profile_changes(now: datetime) -> Queue:
    """Profiles whose words wait for a curator, the oldest first."""
    pending = profiles().filter(CONDITIONS["pending"])
    return Queue(
        label="profile changes awaiting approval",
        count=pending.count(),
        rows=[
            Waiting(
                title=page.title,
                url=reverse("wagtailadmin_pages:edit", args=[page.pk]),
                detail=page.headline,
                aside=age_words(now - page.latest_revision_created_at)
                if page.latest_revision_created_at
                else "",
                since=page.latest_revision_created_at,
            )
            for page in pending.order_by("latest_revision_created_at", "pk")[: rows_wanted()]
        ],
        url=f"{reverse('profiles:index')}?state=pending",
        empty="Every profile shows what its mentor last sent in.",
        kind="profiles",
        act="Review it",
    )
