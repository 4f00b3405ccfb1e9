"""One call to Stripe: outside any transaction, its errors in the port's words.

It knows the SDK's errors and which of them mean that nothing happened.
"""

from collections.abc import Callable
from datetime import datetime

import stripe

from billing.gateways.base import (
    BalanceTooLow,
    GatewayRefused,
    GatewayUnavailable,
    GatewayUnknownOutcome,
    KeyReused,
    refuse_inside_transaction,
)

PAGE = 100
# A 403 of this code is an answer and not a matter of keys: the connected account was deleted, or
# its owner took our access away.
PAYEE_GONE = "account_invalid"
# Stripe's own words to it are about test cards.
TOO_LOW = "our available balance there is too low. Wait for what is pending, or top it up."
_REFUSALS: dict[str, type[GatewayRefused]] = {
    "balance_insufficient": BalanceTooLow,
    "IdempotencyError": KeyReused,
}


class StripeCalls:
    """What every part of the adapter shares: the SDK's client."""

    _client: stripe.StripeClient

    def _read[T](self, what: str, call: Callable[[], T]) -> T:
        return _call(what, call, silence=GatewayUnavailable)

    def _write[T](self, what: str, call: Callable[[], T]) -> T:
        return _call(what, call, silence=GatewayUnknownOutcome)


def seconds(instant: datetime) -> int:
    """Return the instant as Stripe counts it."""
    return int(instant.timestamp())


def _call[T](what: str, call: Callable[[], T], *, silence: type[GatewayUnavailable]) -> T:
    """Make one call outside any transaction and turn Stripe's errors into the port's.

    The SDK has already repeated what can heal (timeouts, 409, 5xx) under the same key.
    """
    refuse_inside_transaction(f"Stripe ({what})")
    try:
        return call()
    except (stripe.CardError, stripe.InvalidRequestError, stripe.IdempotencyError) as error:
        refusal = _REFUSALS.get(_type_of(error), GatewayRefused)
        said = TOO_LOW if refusal is BalanceTooLow else error.user_message
        raise refusal(
            f"Stripe refused to {what}: {said}",
            reason=error.code or _type_of(error),
        ) from error
    except (stripe.AuthenticationError, stripe.PermissionError, stripe.RateLimitError) as error:
        if _code_of(error) == PAYEE_GONE:
            raise GatewayRefused(
                f"Stripe cannot {what}: the account is gone there, or is no longer ours to use.",
                reason=PAYEE_GONE,
            ) from error
        # Ours to mend (keys) or to wait for: nothing happened, and a later call may pass.
        raise GatewayUnavailable(
            f"Stripe would not {what} now ({_type_of(error)}). Try again in a minute."
        ) from error
    except stripe.StripeError as error:
        raise silence(
            f"Stripe gave no usable answer when asked to {what} ({_type_of(error)}). "
            "Try again in a minute; repeating is safe."
        ) from error


def _code_of(error: stripe.StripeError) -> str | None:
    """Return the error's code; the SDK leaves that of a 403 in the body alone."""
    return error.code or (error.error.code if error.error else None)


def _type_of(error: stripe.StripeError) -> str:
    return error.code or type(error).__name__
