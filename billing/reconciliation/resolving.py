"""Answer a break: preview is the answer rehearsed (`billing.ledger.preview`), this gives it.

Whoever prepares an answer above the limit of its currency, or a rule for all of its kind, leaves
it to another person; until then nothing is posted. Every answer stays (`BreakResolution`).
"""

from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet, Sum

from accounts.models import User
from billing.ledger import entries, resolution_posting
from billing.ledger.chart import Code
from billing.models import (
    COST_ACCOUNTS,
    BankLine,
    Break,
    BreakResolution,
    GatewayPayout,
    ResolutionLimit,
)
from billing.reconciliation import categories
from billing.reconciliation.suggesting import Facts, Suggestion, may_post_to, suggest
from billing.treasury import arrivals
from billing.treasury.outcome import arrive
from kernel import audit
from kernel.errors import Forbidden, Invalid, Refusal

Action = BreakResolution.Action


class BreakNotOpen(Refusal):
    """The break was resolved, or closed by itself, meanwhile."""

    code: ClassVar[str] = "break_not_open"


class AnswerWaits(Refusal):
    """An answer to this break waits for a second person already."""

    code: ClassVar[str] = "answer_waits"


class AnswerDecided(Refusal):
    """The answer was approved or withdrawn meanwhile."""

    code: ClassVar[str] = "answer_decided"


class SamePerson(Refusal):
    """Whoever prepared an answer does not approve it."""

    code: ClassVar[str] = "same_person"


def facts_of(broken: Break) -> Facts:
    """Return what is known of a break, for `suggest`."""
    done = broken.resolutions.filter(done_at__isnull=False)
    posted = done.aggregate(sum=Sum("amount_minor"))
    facts = Facts(
        leg=broken.leg,
        type=broken.type,
        ours_minor=broken.ours_minor,
        theirs_minor=broken.theirs_minor,
        of_ours=broken.payment_id is not None or broken.payout_id is not None,
        unbooked=broken.payment is not None and broken.payment.booked_at is None,
        posted_minor=posted["sum"] or 0,
    )
    if broken.type == Break.Type.UNKNOWN_CATEGORY:
        return replace(
            facts,
            category_code=categories.account_of(broken),
            posted_minor=-_moved(done, Code.GATEWAY_CLEARING),
            suspense_minor=_moved(done, Code.SUSPENSE),
        )
    if broken.type == Break.Type.BANK_LINE_UNKNOWN:
        return replace(facts, candidates=arrivals.suggestions(line=line_of(broken)).count())
    return facts


def suggestion_for(broken: Break) -> Suggestion:
    """Return what to do about a break, as things stand."""
    return suggest(facts_of(broken))


def resolve(
    *,
    break_id: UUID,
    action: str,
    reason: str,
    by: User | None,
    now: datetime,
    account: str = "",
    payout_id: UUID | None = None,
    remember: bool = False,
) -> BreakResolution:
    """Answer an open break; above the limit the answer waits for another person.

    `account` is where the difference goes in place of the suggested one. `by` is None where a
    rule of finance's answers, which never exceeds the limit but to park in suspense. `remember`
    asks that the category of an unknown movement has this account from now on: that is for
    another person to approve, whatever the amount. Raises Invalid, BreakNotOpen, AnswerWaits,
    AlreadyMatched and CannotMatch.
    """
    reason = reason.replace("\x00", "").strip()
    if not reason:
        raise Invalid("Say why: it stays with the break.", pointer="/reason")
    if action == Action.PARK and by is not None:
        raise Invalid("A rule parks; a person says where it belongs.", pointer="/action")
    with transaction.atomic():
        if action == Action.MATCH:
            arrivals.hold_bank()
        broken = _open(break_id)
        if broken.resolutions.filter(done_at=None, withdrawn_at=None).exists():
            raise AnswerWaits("An answer waits for a second person. Approve or withdraw it first.")
        if by is not None and action == Action.POST:
            _park_the_rest(broken, now=now)
        answer = _answer(broken, action, account=account, payout_id=payout_id)
        answer.reason, answer.prepared_by, answer.prepared_at = reason[:500], by, now
        answer.remembers = (
            remember and broken.type == Break.Type.UNKNOWN_CATEGORY and bool(answer.debit)
        )
        answer.needs_approval = answer.action != Action.PARK and (
            answer.remembers or _weight(broken, answer) > limit(broken.currency, now=now)
        )
        if by is None and answer.needs_approval:
            raise Forbidden("A rule answers no break above the limit.")
        answer.save()
        _record(answer, "prepared" if answer.needs_approval else "resolved", by)
        if not answer.needs_approval:
            _carry_out(broken, answer, now=now)
        return answer


