"""What the next run would pay a mentor, and what stands against it, by the run's own rules.

Reading only: one query, for each currency three more, and four for each account that is asked.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from billing.models import PayoutAccount, PayoutExclusion
from billing.payouts import eligible
from billing.states import PayoutAccountState

# Of what stands against several accounts, the least is told: the others are not in the way.
_LEAST_FIRST = (
    PayoutExclusion.Reason.BELOW_MINIMUM,
    PayoutExclusion.Reason.COOL_OFF,
    PayoutExclusion.Reason.NO_ACCOUNT,
)


@dataclass(frozen=True, slots=True)
class Outlook:
    """A mentor's next payout in one currency, in minor units.

    `amount_minor` is what a run would find: negative where the mentor owes. With an `objection`
    it pays none of that. `disputed_minor` more waits for a client's bank. `minimum_minor` is the
    least that is paid out, None where nobody has said one: then no run is made.
    """

    currency: str
    amount_minor: int
    disputed_minor: int
    minimum_minor: int | None
    objection: PayoutExclusion.Reason | None


def outlook(*, mentor_id: UUID, currencies: Collection[str], now: datetime) -> list[Outlook]:
    """Return what the next run of each currency would do for a mentor.

    A mentor may have an account with each gateway, and a run pays through one: what one of them
    can be paid through is no objection.
    """
    if not currencies:
        return []
    open_accounts = PayoutAccount.objects.filter(mentor=mentor_id).exclude(
        state=PayoutAccountState.CLOSED
    )
    gateways = sorted(open_accounts.values_list("gateway", flat=True)) or ["stripe"]
    return [_outlook(mentor_id, currency, gateways, now) for currency in currencies]


def _outlook(mentor_id: UUID, currency: str, gateways: list[str], now: datetime) -> Outlook:
    minimum = eligible.minimum(currency=currency, now=now)
    [due] = eligible.due(currency=currency, of=mentor_id) or [eligible.Due(mentor_id, ())]
    objection = None
    if due.amount_minor:
        objection = _objection(due, currency, gateways, minimum or 0, now)
    return Outlook(currency, due.amount_minor, due.disputed_minor, minimum, objection)


def _objection(
    due: eligible.Due, currency: str, gateways: list[str], minimum_minor: int, now: datetime
) -> PayoutExclusion.Reason | None:
    found: list[PayoutExclusion.Reason] = []
    for gateway in gateways:
        facts = eligible.facts(
            mentor_ids=[due.mentor_id],
            gateway=gateway,
            currency=currency,
            minimum_minor=minimum_minor,
            now=now,
        )
        no = facts.objection(mentor_id=due.mentor_id, amount_minor=due.amount_minor)
        if no is None:
            return None
        found.append(no.reason)
    return next((least for least in _LEAST_FIRST if least in found), found[0])
