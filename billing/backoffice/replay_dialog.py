"""The dialog that replays a gateway's event: what it would change by now, and what it would post.

The gateway is asked before, outside any transaction; the press asks again and compares.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, cast

from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.models import User
from billing import replay
from billing.backoffice.filters import gateway_name
from billing.backoffice.previews import postings_preview
from billing.backoffice.tables import or_nothing, payment_link
from billing.ledger.preview import carry_out, rehearse
from billing.models import GatewayEvent
from kernel import clock
from kernel.backoffice.components import Lines
from kernel.backoffice.dialogs import DialogView, Done, Offer
from kernel.display import NOTHING, instant_html, state_words
from kernel.errors import Refusal


class ReplayEventView(DialogView):
    """Look at what an event speaks of, and apply that."""

    permission = "billing.replay_gatewayevent"
    page_title = "Replay"
    header_icon = "rotate"
    intro = "The gateway was asked just now. An event is a hint; what it says today is what counts."
    event: GatewayEvent

    def find(self, **kwargs: Any) -> None:
        rows = GatewayEvent.objects.select_related("payment")
        self.event = get_object_or_404(rows, pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return str(self.event.event_id)

    def trail(self) -> Sequence[dict[str, Any]]:
        here = reverse("gateway-events:inspect", args=[self.event.pk])
        return [
            {"url": reverse("gateway-events:index"), "label": "Gateway events"},
            {"url": here, "label": "Event", "sublabel": self.event.event_id},
        ]

    def facts(self) -> Sequence[tuple[str, object]]:
        event = self.event
        return [
            ("Event", event.event_id),
            ("Status", state_words(event.state)),
            ("Type", event.type),
            ("Gateway", gateway_name(event.gateway)),
            ("Object", f"{event.object_type} {event.object_id}"),
            ("Payment", payment_link(event.payment)),
            ("Received", instant_html(event.received_at)),
            ("Attempts", event.attempts),
            ("Error", or_nothing(event.error)),
        ]

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        try:
            sight = replay.look(event_id=self.event.pk)
            seen = rehearse(partial(self._apply, sight), resting_on=_changes)
        except Refusal as refusal:
            return [Offer("replay", "Replay", objection=refusal.detail)]
        done = seen.result
        sections = [_diff(done), postings_preview(seen.movements)]
        count = len(done.changes)
        label = f"Apply {count} {'change' if count == 1 else 'changes'}"
        if not count:
            label = "Nothing to apply"
        nothing = "" if count or seen.movements else _NOTHING
        return [Offer("replay", label, seen.content_hash, sections, objection=nothing)]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        sight = replay.look(event_id=self.event.pk)
        done = carry_out(partial(self._apply, sight), expecting=seen, resting_on=_changes)
        return Done(
            f"Replayed: {state_words(done.outcome).lower()}.",
            reverse("gateway-events:inspect", args=[self.event.pk]),
        )

    def _apply(self, sight: replay.Sight) -> replay.Replayed:
        by = cast("User", self.request.user).public_id
        return replay.apply(sight, by=by, now=clock.now())


_NOTHING = "The gateway says what we know already, or speaks of nothing of ours."


def _changes(done: replay.Replayed) -> Mapping[str, Any]:
    return {"changes": [[one.what, one.before, one.after] for one in done.changes]}


def _diff(done: replay.Replayed) -> Lines:
    return Lines(
        title="What it would change",
        headings=["What", "Now", "Then"],
        rows=[(one.what, _words(one.before), _words(one.after)) for one in done.changes],
        empty="Nothing.",
    )


def _words(value: str) -> str:
    """Return a state as words; ids stay as they are."""
    return NOTHING if not value else state_words(value) if value.islower() else value