def approve(*, resolution_id: UUID, by: User, now: datetime) -> BreakResolution:
    """Let an answer stand that another person prepared: now it is posted.

    Raises SamePerson, AnswerDecided, BreakNotOpen, and Invalid where the sides have said something
    new since.
    """
    with transaction.atomic():
        broken, answer = _waiting(resolution_id)
        if answer.prepared_by_id == by.pk:
            raise SamePerson("You prepared this answer: another person approves it.")
        _refuse_unless_open(broken)
        if (broken.ours_minor, broken.theirs_minor) != (answer.ours_minor, answer.theirs_minor):
            raise Invalid("The sides say something else by now. Withdraw it and look again.")
        answer.approved_by = by
        _record(answer, "approved", by)
        _carry_out(broken, answer, now=now)
        return answer


def withdraw(*, resolution_id: UUID, by: User, now: datetime) -> BreakResolution:
    """End an answer that waits; the break stays open. Raises AnswerDecided."""
    with transaction.atomic():
        _, answer = _waiting(resolution_id)
        answer.withdrawn_at = now
        answer.save(update_fields=["withdrawn_at"])
        _record(answer, "withdrawn", by)
        return answer


def _park_the_rest(broken: Break, *, now: datetime) -> None:
    """Have all of a movement in suspense before a person moves it on from there."""
    facts = facts_of(broken)
    found = suggest(facts)
    if found.action == Action.PARK and facts.suspense_minor:
        says = f"By rule: {found.says}"
        resolve(break_id=broken.pk, action=Action.PARK, reason=says, by=None, now=now)


def limit(currency: str, *, now: datetime) -> int:
    """Return up to what one person resolves; nothing where no row says so."""
    rows = ResolutionLimit.objects.filter(currency=currency, effective_from__lte=now)
    row = rows.order_by("-effective_from").first()
    return row.limit_minor if row else 0


def line_of(broken: Break) -> BankLine:
    """Return the bank's line that a break of leg C is about."""
    return BankLine.objects.get(pk=UUID(broken.key))


def payout_of(broken: Break) -> GatewayPayout | None:
    """Return the payout to our bank that a break is about, or None."""
    rows = GatewayPayout.objects.filter(gateway=broken.gateway, gateway_payout_id=broken.key)
    return rows.first()


def _answer(broken: Break, action: str, *, account: str, payout_id: UUID | None) -> BreakResolution:
    """Return the answer as a row, not saved."""
    answer = BreakResolution(
        broken=broken,
        action=action,
        currency=broken.currency,
        ours_minor=broken.ours_minor,
        theirs_minor=broken.theirs_minor,
    )
    if action == Action.ACCEPT:
        return answer
    if action == Action.MATCH:
        return _matching(answer, payout_id)
    found = suggestion_for(broken)
    if action == Action.PARK:
        found = suggest(replace(facts_of(broken), category_code=""))
    if Action.PARK in {action, found.action}:
        return _unknown(answer, found, account=account)
    if action != Action.POST or found.action == "accept" or not found.amount_minor:
        if action != Action.POST or broken.type != Break.Type.BANK_LINE_UNKNOWN:
            raise Invalid("There is nothing to post for this break.", pointer="/action")
        found = suggest(replace(facts_of(broken), candidates=0))
    if found.action == "match":
        found = suggest(replace(facts_of(broken), candidates=0))
    answer.debit, answer.credit = found.debit, found.credit
    answer.amount_minor = found.amount_minor
    if account:
        _choose(answer, account)
    return answer


def _matching(answer: BreakResolution, payout_id: UUID | None) -> BreakResolution:
    """Return the answer that a bank's line is this payout, if it can be."""
    if answer.broken.type != Break.Type.BANK_LINE_UNKNOWN or payout_id is None:
        raise Invalid("Say which payout the bank's line is.", pointer="/payout")
    answer.line = line_of(answer.broken)
    answer.payout = GatewayPayout.objects.filter(pk=payout_id).first()
    if answer.payout is None:
        raise Invalid("There is no such payout.", pointer="/payout")
    arrivals.may_match(line=answer.line, payout=answer.payout)
    return answer


def _unknown(answer: BreakResolution, found: Suggestion, *, account: str) -> BreakResolution:
    """Return the answer to a movement of an unknown category that is not in suspense yet."""
    if answer.action not in {Action.PARK, Action.POST} or found.action != Action.PARK:
        raise Invalid("There is nothing to post for this break.", pointer="/action")
    answer.debit, answer.credit = found.debit, found.credit
    answer.amount_minor = found.amount_minor
    if account and answer.action == Action.POST:
        _choose(answer, account)
    return answer


