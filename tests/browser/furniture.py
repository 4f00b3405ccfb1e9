"""One client and one mentor who have something of everything, for whoever walks through the app.

Made in the demo's own database by `tests.browser.money`, through the product's operations; what
is paid is paid at the stand-in. The payout is in a currency that no run of another test meets.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from accounts import access
from accounts.models import Client, Mentor, User
from billing import cancellations, packages, payouts
from billing.gateways.payees import TransferSnapshot, TransferStatus
from billing.models import PackageOffer, Payment, Payout, PayoutAccount, PayoutMinimum
from billing.states import PayoutAccountEvent
from kernel import clock
from messaging import operations as messages
from scheduling import goals, lifecycle, reviews
from scheduling.models import Series, Session
from scheduling.states import CancelledBy, State
from tests.billing.payouts import world
from tests.browser import meetings
from tests.browser.staff import APPROVER, PREPARER
from tests.journeys.demo import PASSWORD

DAY = timedelta(days=1)
CURRENCY = "DKK"


def furnished() -> dict[str, Any]:
    """Who they are, and the public names of what they have."""
    client, mentor, now = meetings.client("Flora Furnished"), _newcomer(), clock.now()
    ahead = _session(client, mentor, starts_at=now + 6 * DAY)
    held = meetings.hold("To be paid.", client, mentor, starts_at=now + 8 * DAY)
    cancelled = _session(client, mentor, starts_at=now + 10 * DAY)
    prepaid, offer = _package(client, mentor, held=now + 9 * DAY)
    past, reviewed, answered = (
        _over(_session(client, mentor, starts_at=now - days * DAY)) for days in (2, 3, 4)
    )
    cancellations.cancel(
        session_id=cancelled.pk,
        by=CancelledBy.CLIENT,
        actor=client.user.public_id,
        reason="Something came up.",
        now=now,
    )
    for session in (reviewed, answered):
        review = reviews.leave(
            session_id=session.pk,
            client=client,
            rating=4,
            comment="We left with a list, and two of its five points are done by now.",
            now=now,
        )
    reviews.reply(review_id=review.pk, mentor=mentor, text="Tell me about the third!", now=now)
    return {
        "client": client.user.email,
        "mentor": mentor.user.email,
        "slug": mentor.slug,
        "name": mentor.user.name,
        "ahead": ahead.public_id,
        "held": held.public_id,
        "cancelled": cancelled.public_id,
        "past": past.public_id,
        "reviewed": reviewed.public_id,
        "payment": Payment.objects.get(purchase__session=ahead).public_id,
        "prepaid": prepaid.public_id,
        "offer": offer.public_id,
        "series": _series(client, mentor, starts_at=now + 13 * DAY).public_id,
        "goal": _goal(client, past),
        "conversation": _conversation(client, mentor),
        "statement": _furnished_payout(mentor).public_id,
    }


def _newcomer() -> Mentor:
    """One of the demo's mentors, who has a public page, to whom nothing happened yet."""
    busy = Session.objects.values("mentor")
    found = Mentor.objects.filter(user__email__endswith="@mentors.example.com")
    mentor = found.exclude(pk__in=busy).latest("id")
    mentor.user.set_password(PASSWORD)
    mentor.user.save()
    return meetings.signs_in(mentor)


def _session(client: Client, mentor: Mentor, *, starts_at: Any) -> Session:
    return meetings.paid("A plan that survives Monday.", client, mentor, starts_at=starts_at)


def _package(client: Client, mentor: Mentor, *, held: Any) -> tuple[Session, PackageOffer]:
    """A hold that a package of the client's can pay for, and the offer that it came from."""
    now = clock.now()
    session = meetings.hold("Paid ahead.", client, mentor, starts_at=held)
    offer = packages.offer(
        session_type=session.session_type, sessions=3, price_minor=27_000, valid_days=90, now=now
    )
    meetings.pay_for(packages.start(offer_id=offer.pk, client=client, gateway="stripe", now=now))
    return session, offer


def _series(client: Client, mentor: Mentor, *, starts_at: Any) -> Series:
    """Two sessions a week apart that were booked together."""
    sessions = [_session(client, mentor, starts_at=starts_at + week * 7 * DAY) for week in (0, 1)]
    series = Series.objects.create(
        client=client,
        mentor=mentor,
        session_type=sessions[0].session_type,
        starts_at=sessions[0].starts_at,
        time_zone="Europe/London",
        every_weeks=1,
        asked=2,
        count=2,
        created_at=clock.now(),
    )
    for position, session in enumerate(sessions, start=1):
        Session.objects.filter(pk=session.pk).update(series=series, position=position)
    return series


def _over(session: Session) -> Session:
    """Let it begin and end; the demo's own clock may be at it, too, and is waited for."""
    for _ in range(100):
        lifecycle.advance_due(now=clock.now(), among=Q(pk=session.pk))
        session.refresh_from_db()
        if session.state == State.COMPLETED:
            return session
        time.sleep(0.1)
    raise AssertionError(f"{session.public_id} is still {session.state}")


