"""Closing a month: checked and proposed by one person, closed by another, corrected forward.

What a close means for postings is in `billing.ledger.entries` (Note [Where an entry is booked])
and, for everybody, in the triggers of the migration. Nothing here is ever opened again.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max, Min

from accounts.models import User
from billing.ledger import checks
from billing.ledger.closed import LINE_HASH
from billing.ledger.seals import hold_postings
from billing.models import Break, Entry, PeriodClose, PeriodTotal
from kernel import audit
from kernel.errors import Forbidden, Kind, NotFound, Refusal

# The gateways' records of a day are whole when it is this long over.
SETTLING = timedelta(hours=12)


class NothingToClose(Refusal):
    """No period is over, or nothing was ever posted."""

    code = "nothing_to_close"


class NotReady(Refusal):
    """A check fails; its words say which and what to do."""

    code = "period_not_ready"


class AlreadyProposed(Refusal):
    """The period was proposed, and waits for another person."""

    code = "period_already_proposed"


class PeriodMoved(Refusal):
    """Something was booked into the period after it was proposed."""

    code = "period_moved"


class BreaksOpened(Refusal):
    """Breaks of the period opened after it was proposed; nobody has looked at them."""

    code = "period_breaks_opened"


class SamePerson(Refusal):
    """Whoever proposed a period does not close it."""

    code = "four_eyes"
    kind = Kind.FORBIDDEN


class MayNotClose(Forbidden):
    """The person may propose, and not close."""

    code = "may_not_close"


class PeriodDone(Refusal):
    """The period was closed or withdrawn."""

    code = "period_done"


@dataclass(frozen=True, slots=True)
class Total:
    """What one account did in a period, and its balance at the end (debit positive)."""

    account: str
    debit_minor: int
    credit_minor: int
    closing_minor: int
    lines: int
    line_hash: str


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that has to hold before a period is closed. `blocks`: it may not be waved past."""

    says: str
    ok: bool
    detail: str = ""
    blocks: bool = True


@dataclass(frozen=True, slots=True)
class Preview:
    """The next period as it would be closed now."""

    since: datetime
    until: datetime
    checks: tuple[Check, ...]
    totals: tuple[Total, ...]
    entries: int
    open_breaks: tuple[str, ...]
    content_hash: str

    @property
    def ready(self) -> bool:
        return all(check.ok or not check.blocks for check in self.checks)


def closed_until() -> datetime | None:
    """Return the first instant that is open; None where no period was closed yet."""
    closed = PeriodClose.objects.filter(approved_at__isnull=False)
    found: datetime | None = closed.aggregate(line=Max("until"))["line"]
    return found


def next_period(*, now: datetime) -> tuple[datetime, datetime]:
    """Return the first calendar month (UTC) that is not closed. Raises NothingToClose."""
    since = closed_until()
    if since is None:
        first = Entry.objects.aggregate(first=Min("booked_at"))["first"]
        if first is None:
            raise NothingToClose("Nothing is posted yet, so there is no period to close.")
        since = _month(first)
    until = _month(since + timedelta(days=32))
    if until + SETTLING > now:
        raise NothingToClose(
            f"{since:%B %Y} can be closed from {until + SETTLING:%-d %B %Y, %H:%M} UTC on, when "
            "the gateways' records of its last day are whole."
        )
    return since, until


def preview(*, now: datetime) -> Preview:
    """Run every check of the next period and sum its accounts. Writes nothing."""
    since, until = next_period(now=now)
    totals = _totals(since, until)
    entries = Entry.objects.filter(booked_at__gte=since, booked_at__lt=until).count()
    listed = _open_breaks(until)
    return Preview(
        since=since,
        until=until,
        checks=(
            _books_check(now),
            *_reconciled(since, until),
            Check(
                "No break of the period is open",
                ok=not listed,
                detail=f"{len(listed)} open; they are listed in the close and stay in the queue.",
                blocks=False,
            ),
            _suspense(totals),
        ),
        totals=totals,
        entries=entries,
        open_breaks=listed,
        content_hash=content_hash(since, until, entries, totals),
    )


