"""Enter what running the platform costs, and take a mistake back. Knows nothing of forms."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import User
from billing.ledger import cost_posting, entries
from billing.ledger.chart import CHART, Code
from billing.ledger.cost_posting import Spent
from billing.models import COST_ACCOUNTS, Cost, CostDocument
from kernel import audit
from kernel.errors import Invalid, NotFound, Refusal
from kernel.ids import uuid7

MOST_BYTES = 5_000_000
# What a paper begins with, so that nothing is kept that a browser would run.
PAPERS = {b"%PDF-": "PDF", b"\x89PNG\r\n": "PNG", b"\xff\xd8\xff": "JPEG"}


class BadCost(Invalid):
    """A field of the cost cannot be meant."""

    code = "bad_cost"


class AlreadyReversed(Refusal):
    """The cost was reversed, or is itself the reversal of another."""

    code = "cost_already_reversed"


@dataclass(frozen=True, slots=True)
class Paper:
    """An invoice or a receipt."""

    name: str
    content: bytes


def checked(
    *,
    day: date,
    account: str,
    amount_minor: int,
    currency: str,
    supplier: str,
    now: datetime,
    memo: str = "",
    cost_id: UUID | None = None,
) -> Spent:
    """Return what would be posted; it is what `enter` posts. Raises BadCost."""
    if account not in COST_ACCOUNTS:
        names = ", ".join(f"{code} {CHART[Code(code)].name}" for code in COST_ACCOUNTS)
        raise BadCost(f"{account!r} is no account for costs. Choose one of {names}.",
                      pointer="/account")  # fmt: skip
    if amount_minor <= 0:
        raise BadCost(
            "A cost is more than nothing. To take one back, reverse it.", pointer="/amount"
        )
    if day > now.astimezone(UTC).date():
        raise BadCost(
            f"{day:%-d %B %Y} has not come yet. Enter a cost when it is paid.", pointer="/day"
        )
    if not supplier.strip():
        raise BadCost("Say who was paid.", pointer="/supplier")
    return Spent(
        cost_id=cost_id or uuid7(),
        account=Code(account),
        amount_minor=amount_minor,
        currency=currency,
        day=day,
        memo=": ".join(part for part in (supplier.strip(), memo.strip()) if part)[:200],
    )


def enter(
    *,
    day: date,
    account: str,
    amount_minor: int,
    currency: str,
    supplier: str,
    by: User,
    now: datetime,
    memo: str = "",
    paper: Paper | None = None,
    cost_id: UUID | None = None,
) -> Cost:
    """Write the cost down, with its paper, and post it: Dr 51xx / Cr 1010. One transaction.

    `cost_id` names the attempt: a form that is sent twice enters one cost. Raises BadCost.
    """
    spent = checked(
        day=day, account=account, amount_minor=amount_minor, currency=currency,
        supplier=supplier, memo=memo, now=now, cost_id=cost_id,
    )  # fmt: skip
    if paper is not None:
        _refuse_bad_paper(paper)
    with transaction.atomic():
        cost, new = Cost.objects.get_or_create(
            pk=spent.cost_id,
            defaults={
                "day": day,
                "account": account,
                "amount_minor": amount_minor,
                "currency": currency,
                "supplier": supplier.strip(),
                "memo": memo.strip(),
                "entered_by": by,
                "entered_at": now,
            },
        )
        if not new:
            return cost
        if paper is not None:
            CostDocument.objects.create(
                cost=cost,
                name=paper.name[-120:],
                content=paper.content,
                sha256=hashlib.sha256(paper.content).hexdigest(),
            )
        entries.post(cost_posting.entered(spent), posted_at=now)
        _write_down("entered", cost, by=by)
    return cost


def reverse(*, cost_id: UUID, reason: str, by: User, now: datetime) -> Cost:
    """Take a cost back by a row of its own, dated today: Dr 1010 / Cr 51xx.

    Raises NotFound, BadCost (no reason), AlreadyReversed.
    """
    cost = Cost.objects.filter(pk=cost_id).first()
    if cost is None:
        raise NotFound("There is no such cost.")
    if not reason.strip():
        raise BadCost("Say why the cost is taken back.", pointer="/reason")
    if cost.reverses_id is not None:
        raise AlreadyReversed(f"{cost.public_id} is itself the reversal of another cost.")
    spent = reversal_of(cost, now=now, reason=reason)
    try:
        with transaction.atomic():
            back = Cost.objects.create(
                pk=spent.cost_id,
                day=spent.day,
                account=cost.account,
                amount_minor=cost.amount_minor,
                currency=cost.currency,
                supplier=cost.supplier,
                memo=reason.strip()[:200],
                reverses=cost,
                entered_by=by,
                entered_at=now,
            )
            entries.post(cost_posting.reversed_(spent), posted_at=now)
            _write_down("reversed", back, by=by)
    except IntegrityError:
        twin = Cost.objects.filter(reverses=cost).first()
        if twin is None:
            raise
        raise AlreadyReversed(
            f"{cost.public_id} was taken back already, as {twin.public_id}.", cost=twin.public_id
        ) from None
    return back


def reversal_of(cost: Cost, *, now: datetime, reason: str) -> Spent:
    """Return what taking a cost back posts, under a new id."""
    return Spent(
        cost_id=uuid7(),
        account=Code(cost.account),
        amount_minor=cost.amount_minor,
        currency=cost.currency,
        day=now.astimezone(UTC).date(),
        memo=f"{cost.supplier}: {reason.strip()}"[:200],
    )


def _refuse_bad_paper(paper: Paper) -> None:
    if len(paper.content) > MOST_BYTES:
        raise BadCost(
            f"{paper.name} has more than {MOST_BYTES // 1_000_000} MB. Scan it at a lower "
            "resolution.",
            pointer="/paper",
        )
    if not paper.content.startswith(tuple(PAPERS)):
        raise BadCost(
            f"{paper.name} is none of {', '.join(PAPERS.values())}, whatever its name says.",
            pointer="/paper",
        )


def _write_down(what: str, cost: Cost, *, by: User) -> None:
    audit.record(
        actor=by.public_id,
        action=f"cost.{what}",
        object_type="cost",
        object_id=cost.public_id,
        data={
            "account": cost.account,
            "amount_minor": cost.amount_minor,
            "currency": cost.currency,
        },
    )
