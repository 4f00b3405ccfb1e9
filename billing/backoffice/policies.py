"""Cancellation policies: all versions on one page, and the dialog that adds a version.

The dialog says what cancelling would cost at each step, in cents, by today's rates for everybody.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any, cast

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.views.generic import View
from wagtail.admin.ui.components import Component
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from accounts.models import User
from billing.fees import WHOLE_BPS, Bearer, Split, Taken, refund_parts
from billing.ledger.preview import carry_out, rehearse
from billing.queries import Breakdown, price_parts
from kernel import clock
from kernel.backoffice.components import Lines
from kernel.backoffice.dialogs import DialogView, Done, Offer
from kernel.display import money_html, money_text
from kernel.errors import Refusal
from kernel.money import divide_half_even
from scheduling import cancellation_policies
from scheduling.cancellation_policies import NAME_LENGTH, Added, moments
from scheduling.models import CancellationPolicy, SessionType
from scheduling.policies import BadPolicy, outcome, read_tiers
from scheduling.states import CancelledBy, State
from scheduling.terms import policy_words

MAY_ADD = "scheduling.add_cancellationpolicy"
MAY_SEE = "scheduling.view_cancellationpolicy"
SHOWN_AT = (10_000, "USD")  # the price that the preview speaks of
LINE = "Write one step a line, the hours before the start and the percent that goes back: 24: 100"


class TiersField(forms.CharField):
    """Steps as people write them, one a line: `24: 100` is all of it until 24 h before."""

    widget = forms.Textarea(attrs={"rows": 4, "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return "\n".join(f"{tier['hours_before']}: {tier['refund_bps'] / 100:g}" for tier in value)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(self.prepare_value(value)) or ""
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return [_tier(number, line) for number, line in enumerate(lines, start=1)]

    def validate(self, value: Any) -> None:
        try:
            cancellation_policies.checked_tiers(value)
        except BadPolicy as error:
            raise ValidationError(error.detail) from None


class PolicyForm(forms.Form):
    """The terms of one version."""

    name = forms.CharField(
        max_length=NAME_LENGTH,
        help_text="A known name gets its next version, for all session types that are under it.",
    )
    tiers = TiersField(label="What goes back", help_text=f"{LINE}. Later than the last: nothing.")
    late_bearer = forms.ChoiceField(
        label="Who bears the gateway's fee of a part",
        choices=CancellationPolicy.LateBearer.choices,
    )
    make_default = forms.BooleanField(
        label="For new session types", required=False, help_text="It becomes the default."
    )


class AddPolicyView(DialogView):
    """Add a version; none is ever edited, and no booking changes."""

    permission = MAY_ADD
    page_title = "Add a cancellation policy"
    header_icon = "doc-full"
    form_class = PolicyForm
    refreshes = True
    intro = "What is booked already keeps the terms that it was booked under."

    def trail(self) -> Sequence[dict[str, Any]]:
        return [{"url": reverse("policies"), "label": PoliciesView.page_title}]

    def initial(self) -> Mapping[str, Any]:
        rows = CancellationPolicy.objects.filter(name=self.request.GET.get("name", ""))
        last = rows.order_by("-version").first()
        if last is None:
            return {"late_bearer": "platform"}
        return {"name": last.name, "tiers": last.tiers, "late_bearer": last.late_bearer}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:  # noqa: ARG002
        """Begin with the newest version where the address names a policy and nothing else."""
        start = {**self.initial(), **request.GET.dict()}
        self.form = self.make_form(initial=start)
        asked = self.make_form(data=start)
        asked.is_valid()
        return self._show(asked.cleaned_data, status=200)

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:
        if not given.get("name") or not given.get("tiers") or not given.get("late_bearer"):
            return [Offer("add", "Add the policy", objection="Say its name and its steps.")]
        try:
            seen = rehearse(partial(self._add, given), resting_on=_facts)
        except Refusal as refusal:
            return [Offer("add", "Add the policy", objection=refusal.detail)]
        added = seen.result
        return [
            Offer(
                "add",
                f"Add {added.policy}",
                seen=seen.content_hash,
                sections=[costs(added.policy, now=clock.now()), _reach(added)],
            )
        ]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        added = carry_out(partial(self._add, given), expecting=seen, resting_on=_facts)
        return Done(f"Added: {added.policy}, for {added.moved} session types.", reverse("policies"))

    def _add(self, given: Mapping[str, Any]) -> Added:
        return cancellation_policies.add_version(
            name=given["name"],
            tiers=given["tiers"],
            late_bearer=given["late_bearer"],
            make_default=bool(given.get("make_default")),
            by=cast("User", self.request.user).public_id,
            now=clock.now(),
        )


class PoliciesView(WagtailAdminTemplateMixin, View):  # type: ignore[misc]
    """Every version of every policy, and what cancelling under the newest costs."""

    template_name = "backoffice/sections.html"
    page_title = "Cancellation policies"
    header_icon = "doc-full"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm(MAY_SEE):
            raise PermissionDenied
        sections = _tables(may_add=request.user.has_perm(MAY_ADD), now=clock.now())
        response: HttpResponse = self.render_to_response(self.get_context_data(sections=sections))
        return response


def costs(policy: CancellationPolicy, *, now: datetime) -> Lines:
    """Say what a client who cancels gets and each one keeps, step by step, to the cent."""
    price, currency = SHOWN_AT
    parts = price_parts(price_minor=price, currency=currency, at=now)
    rows = (
        []
        if parts is None
        else [
            (words, *_cost(policy, before, parts))
            for before, words in moments(read_tiers(policy.tiers))
        ]
    )
    return Lines(
        title=f"{policy}: what cancelling costs of {money_text(price, currency)}",
        headings=[
            "A client cancels",
            "Goes back",
            "The client gets",
            "The mentor keeps",
            "The platform keeps",
            "Of the gateway's fee",
        ],
        rows=rows,
        right=(1, 2, 3, 4, 5),
        cards=True,
        empty=f"No rates are in force for {currency}, so it cannot be said in money.",
    )


def _cost(policy: CancellationPolicy, before: timedelta, parts: Breakdown) -> tuple[object, ...]:
    start = datetime(2027, 1, 1, tzinfo=clock.now().tzinfo)
    found = outcome(
        policy=policy.frozen(),
        state=State.CONFIRMED,
        by=CancelledBy.CLIENT,
        starts_at=start,
        now=start - before,
    )
    currency = parts.price.currency
    paid = Split(
        fee_minor=parts.gateway_fee.amount_minor,
        commission_minor=parts.commission.amount_minor,
        mentor_minor=parts.mentor_share.amount_minor,
    )
    share = divide_half_even(paid.price_minor * found.refund_bps, WHOLE_BPS)
    gets, mentor, commission, fee = 0, 0, 0, 0
    if share:
        back = refund_parts(
            paid=paid, taken=Taken(), share_minor=share, bearer=Bearer(found.bearer)
        )
        gets, mentor = back.amount_minor, back.mentor_minor
        commission, fee = back.commission_minor, back.fee_minor
    return (
        f"{found.refund_bps / 100:g} %",
        money_html(gets, currency),
        money_html(paid.mentor_minor - mentor, currency),
        money_html(paid.commission_minor - commission, currency),
        money_html(paid.fee_minor - fee, currency),
    )


def _tables(*, may_add: bool, now: datetime) -> Sequence[Component]:
    under = (
        SessionType.objects.filter(policy=OuterRef("pk"), is_active=True)
        .order_by()
        .values("policy")
        .annotate(count=Count("pk"))
        .values("count")
    )
    policies = list(
        CancellationPolicy.objects.annotate(under=Subquery(under)).order_by("name", "-version")
    )
    newest: dict[str, CancellationPolicy] = {}
    for policy in policies:
        newest.setdefault(policy.name, policy)
    rows: list[Sequence[object]] = [
        (
            str(policy),
            policy_words(policy.frozen()),
            policy.get_late_bearer_display(),
            "Default" if policy.is_default else "",
            policy.under or 0,
            _lead(policy.name) if may_add and newest[policy.name] is policy else "",
        )
        for policy in policies
    ]
    total = (_lead(""), "", "", "", "", "") if may_add else ()
    table = Lines(
        title="All versions: a booking keeps the one that it was made under",
        headings=["Policy", "What goes back", "Bears the fee of a part", "", "Session types", ""],
        rows=rows,
        right=(4,),
        total=total,
        cards=True,
    )
    return [table, *(costs(policy, now=now) for policy in newest.values())]


def _lead(name: str) -> object:
    url = reverse("add_policy")
    if not name:
        return format_html('<a href="{}">Add a policy</a>', url)
    return format_html('<a href="{}?name={}">Change by a new version</a>', url, name)


def _reach(added: Added) -> Lines:
    default = "It becomes, or stays, the default" if added.policy.is_default else "No"
    return Lines(
        title="Whom it is for",
        headings=["What", ""],
        rows=[
            ("Session types that are under it from now on", added.moved),
            ("New session types", default),
            ("Sessions that are booked", "None: they keep their terms"),
        ],
        right=(1,),
    )


def _facts(added: Added) -> dict[str, Any]:
    return {**added.policy.frozen(), "default": added.policy.is_default, "types": added.moved}


def _tier(number: int, line: str) -> dict[str, int]:
    hours, _, percent = line.partition(":")
    try:
        share = Decimal(percent.strip().removesuffix("%").strip()) * 100
        found = {"hours_before": int(hours.strip().removesuffix("h")), "refund_bps": int(share)}
    except (ValueError, OverflowError, InvalidOperation):
        raise ValidationError(f"Line {number}, “{line}”: {LINE}.") from None
    if found["refund_bps"] != share:
        raise ValidationError(f"Line {number}, “{line}”: percents have two decimals at most.")
    return found