def propose(*, by: User, content_hash: str, now: datetime) -> PeriodClose:
    """Propose the next period as it was shown (`content_hash` of the preview).

    Raises NothingToClose, NotReady, PeriodMoved, AlreadyProposed.
    """
    shown = preview(now=now)
    live = PeriodClose.objects.filter(until=shown.until, withdrawn_at=None).first()
    if live is not None:
        raise AlreadyProposed(
            f"{live.since:%B %Y} was proposed as {live.public_id}. Another person has to close it; "
            "or withdraw it, and propose it again.",
            period=live.public_id,
        )
    _refuse_if_not_ready(shown)
    if content_hash != shown.content_hash:
        raise PeriodMoved(
            f"Something was booked into {shown.since:%B %Y} since you looked at it. Look again."
        )
    with transaction.atomic():
        period = PeriodClose.objects.create(
            since=shown.since,
            until=shown.until,
            entries=shown.entries,
            content_hash=shown.content_hash,
            open_breaks=list(shown.open_breaks),
            proposed_by=by,
            proposed_at=now,
        )
        _write_down("proposed", period, by=by)
    return period


def close(*, period_id: UUID, by: User, now: datetime) -> PeriodClose:
    """Close a proposed period, exactly as it was proposed, and write down its totals.

    The checks run first; the totals are summed and the open breaks listed again while no posting
    is under way. Raises NotFound, SamePerson, PeriodDone, NotReady, PeriodMoved, BreaksOpened,
    BooksBusy.
    """
    period = _waiting(period_id)
    if period.proposed_by_id == by.pk:
        raise SamePerson(
            f"{by.name} proposed period {period.public_id}. Another person has to close it."
        )
    _refuse_if_not_ready(preview(now=now))
    with transaction.atomic():
        hold_postings()
        period = _waiting(period_id, lock=True)
        totals = _totals(period.since, period.until)
        entries = Entry.objects.filter(
            booked_at__gte=period.since, booked_at__lt=period.until
        ).count()
        if content_hash(period.since, period.until, entries, totals) != period.content_hash:
            raise PeriodMoved(
                f"Something was booked into {period.since:%B %Y} after it was proposed. Withdraw "
                f"{period.public_id}, look at the month again and propose it anew.",
                period=period.public_id,
            )
        if opened := opened_since(period):
            raise BreaksOpened(
                f"{len(opened)} breaks of {period.since:%B %Y} opened after it was proposed: "
                f"{', '.join(opened[:5])}. Answer them, or withdraw {period.public_id} and propose "
                "the month anew with them listed.",
                period=period.public_id,
            )
        PeriodTotal.objects.bulk_create(
            [
                PeriodTotal(
                    period=period,
                    account_id=one.account,
                    debit_minor=one.debit_minor,
                    credit_minor=one.credit_minor,
                    closing_minor=one.closing_minor,
                    lines=one.lines,
                    line_hash=one.line_hash,
                )
                for one in totals
            ]
        )
        period.approved_by, period.approved_at = by, now
        period.save(update_fields=["approved_by", "approved_at"])
        _write_down("closed", period, by=by)
    return period


def withdraw(*, period_id: UUID, by: User, now: datetime) -> PeriodClose:
    """Give a proposal up, so that the period can be proposed anew. Raises NotFound, PeriodDone."""
    with transaction.atomic():
        period = _waiting(period_id, lock=True)
        period.withdrawn_by, period.withdrawn_at = by, now
        period.save(update_fields=["withdrawn_by", "withdrawn_at"])
        _write_down("withdrawn", period, by=by)
    return period


def opened_since(period: PeriodClose) -> tuple[str, ...]:
    """Return the open breaks of a proposed period that its proposal does not list."""
    known = set(period.open_breaks)
    return tuple(one for one in _open_breaks(period.until) if one not in known)


def content_hash(since: datetime, until: datetime, entries: int, totals: Sequence[Total]) -> str:
    """Return the SHA-256 of the period's accounts, their totals and their lines."""
    rows = [f"{since.astimezone(UTC).isoformat()}|{until.astimezone(UTC).isoformat()}|{entries}"]
    rows += [
        f"{one.account}|{one.debit_minor}|{one.credit_minor}|{one.closing_minor}|{one.line_hash}"
        for one in totals
    ]
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


