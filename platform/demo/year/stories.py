"""How each kind of story goes: a generator that says when it wants to be woken, and acts then.

`yield at` sleeps until `at`. What a story decides by chance it draws from its own dice.
"""

import random
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from billing import refunds
from billing.checkout import Started
from billing.models import Payment, Refund
from demo.year import community, talk, words
from demo.year.market import Market, NothingFree, hold_ends
from demo.year.plan import Kind, Story
from kernel import clock
from scheduling.models import Session
from scheduling.states import CancelledBy

type Telling = Generator[datetime, None, None]

GOOD = ("pm_card_visa", "pm_card_visa", "pm_card_mastercard", "pm_card_amex", "pm_card_visa_debit")
BAD = (
    "pm_card_visa_chargeDeclined",
    "pm_card_visa_chargeDeclinedInsufficientFunds",
    "pm_card_chargeDeclinedExpiredCard",
    "pm_card_chargeDeclinedIncorrectCvc",
)
CARDS = {
    Kind.REFUND_FAILED: "pm_card_refundFail",
    Kind.REFUND_SLOW: "pm_card_pendingRefund",
}


@dataclass(slots=True)
class Stage:
    """What a telling has at hand."""

    story: Story
    market: Market
    dice: random.Random

    def after(self, low: int, high: int) -> datetime:
        """Return an instant that many minutes from now, by chance."""
        return clock.now() + timedelta(seconds=self.dice.randrange(low * 60, high * 60))

    def card(self) -> str:
        return CARDS.get(self.story.kind) or self.dice.choice(GOOD)


def tell(story: Story, market: Market) -> Telling:
    """Tell a story from its booking to its end."""
    stage = Stage(story, market, story.dice())
    try:
        session = market.hold(story, goals=words.goals(stage.dice, story), dice=stage.dice)
    except NothingFree:
        return
    yield from _TELLINGS[story.kind](stage, session)


def _held(stage: Stage, session: Session) -> Telling:
    yield from _pay(stage, session)
    yield from _around(stage, session)


def _around(stage: Stage, session: Session) -> Telling:
    """The session with what is written before and after it."""
    dice, tongues = stage.dice, stage.market.tongues
    client = stage.market.client(stage.story)
    mentor = stage.market.kind(stage.story).mentor
    if dice.random() < community.WRITTEN_BEFORE:
        said = tongues.exchange(dice, talk.BEFORE, client=client, mentor=mentor)
        yield from community.exchange(dice, said, client, mentor, before=session.starts_at)
    yield from _meet(stage, session)
    yield from community.review(dice, tongues, session, client, mentor)
    if dice.random() < community.WRITTEN_AFTER:
        said = tongues.exchange(dice, talk.AFTER, client=client, mentor=mentor)
        yield from community.exchange(dice, said, client, mentor)
    if dice.random() < community.WITH_GOAL:
        yield from community.pursue(dice, session, client)


def _client_absent(stage: Stage, session: Session) -> Telling:
    """Nobody comes on the client's side: the session counts as held, without a refund."""
    yield from _pay(stage, session)
    yield from _meet(stage, session)
    client, mentor = stage.market.client(stage.story), stage.market.kind(stage.story).mentor
    said = stage.market.tongues.exchange(stage.dice, talk.ABSENT, client=client, mentor=mentor)
    yield from community.exchange(stage.dice, said, client, mentor)


def _pay(stage: Stage, session: Session) -> Generator[datetime, None, Started]:
    yield stage.after(1, 7)
    started = stage.market.start_to_pay(stage.story, session)
    yield stage.after(1, 5)
    stage.market.pay(started, card=stage.card())
    return started


def _meet(stage: Stage, session: Session) -> Telling:
    """The session begins, and ends."""
    yield session.starts_at
    stage.market.tick(session)
    yield session.ends_at
    stage.market.tick(session)


def _declined_then_paid(stage: Stage, session: Session) -> Telling:
    yield stage.after(1, 3)
    started = stage.market.start_to_pay(stage.story, session)
    yield stage.after(1, 2)
    stage.market.pay(started, card=stage.dice.choice(BAD))
    yield stage.after(1, 4)
    stage.market.pay(started, card=stage.card())
    yield from _around(stage, session)


