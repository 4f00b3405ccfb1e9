"""The one NinjaAPI: routers mounted, failures installed, the document finished."""

from typing import Any

from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from api import errors
from api.addresses import grouped
from api.document import finish_document
from api.limits import SharedLimit
from api.parsing import StrictParser
from api.reference import Reference
from api.rendering import JsonRenderer
from api.routers import (
    addresses,
    applications,
    availability,
    calendar_feed,
    calendars,
    consents,
    content,
    conversations,
    credit,
    dashboard,
    earnings,
    goals,
    incidents,
    meetings,
    mentors,
    notifications,
    offers,
    own_page,
    packages,
    payments,
    personal_data,
    problems,
    proofs,
    proposals,
    reviews,
    rooms,
    second_factor,
    series,
    sessions,
    social,
    users,
    waitlist,
    webhooks,
)

DESCRIPTION = """
Book a mentor's time and pay for it. Conventions (problems, Idempotency-Key, cursors, money,
instants) and a walk through the main flow are in `docs/api.md`.
"""


class CounterfoilAPI(NinjaAPI):
    """A NinjaAPI whose document names problems by their own media type and the shared headers."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        return finish_document(super().get_openapi_schema(**options))

    def _get_urls(self) -> list[URLPattern | URLResolver]:
        return grouped(super()._get_urls())


def build() -> CounterfoilAPI:
    """Return an API with the conventions installed and no router yet."""
    api = CounterfoilAPI(
        title="Counterfoil",
        version="1.0.0",
        description=DESCRIPTION.strip(),
        urls_namespace="api",
        docs=Reference(),
        parser=StrictParser(),
        renderer=JsonRenderer(),
        throttle=[SharedLimit()],
        openapi_extra={
            "info": {
                "license": {
                    "name": "Apache-2.0",
                    "url": "https://www.apache.org/licenses/LICENSE-2.0",
                },
                "contact": {
                    "name": "Counterfoil",
                    "url": "https://counterfoil.example",
                    "email": "api@counterfoil.example",
                },
            },
        },
        servers=[
            {
                "url": "/",
                "description": "This installation, be it production, staging or local.",
                "x-internal": False,
            }
        ],
    )
    errors.install(api)
    return api


api = build()
api.add_router("/users", users.router)
api.add_router("/users/social", social.router)
api.add_router("/users/email", addresses.router)
api.add_router("/users", second_factor.router)
api.add_router("/users", proofs.router)
api.add_router("/users/calendar-feed", calendar_feed.router)
api.add_router("/users/notifications", notifications.router)
api.add_router("/users", personal_data.router)
api.add_router("/users", consents.router)
api.add_router("/dashboard", dashboard.router)
api.add_router("/content", content.router)
api.add_router("/mentors/me", earnings.router)
api.add_router("/mentors/me", availability.router)
api.add_router("/mentors/me/calendars", calendars.router)
api.add_router("/mentors/me/application", applications.router)
api.add_router("/mentors/me", reviews.mine)
api.add_router("/mentors/me", meetings.router)
api.add_router("/mentors/me", offers.router)
api.add_router("/mentors/me", own_page.router)
api.add_router("/mentors", mentors.router)
api.add_router("/sessions", rooms.joining)
api.add_router("/sessions", sessions.router)
api.add_router("/sessions", proposals.router)
api.add_router("/series", series.router)
api.add_router("/sessions", incidents.router)
api.add_router("/waitlist", waitlist.router)
api.add_router("/rooms", rooms.router)
api.add_router("/goals", goals.router)
api.add_router("/reviews", reviews.router)
api.add_router("/conversations", conversations.router)
api.add_router("/payments", payments.router)
api.add_router("/packages", packages.router)
api.add_router("/credit", credit.router)
api.add_router("/webhooks", webhooks.router)
api.add_router("/problems", problems.router)