def _goal(client: Client, session: Session) -> str:
    now = clock.now()
    goal = goals.set_goal(client=client, session_id=session.pk, now=now)
    for title in ("Write the list", "Show it to somebody"):
        step = goals.add_milestone(goal_id=goal.pk, client=client, title=title, now=now)
    goals.reach_milestone(milestone_id=step.pk, client=client, now=now)
    goals.record_progress(goal_id=goal.pk, client=client, percent=40, now=now, note="Two of five.")
    return goal.public_id


def _conversation(client: Client, mentor: Mentor) -> str:
    for author, text in (
        (client.user, "May I bring my lead along?"),
        (mentor.user, "Please do; then we need no second telling."),
        (client.user, "She says yes."),
    ):
        sent = messages.send(
            client_id=client.pk, mentor_id=mentor.pk, author=author, text=text, now=clock.now()
        )
    return sent.conversation.public_id


def _furnished_payout(mentor: Mentor) -> Payout:
    """A payout in a currency that no run of another test meets."""
    since = world.NOW - timedelta(days=400)
    _account(mentor)
    PayoutMinimum.objects.get_or_create(
        currency=CURRENCY, minimum_minor=5_000, effective_from=since
    )
    return _payout(mentor, currency=CURRENCY)


def _payout(mentor: Mentor, *, currency: str) -> Payout:
    """A payout of 81.80 that reached the mentor's bank."""
    preparer, approver = (User.objects.get(email=email) for email in (PREPARER, APPROVER))
    with transaction.atomic():  # nobody sends it in between
        world.earned(mentor=mentor, currency=currency)
        run = payouts.build(currency=currency, built_by=preparer, now=world.NOW)
        payouts.freeze(run_id=run.pk, by=preparer, now=world.NOW)
        payouts.approve(run_id=run.pk, by=approver, now=world.NOW)
        payout = Payout.objects.get(run=run, mentor=mentor)
        seen = TransferSnapshot(
            id=f"tr_{payout.pk.hex}",
            status=TransferStatus.PAID,
            amount_minor=payout.amount_minor,
            returned_minor=0,
            currency=payout.currency,
            payee_id=payout.account.gateway_account_id or "",
            failure_code="",
            created_at=world.NOW,
            returned_at=None,
            metadata={},
        )
        payout = payouts.apply(payout.pk, seen, now=world.NOW)
    payouts.send(run_id=payout.run_id, now=world.NOW)  # nothing waits: the run is done
    return payout


def _account(mentor: Mentor) -> None:
    """An account that takes this currency, which the stand-in's own do not."""
    account = PayoutAccount.objects.create(
        mentor=mentor, gateway="stripe", currency=CURRENCY, created_at=clock.now()
    )
    account.gateway_account_id = f"acct_{account.pk.hex}"
    account.transition(PayoutAccountEvent.ACTIVATE)
    account.save()


def run_out(token: str) -> dict[str, Any]:
    """An access token of the same sign-in as this one, which ran out an hour ago."""
    claims, now = access.read(token=token, now=clock.now()), clock.now()
    earlier = now - settings.ACCESS_TOKEN_LIFETIME - timedelta(hours=1)
    old = access.mint(
        user_id=claims.user_id,
        family_id=claims.family_id,
        session_version=claims.session_version,
        now=earlier,
    )
    return {"token": old}


def workday() -> dict[str, Any]:
    """A mentor's day that begins: a session in five minutes, a message, a review of last week."""
    client, mentor, now = meetings.client("Wanda Workday"), _newcomer(), clock.now()
    past = _over(_session(client, mentor, starts_at=now - 7 * DAY))
    comment = "A week later the list is shorter."
    reviews.leave(session_id=past.pk, client=client, rating=5, comment=comment, now=now)
    sent = messages.send(
        client_id=client.pk,
        mentor_id=mentor.pk,
        author=client.user,
        text="May I bring my lead along?",
        now=now,
    )
    soon = _session(client, mentor, starts_at=now + timedelta(minutes=5))
    return {
        "client": client.user.email,
        "mentor": mentor.user.email,
        "slug": mentor.slug,
        "name": mentor.user.name,
        "session": soon.public_id,
        "conversation": sent.conversation.public_id,
    }


def paid_out(slug: str) -> dict[str, Any]:
    """A payout of €81.80 that reached the bank account of the mentor with this slug."""
    payout = _payout(Mentor.objects.get(slug=slug), currency="EUR")
    return {"statement": payout.public_id}


ALL: dict[str, Callable[..., dict[str, Any]]] = {
    "furnished": furnished,
    "run_out": run_out,
    "workday": workday,
    "paid_out": paid_out,
}