def _declined(stage: Stage, session: Session) -> Telling:
    yield stage.after(1, 3)
    started = stage.market.start_to_pay(stage.story, session)
    for _ in range(stage.dice.randrange(1, 3)):
        yield stage.after(1, 3)
        stage.market.pay(started, card=stage.dice.choice(BAD))
    yield from _expire(stage, session, started)


def _expired(stage: Stage, session: Session) -> Telling:
    started = None
    if stage.dice.random() < 0.6:  # looked at the payment page, and left
        yield stage.after(1, 6)
        started = stage.market.start_to_pay(stage.story, session)
    yield from _expire(stage, session, started)


def _expire(stage: Stage, session: Session, started: Started | None) -> Telling:
    yield hold_ends(session)
    stage.market.expire(session)
    if started is not None:
        yield clock.now() + timedelta(minutes=1)
        stage.market.settle(started.payment.pk)


def _dropped(stage: Stage, session: Session) -> Telling:
    yield stage.after(2, 12)
    client = stage.market.client(stage.story)
    stage.market.cancel(
        session,
        by=CancelledBy.CLIENT,
        actor=client.user,
        reason=stage.dice.choice(words.DROPPED),
    )


def _cancelled(by: CancelledBy, low_hours: int, high_hours: int) -> Callable[..., Telling]:
    """Paid, then cancelled between so many hours before the start."""

    def telling(stage: Stage, session: Session) -> Telling:
        yield from _pay(stage, session)
        before = timedelta(minutes=stage.dice.randrange(low_hours * 60, high_hours * 60))
        yield max(session.starts_at - before, clock.now() + timedelta(minutes=20))
        actor, reason = _canceller(stage, by)
        stage.market.cancel(session, by=by, actor=actor, reason=reason)
        if stage.story.kind is Kind.REFUND_SLOW:
            yield from _hear_later(stage, session, days=3)
        if stage.story.kind is Kind.REFUND_FAILED:
            yield from _hear_later(stage, session, days=1)

    return telling


def _canceller(stage: Stage, by: CancelledBy) -> tuple[User, str]:
    if by is CancelledBy.CLIENT:
        return stage.market.client(stage.story).user, stage.dice.choice(words.CLIENT_REASONS)
    if by is CancelledBy.MENTOR:
        return stage.market.kind(stage.story).mentor.user, stage.dice.choice(words.MENTOR_REASONS)
    return stage.market.staff("support"), stage.dice.choice(words.STAFF_REASONS)


def _hear_later(stage: Stage, session: Session, *, days: int) -> Telling:
    """What the bank does with a refund later is settled on the morning after."""
    morning = (clock.now() + timedelta(days=days)).replace(hour=6, minute=40, second=0)
    yield morning
    refund = Refund.objects.get(payment__purchase__session=session)
    stage.market.settle(refund.payment_id)


def _paid_late(stage: Stage, session: Session) -> Telling:
    """The bank takes its time: the money comes a moment after the hold's end."""
    yield stage.after(9, 13)
    started = stage.market.start_to_pay(stage.story, session)
    yield hold_ends(session)
    stage.market.expire(session)
    yield clock.now() + timedelta(seconds=25)
    stage.market.pay(started, card=stage.card())
    again = Session.objects.filter(replaces=session).first()
    if again is not None:
        yield from _meet(stage, again)


def _paid_too_late(stage: Stage, session: Session) -> Telling:
    """As above, but somebody else takes the time in between."""
    yield stage.after(9, 13)
    started = stage.market.start_to_pay(stage.story, session)
    yield hold_ends(session)
    stage.market.expire(session)
    rival = stage.market.hold_same(stage.story, session)
    yield clock.now() + timedelta(seconds=25)
    stage.market.pay(started, card=stage.card())
    if rival is None:
        again = Session.objects.filter(replaces=session).first()
        if again is not None:
            yield from _meet(stage, again)
        return
    other, taken = rival
    yield stage.after(1, 4)
    stage.market.pay(stage.market.start_to_pay(other, taken), card=stage.card())
    yield from _meet(stage, taken)


