"""What the money's staff do over the year: destinations, payout runs, and what goes wrong.

Finance prepares on the third of each month, another person approves; the gateway's side (a
verified account, a returned transfer) is the stand-in's dashboard.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from accounts.models import Mentor, User
from billing import payout_accounts, payouts
from billing.models import Payout, PayoutAccount
from billing.states import PayoutState
from demo.mentors import TOLD, crowd
from demo.year.gateway import StandIn
from kernel import clock

PAYDAY = 3
COUNTRY = {"USD": "US", "EUR": "DE", "GBP": "GB"}
ONBOARDING = timedelta(days=40)
# In which run (counted from the first month) each of these happens.
REFUSED_IN, HELD_IN, RETURNED_IN = 3, 5, 7
HOLD_REASON = "Two complaints about the same week; kept back until support has heard both sides."


class Desk:
    """Finance and its gateway's dashboard, asked once a day."""

    def __init__(self, stand_in: StandIn, begins_at: datetime) -> None:
        self._stand_in = stand_in
        self._begins_at = begins_at
        self._opening = dict(_openings(begins_at))
        self._runs = 0
        self._later: list[tuple[datetime, str, Payout | PayoutAccount | Mentor]] = []

    def work(self, day: datetime) -> int:
        """Do what is due on this day; return how many runs were sent."""
        for email in [mail for mail, at in self._opening.items() if at <= day]:
            del self._opening[email]
            with clock.travel(day + timedelta(hours=8, minutes=20)):
                self._open(email)
        self._make_good(day)
        if day.day != PAYDAY:
            return 0
        self._runs += 1
        return sum(self._pay_out(day, currency) for currency in COUNTRY)

    def _open(self, email: str) -> None:
        """The mentor fills in the gateway's form, and is verified."""
        mentor = Mentor.objects.get(user__email=email)
        currency = _currency(email)
        account = payout_accounts.open_account(
            mentor_id=mentor.pk, now=clock.now(), currency=currency, country=COUNTRY[currency]
        )
        self._verify(account, "verified")

    def _verify(self, account: PayoutAccount, state: str) -> None:
        self._stand_in.lever(f"stripe/accounts/{account.gateway_account_id}/verify", state=state)
        payout_accounts.refresh(account_id=account.pk, now=clock.now())

    def _pay_out(self, day: datetime, currency: str) -> int:
        preparer, approver = staff("finance"), staff("approver")
        dollars = currency == "USD"
        with clock.travel(day + timedelta(hours=9, minutes=5)):
            if dollars and self._runs == HELD_IN:
                self._hold(day, preparer)
            run = payouts.build(currency=currency, built_by=preparer, now=clock.now())
        with clock.travel(day + timedelta(hours=9, minutes=40)):
            try:
                payouts.freeze(run_id=run.pk, by=preparer, now=clock.now())
            except payouts.RunEmpty:
                payouts.discard(run_id=run.pk, by=preparer, now=clock.now())
                return 0
            if dollars and self._runs == REFUSED_IN:
                self._restrict(day, run_id=run.pk)
        with clock.travel(day + timedelta(hours=14, minutes=10)):
            payouts.approve(run_id=run.pk, by=approver, now=clock.now())  # and it is sent
        if dollars and self._runs == RETURNED_IN:
            self._later.append((day + timedelta(days=4), "return", self._largest(run_id=run.pk)))
        return 1

    def _hold(self, day: datetime, by: User) -> None:
        mentor = Mentor.objects.get(user__email="hana.kealoha@mentors.example.com")
        payouts.hold(mentor_id=mentor.pk, reason=HOLD_REASON, by=by, now=clock.now())
        self._later.append((day + timedelta(days=16), "lift", mentor))

    def _restrict(self, day: datetime, *, run_id: UUID) -> None:
        """The gateway shuts an account between freezing and approval; the order is refused."""
        account = self._largest(run_id=run_id).account
        self._stand_in.lever(
            f"stripe/accounts/{account.gateway_account_id}/verify", state="restricted"
        )
        self._later.append((day + timedelta(days=9), "verify", account))

    def _largest(self, *, run_id: UUID) -> Payout:
        """Return the run's largest payout but Ada's, whose year is a calm one."""
        rows = Payout.objects.filter(run=run_id).exclude(mentor__user__email="mentor@example.com")
        return rows.select_related("account", "mentor").order_by(
            "-amount_minor", "mentor__user__email"
        )[0]

    def _make_good(self, day: datetime) -> None:
        due = [one for one in self._later if one[0] <= day]
        self._later = [one for one in self._later if one[0] > day]
        with clock.travel(day + timedelta(hours=10, minutes=30)):
            for _, what, subject in due:
                self._do(what, subject, day)

    def _do(self, what: str, subject: Payout | PayoutAccount | Mentor, day: datetime) -> None:
        now = clock.now()
        match what, subject:
            case "verify", PayoutAccount():
                self._verify(subject, "verified")
            case "lift", Mentor():
                payouts.lift_hold(mentor_id=subject.pk, by=staff("finance"), now=now)
            case "return", Payout():
                payout = Payout.objects.get(pk=subject.pk)
                if payout.state == PayoutState.PAID:
                    transfer = payout.gateway_transfer_id
                    self._stand_in.dashboard("POST", f"/v1/transfers/{transfer}/reversals")
                    self._stand_in.deliver("transfer.reversed", about=str(transfer))
                    payouts.settle(payout_id=payout.pk, now=now)
                    self._later.append((day + timedelta(days=12), "reassign", payout))
            case "reassign", Payout():
                payouts.reassign(payout_id=subject.pk, by=staff("finance"), now=now)


def _openings(begins_at: datetime) -> Iterator[tuple[str, datetime]]:
    """Yield when each mentor opens an account; every tenth has not got round to it."""
    for number, mentor in enumerate([*TOLD, *crowd()]):
        if number % 10 != 9:
            yield mentor.email, begins_at + ONBOARDING * (number % 6)


def _currency(email: str) -> str:
    return next(one for one in [*TOLD, *crowd()] if one.email == email).offers[0].currency


def staff(name: str) -> User:
    """Return the demo's person of this name: `finance`, `approver`."""
    return User.objects.get(email=f"{name}@example.com")
