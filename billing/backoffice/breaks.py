"""Reconciliation breaks: where our books and a gateway's records differ."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import Button, HeaderButton

from billing.backoffice.break_dialogs import APPROVE, RESOLVE
from billing.backoffice.filters import gateway_filter, gateway_name, people_filter
from billing.backoffice.payout_tables import payout_link
from billing.backoffice.settling import MAY_GIVE_BACK
from billing.backoffice.tables import ledger_lines, maybe_money, or_nothing, payment_link
from billing.models import Break, BreakResolution, GatewayPayout, GatewayTransaction, Line
from billing.models.surplus import flagged_payments
from billing.reconciliation.asking import TO_OUR_BANK, may_ask
from billing.reconciliation.resolving import suggestion_for
from billing.reconciliation.suggesting import Facts, suggest
from kernel import clock
from kernel.backoffice.business import (
    BusinessIndexView,
    BusinessInspectView,
    amount,
    choice_filter,
    currency_filter,
    period_filter,
    state_filter,
)
from kernel.backoffice.columns import InstantColumn, MoneyColumn, ReferenceColumn, StateColumn
from kernel.backoffice.components import Happening, Timeline
from kernel.backoffice.today import age_words
from kernel.backoffice.viewsets import ReadOnlyViewSet
from kernel.display import instant_html, money_text, state_html

TONES = {"open": "danger", "closed": "quiet", "resolved": "success"}


def _paid(breaks: QuerySet[Break], value: str) -> QuerySet[Break]:
    return breaks.filter(payment__isnull=value == "unknown")


class BreakFilters(WagtailFilterSet):  # type: ignore[misc]
    state = state_filter(Break.State.values)
    type = choice_filter("Type", dict(Break.Type.choices))
    whose = choice_filter(
        "Payment", {"known": "Of a payment of ours", "unknown": "Of no payment of ours"}, _paid
    )
    person = people_filter("payment__purchase")
    currency = currency_filter()
    gateway = gateway_filter()
    opened_at = period_filter("Opened")

    class Meta:
        model = Break
        fields: ClassVar[list[str]] = []


class AgeColumn(Column):  # type: ignore[misc]
    """How long an open break has waited; nothing of those that are closed."""

    def get_value(self, instance: Break) -> object:
        return age_words(clock.now() - instance.opened_at) if instance.state == "open" else "–"


class SuggestionColumn(Column):  # type: ignore[misc]
    """What the rules suggest, from what the row itself says."""

    def get_value(self, instance: Break) -> object:
        return suggested(instance) if instance.state == "open" else "–"


def suggested(item: Break) -> str:
    """Return the suggestion for a break without asking for more than its row."""
    return suggest(
        Facts(
            leg=item.leg,
            type=item.type,
            ours_minor=item.ours_minor,
            theirs_minor=item.theirs_minor,
            of_ours=item.payment_id is not None or item.payout_id is not None,
            unbooked=item.payment is not None and item.payment.booked_at is None,
        )
    ).says


class BreakIndexView(BusinessIndexView):
    queryset = Break.objects.select_related("payment", "payout")
    empty = "No breaks. The nightly reconciliation writes here what it finds."
    search_hint = "brk_…, pay_…, pi_…, ch_…, txn_…"
    references: ClassVar[dict[str, str]] = {"brk": "pk", "pay": "payment_id"}
    exact = ("payment__gateway_intent_id", "payment__gateway_charge_id")
    words = ("key", "detail")
    default_ordering = "-opened_at"
    list_display: ClassVar[list[Any]] = [
        ReferenceColumn("get_type_display", url_name="breaks:inspect", label="Type", classname=""),
        StateColumn("state", tones=TONES, sort_key="state"),
        InstantColumn("opened_at", label="Opened", sort_key="opened_at"),
        AgeColumn("age", label="Age", classname="cf-right cf-whole"),
        Column("key", label="Object", classname="cf-code cf-clip"),
        Column("detail", classname="cf-clip"),
        SuggestionColumn("suggested", label="Suggested", classname="cf-clip"),
        MoneyColumn("ours_minor", label="Ours", currency="our_currency"),
        MoneyColumn("theirs_minor", label="Theirs"),
    ]
    exports: ClassVar[dict[str, Any]] = {
        "Reference": "public_id",
        "Type": "type",
        "Status": "state",
        "Gateway": "gateway",
        "Leg": "leg",
        "Object": "key",
        "Detail": "detail",
        "Ours": amount("ours_minor", currency="our_currency"),
        "Theirs": amount("theirs_minor"),
        "Currency": "currency",
        "Occurred at": "occurred_at",
        "Opened at": "opened_at",
        "Closed at": "closed_at",
    }


def _button(label: str, url_name: str, item: Break, icon: str) -> Button:
    return HeaderButton(label, url=reverse(url_name, args=[item.pk]), icon_name=icon)


class BreakInspectView(BusinessInspectView):
    queryset = Break.objects.select_related("payment", "payout", "first_run", "last_run")

    def facts(self) -> Sequence[tuple[str, object]]:
        item = self.object
        return [
            ("Reference", item.public_id),
            ("Type", item.get_type_display()),
            ("Status", state_html(item.state, tone=TONES[item.state])),
            ("Gateway", f"{gateway_name(item.gateway)}, leg {item.leg}"),
            ("Object", item.key),
            ("Payment", payment_link(item.payment)),
            ("Payout", payout_link(item.payout)),
            ("Ours", maybe_money(item.ours_minor, item.our_currency)),
            ("Theirs", maybe_money(item.theirs_minor, item.currency)),
            ("What we see", item.detail),
            ("Suggested", suggestion_for(item).says if item.state == "open" else "–"),
            ("Occurred", instant_html(item.occurred_at)),
            ("Opened", instant_html(item.opened_at)),
            ("First seen by the run", instant_html(item.first_run.started_at)),
            ("Last seen by the run", instant_html(item.last_run.started_at)),
            ("Closed", instant_html(item.closed_at)),
            ("Resolution", or_nothing(item.resolution)),
        ]

    @property
    def header_buttons(self) -> list[Button]:
        """Offer what may be done about an open break, to those who may."""
        item, user = self.object, self.request.user
        if item.state != Break.State.OPEN:
            return []
        found = []
        waits = item.resolutions.filter(done_at=None, withdrawn_at=None).exists()
        if waits and (user.has_perm(APPROVE) or user.has_perm(RESOLVE)):
            found.append(_button("Decide on the answer", "decide_answer", item, "tasks"))
        elif user.has_perm(RESOLVE):
            found.append(_button("Resolve", "resolve_break", item, "check"))
        if user.has_perm(MAY_GIVE_BACK) and (url := _way_back(item)):
            found.append(HeaderButton("Give it back", url=url, icon_name="resubmit"))
        if user.has_perm(RESOLVE) and may_ask(item):
            found.append(_button("Ask the gateway", "ask_gateway", item, "rotate"))
        return found

    def sections(self) -> Sequence[Component]:
        item = self.object
        answers = list(item.resolutions.select_related("prepared_by", "approved_by"))
        happenings = [
            *_answers(answers),
            Happening(at=item.occurred_at, what="It happened", detail=item.key),
            Happening(at=item.opened_at, what="Break opened", detail=item.detail),
        ]
        if item.last_run_id != item.first_run_id:
            at = item.last_run.started_at
            happenings.append(Happening(at=at, what="Seen again by the latest run that met it"))
        if item.closed_at:
            what = item.get_state_display()
            happenings.append(Happening(at=item.closed_at, what=what, detail=item.resolution))
        posted = Line.objects.none()
        if item.payment:
            posted = Line.objects.filter(purchase=item.payment.purchase_id)
        elif item.payout:
            of_payout = {"entry__source_type": "payout", "entry__source_id": str(item.payout_id)}
            posted = Line.objects.filter(**of_payout)
        elif item.leg == TO_OUR_BANK:
            posted = _lines_to_our_bank(item)
        return [
            ledger_lines(posted.select_related("entry"), title="What our books say of it"),
            Timeline(happenings),
        ]


def _lines_to_our_bank(item: Break) -> QuerySet[Line]:
    sent = GatewayPayout.objects.filter(gateway=item.gateway, gateway_payout_id=item.key)
    ids = [str(pk) for pk in sent.values_list("pk", flat=True)]
    return Line.objects.filter(entry__source_type="gateway_payout", entry__source_id__in=ids)


def _way_back(item: Break) -> str:
    """Return the dialog that gives the charge back, of a break that is one we did not ask for."""
    if item.payment is None or item.leg != "A":
        return ""
    if item.type == Break.Type.DUPLICATE_CHARGE:
        rows = GatewayTransaction.objects.filter(gateway=item.gateway, source_id=item.key)
        row = rows.exclude(intent_id="").order_by("-pk").first()
        return reverse("give_charge_back", args=[item.payment.pk, row.intent_id]) if row else ""
    is_flagged = flagged_payments().filter(pk=item.payment.pk).exists()
    return reverse("give_surplus_back", args=[item.payment.pk]) if is_flagged else ""


def _answers(answers: Sequence[BreakResolution]) -> list[Happening]:
    """Return what people, and rules, have answered."""
    found = []
    for answer in answers:
        by = answer.prepared_by.name if answer.prepared_by else "A rule of finance"
        what = f"Answer: {answer.get_action_display().lower()}"
        if answer.amount_minor:
            what += f" ({answer.debit} / {answer.credit}, "
            what += f"{money_text(answer.amount_minor, answer.currency)})"
        found.append(Happening(at=answer.prepared_at, what=what, who=by, detail=answer.reason))
        if answer.approved_by and answer.done_at:
            name = answer.approved_by.name
            found.append(Happening(at=answer.done_at, what="Answer approved", who=name))
        if answer.withdrawn_at:
            found.append(Happening(at=answer.withdrawn_at, what="Answer withdrawn"))
    return found


class BreakViewSet(ReadOnlyViewSet):
    model = Break
    name = "breaks"
    icon = "warning"
    menu_label = "Breaks"
    menu_order = 50
    index_view_class = BreakIndexView
    inspect_view_class = BreakInspectView
    filterset_class = BreakFilters