def _mentor_absent(stage: Stage, session: Session) -> Telling:
    yield from _pay(stage, session)
    yield session.starts_at
    stage.market.tick(session)
    yield session.starts_at + timedelta(minutes=stage.dice.randrange(18, 26))
    stage.market.cancel(
        session,
        by=CancelledBy.PLATFORM,
        actor=stage.market.staff("support"),
        reason=stage.dice.choice(words.MENTOR_ABSENT),
    )


def _goodwill(stage: Stage, session: Session) -> Telling:
    """Finance gives a part back after a complaint."""
    yield from _held(stage, session)
    yield stage.after(9 * 60, 6 * 24 * 60)
    payment = Payment.objects.get(purchase__session=session, state="succeeded")
    share = payment.amount_minor * stage.dice.choice((20, 25, 50)) // 100
    with transaction.atomic():
        refunds.create(
            payment_id=payment.pk,
            share_minor=share,
            cause=Refund.Cause.GOODWILL,
            bearer=Refund.Bearer.PLATFORM,
            requested_by=stage.market.staff("finance").public_id,
            reason=stage.dice.choice(words.GOODWILL),
            key=f"goodwill:{session.pk}",
            now=clock.now(),
        )
    stage.market.hear_of_refund(session)


def _refunded_there(stage: Stage, session: Session) -> Telling:
    """Somebody presses the button on the gateway's own dashboard."""
    yield from _held(stage, session)
    yield stage.after(24 * 60, 5 * 24 * 60)
    payment = Payment.objects.get(purchase__session=session, state="succeeded")
    stage.market.stand_in.dashboard(
        "POST",
        "/v1/refunds",
        payment_intent=payment.gateway_intent_id,
        amount=payment.amount_minor // 2,
    )
    stage.market.hear_of_refund(session)


def _disputed(outcome: str | None) -> Callable[..., Telling]:
    """The card's owner disputes the charge afterwards; the bank decides, or has not yet."""

    def telling(stage: Stage, session: Session) -> Telling:
        yield from _held(stage, session)
        payment = Payment.objects.get(purchase__session=session, state="succeeded")
        yield stage.after(5 * 24 * 60, 9 * 24 * 60)
        dispute = stage.market.stand_in.lever(
            "stripe/disputes",
            payment_intent=payment.gateway_intent_id,
            reason="fraudulent" if outcome == "lost" else "product_not_received",
        )
        stage.market.hear("charge.dispute.created", about=dispute["id"])
        if outcome is None:
            return
        yield stage.after(18 * 24 * 60, 30 * 24 * 60)
        stage.market.stand_in.lever(f"stripe/disputes/{dispute['id']}/decide", outcome=outcome)
        stage.market.hear("charge.dispute.closed", about=dispute["id"])

    return telling


_EARLY = _cancelled(CancelledBy.CLIENT, 26, 70)
_TELLINGS: dict[Kind, Callable[[Stage, Session], Telling]] = {
    Kind.HELD: _held,
    Kind.CANCELLED_EARLY: _EARLY,
    Kind.CANCELLED_LATE: _cancelled(CancelledBy.CLIENT, 2, 23),
    Kind.CANCELLED_BY_MENTOR: _cancelled(CancelledBy.MENTOR, 3, 70),
    Kind.CANCELLED_BY_US: _cancelled(CancelledBy.PLATFORM, 3, 70),
    Kind.HOLD_DROPPED: _dropped,
    Kind.HOLD_EXPIRED: _expired,
    Kind.DECLINED: _declined,
    Kind.DECLINED_THEN_PAID: _declined_then_paid,
    Kind.LATE_TAKEN_AGAIN: _paid_late,
    Kind.LATE_REFUNDED: _paid_too_late,
    Kind.MENTOR_ABSENT: _mentor_absent,
    Kind.CLIENT_ABSENT: _client_absent,
    Kind.GOODWILL: _goodwill,
    Kind.REFUNDED_THERE: _refunded_there,
    Kind.REFUND_FAILED: _EARLY,
    Kind.REFUND_SLOW: _EARLY,
    Kind.DISPUTE_WON: _disputed("won"),
    Kind.DISPUTE_LOST: _disputed("lost"),
    Kind.DISPUTE_OPEN: _disputed(None),
}
