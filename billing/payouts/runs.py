"""The life of a run up to the approval: build, freeze, approve, discard. Calls no gateway.

Locks: run → payouts → mentors (docs/locking.md). What changed since the run was built is looked
for at every step; a run that no longer fits the world is refused and built anew.
"""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import User
from billing.gateways.registry import refuse_unknown
from billing.ledger import entries, payout_posting
from billing.models import Payout, PayoutExclusion, PayoutLine, PayoutRun
from billing.payouts import eligible
from billing.payouts.found import moved, run_of
from billing.payouts.sending import send_run
from billing.payouts.showing import content_hash
from billing.states import (
    LIVE_PAYOUT_RUN_STATES,
    PAYOUT_RUN,
    PayoutEvent,
    PayoutRunEvent,
    PayoutRunState,
    PayoutState,
)
from kernel import audit
from kernel.errors import Kind, Refusal
from kernel.money import Money
from kernel.tasks import enqueue

SHOWN = 5


class NoMinimum(Refusal):
    """Nobody has said what is paid out at the least in this currency."""

    code = "payout_minimum_missing"


class RunInProgress(Refusal):
    """There is one run at a time per currency."""

    code = "payout_run_in_progress"


class RunNotReady(Refusal):
    """The run is in another state than this step needs."""

    code = "payout_run_not_ready"


class RunEmpty(Refusal):
    """Nobody can be paid, so there is nothing to freeze."""

    code = "payout_run_empty"


class RunMoved(Refusal):
    """Since the run was built, something happened to the money or the mentors in it."""

    code = "payout_run_moved"


class RunTampered(Refusal):
    """The run's rows are not what was frozen. Somebody changed them past the product."""

    code = "payout_run_tampered"


class FourEyes(Refusal):
    """Whoever built or froze a run does not approve it; nobody is exempt."""

    code = "four_eyes"
    kind = Kind.FORBIDDEN


def build(*, currency: str, built_by: User, now: datetime, gateway: str = "stripe") -> PayoutRun:
    """Draft a run of every mentor's available balance in one currency.

    Each mentor with a balance is in it, or is excluded with the reason; a share that a bank holds
    is left out alone. One transaction; takes the ledger lines, so that no other payout can.
    Raises NoMinimum, RunInProgress, UnknownGateway.
    """
    refuse_unknown(gateway)
    run = PayoutRun(
        gateway=gateway,
        currency=currency,
        minimum_minor=_minimum(currency, now),
        built_by=built_by,
        built_at=now,
    )
    with transaction.atomic():
        _claim(run)
        due = eligible.due(currency=currency)
        facts = eligible.facts(
            mentor_ids=[one.mentor_id for one in due],
            gateway=gateway,
            currency=currency,
            minimum_minor=run.minimum_minor,
            now=now,
        )
        included, excluded = _sort_out(due, facts)
        _write_payouts(run, included, facts, now=now)
        _write_exclusions(run, excluded)
        _write_down("built", run, by=built_by)
    return run


def freeze(*, run_id: UUID, by: User, now: datetime) -> PayoutRun:
    """Fix the run's content and give it a hash; from here on only its states move.

    Raises NotFound, RunNotReady, RunEmpty, RunMoved.
    """
    with transaction.atomic():
        run, payouts = _lock(run_id, PayoutRunEvent.FREEZE)
        if not payouts:
            raise RunEmpty(
                f"Run {run.public_id} pays nobody: every mentor with a balance is excluded. "
                "Look at the reasons, discard it and build another when they are mended."
            )
        _refuse_if_moved(run, payouts, now=now)
        run.transition(PayoutRunEvent.FREEZE)
        run.frozen_by, run.frozen_at = by, now
        run.count = len(payouts)
        run.total_minor = sum(payout.amount_minor for payout in payouts)
        run.content_hash = content_hash(run)
        run.save(
            update_fields=[
                "state",
                "frozen_by",
                "frozen_at",
                "count",
                "total_minor",
                "content_hash",
            ]
        )
        _write_down("frozen", run, by=by)
    return run


