"""A busy day: bookings held, paid, declined and cancelled, through the product's operations.

Money moves at the gateway stand-in alone: the payer's browser is one HTTP call to it, everything
else is what the API would call. Sessions lie within the coming days; nothing is back-dated.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle, islice
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from accounts.models import Client
from billing import cancellations, checkout, payments, refunds
from billing.checkout import Started
from demo.mentors import FIRST_NAMES, LAST_NAMES
from demo.people import People
from kernel import clock
from scheduling import booking, queries, slot_tokens
from scheduling.models import Session, SessionType
from scheduling.states import CancelledBy

CLIENTS = 20
GOOD_CARD, DECLINED_CARD = "pm_card_visa", "pm_card_visa_chargeDeclined"
ALWAYS_OPEN = "mentor2@example.com"
OTHERS = (
    "mentor@example.com",
    "josh.abrams@mentors.example.com",
    "priya.raman@mentors.example.com",
)
SOON = (timedelta(hours=3), timedelta(hours=22))  # inside the 24 hours: half comes back
LATER = (timedelta(hours=30), timedelta(days=12))  # outside: all of it
GATEWAY_SECONDS = 20


class NotTheStandIn(RuntimeError):
    """The gateway's address is not a loopback one: no demo payment goes there."""


@dataclass(frozen=True, slots=True)
class Story:
    """What becomes of one booking."""

    name: str
    within: tuple[timedelta, timedelta] = LATER
    card: str | None = GOOD_CARD
    cancelled_by: CancelledBy | None = None


STORIES = (
    Story("paid"),
    Story("paid, begins soon", within=SOON),
    Story("paid"),
    Story("cancelled by the client in time", cancelled_by=CancelledBy.CLIENT),
    Story("paid"),
    Story("cancelled by the client late", within=SOON, cancelled_by=CancelledBy.CLIENT),
    Story("cancelled by the mentor", cancelled_by=CancelledBy.MENTOR),
    Story("paid, begins soon", within=SOON),
    Story("card declined", card=DECLINED_CARD),
    Story("held and not paid", card=None),
)


def make_busy_day(people: People, *, bookings: int) -> Mapping[str, int]:
    """Book `bookings` times and let each story happen; return how often each did.

    Raises NotTheStandIn where settings.STRIPE_API_BASE leads out of this machine.
    """
    if urlsplit(settings.STRIPE_API_BASE).hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise NotTheStandIn(f"{settings.STRIPE_API_BASE} is not this machine's stand-in.")
    clients = cycle(_clients(people))
    happened: Counter[str] = Counter()
    for story in islice(cycle(STORIES), bookings):
        _tell(story, next(clients), number=happened.total())
        happened[story.name] += 1
    return happened


def _clients(people: People) -> list[Client]:
    return [
        people.person(
            f"client{number:02d}@clients.example.com",
            name=f"{FIRST_NAMES[number]} {LAST_NAMES[number % len(LAST_NAMES) - 1]}",
            role="client",
            zone="Europe/London",
        ).client
        for number in range(CLIENTS)
    ]


def _tell(story: Story, client: Client, *, number: int) -> None:
    session = _hold(story, client, number=number)
    if story.card is None:
        return
    started = checkout.start(
        session_id=session.pk, client=client, gateway="stripe", now=clock.now()
    )
    _pay(started, card=story.card)
    payments.settle(payment_id=started.payment.pk, now=clock.now())
    if story.cancelled_by is not None:
        _cancel(session, client, by=story.cancelled_by)


def _hold(story: Story, client: Client, *, number: int) -> Session:
    """Hold the first slot of the story's days at which the client is free as well."""
    now = clock.now()
    for kind, starts_at in _slots(story, number=number, now=now):
        token = slot_tokens.mint(session_type=kind, starts_at=starts_at, now=now)
        try:
            return booking.hold_slot(
                client=client, slot_token=token, goals="A plan for the next month.", now=now
            )
        except (booking.ClientBusy, booking.SlotTaken):
            continue
    raise RuntimeError(f"No slot is left for {story.name!r}.")


def _slots(story: Story, *, number: int, now: datetime) -> Iterator[tuple[SessionType, datetime]]:
    """Yield slots of one mentor after the other; the first is another at each booking."""
    emails = [ALWAYS_OPEN] if story.within is SOON else [*OTHERS, ALWAYS_OPEN]
    first = number % len(emails)
    start, end = (now + distance for distance in story.within)
    for email in [*emails[first:], *emails[:first]]:
        kinds = SessionType.objects.filter(mentor__user__email=email, is_active=True)
        for kind in kinds.select_related("mentor").order_by("-duration_minutes"):
            for slot in queries.open_slots(session_type=kind, start=start, end=end, now=now):
                yield kind, slot.starts_at


def _pay(started: Started, *, card: str) -> None:
    """Confirm the intent with the publishable key, as the payer's browser does."""
    intent_id = started.client_secret.partition("_secret_")[0]
    answer = httpx.post(
        f"{settings.STRIPE_API_BASE}/v1/payment_intents/{intent_id}/confirm",
        data={"payment_method": card, "client_secret": started.client_secret},
        headers={"Authorization": f"Bearer {started.publishable_key}"},
        timeout=GATEWAY_SECONDS,
        trust_env=False,
    )
    if answer.status_code not in {httpx.codes.OK, httpx.codes.PAYMENT_REQUIRED}:
        answer.raise_for_status()


def _cancel(session: Session, client: Client, *, by: CancelledBy) -> None:
    who = client.user if by is CancelledBy.CLIENT else session.mentor.user
    cancelled = cancellations.cancel(
        session_id=session.pk,
        by=by,
        actor=who.public_id,
        reason="Something came up.",
        now=clock.now(),
    )
    if cancelled.refund is not None:
        refunds.send(refund_id=cancelled.refund.pk, now=clock.now())
