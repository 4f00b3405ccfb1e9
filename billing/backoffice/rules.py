"""What reconciliation goes by, on one page: limits, cut-offs, accounts of categories; two dialogs.

A category gets its account with the answer to a break, which another person approves.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, cast

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.views.generic import View
from wagtail.admin.ui.components import Component
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from accounts.models import User
from billing import rates
from billing.backoffice.filters import gateway_name
from billing.backoffice.rates import MAY_SET, MINOR, RateForm
from billing.backoffice.tables import link_to
from billing.gateways.registry import GATEWAYS
from billing.ledger.chart import CHART, Code
from billing.models import CategoryAccount, ResolutionLimit
from billing.reconciliation import windows
from kernel import clock
from kernel.backoffice.components import Lines
from kernel.backoffice.dialogs import DialogView, Done, Offer
from kernel.display import instant_html, money_html

MAY_CUT = "billing.change_cutoff"
NEWEST = 50


class LimitForm(RateForm):
    currency = forms.RegexField(r"^[A-Z]{3}$", label="Currency", help_text="ISO 4217, such as USD.")
    limit_minor = forms.IntegerField(
        label="Limit in minor units",
        min_value=0,
        help_text=f"{MINOR} Zero leaves every answer to two people.",
    )


class CutOffForm(forms.Form):
    """How old a day is before it is believed, and how far back each night looks besides."""

    age_hours = forms.IntegerField(
        label="A day is believed after hours",
        min_value=0,
        max_value=168,
        help_text="Counted from its end (UTC). A gateway may list late: 12 is usual.",
    )
    overlap_days = forms.IntegerField(
        label="Days looked at again each night",
        min_value=0,
        max_value=31,
        help_text="For what was listed later than that. 7 is usual.",
    )


class RulesView(WagtailAdminTemplateMixin, View):  # type: ignore[misc]
    """Limits, cut-offs and categories."""

    template_name = "backoffice/sections.html"
    page_title = "Reconciliation rules"
    header_icon = "cog"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.has_perm("billing.view_break"):
            raise PermissionDenied
        sections = [
            _limits(may_add=user.has_perm(MAY_SET)),
            _cut_offs(may_set=user.has_perm(MAY_CUT)),
            _categories(),
        ]
        response: HttpResponse = self.render_to_response(self.get_context_data(sections=sections))
        return response


class _RuleDialog(DialogView):
    """What the dialogs of this page share."""

    header_icon = "cog"

    def trail(self) -> Sequence[dict[str, Any]]:
        return [{"url": reverse("reconciliation_rules"), "label": RulesView.page_title}]


class AddLimitView(_RuleDialog):
    """Say up to what one person answers a break, from an instant on."""

    permission = MAY_SET
    form_class = LimitForm
    page_title = "Add a limit"
    intro = "Above it an answer waits for another person. What waits already still does."

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        return [Offer("add", "Add the limit")]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        rates.add_limit(**given, by=cast("User", self.request.user), now=clock.now())
        return Done("The limit is added.", reverse("reconciliation_rules"))


class SetCutOffView(_RuleDialog):
    """Say how far a gateway's records are believed, for the next run."""

    permission = MAY_CUT
    form_class = CutOffForm
    page_title = "Set a cut-off"
    intro = "It counts from the next run on. Runs that were made keep the window they had."
    gateway: str

    def find(self, **kwargs: Any) -> None:
        self.gateway = kwargs["gateway"]
        if self.gateway not in GATEWAYS:
            raise Http404

    def get_page_subtitle(self) -> str:
        return gateway_name(self.gateway)

    def initial(self) -> Mapping[str, Any]:
        row = windows.cut_off_of(self.gateway)
        hours = row.age // timedelta(hours=1)
        return {"age_hours": hours, "overlap_days": row.overlap.days}

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        return [Offer("set", f"Set the cut-off of {gateway_name(self.gateway)}")]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        windows.set_cut_off(
            gateway=self.gateway,
            age=timedelta(hours=given["age_hours"]),
            overlap=timedelta(days=given["overlap_days"]),
            by=cast("User", self.request.user),
        )
        said = f"The cut-off of {gateway_name(self.gateway)} is set."
        return Done(said, reverse("reconciliation_rules"))


def _limits(*, may_add: bool) -> Component:
    now = clock.now()
    rows = ResolutionLimit.objects.order_by("-effective_from", "-pk")[:NEWEST]
    lead = link_to("add_limit", "Add a limit") if may_add else ""
    return Lines(
        title="Up to what one person answers a break; the newest begun of a currency counts",
        headings=["Begins", "Status", "Limit"],
        rows=[
            (
                instant_html(row.effective_from),
                "To come" if row.effective_from > now else "Begun",
                money_html(row.limit_minor, row.currency),
            )
            for row in rows
        ],
        right=(2,),
        cards=True,
        total=(lead, "", "") if lead else (),
        empty=format_html("None: every answer takes two people. {}", lead),
    )


def _cut_offs(*, may_set: bool) -> Component:
    found = [windows.cut_off_of(gateway) for gateway in sorted(GATEWAYS)]
    return Lines(
        title="Cut-offs: how far a gateway's records are believed",
        headings=["Gateway", "A day is believed after", "Looked at again", ""],
        rows=[
            (
                gateway_name(row.gateway),
                f"{row.age / timedelta(hours=1):g} hours",
                f"{row.overlap.days} days",
                link_to("set_cut_off", "Set", row.gateway) if may_set else "",
            )
            for row in found
        ],
    )


def _categories() -> Component:
    rows = CategoryAccount.objects.select_related(
        "resolution__prepared_by", "resolution__approved_by"
    )
    return Lines(
        title="Where kinds of movements are posted without a person",
        headings=["Gateway", "Kind", "Account", "Since", "Prepared by", "Approved by", "Break"],
        rows=[_category(row) for row in rows.order_by("gateway", "category")],
        empty="None: they are parked in suspense (1900). Answer the break of one with 'Post this "
        "kind of movement there from now on', and another person approves that.",
    )


def _category(row: CategoryAccount) -> Sequence[object]:
    answer = row.resolution
    people = (answer.prepared_by, answer.approved_by) if answer else (None, None)
    return (
        gateway_name(row.gateway),
        row.category,
        f"{row.code} {CHART[Code(row.code)].name}",
        instant_html(row.created_at),
        *(person.name if person else "–" for person in people),
        link_to("breaks:inspect", "Break", answer.broken_id) if answer else "–",
    )