def approve(*, run_id: UUID, by: User, now: datetime) -> PayoutRun:
    """Approve a frozen run: its money leaves the mentors' balances, and its sending is promised.

    One transaction under the locks of all its mentors. Posts *approved* (2120 → 2140) for each
    payout. Raises NotFound, FourEyes, RunNotReady, RunTampered, RunMoved; then nothing moved.
    """
    with transaction.atomic():
        run, payouts = _lock(run_id, PayoutRunEvent.APPROVE)
        if by.pk in (run.built_by_id, run.frozen_by_id):
            raise FourEyes(
                f"{by.name} has prepared run {run.public_id}. Another person has to approve it."
            )
        if content_hash(run) != run.content_hash:
            raise RunTampered(
                f"Run {run.public_id} is not what was frozen: its hash is another one. Do not pay "
                "it; discard it and find out who changed its rows."
            )
        _refuse_if_moved(run, payouts, now=now)
        for payout in payouts:
            payout.transition(PayoutEvent.APPROVE)
        Payout.objects.filter(run=run, state=PayoutState.CREATED).update(state=PayoutState.APPROVED)
        entries.post_all(
            [payout_posting.approved(moved(payout, run), at=now) for payout in payouts],
            posted_at=now,
        )
        run.transition(PayoutRunEvent.APPROVE)
        run.approved_by, run.approved_at = by, now
        run.save(update_fields=["state", "approved_by", "approved_at"])
        _write_down("approved", run, by=by)
        enqueue(send_run, run_id=str(run.pk), dedupe_key=str(run.pk))
    return run


def discard(*, run_id: UUID, by: User, now: datetime) -> PayoutRun:
    """Give a run up before its approval; its ledger lines are free for the next one.

    Raises NotFound, RunNotReady.
    """
    with transaction.atomic():
        run, payouts = _lock(run_id, PayoutRunEvent.DISCARD)
        for payout in payouts:
            payout.transition(PayoutEvent.DISCARD)
        Payout.objects.filter(run=run).update(state=PayoutState.DISCARDED)
        run.transition(PayoutRunEvent.DISCARD)
        run.discarded_by, run.discarded_at = by, now
        run.save(update_fields=["state", "discarded_by", "discarded_at"])
        _write_down("discarded", run, by=by)
    return run


def _minimum(currency: str, now: datetime) -> int:
    found = eligible.minimum(currency=currency, now=now)
    if found is None:
        raise NoMinimum(
            f"There is no payout minimum for {currency}. Add one before paying out in it."
        )
    return found


def _claim(run: PayoutRun) -> None:
    """Insert the run; the constraint decides which of two is the one."""
    try:
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError:
        live = PayoutRun.objects.filter(
            currency=run.currency, state__in=LIVE_PAYOUT_RUN_STATES
        ).first()
        if live is None:
            raise
        raise RunInProgress(
            f"Run {live.public_id} in {run.currency} is {live.state}. Finish it or discard it "
            "before another is built.",
            run=live.public_id,
        ) from None


type Excluded = tuple[UUID, int, eligible.No]


def _sort_out(
    due: list[eligible.Due], facts: eligible.Facts
) -> tuple[list[eligible.Due], list[Excluded]]:
    """Return whom the run pays, and what it leaves out: (mentor, amount, why)."""
    included: list[eligible.Due] = []
    excluded: list[Excluded] = []
    for one in due:
        no = None
        if one.amount_minor:
            no = facts.objection(mentor_id=one.mentor_id, amount_minor=one.amount_minor)
        if no is not None:
            excluded.append((one.mentor_id, one.amount_minor, no))
            continue
        if one.amount_minor:
            included.append(one)
        if one.disputed_minor:
            excluded.append((one.mentor_id, one.disputed_minor, eligible.HELD_BY_A_BANK))
    return included, excluded


