"""Mentors with available money and verified accounts, and runs brought to each of their states."""

from datetime import timedelta

from accounts.models import Mentor, User
from billing import payout_accounts, payouts
from billing.ledger import balances
from billing.models import Payment, Payout, PayoutAccount, PayoutRun
from tests.billing.ledger.books import HOLD_OVER, earn, refund
from tests.factories import sessions
from tests.factories.billing import capture, open_payment
from tests.factories.people import MentorFactory, UserFactory
from tests.standin import StandIn

NOW = HOLD_OVER + timedelta(hours=1)  # the dispute window of every session here is over


def staff(name: str = "Paula Preparer") -> User:
    user: User = UserFactory(name=name)
    return user


def earned(
    *,
    mentor: Mentor | None = None,
    price_minor: int = 10_000,
    currency: str = "USD",
    days: int = 0,
    refunded_minor: int = 0,
) -> Payment:
    """A payment whose session is over and whose share is available (81.80 of 100.00)."""
    session = sessions.pending_session(
        price_minor=price_minor,
        currency=currency,
        mentor=mentor,
        starts_at=sessions.STARTS_AT - timedelta(days=days),
    )
    payment = open_payment(session)
    capture(payment, at=session.starts_at - timedelta(days=2))
    sessions.confirm(session)
    sessions.complete(session)
    if refunded_minor:
        refund(payment, refunded_minor, bearer="platform", at=session.ends_at)
    earn(at=NOW)
    return payment


def verified(standin: StandIn, mentor: Mentor) -> PayoutAccount:
    """The mentor's account, as after the gateway's form."""
    account = payout_accounts.open_account(mentor_id=mentor.pk, now=NOW)
    assert account.gateway_account_id is not None
    standin.verify(account.gateway_account_id)
    return payout_accounts.refresh(account_id=account.pk, now=NOW)


def payable(standin: StandIn, *, price_minor: int = 10_000) -> Mentor:
    """A mentor with a verified account and one earned share."""
    mentor: Mentor = MentorFactory()
    earned(mentor=mentor, price_minor=price_minor)
    verified(standin, mentor)
    return mentor


def built(by: User | None = None, *, currency: str = "USD") -> PayoutRun:
    return payouts.build(currency=currency, built_by=by or staff(), now=NOW)


def frozen(by: User | None = None) -> PayoutRun:
    by = by or staff()
    return payouts.freeze(run_id=built(by).pk, by=by, now=NOW)


def approved() -> PayoutRun:
    return payouts.approve(run_id=frozen().pk, by=staff("Adam Approver"), now=NOW)


def sent() -> PayoutRun:
    return payouts.send(run_id=approved().pk, now=NOW).run


def payout_to(mentor: Mentor, run: PayoutRun | None = None) -> Payout:
    """The mentor's payout in the run, or the newest one."""
    found = Payout.objects.filter(mentor=mentor)
    return found.get(run=run) if run else found.order_by("-pk")[0]


def books() -> dict[str, int]:
    """All balances as docs/money.md writes them: code → minor units, zeros left out."""
    rows = balances.account_balances()
    return {row.account[:4]: row.balance_minor for row in rows if row.balance_minor}