def _choose(answer: BreakResolution, account: str) -> None:
    """Put the account that a person chose on the side that is not the money's own."""
    if not may_post_to(account, besides=COST_ACCOUNTS):
        raise Invalid("A difference is not posted to this account.", pointer="/account")
    own = {str(Code.BANK), str(Code.GATEWAY_CLEARING)}
    if answer.debit in own:
        answer.credit = account
    else:
        answer.debit = account
    if answer.debit == answer.credit:
        raise Invalid(
            "It is in suspense (1900) already: choose the account that it belongs to.",
            pointer="/account",
        )


def _moved(done: QuerySet[BreakResolution], code: Code) -> int:
    """Return what answers have moved into an account (debit positive)."""
    rows = done.filter(Q(debit=code) | Q(credit=code)).values_list("debit", "amount_minor")
    return sum(amount if debit == code else -amount for debit, amount in rows)


def _weight(broken: Break, answer: BreakResolution) -> int:
    """Return the amount that decides who may answer: nothing posted is weighed by what differs."""
    if answer.amount_minor:
        return abs(answer.amount_minor)
    if answer.action == Action.MATCH and answer.line and answer.payout:
        return abs(answer.line.amount_minor - answer.payout.amount_minor)
    if broken.ours_minor is None or broken.theirs_minor is None:
        return abs(broken.ours_minor or broken.theirs_minor or 0)
    return abs(broken.theirs_minor - broken.ours_minor)


def _carry_out(broken: Break, answer: BreakResolution, *, now: datetime) -> None:
    """Post what the answer says, end the break unless it is parked; in the caller's transaction."""
    if answer.action == Action.MATCH and answer.line and answer.payout:
        arrivals.match_by_hand(line_id=answer.line.pk, payout_id=answer.payout.pk, now=now)
    if broken.leg == "C" and broken.type == Break.Type.AMOUNT and answer.action == Action.POST:
        payout = payout_of(broken)
        if payout is not None:
            locked = GatewayPayout.objects.select_for_update().get(pk=payout.pk)
            arrive(locked, at=arrivals.day(payout.match.line.booked_on), now=now)
    answer.done_at = now
    answer.save(update_fields=["done_at", "approved_by"])
    if answer.debit:
        purchase = broken.payment.purchase if broken.payment else None
        entries.post(
            resolution_posting.resolved(
                resolution_id=answer.pk,
                debit=Code(answer.debit),
                credit=Code(answer.credit),
                amount_minor=answer.amount_minor,
                currency=answer.currency,
                gateway=broken.gateway,
                at=now,
                purchase_id=purchase.pk if purchase else None,
                mentor_id=purchase.mentor_id if purchase else None,
            ),
            posted_at=now,
        )
    if answer.remembers:
        categories.keep(answer, now=now)
    if answer.action == Action.PARK:
        return  # the money has a place; what it is, somebody still has to say
    people = [each.public_id for each in (answer.prepared_by, answer.approved_by) if each]
    broken.state = Break.State.RESOLVED
    broken.closed_at = now
    broken.resolved_by = ", ".join(people) or "rule"
    broken.resolution = answer.reason
    broken.save(update_fields=["state", "closed_at", "resolved_by", "resolution"])


def _open(break_id: UUID) -> Break:
    """Lock and return an open break. Raises BreakNotOpen."""
    broken = Break.objects.select_for_update().get(pk=break_id)
    _refuse_unless_open(broken)
    return broken


def _refuse_unless_open(broken: Break) -> None:
    if broken.state != Break.State.OPEN:
        raise BreakNotOpen(f"This break is {broken.get_state_display().lower()} by now.")


def _waiting(resolution_id: UUID) -> tuple[Break, BreakResolution]:
    """Lock and return a break and the answer that waits. Raises AnswerDecided."""
    seen = BreakResolution.objects.get(pk=resolution_id)
    if seen.action == Action.MATCH:
        arrivals.hold_bank()
    broken = Break.objects.select_for_update().get(pk=seen.broken_id)
    answer = BreakResolution.objects.select_for_update().get(pk=resolution_id)
    if answer.done_at is not None or answer.withdrawn_at is not None:
        raise AnswerDecided("This answer was decided meanwhile. Look at the break again.")
    answer.broken = broken
    return broken, answer


def _record(answer: BreakResolution, what: str, by: User | None) -> None:
    data: dict[str, Any] = {"action": answer.action, "amount": answer.amount_minor}
    audit.record(
        actor=by.public_id if by else "system",
        action=f"break.{what}",
        object_type="break",
        object_id=answer.broken.public_id,
        data=data | {"resolution": answer.public_id, "reason": answer.reason},
    )
