"""The checklist of an application: what a curator ticked, and what the program sees by itself.

The facts are read each time they are shown; a tick is a person's word for it, with evidence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import F, FloatField, Func, Value
from django.db.models.functions import Cast

from accounts.models import Application, ApplicationTick, Mentor
from accounts.operations import is_verified
from accounts.states import Check
from billing import queries as billing
from cms.models import MentorProfilePage
from kernel.display import money_text
from scheduling.models import SessionType

LABELS: Mapping[Check, str] = {
    Check.IDENTITY: "Identity",
    Check.PAYOUT_ACCOUNT: "Payout account",
    Check.REFERENCES: "References",
    Check.PHOTO: "Photo",
    Check.PRICES: "Prices",
}
# What is to be looked at, in words for both sides.
ASKED: Mapping[Check, str] = {
    Check.IDENTITY: "The person is who they say.",
    Check.PAYOUT_ACCOUNT: "The gateway has verified where money goes.",
    Check.REFERENCES: "Somebody who worked with them says so.",
    Check.PHOTO: "A photo of the person, and of nobody else.",
    Check.PRICES: "Prices that clients of this market would pay.",
}
FEWEST = 5  # offers of others, before a range of theirs means something
MINUTES = 60


@dataclass(frozen=True, slots=True)
class Fact:
    """What the program sees: in words, and whether it speaks for a tick (None: says nothing)."""

    words: str
    good: bool | None = None


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One point: its newest tick or untick, if there is one, and the fact beside it."""

    check: Check
    tick: ApplicationTick | None
    fact: Fact

    @property
    def done(self) -> bool:
        return self.tick is not None and self.tick.done

    @property
    def label(self) -> str:
        return LABELS[self.check]

    @property
    def asked(self) -> str:
        return ASKED[self.check]


def checklist(application: Application) -> list[CheckRow]:
    """Return every point in order; a fixed number of queries."""
    newest = ticks_of(application)
    facts = _facts(application.mentor)
    return [CheckRow(check, newest.get(check), facts[check]) for check in Check]


def ticks_of(application: Application) -> dict[Check, ApplicationTick]:
    """Return the newest tick or untick of each point that has one; one query."""
    rows = (
        ApplicationTick.objects.filter(application=application)
        .select_related("by")
        .order_by("check_of", "-id")
        .distinct("check_of")
    )
    return {Check(row.check_of): row for row in rows}


def missing(application: Application) -> list[Check]:
    """Return the points that are not ticked; one query."""
    newest = ticks_of(application)
    return [check for check in Check if check not in newest or not newest[check].done]


def _facts(mentor: Mentor) -> dict[Check, Fact]:
    return {
        Check.IDENTITY: _identity(mentor),
        Check.PAYOUT_ACCOUNT: _payout_account(mentor),
        Check.REFERENCES: Fact("None is known here: ask for them."),
        Check.PHOTO: _photo(mentor),
        Check.PRICES: _prices(mentor),
    }


def _identity(mentor: Mentor) -> Fact:
    if is_verified(user=mentor.user):
        return Fact(f"{mentor.user.email} is proven: mail sent there is read.", good=True)
    return Fact(f"{mentor.user.email} is not proven.", good=False)


def _payout_account(mentor: Mentor) -> Fact:
    found = billing.payout_standing(mentor_id=mentor.pk)
    if found is None:
        return Fact("No payout account has been opened.", good=False)
    state, gateway = found
    if state == "active":
        return Fact(f"Verified by {gateway.capitalize()}.", good=True)
    return Fact(f"Opened at {gateway.capitalize()}, and {state} there.", good=False)


def _photo(mentor: Mentor) -> Fact:
    page = MentorProfilePage.objects.filter(mentor=mentor).select_related("latest_revision").first()
    if page is None or page.latest_revision is None:
        return Fact("There is no profile page yet.", good=False)
    if page.latest_revision.content.get("portrait") is None:
        return Fact("None was sent in: visitors would see a drawing.", good=False)
    return Fact("A photo is in what was sent in.", good=True)


def _prices(mentor: Mentor) -> Fact:
    """Compare with the middle nine tenths of what live mentors ask for an hour; two queries."""
    own = _hourly(SessionType.objects.filter(mentor=mentor, is_active=True))
    if not own:
        return Fact("Nothing is offered yet, so there is no price.", good=False)
    currency = own[0][0]
    mine = [price for of, price in own if of == currency]
    others = SessionType.objects.filter(
        mentor__status=Mentor.Status.LIVE, is_active=True, currency=currency
    ).exclude(mentor=mentor)
    theirs = sorted(price for _, price in _hourly(others))
    asks = f"Asks {_span(min(mine), max(mine), currency)} an hour"
    if len(theirs) < FEWEST:
        return Fact(f"{asks}; too few others offer in {currency} to compare.")
    low, high = _at(theirs, 0.05), _at(theirs, 0.95)
    within = low <= min(mine) and max(mine) <= high
    where = "as nine in ten do" if within else "nine in ten ask"
    return Fact(f"{asks}; {where}: {_span(low, high, currency)}.", good=within)


def _hourly(offers: object) -> list[tuple[str, int]]:
    """Return (currency, price of an hour in minor units) of each offer; one query."""
    rows = (
        offers.annotate(  # type: ignore[attr-defined]
            hourly=Func(
                Cast(F("price_minor"), FloatField()) * Value(MINUTES) / F("duration_minutes"),
                function="round",
            )
        )
        .order_by("currency", "hourly")
        .values_list("currency", "hourly")
    )
    return [(currency, int(hourly)) for currency, hourly in rows]


def _at(ordered: Sequence[int], share: float) -> int:
    return ordered[round(share * (len(ordered) - 1))]


def _span(low: int, high: int, currency: str) -> str:
    if low == high:
        return money_text(low, currency)
    return f"{money_text(low, currency, code=False)} to {money_text(high, currency)}"
