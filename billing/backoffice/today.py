"""What waits for finance: what to settle or answer, payouts due, breaks, webhooks that failed."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import BigIntegerField, Case, Count, F, Min, Sum, Value, When
from django.db.models.functions import Abs, Coalesce
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from billing import write_offs
from billing.backoffice.filters import gateway_name
from billing.backoffice.settling import (
    charges_to_return,
    flagged_payments,
    owed_after_disputes,
    stuck_refunds,
)
from billing.models import Break, Dispute, GatewayEvent, MentorBalance, PayoutRun, Refund
from billing.reconciliation.drift import WINDOW, Drift, drifts
from billing.reconciliation.suggesting import TOLERANCE_BPS
from billing.states import (
    PENDING_REFUND_STATES,
    DisputeState,
    GatewayEventState,
    PayoutRunState,
)
from kernel.backoffice.today import Queue, Waiting, age_words, rows_wanted
from kernel.display import money_html, state_words
from kernel.money import Money


def to_settle(now: datetime) -> Queue:
    """Refunds that came to nothing, payments that differ, disputes' shares, debts to write off."""
    refunds = stuck_refunds()
    payments = (flagged_payments(), owed_after_disputes())
    on_the_way = Refund.objects.filter(state__in=PENDING_REFUND_STATES).count()
    rows = [
        Waiting(
            title=money_html(refund.amount_minor, refund.currency),
            url=reverse("refunds:inspect", args=[refund.pk]),
            detail=f"Refund {state_words(refund.state).lower()}: "
            f"{refund.payment.purchase.client.user.name}",
            aside=age_words(now - refund.created_at),
            since=refund.created_at,
        )
        for refund in refunds[: rows_wanted()]
    ]
    rows += [
        Waiting(
            title=money_html(payment.amount_minor, payment.currency),
            url=reverse("payments:inspect", args=[payment.pk]),
            detail=f"{words}: {payment.purchase.client.user.name}",
            aside=age_words(now - payment.created_at),
            since=payment.created_at,
        )
        for words, found in zip(("Payment differs", "Dispute is over"), payments, strict=True)
        for payment in found[: rows_wanted()]
    ]
    charges = charges_to_return()
    rows += [
        Waiting(
            title=money_html(charge.payment.amount_minor, charge.payment.currency),
            url=reverse("to_settle"),
            detail=f"A second charge came back: {charge.payment.purchase.client.user.name}",
            aside=age_words(now - (charge.settled_at or now)),
            since=(charge.settled_at or now),
        )
        for charge in charges[: rows_wanted()]
    ]
    debts = write_offs.undecided()
    rows += [
        Waiting(
            title=money_html(asked.amount_minor, asked.currency),
            url=reverse("to_settle"),
            detail=f"Debt to write off: {asked.mentor.user.name}",
            aside=age_words(now - asked.requested_at),
            since=asked.requested_at,
        )
        for asked in debts.select_related("mentor__user").order_by("requested_at", "pk")[
            : rows_wanted()
        ]
    ]
    sent = f"{on_the_way} on the way to clients." if on_the_way else "None is on its way."
    return Queue(
        label="to settle",
        count=sum(found.count() for found in (refunds, *payments, charges, debts)),
        rows=rows[: rows_wanted()],
        url=reverse("to_settle"),
        detail="failed refunds, payments that differ, debts to write off",
        empty=f"No refund is stuck. {sent}",
        alarming=True,
        kind="to-settle",
        act="Settle it",
    )


def disputes_to_answer(now: datetime) -> Queue:
    """Disputes that wait for our answer, the first due first."""
    waiting = Dispute.objects.filter(
        state__in=[DisputeState.NEEDS_RESPONSE, DisputeState.INQUIRY_NEEDS_RESPONSE]
    )
    found = waiting.aggregate(count=Count("pk"), first=Min("due_by"))
    return Queue(
        label="disputes to answer",
        count=found["count"],
        rows=[
            Waiting(
                title=money_html(dispute.amount_minor, dispute.currency),
                url=reverse("disputes:inspect", args=[dispute.pk]),
                detail=state_words(dispute.reason),
                aside=_until(dispute.due_by, now),
                since=dispute.created_at,
                due=dispute.due_by,
            )
            for dispute in waiting.order_by("due_by", "pk")[: rows_wanted()]
        ],
        url=f"{reverse('disputes:index')}?what=answer&ordering=due_by",
        detail=f"the first by {found['first']:%-d %b %Y}" if found["first"] else "",
        empty="No bank waits for an answer.",
        alarming=True,
        kind="disputes",
        act="Answer it",
    )


def _until(due: datetime | None, now: datetime) -> str:
    if due is None:
        return ""
    return f"in {age_words(due - now)}" if due > now else "overdue"


