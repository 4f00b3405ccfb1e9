"""What several lists of finance are narrowed and searched by, declared once."""

from collections.abc import Sequence

import django_filters

from billing.gateway_names import gateway_name
from billing.gateways.registry import GATEWAYS
from kernel.backoffice.business import choice_filter, person_filter

__all__ = ["gateway_filter", "gateway_name", "people_filter", "people_words"]


def gateway_filter(field: str = "gateway") -> django_filters.ChoiceFilter:
    """Offer the gateways that there are; `field` leads to the gateway's name."""
    names = {name: gateway_name(name) for name in GATEWAYS}
    return choice_filter("Gateway", names, field_name=field)


def people_filter(purchase: str) -> django_filters.CharFilter:
    """Find by the client or the mentor of the purchase at this path."""
    return person_filter(
        "Client or mentor", f"{purchase}__client__user", f"{purchase}__mentor__user"
    )


def people_words(purchase: str) -> Sequence[str]:
    """Return the names and e-mails of both sides of the purchase at this path, for the search."""
    return tuple(
        f"{purchase}__{side}__user__{field}"
        for side in ("client", "mentor")
        for field in ("email", "name")
    )
