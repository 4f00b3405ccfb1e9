"""Why a payment did not go through, in words for the payer: what happened and what to do next.

Gateways name a failure by a code; the codes are Stripe's (https://docs.stripe.com/declines/codes)
and PayPal's (Orders v2, the issues of a refused capture), and an unknown one has words as well. A
bank's deeper reasons (lost, stolen, suspected fraud) are not told to whoever holds the card. It
knows no gateway's objects.
"""

from dataclasses import dataclass

from billing.models import Payment
from billing.states import FLAGS

_TRY = "Nothing was charged."
_OTHER = f"{_TRY} Try another card, or ask your bank."

_WORDS = {
    "insufficient_funds": f"The card does not have enough money for this. {_OTHER}",
    "expired_card": f"The card has expired. {_TRY} Try another card.",
    "incorrect_cvc": f"The security code is not right. {_TRY} Check the code and try again.",
    "invalid_cvc": f"The security code is not right. {_TRY} Check the code and try again.",
    "incorrect_number": f"The card number is not right. {_TRY} Check it and try again.",
    "processing_error": f"The bank could not work on this just now. {_TRY} Try again in a minute.",
    "payment_intent_authentication_failure": (
        f"Your bank did not confirm that it was you. {_TRY} Try again, or use another card."
    ),
    "authentication_required": (
        f"Your bank wants to confirm that it is you. {_TRY} Try again and answer your bank."
    ),
    "card_velocity_exceeded": f"The card has reached its limit. {_OTHER}",
    "withdrawal_count_limit_exceeded": f"The card has reached its limit. {_OTHER}",
    "card_not_supported": f"The card does not take this kind of payment. {_TRY} Try another card.",
    "currency_not_supported": f"The card does not take this currency. {_TRY} Try another card.",
    "instrument_declined": (
        f"PayPal could not use this way of paying. {_TRY} Choose another one in PayPal."
    ),
    "payer_action_required": f"PayPal asks you to confirm once more. {_TRY} Try again.",
    "payer_cannot_pay": f"PayPal does not let you pay this way. {_TRY} Choose another one.",
    "transaction_refused": f"PayPal refused the payment. {_TRY} Choose another way to pay.",
    "never_made": f"The payment could not be begun. {_TRY} Begin again.",
}
_DECLINED = f"The bank declined the card and gave no reason. {_OTHER}"
_LOOKED_AT = (
    "What arrived does not match the booking. We are looking at it; you need not pay again."
)


@dataclass(frozen=True, slots=True)
class Failure:
    """A stable code to branch on, and a sentence to show."""

    code: str
    message: str


def failure_of(payment: Payment) -> Failure | None:
    """Return why the payment's latest try failed, or None where nothing did."""
    code = payment.failure_code
    if not code:
        return None
    if code in FLAGS:
        return Failure(code="under_review", message=_LOOKED_AT)
    if code in _WORDS:
        return Failure(code=code, message=_WORDS[code])
    return Failure(code="card_declined", message=_DECLINED)