def _write_payouts(
    run: PayoutRun, included: list[eligible.Due], facts: eligible.Facts, *, now: datetime
) -> None:
    payouts = [
        Payout(
            run=run,
            mentor_id=one.mentor_id,
            account=facts.accounts[one.mentor_id],
            amount_minor=one.amount_minor,
            currency=run.currency,
            created_at=now,
        )
        for one in included
    ]
    Payout.objects.bulk_create(payouts)
    PayoutLine.objects.bulk_create(
        [
            PayoutLine(payout=payout, line_id=line_id, amount_minor=amount_minor)
            for payout, one in zip(payouts, included, strict=True)
            for line_id, amount_minor in one.lines
        ],
        batch_size=5_000,
    )


def _write_exclusions(run: PayoutRun, excluded: list[Excluded]) -> None:
    PayoutExclusion.objects.bulk_create(
        [
            PayoutExclusion(
                run=run,
                mentor_id=mentor_id,
                reason=no.reason,
                detail=no.detail,
                amount_minor=amount_minor,
                currency=run.currency,
            )
            for mentor_id, amount_minor, no in excluded
        ]
    )


def _lock(run_id: UUID, event: PayoutRunEvent) -> tuple[PayoutRun, list[Payout]]:
    """Lock the run, its payouts and their mentors; refuse a run that does not wait for `event`."""
    run = run_of(run_id, lock=True)
    if not PAYOUT_RUN.allows(PayoutRunState(run.state), event):
        raise RunNotReady(
            f"Run {run.public_id} is {run.state}; it cannot be {_DONE[event]} (any more). "
            "Load it again to see what happened to it.",
            state=run.state,
        )
    payouts = list(
        Payout.objects.filter(run=run)
        .select_related("account", "mentor__user")
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    entries.lock_mentors({payout.mentor_id for payout in payouts})
    return run, payouts


def _refuse_if_moved(run: PayoutRun, payouts: list[Payout], *, now: datetime) -> None:
    """Raise RunMoved where somebody in the run could not be paid this amount today (I7).

    The mentors are locked, and whoever takes from 2120 takes that lock: what is read here holds
    until the commit. Money that was added meanwhile is no objection; it waits for the next run.
    """
    mentor_ids = [payout.mentor_id for payout in payouts]
    facts = eligible.facts(
        mentor_ids=mentor_ids,
        gateway=run.gateway,
        currency=run.currency,
        minimum_minor=run.minimum_minor,
        now=now,
    )
    disputed = eligible.disputed_since(run=run)
    balances = eligible.balances(mentor_ids=mentor_ids, currency=run.currency)
    waiting = eligible.disputed_besides(mentor_ids=mentor_ids, currency=run.currency)
    news = []
    for payout in payouts:
        name, amount = payout.mentor.user.name, payout.amount_minor
        left = balances.get(payout.mentor_id, 0) - waiting.get(payout.mentor_id, 0)
        no = facts.objection(mentor_id=payout.mentor_id, amount_minor=amount)
        account = facts.accounts.get(payout.mentor_id)
        if left < amount:
            have = Money(left, run.currency)
            news.append(f"{name} has {have} left of {Money(amount, run.currency)}")
        elif payout.mentor_id in disputed:
            share = Money(disputed[payout.mentor_id], run.currency)
            news.append(f"{name}: a bank holds the money of sales whose share is {share}")
        elif no is not None:
            news.append(f"{name}: {no.detail}")
        elif account is None or account.pk != payout.account_id:
            news.append(f"{name} has another account now")
    if news:
        more = f" and {len(news) - SHOWN} more" if len(news) > SHOWN else ""
        raise RunMoved(
            f"Since run {run.public_id} was built, something has changed: "
            f"{'; '.join(news[:SHOWN])}{more}. Discard it and build another.",
            mentors=len(news),
        )


_DONE = {
    PayoutRunEvent.FREEZE: "frozen",
    PayoutRunEvent.APPROVE: "approved",
    PayoutRunEvent.DISCARD: "discarded",
}


def _write_down(what: str, run: PayoutRun, *, by: User) -> None:
    audit.record(
        actor=by.public_id,
        action=f"payout_run.{what}",
        object_type="payout_run",
        object_id=run.public_id,
        data={
            "currency": run.currency,
            "count": run.count,
            "total_minor": run.total_minor,
            "hash": run.content_hash,
        },
    )