_TOTALS = f"""
    WITH moved AS (
        SELECT line.account_id,
               coalesce(sum(amount_minor) FILTER (WHERE amount_minor > 0), 0)::bigint AS debit,
               coalesce(-sum(amount_minor) FILTER (WHERE amount_minor < 0), 0)::bigint AS credit,
               count(*) AS lines, {LINE_HASH} AS line_hash
        FROM billing_line line JOIN billing_entry entry ON entry.id = line.entry_id
        WHERE entry.booked_at >= %s AND entry.booked_at < %s GROUP BY line.account_id
    ), opening AS (
        SELECT line.account_id, sum(amount_minor)::bigint AS minor
        FROM billing_line line JOIN billing_entry entry ON entry.id = line.entry_id
        WHERE entry.booked_at < %s GROUP BY line.account_id
    )
    SELECT account_id, coalesce(debit, 0), coalesce(credit, 0),
           coalesce(minor, 0) + coalesce(debit, 0) - coalesce(credit, 0),
           coalesce(lines, 0), coalesce(line_hash, '')
    FROM moved FULL JOIN opening USING (account_id) ORDER BY account_id
"""  # noqa: S608 - constants


def _totals(since: datetime, until: datetime) -> tuple[Total, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS, [since, until, since])
        return tuple(Total(*row) for row in cursor.fetchall())


def _open_breaks(until: datetime) -> tuple[str, ...]:
    breaks = Break.objects.filter(state=Break.State.OPEN, occurred_at__lt=until)
    return tuple(
        f"{one.type} {one.key} ({one.gateway})" for one in breaks.order_by("occurred_at", "pk")
    )


def _books_check(now: datetime) -> Check:
    report = checks.check_books(now=now)
    broken = [finding.invariant.code for finding in report.findings if not finding.ok]
    return Check(
        "The books hold every invariant",
        ok=not broken,
        detail=f"{', '.join(broken)}: run `manage.py check_books`." if broken else "",
    )


_COVERED = """
    SELECT gateway, (
        SELECT range_agg(tstzrange(since, least(until, started_at)))
               @> tstzrange(greatest(%s, first.at), %s)
        FROM billing_reconciliationrun run
        WHERE run.gateway = first.gateway AND finished_at IS NOT NULL
          AND since < least(until, started_at)) IS TRUE
    FROM (SELECT gateway, min(created_at) AS at FROM billing_payment GROUP BY gateway) AS first
    WHERE first.at < %s ORDER BY gateway
"""


def _reconciled(since: datetime, until: datetime) -> list[Check]:
    """Ask of each gateway whether reconciliation has looked at every instant of the period."""
    with connection.cursor() as cursor:
        cursor.execute(_COVERED, [since, until, until])
        rows = cursor.fetchall()
    return [
        Check(
            f"{gateway.capitalize()} is reconciled to the end",
            ok=covered,
            detail=""
            if covered
            else f"Run `manage.py reconcile --gateway {gateway} --from {since:%Y-%m-%d} "
            f"--to {until:%Y-%m-%d}`.",
        )
        for gateway, covered in rows
    ]


def _suspense(totals: Sequence[Total]) -> Check:
    left = [one for one in totals if one.account.startswith("1900:") and one.closing_minor]
    return Check(
        "Suspense (1900) is empty",
        ok=not left,
        detail="Money there has no name yet; it stays until somebody gives it one.",
        blocks=False,
    )


def _refuse_if_not_ready(shown: Preview) -> None:
    failed = [check for check in shown.checks if not check.ok and check.blocks]
    if failed:
        words = " ".join(f"{check.says}: no. {check.detail}" for check in failed)
        raise NotReady(f"{shown.since:%B %Y} cannot be closed. {words}")


def _waiting(period_id: UUID, *, lock: bool = False) -> PeriodClose:
    rows = PeriodClose.objects.select_for_update() if lock else PeriodClose.objects.all()
    period = rows.filter(pk=period_id).first()
    if period is None:
        raise NotFound("There is no such period.")
    if period.state != "proposed":
        raise PeriodDone(
            f"Period {period.public_id} is {period.state}. Load it again to see by whom."
        )
    return period


def _month(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _write_down(what: str, period: PeriodClose, *, by: User) -> None:
    audit.record(
        actor=by.public_id,
        action=f"period.{what}",
        object_type="period",
        object_id=period.public_id,
        data={
            "since": period.since.isoformat(),
            "until": period.until.isoformat(),
            "entries": period.entries,
            "hash": period.content_hash,
        },
    )
