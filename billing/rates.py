"""Rates are dated rows: a new one begins in the future, and none is ever changed.

A purchase freezes the rates of its day, a payout run the minimum; so what was agreed yesterday
is not touched by a row that begins tomorrow.
"""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Model

from accounts.models import Category, Mentor, User
from billing.models import (
    BreakageRule,
    CommissionRule,
    FeeSchedule,
    Keeper,
    PayoutMinimum,
    ReferralReward,
    ReserveRule,
    ResolutionLimit,
)
from kernel import audit
from kernel.errors import Invalid, NotFound, Refusal


class RateBeginsThen(Refusal):
    """A rate of the same scope begins at the same instant already."""

    code = "rate_begins_then"


def add_commission(
    *,
    rate_bps: int,
    begins: datetime,
    by: User,
    now: datetime,
    mentor_id: UUID | None = None,
    category_id: UUID | None = None,
) -> CommissionRule:
    """Add the platform's share, for everybody, the mentors of a category, or one mentor.

    The closest one counts: a mentor's own, then the category's, then everybody's. This and its
    siblings raise Invalid where it does not begin in the future, NotFound, and RateBeginsThen.
    """
    if category_id is None:
        scope = _scope(mentor_id)
    elif mentor_id is not None:
        raise Invalid("A rule is for one mentor or for a category, not for both.")
    elif not Category.objects.filter(pk=category_id).exists():
        raise NotFound(f"There is no category {category_id}.")
    else:
        scope = {"scope": "category", "category_id": category_id}
    rule = CommissionRule(rate_bps=rate_bps, effective_from=begins, **scope)
    return _add(rule, begins=begins, by=by, now=now)


def add_reserve(
    *,
    rate_bps: int,
    hold_days: int,
    currency: str,
    mentor_id: UUID | None,
    begins: datetime,
    by: User,
    now: datetime,
) -> ReserveRule:
    """Add what is kept back of shares in a currency, and for how many days; zero ends it."""
    rule = ReserveRule(
        rate_bps=rate_bps,
        hold_days=hold_days,
        currency=currency,
        effective_from=begins,
        **_scope(mentor_id),
    )
    return _add(rule, begins=begins, by=by, now=now)


def add_fee(
    *,
    gateway: str,
    currency: str,
    bps: int,
    fixed_minor: int,
    minimum_price_minor: int,
    begins: datetime,
    by: User,
    now: datetime,
) -> FeeSchedule:
    """Add what a gateway takes of a charge in a currency, and the lowest price that is sold."""
    schedule = FeeSchedule(
        gateway=gateway,
        currency=currency,
        bps=bps,
        fixed_minor=fixed_minor,
        minimum_price_minor=minimum_price_minor,
        effective_from=begins,
    )
    return _add(schedule, begins=begins, by=by, now=now)


def add_minimum(
    *, currency: str, minimum_minor: int, begins: datetime, by: User, now: datetime
) -> PayoutMinimum:
    """Add the least that is paid out in a currency."""
    minimum = PayoutMinimum(currency=currency, minimum_minor=minimum_minor, effective_from=begins)
    return _add(minimum, begins=begins, by=by, now=now)


def add_breakage(
    *, keeper: str, mentor_id: UUID | None, begins: datetime, by: User, now: datetime
) -> BreakageRule:
    """Add who has what is not used of packages sold from then on, for everybody or one mentor."""
    _refuse_stranger(mentor_id)
    rule = BreakageRule(
        keeper=Keeper(keeper), mentor_id=mentor_id, effective_from=begins, created_at=now
    )
    return _add(rule, begins=begins, by=by, now=now)


def add_referral(
    *, currency: str, amount_minor: int, begins: datetime, by: User, now: datetime
) -> ReferralReward:
    """Add what a client earns who brings another, in the currency of that one's first session."""
    reward = ReferralReward(currency=currency, amount_minor=amount_minor, effective_from=begins)
    return _add(reward, begins=begins, by=by, now=now)


def add_limit(
    *, currency: str, limit_minor: int, begins: datetime, by: User, now: datetime
) -> ResolutionLimit:
    """Add up to what one person answers a break; zero leaves every answer to two."""
    limit = ResolutionLimit(currency=currency, limit_minor=limit_minor, effective_from=begins)
    return _add(limit, begins=begins, by=by, now=now)


# The constraints that say: of one scope, one begins at an instant.
_AT_ONCE = ("one_per_instant", "minimum_once", "limit_once", "referralreward_one")


def _scope(mentor_id: UUID | None) -> dict[str, object]:
    if mentor_id is None:
        return {"scope": "default"}
    _refuse_stranger(mentor_id)
    return {"scope": "mentor", "mentor_id": mentor_id}


def _refuse_stranger(mentor_id: UUID | None) -> None:
    if mentor_id is not None and not Mentor.objects.filter(pk=mentor_id).exists():
        raise NotFound(f"There is no mentor {mentor_id}.")


def _add[R: Model](row: R, *, begins: datetime, by: User, now: datetime) -> R:
    if begins <= now:
        raise Invalid("A rate begins in the future: what was sold under the old one stays so.")
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            audit.record(
                actor=by.public_id,
                action="rate.added",
                object_type=row._meta.model_name or "",  # noqa: SLF001
                object_id=str(row.pk),
                data={"rate": str(row)},
            )
    except IntegrityError as error:
        if not any(name in str(error) for name in _AT_ONCE):
            raise
        raise RateBeginsThen(
            f"Another rate of the same scope begins at {begins:%Y-%m-%d %H:%M} UTC. Choose another "
            "instant: the later one counts."
        ) from None
    return row