def payouts_due(_now: datetime) -> Queue:
    """Mentors whose available money waits to be sent, the largest first; runs to approve."""
    due = MentorBalance.objects.filter(available_minor__gt=0)
    totals = list(
        due.values_list("currency")
        .annotate(total=Sum("available_minor"), mentors=Count("pk"))
        .order_by("currency")
    )
    to_approve = PayoutRun.objects.filter(state=PayoutRunState.FROZEN).count()
    largest = due.select_related("mentor__user").order_by("-available_minor", "pk")
    return Queue(
        label="payouts due",
        count=sum(mentors for _, _, mentors in totals),
        rows=[
            Waiting(
                title=balance.mentor.user.name,
                url=reverse("mentor-balances:inspect", args=[balance.pk]),
                aside=money_html(balance.available_minor, balance.currency),
            )
            for balance in largest[: rows_wanted()]
        ],
        url=f"{reverse('mentor-balances:index')}?standing=due",
        detail=format_html(
            "{}{}",
            _amounts(Money(total, currency) for currency, total, _ in totals),
            f"; {to_approve} run{'s' * (to_approve != 1)} to approve" if to_approve else "",
        ),
        empty="Nobody is owed available money. It becomes available three days after a session.",
        kind="payouts",
        act="Build a run",
    )


def open_breaks(now: datetime) -> Queue:
    """Breaks that nobody has closed, the oldest first, with what they amount to."""
    opened = Break.objects.filter(state=Break.State.OPEN)
    found = opened.aggregate(count=Count("pk"), oldest=Min("opened_at"))
    ours = Coalesce("ours_minor", Value(0), output_field=BigIntegerField())
    theirs = Coalesce("theirs_minor", Value(0), output_field=BigIntegerField())
    # Ours in another currency cannot be set against theirs; then theirs is what is open.
    difference = Case(
        When(payment__currency=F("currency"), then=Abs(ours - theirs)),
        When(payment=None, then=Abs(ours - theirs)),
        default=Abs(theirs),
        output_field=BigIntegerField(),
    )
    sums = opened.values("currency").annotate(total=Sum(difference)).order_by("currency")
    amounts = _amounts(Money(row["total"], row["currency"]) for row in sums if row["total"])
    oldest = found["oldest"]
    return Queue(
        label="open breaks",
        count=found["count"],
        rows=[
            Waiting(
                title=item.get_type_display(),
                url=reverse("breaks:inspect", args=[item.pk]),
                detail=item.key,
                aside=age_words(now - item.opened_at),
                since=item.opened_at,
            )
            for item in opened.order_by("opened_at", "pk")[: rows_wanted()]
        ],
        url=f"{reverse('breaks:index')}?state=open",
        detail=format_html(
            "{}{}",
            amounts,
            f"{', ' if amounts else ''}the oldest for {age_words(now - oldest)}" if oldest else "",
        ),
        empty="Our books and the gateway’s agree.",
        alarming=True,
        kind="breaks",
        act="Resolve it",
    )


def drifting_fees(now: datetime) -> Queue:
    """Gateways whose fees of the last month are not what our rates say, the worst first."""
    found = drifts(now=now)
    return Queue(
        label="fees off our rates",
        count=len(found),
        rows=[
            Waiting(
                title=f"{gateway_name(one.gateway)}, {one.currency}",
                url=f"{reverse('report_fees')}?currency={one.currency}",
                detail=f"{_off(one)} over {one.sales:,} sales",
                aside=money_html(one.difference_minor, one.currency),
            )
            for one in found[: rows_wanted()]
        ],
        url=reverse("report_fees"),
        detail=f"by more than {TOLERANCE_BPS / 100:g} % in {WINDOW.days} days",
        empty="The gateways take what our rates say.",
        alarming=True,
    )


def _off(found: Drift) -> str:
    return "fees that our rates do not know" if found.percent is None else f"{found.percent:+} %"


def failed_gateway_events(now: datetime) -> Queue:
    """Webhooks that failed for good, the newest first."""
    failed = GatewayEvent.objects.filter(state=GatewayEventState.FAILED)
    return Queue(
        label="failed gateway events",
        count=failed.count(),
        rows=[
            Waiting(
                title=event.type,
                url=reverse("gateway-events:inspect", args=[event.pk]),
                detail=event.object_id,
                aside=age_words(now - event.received_at),
                since=event.received_at,
            )
            for event in failed.order_by("-received_at", "-pk")[: rows_wanted()]
        ],
        url=f"{reverse('gateway-events:index')}?state=failed",
        empty="Every webhook was understood.",
        alarming=True,
        kind="gateway-events",
        act="Replay it",
    )


def _amounts(amounts: Iterable[Money]) -> SafeString:
    return format_html_join(
        " + ", "{}", ((money_html(one.amount_minor, one.currency),) for one in amounts)
    )
