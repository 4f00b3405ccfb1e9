"""Stripe's error answers: https://docs.stripe.com/api/errors."""

from __future__ import annotations

from typing import Any

from sandbox.core.messages import Json


class StripeError(Exception):
    """An error answer; `began` says that execution had begun: then the key keeps the answer."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        type: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        began: bool = True,
        effects: bool = False,
        **extra: Any,
    ) -> None:
        super().__init__(message)
        self.message, self.status, self.type = message, status, type
        self.code, self.param, self.began, self.effects, self.extra = (
            code,
            param,
            began,
            effects,
            extra,
        )

    def body(self, *, request_id: str) -> Json:
        """Return the JSON body."""
        error: Json = {
            "message": self.message,
            "type": self.type,
            "request_log_url": _log_url(request_id),
        }
        if self.code is not None:
            error["code"] = self.code
            error["doc_url"] = f"https://stripe.com/docs/error-codes/{self.code.replace('_', '-')}"
        if self.param is not None:
            error["param"] = self.param
        return {"error": error | self.extra}


def _log_url(request_id: str) -> str:
    return f"https://dashboard.stripe.com/test/logs/{request_id}"


def invalid(message: str, *, param: str | None = None, code: str | None = None) -> StripeError:
    """A parameter that fails validation: 400, and no endpoint began to execute."""
    return StripeError(message, param=param, code=code, began=False)


def missing(kind: str, object_id: str, *, param: str = "id", status: int = 404) -> StripeError:
    """An identifier that names nothing here."""
    return StripeError(
        f"No such {kind}: '{object_id}'", status=status, code="resource_missing", param=param
    )


def unauthorised(message: str) -> StripeError:
    """No usable API key: 401."""
    return StripeError(message, status=401, began=False)


def declined(code: str, decline_code: str, message: str, **extra: Any) -> StripeError:
    """A card that was declined: 402; the failed charge and its events stay."""
    if code == "card_declined" or decline_code:
        extra["decline_code"] = decline_code
    return StripeError(message, status=402, type="card_error", code=code, effects=True, **extra)


def failed(status: int) -> StripeError:
    """What a planned fault answers: an error of the gateway's own, or its rate limit."""
    if status == 429:
        return StripeError(
            "Request rate limit exceeded.", status=status, code="rate_limit", began=False
        )
    return StripeError("An unknown error occurred", status=status, type="api_error", began=False)
