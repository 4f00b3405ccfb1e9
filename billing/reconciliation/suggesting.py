"""What to do about a break: a suggestion, from what both sides say. Pure: no database, no clock.

Never more than a suggestion, but for what finance has decided on beforehand: a fee that differs
within the tolerance, a category that was given its account; and suspense for one that was not.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from billing.ledger.chart import Code

TOLERANCE_MINOR = 2
TOLERANCE_BPS = 100  # 1 %

# Where a person may post a difference to; the other side follows from the break.
COUNTER_ACCOUNTS = (
    Code.SUSPENSE,
    Code.GATEWAY_FEES,
    Code.DISPUTE_FEES,
    Code.DISPUTE_LOSSES,
    Code.FX_DIFFERENCES,
)

_ASK = "Ask the gateway again: settle books what it says by now."
_FOR_PEOPLE = {
    "bank_line_missing": "Bring in the newest statement; else ask the bank, with the trace.",
    "payout_sum": "Ask the gateway what the remainder is; nothing explains it here.",
    "duplicate_charge": "Give the second charge back: the client paid twice.",
    "currency": "Find out which currency was meant; a person decides.",
    "status_paid_there": "Take the money back at the gateway, or it is paid twice.",
}
_OF_NOBODY = {
    "charge_missing_here": "Ask who charged at the gateway; refund it there if it is not ours.",
    "payout_missing_here": "Ask who sent the money at the gateway, and take it back there.",
    "refund_missing_here": "Ask who refunded at the gateway, and of which sale.",
    "dispute_missing_here": "Find out at the gateway which sale the bank took back.",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a break. `posted_minor` is what earlier answers to it have posted; of an
    unknown movement, what they took from the gateway's account, and `suspense_minor` what of that
    still is in suspense.
    """

    leg: str
    type: str
    ours_minor: int | None
    theirs_minor: int | None
    of_ours: bool = False  # a payment or a payout of ours is meant
    unbooked: bool = False  # of the payment that is meant, nothing was booked
    category_code: str = ""  # the account that its category was given
    candidates: int = 0  # payouts that the bank's line could be
    posted_minor: int = 0
    suspense_minor: int = 0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What to do, in words, and what it would post: Dr `debit` / Cr `credit` the amount.

    `asks`: settle can do something. `automatic`: a rule of finance's does it without a person.
    """

    says: str
    action: str = "accept"
    debit: str = ""
    credit: str = ""
    amount_minor: int = 0
    asks: bool = False
    automatic: bool = False


def suggest(facts: Facts) -> Suggestion:
    """Return what to do about a break."""
    if facts.type == "bank_line_unknown" and facts.candidates == 1:
        return Suggestion(
            "One payout of this amount was to arrive about then: match them, if they are one.",
            action="match",
        )
    if posting := _posting(facts):
        return posting
    if facts.type in _FOR_PEOPLE:
        return Suggestion(_FOR_PEOPLE[facts.type])
    if facts.type in _OF_NOBODY and not facts.of_ours:
        return Suggestion(_OF_NOBODY[facts.type])
    return Suggestion(_ASK, asks=True)


def _posting(facts: Facts) -> Suggestion | None:
    """Return the posting that would explain the difference, for the types that have one."""
    ours, theirs = facts.ours_minor or 0, facts.theirs_minor or 0
    left = theirs - ours - facts.posted_minor
    match facts.type, facts.leg:
        case "fee", _:
            return _post(
                left,
                Code.GATEWAY_FEES,
                Code.GATEWAY_CLEARING,
                "Post the variance of the fee.",
                automatic=within_tolerance(ours, theirs),
            )
        case "unknown_category", _:
            return _unknown(facts, -theirs - facts.posted_minor)
        case "bank_line_unknown", _:
            says = "Post it to the account that it belongs to, or to suspense (1900)."
            return _post(left, Code.BANK, Code.SUSPENSE, says)
        case "amount", "C":
            says = "Take the payout as arrived and post the difference; a person decides."
            return _post(left, Code.BANK, Code.SUSPENSE, says)
        case "amount", "A" if facts.unbooked:
            return Suggestion("It is not what was asked for, and not booked: give it back.")
        case "amount", _:
            says = "Compare both records; post the difference where the gateway is right."
            return _post(left, Code.GATEWAY_CLEARING, Code.SUSPENSE, says)
        case _:
            return None


def _unknown(facts: Facts, left: int) -> Suggestion:
    """Return where a movement of an unknown category goes; `left` has no place in the books yet.

    Suspense is the first place of what no rule knows, and of what is added to such a movement; the
    break stays open until all of it is moved on from there.
    """
    known = facts.category_code
    rule = "Post it to the account of its category."
    if left and known and not facts.suspense_minor:
        return _post(left, Code(known), Code.GATEWAY_CLEARING, rule, automatic=True)
    if left:
        says = "Find out what it is; until then it is in suspense (1900)."
        parked = _post(left, Code.SUSPENSE, Code.GATEWAY_CLEARING, says, automatic=True)
        return replace(parked, action="park")
    if known:
        return _post(facts.suspense_minor, Code(known), Code.SUSPENSE, rule, automatic=True)
    says = "It is in suspense (1900): post it to the account that it belongs to."
    return _post(facts.suspense_minor, Code.GATEWAY_FEES, Code.SUSPENSE, says)


def within_tolerance(ours: int, theirs: int) -> bool:
    """Tell whether a fee differs by no more than two minor units, or one percent of ours."""
    difference = abs(theirs - ours)
    return difference <= TOLERANCE_MINOR or difference * 10_000 <= abs(ours) * TOLERANCE_BPS


def may_post_to(code: str, *, besides: Collection[str] = ()) -> bool:
    """Tell whether a person may choose the account as the other side of a difference."""
    return code in {str(each) for each in COUNTER_ACCOUNTS} or code in besides


def _post(
    amount: int, debit: Code, credit: Code, says: str, *, automatic: bool = False
) -> Suggestion:
    if amount == 0:
        return Suggestion("It is posted already; say that it is settled.")
    return Suggestion(says, "post", str(debit), str(credit), amount, automatic=automatic)
