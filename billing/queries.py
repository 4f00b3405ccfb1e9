"""Reading money: who sees which payment, and what it is made of. Writes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, Q, QuerySet, Sum

from accounts.models import Client, User
from billing.fees import PriceBelowParts, split
from billing.models import CommissionRule, Entry, FeeSchedule, Payment, PayoutAccount, Purchase
from billing.states import PaymentState, PayoutAccountState
from kernel.money import Money
from kernel.rows import Few, any_of, few
from scheduling.models import Session


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The three parts of a price, as they were frozen at the sale. They sum to `price`."""

    price: Money
    gateway_fee: Money
    commission: Money
    mentor_share: Money


def payments_visible_to(user: User | AnonymousUser) -> QuerySet[Payment]:
    """Return the payments that `user` may see, ready to be listed without further queries.

    The own ones as a client, those of the own sessions as a mentor, all with the permission
    (finance, auditors).
    """
    payments = Payment.objects.select_related(
        "purchase__session", "purchase__client__user", "purchase__mentor__user"
    )
    if not isinstance(user, User) or not user.is_active:
        return payments.none()
    if user.has_perm("billing.view_payment"):
        return payments
    return payments.filter(Q(purchase__client__user=user) | Q(purchase__mentor__user=user))


def payment_for_display(*, payment_id: UUID, user: User | AnonymousUser) -> Payment | None:
    """Return one payment with its refunds, or None where `user` sees none by that id."""
    return payments_visible_to(user).prefetch_related("refunds").filter(pk=payment_id).first()


def payment_for_session(*, session: Session) -> Payment | None:
    """Return the payment that counts for a session: the paid one, else the latest attempt."""
    return payments_for_sessions(sessions=[session]).get(session.pk)


def payments_for_sessions(*, sessions: Iterable[Session]) -> dict[UUID, Payment]:
    """Return the payment that counts for each of the sessions that has one; one query, always."""
    attempts = (
        Payment.objects.filter(any_of("purchase__session", (session.pk for session in sessions)))
        .select_related("purchase__client")
        .order_by("created_at", "id")
    )
    counting: dict[UUID, Payment] = {}
    for payment in attempts:
        session_id = payment.purchase.session_id
        before = counting.get(session_id) if session_id else None
        if session_id and (before is None or before.state != PaymentState.SUCCEEDED):
            counting[session_id] = payment
    return counting


def breakdown(*, purchase: Purchase) -> Breakdown:
    """Return the parts of a purchase's price: the scheduled fee, the commission, the rest."""
    currency = purchase.currency
    return Breakdown(
        price=Money(purchase.price_minor, currency),
        gateway_fee=Money(purchase.fee_minor, currency),
        commission=Money(purchase.commission_minor, currency),
        mentor_share=Money(purchase.mentor_minor, currency),
    )


def price_parts(
    *, price_minor: int, currency: str, at: datetime, gateway: str = "stripe"
) -> Breakdown | None:
    """Return what a sale at this price would be made of at `at`, by the rule for everybody.

    None where the gateway does not sell at this price, in this currency or at this instant.
    Two queries.
    """
    try:
        fee = FeeSchedule.objects.in_force(gateway=gateway, currency=currency, at=at)
        rule = CommissionRule.objects.default_in_force(at=at)
        parts = split(
            price_minor=price_minor,
            fee_bps=fee.bps,
            fee_fixed_minor=fee.fixed_minor,
            commission_bps=rule.rate_bps,
        )
    except (FeeSchedule.DoesNotExist, CommissionRule.DoesNotExist, PriceBelowParts):
        return None
    return Breakdown(
        price=Money(price_minor, currency),
        gateway_fee=Money(parts.fee_minor, currency),
        commission=Money(parts.commission_minor, currency),
        mentor_share=Money(parts.mentor_minor, currency),
    )


def takings(
    *, mentor_ids: Iterable[UUID], since: datetime, until: datetime
) -> dict[UUID, list[Money]]:
    """Return what clients paid each mentor's sessions in [since, until), less what went back.

    One amount for each currency; a mentor of whom nothing was bought is left out. One query.
    """
    rows = (
        Payment.objects.filter(
            state=PaymentState.SUCCEEDED,
            purchase__mentor__in=list(mentor_ids),
            succeeded_at__gte=since,
            succeeded_at__lt=until,
        )
        .values_list("purchase__mentor_id", "currency")
        .annotate(paid=Sum(F("amount_minor") - F("refunded_minor")))
        .order_by("purchase__mentor_id", "currency")
    )
    found: dict[UUID, list[Money]] = {}
    for mentor_id, currency, paid in rows:
        found.setdefault(mentor_id, []).append(Money(paid, currency))
    return found


def payout_standing(*, mentor_id: UUID) -> tuple[str, str] | None:
    """Return the state and the gateway of the mentor's newest open payout account; one query."""
    return (
        PayoutAccount.objects.filter(mentor=mentor_id)
        .exclude(state=PayoutAccountState.CLOSED)
        .order_by("-created_at", "-pk")
        .values_list("state", "gateway")
        .first()
    )


def payments_made(*, client: Client, limit: int) -> Few[Payment]:
    """Return the newest payments of a client that succeeded, and how many did; one query."""
    rows = Payment.objects.filter(purchase__client=client, state=PaymentState.SUCCEEDED)
    rows = rows.select_related(
        "purchase__mentor__user",
        "purchase__session__session_type",
        "purchase__package__offer__session_type",
    )
    return few(rows.order_by("-succeeded_at", "-pk"), limit=limit)


def spent(*, client: Client) -> list[Money]:
    """Return what a client paid at the gateways less what went back, by currency; one query."""
    rows = (
        Payment.objects.filter(purchase__client=client, state=PaymentState.SUCCEEDED)
        .values_list("currency")
        .annotate(paid=Sum(F("amount_minor") - F("refunded_minor")))
        .order_by("currency")
    )
    return [Money(paid, currency) for currency, paid in rows]


def entries_of(*, purchase: Purchase) -> QuerySet[Entry]:
    """Return the ledger entries of a purchase with their lines, in the order of events."""
    return (
        Entry.objects.filter(lines__purchase=purchase)
        .distinct()
        .prefetch_related("lines__account")
        .order_by("occurred_at", "id")
    )
