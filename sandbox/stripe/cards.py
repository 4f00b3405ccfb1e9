"""Magic cards and tokens, by their numbers: https://docs.stripe.com/testing"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Decline:
    """Why a card was declined."""

    code: str
    decline_code: str
    message: str


GENERIC = Decline("card_declined", "generic_decline", "Your card was declined.")
FUNDS = Decline("card_declined", "insufficient_funds", "Your card has insufficient funds.")
LOST = Decline("card_declined", "lost_card", "Your card was declined.")
STOLEN = Decline("card_declined", "stolen_card", "Your card was declined.")
EXPIRED = Decline("expired_card", "expired_card", "Your card has expired.")
CVC = Decline("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect.")
PROCESSING = Decline(
    "processing_error",
    "processing_error",
    "An error occurred while processing your card. Try again in a little bit.",
)
FRAUD = Decline("card_declined", "fraudulent", "Your card was declined.")


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What a payment method does when it is charged or refunded."""

    number: str
    brand: str = "visa"
    type: str = "card"
    decline: Decline | None = None
    authenticate: bool = False
    dispute: str | None = None
    refund: str | None = None
    settles: str | None = None
    at_once: bool = False


def _names(*names: str) -> tuple[str, ...]:
    return tuple(f"pm_card_{name}" for name in names)


_CARDS: list[tuple[tuple[str, ...], Behaviour]] = [
    (_names("visa", "us"), Behaviour("4242424242424242")),
    (_names("visa_debit"), Behaviour("4000056655665556")),
    (_names("mastercard"), Behaviour("5555555555554444", brand="mastercard")),
    (_names("amex"), Behaviour("378282246310005", brand="amex")),
    (_names("discover"), Behaviour("6011111111111117", brand="discover")),
    (
        _names("chargeDeclined", "visa_chargeDeclined"),
        Behaviour("4000000000000002", decline=GENERIC),
    ),
    (
        _names("chargeDeclinedInsufficientFunds", "visa_chargeDeclinedInsufficientFunds"),
        Behaviour("4000000000009995", decline=FUNDS),
    ),
    (
        _names("chargeDeclinedLostCard", "visa_chargeDeclinedLostCard"),
        Behaviour("4000000000009987", decline=LOST),
    ),
    (
        _names("chargeDeclinedStolenCard", "visa_chargeDeclinedStolenCard"),
        Behaviour("4000000000009979", decline=STOLEN),
    ),
    (_names("chargeDeclinedExpiredCard"), Behaviour("4000000000000069", decline=EXPIRED)),
    (_names("chargeDeclinedIncorrectCvc"), Behaviour("4000000000000127", decline=CVC)),
    (_names("chargeDeclinedProcessingError"), Behaviour("4000000000000119", decline=PROCESSING)),
    (_names("radarBlock"), Behaviour("4100000000000019", decline=FRAUD)),
    (_names("createDispute"), Behaviour("4000000000000259", dispute="fraudulent")),
    (
        _names("createDisputeProductNotReceived"),
        Behaviour("4000000000002685", dispute="product_not_received"),
    ),
    (_names("authenticationRequired"), Behaviour("4000002760003184", authenticate=True)),
    (_names("authenticationRequiredOnSetup"), Behaviour("4000002500003155", authenticate=True)),
    (
        _names("threeDSecure2Required", "threeDSecureRequired"),
        Behaviour("4000000000003220", authenticate=True),
    ),
    (
        _names("authenticationRequiredChargeDeclinedInsufficientFunds"),
        Behaviour("4000008260003178", authenticate=True, decline=FUNDS),
    ),
    (_names("pendingRefund"), Behaviour("4000000000007726", refund="pending")),
    (_names("refundFail"), Behaviour("4000000000005126", refund="fails")),
    (_names("bypassPending"), Behaviour("4000000000000077", at_once=True)),
    (
        ("pm_usBankAccount_success",),
        Behaviour("000123456789", type="us_bank_account", settles="succeeds"),
    ),
    (
        ("pm_usBankAccount_insufficientFunds",),
        Behaviour("000222222227", type="us_bank_account", settles="fails"),
    ),
    (
        ("pm_usBankAccount_accountClosed",),
        Behaviour("000111111113", type="us_bank_account", settles="fails"),
    ),
    (
        ("pm_usBankAccount_processing",),
        Behaviour("000000000009", type="us_bank_account", settles="never"),
    ),
]

BY_TOKEN = {name: behaviour for names, behaviour in _CARDS for name in names}
BY_TOKEN |= {
    name.replace("pm_card_", "tok_", 1): behaviour
    for name, behaviour in BY_TOKEN.items()
    if name.startswith("pm_card_")
}
BY_NUMBER = {behaviour.number: behaviour for _, behaviour in _CARDS if behaviour.type == "card"}


def passes_luhn(number: str) -> bool:
    """Check a card number's last digit."""
    if not (number.isascii() and number.isdigit() and 12 <= len(number) <= 19):
        return False
    digits = [int(digit) for digit in reversed(number)]
    doubled = sum(digits[1::2]) * 2 - 9 * sum(digit > 4 for digit in digits[1::2])
    return (sum(digits[::2]) + doubled) % 10 == 0
