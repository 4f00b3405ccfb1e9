"""What people do in the market: find a slot, hold it, pay, cancel. As their browsers would.

Each act is the call that the API makes, at the clock's present; the payer's side is the stand-in.
"""

import random
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from accounts.models import Client, User
from billing import cancellations, checkout, payments
from billing.checkout import Started
from billing.models import Payment
from demo.people import People
from demo.year.cast import clients_of
from demo.year.community import Tongues
from demo.year.gateway import StandIn
from demo.year.plan import Story
from kernel import clock
from kernel.errors import Refusal
from scheduling import booking, lifecycle, queries, slot_tokens
from scheduling.models import Session, SessionType
from scheduling.states import CancelledBy

REACH = (timedelta(days=4), timedelta(days=14))
TRIES = 6
MARGIN = timedelta(minutes=2)


class NothingFree(RuntimeError):
    """No slot suits the client; the story ends before it begins."""


@dataclass(slots=True)
class Market:
    """One circle's hands."""

    stand_in: StandIn
    people: People
    tongues: Tongues = field(default_factory=Tongues)
    _kinds: dict[tuple[str, str], SessionType] = field(default_factory=dict)
    _clients: dict[str, Client] = field(default_factory=dict)
    _staff: dict[str, User] = field(default_factory=dict)

    def client(self, story: Story) -> Client:
        """Return the story's client, who joins with the first story."""
        known = story.client
        if known.email not in self._clients:
            user = People(now=clock.now(), encoded=self.people.encoded).person(
                known.email, name=known.name, role="client", zone=known.zone
            )
            self._clients[known.email] = Client.objects.select_related("user").get(user=user)
        return self._clients[known.email]

    def staff(self, name: str) -> User:
        """Return one of the demo's staff, such as `support`."""
        if name not in self._staff:
            self._staff[name] = User.objects.get(email=f"{name}@example.com")
        return self._staff[name]

    def kind(self, story: Story) -> SessionType:
        key = (story.mentor.email, story.offer)
        if key not in self._kinds:
            self._kinds[key] = SessionType.objects.select_related("mentor__user", "policy").get(
                mentor__user__email=story.mentor.email, name=story.offer, is_active=True
            )
        return self._kinds[key]

    def hold(self, story: Story, *, goals: str, dice: random.Random) -> Session:
        """Hold one of the slots around the wanted time. Raises NothingFree."""
        now = clock.now()
        kind, client = self.kind(story), self.client(story)
        wanted = now + story.lead
        for reach in REACH:
            slots = queries.open_slots(session_type=kind, start=wanted, end=wanted + reach, now=now)
            for slot in dice.sample(slots, k=min(TRIES, len(slots))):
                token = slot_tokens.mint(session_type=kind, starts_at=slot.starts_at, now=now)
                try:
                    return booking.hold_slot(client=client, slot_token=token, goals=goals, now=now)
                except (booking.ClientBusy, booking.SlotTaken, booking.SlotNotOffered):
                    continue
                except booking.TooManyHolds as refusal:
                    raise NothingFree(refusal.detail) from refusal
        raise NothingFree(f"{story.mentor.name} has nothing free for {story.client.name}.")

    def hold_same(self, story: Story, session: Session) -> tuple[Story, Session] | None:
        """Let somebody else of the circle hold the time that a hold has just lost."""
        now = clock.now()
        kind = self.kind(story)
        token = slot_tokens.mint(session_type=kind, starts_at=session.starts_at, now=now)
        for other in clients_of(story.circle):
            rival = replace(story, client=other)
            if other.email == story.client.email:
                continue
            try:
                held = booking.hold_slot(
                    client=self.client(rival), slot_token=token, goals=session.goals, now=now
                )
            except Refusal:
                continue
            return rival, held
        return None

    def start_to_pay(self, story: Story, session: Session) -> Started:
        return checkout.start(
            session_id=session.pk, client=self.client(story), gateway="stripe", now=clock.now()
        )

    def pay(self, started: Started, *, card: str) -> bool:
        """Pay at the gateway and let its webhook settle; return whether the card was taken."""
        taken = self.stand_in.pay(started, card=card)
        news = "succeeded" if taken else "payment_failed"
        intent_id = started.client_secret.partition("_secret_")[0]
        self.hear(f"payment_intent.{news}", about=intent_id)
        return taken

    def settle(self, payment_id: UUID) -> None:
        """Look at a payment again, as the sweep of that minute does."""
        payments.settle(payment_id=payment_id, now=clock.now())

    def cancel(self, session: Session, *, by: CancelledBy, actor: User, reason: str) -> None:
        """Cancel; the refund is ordered at once, and the gateway's webhook follows."""
        done = cancellations.cancel(
            session_id=session.pk,
            by=by,
            actor=actor.public_id,
            reason=reason,
            now=clock.now(),
        )
        if done.refund is not None:
            self.hear_of_refund(session)

    def hear_of_refund(self, session: Session, *, event: str = "charge.refunded") -> None:
        """Let the webhook of the session's newest refund arrive."""
        intent_id = Payment.objects.values_list("gateway_intent_id", flat=True).get(
            purchase__session=session, state="succeeded"
        )
        self.hear(event, about=str(intent_id))

    def hear(self, event: str, *, about: str) -> None:
        """Let a webhook arrive, two seconds after what it tells."""
        with clock.travel(clock.now() + timedelta(seconds=2)):
            self.stand_in.deliver(event, about=about)

    def expire(self, session: Session) -> None:
        """What the minutely tick does with this hold at its end."""
        lifecycle.expire_due(now=clock.now(), among=Q(pk=session.pk))

    def tick(self, session: Session) -> None:
        """What the minutely tick does with this session at its start and at its end."""
        lifecycle.advance_due(now=clock.now(), among=Q(pk=session.pk))


def hold_ends(session: Session) -> datetime:
    """Return the tick after an unpaid hold's end."""
    return session.created_at + timedelta(minutes=settings.HOLD_MINUTES, seconds=20)
