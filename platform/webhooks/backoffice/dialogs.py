"""The dialogs of webhooks: make and change the site's endpoints, switch, send again.

A secret is shown on the page that made it, which nobody keeps, and on no other.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, cast
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html

from accounts.models import User
from accounts.staff_proofs import ProvedDialog
from kernel import clock
from kernel.backoffice.dialogs import DialogView, Done, Offer
from kernel.errors import Invalid
from webhooks import endpoints, replays
from webhooks.backoffice.deliveries import DELIVERIES, delivery_facts
from webhooks.backoffice.endpoints import ENDPOINTS, endpoint_facts
from webhooks.endpoints import MANAGE, Wish
from webhooks.kinds import Kind
from webhooks.models import DESCRIPTION_LENGTH, URL_LENGTH, Delivery, Endpoint
from webhooks.replays import REPLAY


class EndpointForm(forms.Form):
    """Asks where, for what, and which events."""

    address = forms.CharField(
        label="Address",
        help_text="https, on the public network.",
        max_length=URL_LENGTH,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
    description = forms.CharField(
        label="What it is for", max_length=DESCRIPTION_LENGTH, required=False
    )
    kinds = forms.MultipleChoiceField(
        label="Events",
        help_text="Tick none to have all of them sent.",
        choices=[(kind.value, kind.value) for kind in Kind],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class SinceForm(forms.Form):
    """Asks from when on."""

    since = forms.DateField(
        label="Happened since",
        help_text="The beginning of this day in your time zone.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )


class WebhookDialog(DialogView):
    """What the dialogs of webhooks have in common."""

    permission = MANAGE
    header_icon = "link-external"

    @property
    def person(self) -> User:
        return cast("User", self.request.user)

    def trail(self) -> Sequence[dict[str, Any]]:
        return [{"url": reverse("webhook-endpoints:index"), "label": "Webhook endpoints"}]


class EndpointDialog(WebhookDialog):
    """A dialog about one endpoint; `of_site`: one of the site's alone."""

    of_site: ClassVar[bool] = True
    endpoint: Endpoint

    def find(self, **kwargs: Any) -> None:
        rows = ENDPOINTS.filter(removed_at=None)
        if self.of_site:
            rows = rows.filter(owner=None)
        self.endpoint = get_object_or_404(rows, pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return self.endpoint.public_id

    def trail(self) -> Sequence[dict[str, Any]]:
        label = {"label": "Endpoint", "sublabel": self.endpoint.public_id}
        return [*super().trail(), {"url": self.here(), **label}]

    def here(self) -> str:
        return reverse("webhook-endpoints:inspect", args=[self.endpoint.pk])

    def facts(self) -> Sequence[tuple[str, object]]:
        return endpoint_facts(self.endpoint)


class ShowsSecret(ProvedDialog, WebhookDialog):
    """A dialog whose press makes a secret: the answer shows it, and is kept by nobody."""

    secret = ""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        response = super().post(request, **kwargs)
        if not self.secret:
            return response
        self.form = forms.Form()
        return self._show({}, status=200)

    def shown_facts(self, endpoint: Endpoint) -> list[tuple[str, object]]:
        """Return the secret, and the way to the endpoint."""
        way = reverse("webhook-endpoints:inspect", args=[endpoint.pk])
        return [
            ("Endpoint", format_html('<a href="{}">{}</a>', way, endpoint.public_id)),
            ("Secret", format_html("<code>{}</code>", self.secret)),
            ("Keep it now", "It is not shown again. Whoever loses it exchanges it."),
        ]


class MakeEndpointView(ShowsSecret):
    """Add an endpoint of the site, which is told of everybody's events."""

    page_title = "Add an endpoint of the site"
    form_class = EndpointForm
    made: Endpoint

    @property
    def intro(self) -> str:  # type: ignore[override]
        if self.secret:
            return ""
        return (
            "It is told of what happens to everybody on the site. Its secret is shown once, on "
            "the next page."
        )

    def facts(self) -> Sequence[tuple[str, object]]:
        return self.shown_facts(self.made) if self.secret else ()

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        return () if self.secret else [Offer("make", "Add the endpoint")]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        if act != "make":
            raise Invalid("Press the button.")
        self.made, self.secret = endpoints.make(
            owner=None, by=self.person, wish=_wish(given), now=clock.now()
        )
        return Done("The endpoint is there.", reverse("webhook-endpoints:index"))


class ChangeEndpointView(ProvedDialog, EndpointDialog):
    """Change an endpoint of the site, or take it out."""

    page_title = "Change the endpoint"
    form_class = EndpointForm

    def initial(self) -> Mapping[str, Any]:
        endpoint = self.endpoint
        return {
            "address": endpoint.url,
            "description": endpoint.description,
            "kinds": endpoint.kinds,
        }

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        return [
            Offer("change", "Change it"),
            Offer("remove", "Remove it for good", tone="no"),
        ]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        one, by, now = self.endpoint.pk, self.person, clock.now()
        if act == "remove":
            endpoints.remove(owner=None, endpoint_id=one, by=by, now=now)
            return Done("The endpoint is removed.", reverse("webhook-endpoints:index"))
        if act != "change":
            raise Invalid("Press one of the buttons.")
        endpoints.change(owner=None, endpoint_id=one, by=by, wish=_wish(given), now=now)
        return Done("The endpoint is changed.", self.here())


class RotateSecretView(ShowsSecret, EndpointDialog):
    """Give an endpoint of the site another secret."""

    page_title = "Exchange the secret"
    header_icon = "key"

    @property
    def intro(self) -> str:  # type: ignore[override]
        if self.secret:
            return ""
        return "For a day both secrets sign, so that its reader has time to take the new one."

    def facts(self) -> Sequence[tuple[str, object]]:
        return self.shown_facts(self.endpoint) if self.secret else super().facts()

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        return () if self.secret else [Offer("rotate", "Make another secret")]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        if act != "rotate":
            raise Invalid("Press the button.")
        _, self.secret = endpoints.rotate(
            owner=None, endpoint_id=self.endpoint.pk, by=self.person, now=clock.now()
        )
        return Done("The secret is exchanged.", self.here())


class SwitchEndpointView(EndpointDialog):
    """Enable or disable an endpoint, whosever it is."""

    page_title = "Enable or disable"
    header_icon = "lock"
    of_site = False
    intro = (
        "While it is disabled nothing is sent. What happens is kept as missed, and can be sent "
        "afterwards."
    )

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        if self.endpoint.disabled_at:
            return [Offer("enable", "Enable it")]
        return [Offer("disable", "Disable it", tone="no")]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        if act not in {"enable", "disable"}:
            raise Invalid("Press the button.")
        endpoints.change(
            owner=self.endpoint.owner,
            endpoint_id=self.endpoint.pk,
            by=self.person,
            wish=Wish(enabled=act == "enable"),
            now=clock.now(),
        )
        return Done(f"The endpoint is {act}d.", self.here())


class ReplayEndpointView(EndpointDialog):
    """Have all that failed or was missed since a day sent again."""

    permission = REPLAY
    page_title = "Send again what was not delivered"
    header_icon = "rotate"
    of_site = False
    intro = "Each event keeps its id, so a reader that remembers ids does nothing twice."
    form_class = SinceForm

    def initial(self) -> Mapping[str, Any]:
        return {"since": (clock.now() - timedelta(days=7)).date()}

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        why_not = "It is disabled. Enable it first." if self.endpoint.disabled_at else ""
        return [Offer("replay", "Send again", objection=why_not)]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        if act != "replay":
            raise Invalid("Press the button.")
        zone = ZoneInfo(self.person.time_zone)
        count = replays.replay_all(
            owner=self.endpoint.owner,
            endpoint_id=self.endpoint.pk,
            since=datetime.combine(given["since"], datetime.min.time(), tzinfo=zone),
            by=self.person,
            now=clock.now(),
        )
        return Done(f"Deliveries on their way again: {count}.", self.here())


class ReplayDeliveryView(WebhookDialog):
    """Have one delivery sent again."""

    permission = REPLAY
    page_title = "Send again"
    header_icon = "rotate"
    intro = "It keeps its id, and has all its tries anew."
    delivery: Delivery

    def find(self, **kwargs: Any) -> None:
        rows = DELIVERIES.filter(endpoint__removed_at=None)
        self.delivery = get_object_or_404(rows, pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return self.delivery.public_id

    def trail(self) -> Sequence[dict[str, Any]]:
        return [
            {"url": reverse("webhook-deliveries:index"), "label": "Webhook deliveries"},
            {"url": self.here(), "label": "Delivery", "sublabel": self.delivery.public_id},
        ]

    def here(self) -> str:
        return reverse("webhook-deliveries:inspect", args=[self.delivery.pk])

    def facts(self) -> Sequence[tuple[str, object]]:
        return delivery_facts(self.delivery)

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        disabled = self.delivery.endpoint.disabled_at is not None
        why_not = "Its endpoint is disabled. Enable that first." if disabled else ""
        if self.delivery.ended_at is None:
            why_not = "It is on its way already."
        return [Offer("replay", "Send again", objection=why_not)]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        if act != "replay":
            raise Invalid("Press the button.")
        replays.replay(
            owner=self.delivery.endpoint.owner,
            delivery_id=self.delivery.pk,
            by=self.person,
            now=clock.now(),
        )
        return Done("It is on its way again.", self.here())


def _wish(given: Mapping[str, Any]) -> Wish:
    return Wish(url=given["address"], description=given["description"], kinds=given["kinds"])
