"""The door of the back office: which addresses are shut before their view is asked.

Wagtail asks most of its views' permissions in the views. Some ask for nothing but the right to
enter: choosers, its API, suggestions of tags, two pages that try errors out. What each of them
shows belongs to somebody's work, so whoever does not do it is refused here (ADR 40). Mentors who
were let in for their own page pass to the addresses of `GUESTS`, about that page, and to no other:
what a later Wagtail brings is shut to them until it is named.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail.admin import messages
from wagtail.admin.auth import permission_denied, user_has_any_page_permission
from wagtail.models import Page, Task, Workflow
from wagtail.permissions import policy_registry

from accounts import roles
from cms import bulk
from cms.models import MentorProfilePage

PREFIX = "cms/"
# For the vendor's developers: they show an error, and the second one fills the log with it. And
# Wagtail's own reset of a password, which is switched off.
NOBODYS = ("test404/", "failwhale/", "password_reset/")
# What a page is named by in an address, where the address is about that page.
PAGES = ("page_id", "page_pk", "page_to_move_id", "destination_id", "parent_page_id")

GUESTS = frozenset(
    {
        "",
        "account/",
        "logout/",
        "dismissibles/",
        "sprite/",
        "jsi18n/",
        "pages/",
        "pages/<int:parent_page_id>/",
        "pages/<int:parent_page_id>/results/",
        "pages/<int:page_id>/edit/",
        "pages/<int:page_id>/edit/preview/",
        "pages/<int:page_id>/view_draft/",
        "pages/<int:page_id>/history/",
        "pages/<int:page_id>/history/results/",
        "pages/<int:page_id>/revisions/",
        "pages/<int:page_id>/revisions/<int:revision_id>/view/",
        "pages/<int:page_id>/workflow_history/",
        "pages/<int:page_id>/workflow_history/detail/<int:workflow_state_id>/",
        "pages/workflow/confirm_cancellation/<int:page_id>/",
        "api/main/pages/",
        "choose-page/",
        "choose-page/<int:parent_page_id>/",
        "choose-page/search/",
        "choose-external-link/",
        "choose-email-link/",
        "editing-sessions/ping/<str:app_label>/<str:model_name>/<str:object_id>/<int:session_id>/",
        "editing-sessions/release/<int:session_id>/",
    }
)

type Rule = Callable[[Any], bool]


def uses(*models: Any) -> Rule:
    """Return a rule: whoever may do anything at all with the rows of one of these models."""

    def may(user: Any) -> bool:
        policies = (policy_registry.get_by_type(model) for model in models)
        actions = {"add", "change", "delete"}
        return any(policy.user_has_any_permission(user, actions) for policy in policies)

    return may


# The first that fits counts; an address that none fits is left to its view.
RULES: tuple[tuple[tuple[str, ...], Rule], ...] = (
    (("workflows/",), uses(Workflow, Task)),
    (
        (
            "api/main/",
            "images/chooser/",
            "documents/chooser/",
            "pages/",
            "choose-",
            "embeds/",
            "block-preview/",
            "tag-autocomplete/",
            "editing-sessions/",
            "forms/",
            "reports/",
        ),
        user_has_any_page_permission,
    ),
)


class Door:
    """Refuse what the rules say, as Wagtail refuses: back to the first screen, with the reason."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: object, _args: object, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or not match.route.startswith(PREFIX):
            return None
        route = match.route.removeprefix(PREFIX)
        if route.startswith(NOBODYS):
            raise Http404(f"{request.path} shows nothing.")
        user: Any = request.user
        if not user.has_perm(roles.ENTER_BACK_OFFICE):
            return None  # Wagtail sends them to the sign-in
        if route.startswith("bulk/") and (why := bulk.objection(request, **kwargs)):
            messages.error(request, why)
            return redirect("wagtailadmin_home")
        if user.is_superuser:
            return None
        if _allowed(user, route) and _may_see(user, route, request, kwargs):
            return None
        refused: HttpResponse = permission_denied(request)
        return refused


def _allowed(user: Any, route: str) -> bool:
    if roles.is_guest(user):
        return route in GUESTS
    for starts, rule in RULES:
        if route.startswith(starts):
            return rule(user)
    return True


def _may_see(user: Any, route: str, request: HttpRequest, kwargs: dict[str, Any]) -> bool:
    """Say if the pages that the address names may be known to the person.

    A page that is not there is left to the view, which says so.
    """
    if route.startswith("choose-page/"):
        named = [kwargs.get("parent_page_id"), *request.GET.getlist("id")]
        return _all_in(choosable_pages(user), named)
    if not route.startswith(("pages/", "forms/")):
        return True
    named = [kwargs[name] for name in PAGES if name in kwargs]
    if "revisions/compare" in route:
        named.append(kwargs["pk"])
    policy = policy_registry.get_by_type(Page)
    return _all_in(policy.explorable_instances(user), named) or all(
        page.permissions_for_user(user).can_edit() for page in Page.objects.filter(pk__in=named)
    )


def choosable_pages(user: Any) -> QuerySet[Page]:
    """Return the pages that the person may link to: what the public sees, and what they work on.

    The chooser shows the titles of drafts; of a page that a guest does not own it shows none.
    """
    public = Page.objects.live()
    if roles.is_guest(user):
        public = public.filter(has_unpublished_changes=False).not_exact_type(MentorProfilePage)
    policy = policy_registry.get_by_type(Page)
    found: QuerySet[Page] = (
        Page.objects.filter(depth=1) | public | policy.explorable_instances(user)
    )
    return found


def _all_in(pages: QuerySet[Page], named: Iterable[object]) -> bool:
    asked = {int(str(one)) for one in named if one is not None and str(one).isdecimal()}
    there = Page.objects.filter(pk__in=asked)
    return there.count() == pages.filter(pk__in=asked).count() if asked else True
