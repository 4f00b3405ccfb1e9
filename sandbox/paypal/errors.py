"""PayPal's error answers: https://developer.paypal.com/api/rest/responses/#link-failedrequests."""

from __future__ import annotations

from typing import Any

from sandbox.core.messages import Json

_MESSAGES = {
    "INVALID_REQUEST": "Request is not well-formed, syntactically incorrect, or violates schema.",
    "AUTHENTICATION_FAILURE": "Authentication failed due to missing authorization header, or"
    " invalid authentication credentials.",
    "NOT_AUTHORIZED": "Authorization failed due to insufficient permissions.",
    "RESOURCE_NOT_FOUND": "The specified resource does not exist.",
    "RESOURCE_CONFLICT": "The server has detected a conflict while processing this request.",
    "UNPROCESSABLE_ENTITY": "The requested action could not be performed, semantically incorrect,"
    " or failed business validation.",
    "RATE_LIMIT_REACHED": "Too many requests. Blocked due to rate limiting.",
    "INTERNAL_SERVER_ERROR": "An internal server error occurred.",
}


class PayPalError(Exception):
    """An error answer; `effects` says that what happened before it stays."""

    def __init__(
        self,
        name: str,
        *,
        status: int,
        details: list[Json] | None = None,
        message: str | None = None,
        links: list[Json] | None = None,
        effects: bool = False,
    ) -> None:
        self.message = message or _MESSAGES[name]
        super().__init__(self.message)
        self.name, self.status, self.effects = name, status, effects
        self.details, self.links = details or [], links or []

    def body(self, *, debug_id: str) -> Json:
        """Return the JSON body."""
        return {
            "name": self.name,
            "message": self.message,
            "debug_id": debug_id,
            **({"details": self.details} if self.details else {}),
            "links": self.links,
        }


def problem(issue: str, description: str, *, field: str | None = None, value: Any = None) -> Json:
    """Return one entry of `details`."""
    found: Json = {} if field is None else {"field": field, "location": "body"}
    if value is not None:
        found["value"] = str(value)
    return found | {"issue": issue, "description": description}


def invalid(details: list[Json]) -> PayPalError:
    """A request that fails validation: 400, every field of it that is wrong."""
    return PayPalError("INVALID_REQUEST", status=400, details=details)


def unprocessable(
    issue: str,
    description: str,
    *,
    field: str | None = None,
    value: Any = None,
    effects: bool = False,
    links: list[Json] | None = None,
) -> PayPalError:
    """A well-formed request that cannot be done now: 422."""
    detail = problem(issue, description, field=field, value=value)
    return PayPalError(
        "UNPROCESSABLE_ENTITY", status=422, details=[detail], effects=effects, links=links
    )


def missing() -> PayPalError:
    """An identifier that names nothing here."""
    text = "Specified resource ID does not exist. Please check the resource ID and try again."
    return PayPalError(
        "RESOURCE_NOT_FOUND", status=404, details=[problem("INVALID_RESOURCE_ID", text)]
    )


def in_progress() -> PayPalError:
    """Another request with the same `PayPal-Request-Id` is being worked on."""
    text = (
        "A previous request on this resource is currently in progress. Please wait for some time"
        " and try again. It is best to space out the initial and the subsequent request(s) to avoid"
        " receiving this error."
    )
    return PayPalError(
        "RESOURCE_CONFLICT", status=409, details=[problem("PREVIOUS_REQUEST_IN_PROGRESS", text)]
    )
