"""The platform's own money over the year: what it takes home, its bank's statements, its bills,
and the months that finance closes.

Twice a month the platform draws what is its own from the gateway; a statement follows once it has
arrived. The month before is closed on the eighth, and two persons sign whatever needs two.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from billing import costs, reconciliation
from billing.ledger import periods
from billing.ledger.chart import Code, Kind
from billing.ledger.totals import account_totals
from billing.models import BankAccount, BankLine, Break
from billing.treasury import statements
from demo.year.bank_files import CSV_MAPPING, Movement, camt, csv, mt940
from demo.year.desk import staff
from demo.year.gateway import StandIn
from kernel import clock

DRAWN_ON, STATEMENTS_ON, CLOSED_ON, BILLED_ON = (5, 20), (1, 10, 25), 8, 27
CUSHION, STEP = 50_00, 25_00  # what stays at the gateway, and in which steps the rest is drawn
ONE_DAY = timedelta(days=1)

type Writer = Callable[[str, int, Sequence[Movement]], str]


@dataclass(frozen=True, slots=True)
class Bill:
    """What a supplier is paid each month, and the account that it belongs to."""

    supplier: str
    memo: str
    account: Code
    amount_minor: int


@dataclass(slots=True)
class Account:
    """One bank account of the platform, its monthly bill, and what the bank takes for itself."""

    currency: str
    name: str
    number: str
    file: str
    write: Writer
    bill: Bill
    charge_minor: int
    balance_minor: int = 0
    waiting: list[Movement] = field(default_factory=list)

    @property
    def coming_minor(self) -> int:
        """What the account will hold when all that waits for a statement is on one."""
        return self.balance_minor + sum(one.amount_minor for one in self.waiting)


def _accounts() -> list[Account]:
    return [
        Account(
            "USD", "Operating account (US)", "000123456789", "export.csv", csv,
            Bill("Harbor Racks", "Servers and backups", Code.SERVERS, 189_00), 12_00,
        ),
        Account(
            "EUR", "Geschäftskonto (DE)", "DE89370400440532013000", "camt053.xml", camt,
            Bill("Studio Ahorn", "Pictures for the campaign", Code.MARKETING, 120_00), 7_90,
        ),
        Account(
            "GBP", "Business account (UK)", "GB29NWBK60161331926819", "statement.sta", mt940,
            Bill("Kestrel Desk", "Support hours", Code.SUPPORT, 95_00), 6_50,
        ),
    ]  # fmt: skip


class Bank:
    """The platform's finance beside its bank, asked once a day."""

    def __init__(self, stand_in: StandIn, begins_at: datetime) -> None:
        self._stand_in = stand_in
        self._begins_at = begins_at
        self._accounts = _accounts()
        self._on_its_way: list[tuple[datetime, Account, str, int]] = []

    def work(self, day: datetime) -> None:
        """Do what is due on this day, in office hours."""
        if day == self._begins_at:
            self._open(day)
        self._arrive(day)
        for account in self._accounts:
            if day.day in DRAWN_ON:
                self._draw(day, account)
            if day.day == BILLED_ON:
                self._pay_bills(day, account)
            if day.day in STATEMENTS_ON:
                self._bring_statement(day, account)
        if day.day == CLOSED_ON:
            self._close_month(day)

    def _open(self, day: datetime) -> None:
        with clock.travel(day + timedelta(hours=7)):
            for one in self._accounts:
                statements.open_account(
                    name=one.name, number=one.number, currency=one.currency, since=day.date(),
                    by=staff("finance"), now=clock.now(),
                )  # fmt: skip

    def _draw(self, day: datetime, account: Account) -> None:
        """Send home what belongs to nobody else: the gateway's balance less all that is owed."""
        own = sum(
            total.balance_minor
            for total in account_totals()
            if total.currency == account.currency
            and (total.code == Code.GATEWAY_CLEARING or total.kind is Kind.LIABILITY)
        )
        amount = (own - CUSHION) // STEP * STEP
        if amount <= 0:
            return
        with clock.travel(day + timedelta(hours=10)):
            payout = self._stand_in.dashboard(
                "POST", "/v1/payouts", amount=amount, currency=account.currency.lower()
            )
            self._stand_in.deliver("payout.created", about=payout["id"])
        self._on_its_way.append((day + 2 * ONE_DAY, account, payout["id"], amount))

    def _arrive(self, day: datetime) -> None:
        due = [one for one in self._on_its_way if one[0] <= day]
        self._on_its_way = [one for one in self._on_its_way if one[0] > day]
        with clock.travel(day + timedelta(hours=9)):
            for _, account, payout_id, amount in due:
                self._stand_in.lever(f"stripe/payouts/{payout_id}/finish", outcome="paid")
                self._stand_in.deliver("payout.paid", about=payout_id)
                account.waiting.append(
                    Movement(day.date(), amount, f"STRIPE PAYOUT {payout_id.upper()}")
                )

    def _pay_bills(self, day: datetime, account: Account) -> None:
        """Pay the month's bill and enter it; what the bank charges shows on its statement alone."""
        bill = account.bill
        if account.coming_minor < bill.amount_minor + account.charge_minor:
            return
        with clock.travel(day + timedelta(hours=11)):
            costs.enter(
                day=day.date(), account=bill.account, amount_minor=bill.amount_minor,
                currency=account.currency, supplier=bill.supplier, memo=bill.memo,
                by=staff("finance"), now=clock.now(),
            )  # fmt: skip
        account.waiting.append(
            Movement(day.date(), -bill.amount_minor, f"{bill.supplier}: {bill.memo}")
        )
        account.waiting.append(
            Movement(day.date() + ONE_DAY, -account.charge_minor, "Account fee of the month")
        )

    def _bring_statement(self, day: datetime, account: Account) -> None:
        """Bring in what the bank sent, and answer each line that nothing of ours explains."""
        if not account.waiting:
            return
        movements, account.waiting = account.waiting, []
        text = account.write(account.number, account.balance_minor, movements)
        account.balance_minor += sum(one.amount_minor for one in movements)
        kept = BankAccount.objects.get(currency=account.currency)
        with clock.travel(day + timedelta(hours=9, minutes=30)):
            statements.bring_in(
                account_id=kept.pk, filename=f"{day:%Y-%m-%d}-{account.file}",
                data=text.encode(), by=staff("finance"), now=clock.now(),
                mapping=None if kept.mapping or account.write is not csv else CSV_MAPPING,
            )  # fmt: skip
            reconciliation.run(gateway="stripe", since=day - ONE_DAY, until=day, now=clock.now())
            for broken in Break.objects.filter(type="bank_line_unknown", state="open"):
                self._answer(broken, account)

    def _answer(self, broken: Break, account: Account) -> None:
        """Say what a line is: the bill that was entered already, or what the bank took."""
        line = BankLine.objects.get(pk=broken.key)
        entered = line.amount_minor == -account.bill.amount_minor
        prepared = reconciliation.resolve(
            break_id=broken.pk,
            action="accept" if entered else "post",
            account="" if entered else Code.OTHER_OPERATIONS,
            reason="The bill; its cost is entered." if entered else "What the bank charges.",
            by=staff("finance"),
            now=clock.now(),
        )
        if prepared.needs_approval:
            approver = staff("approver")
            reconciliation.approve(resolution_id=prepared.pk, by=approver, now=clock.now())

    def _close_month(self, day: datetime) -> None:
        with clock.travel(day + timedelta(hours=15)):
            try:
                shown = periods.preview(now=clock.now())
            except periods.NothingToClose:
                return
            proposed = periods.propose(
                by=staff("finance"), content_hash=shown.content_hash, now=clock.now()
            )
        with clock.travel(day + timedelta(hours=16)):
            periods.close(period_id=proposed.pk, by=staff("approver"), now=clock.now())


def stray_line(day: date, *, now: datetime) -> BankLine:
    """Bring in a statement with one line that nobody knows, after all that is known."""
    kept = BankAccount.objects.get(currency="USD")
    last = kept.statements.exclude(closing_minor=None).order_by("ends_on", "imported_at").last()
    stray = Movement(day, 42_00, "J DOE REF 7781")
    opening = (last.closing_minor or 0) if last else 0
    text = csv(kept.number, opening, [stray])
    brought = statements.bring_in(
        account_id=kept.pk, filename=f"{day}-export.csv", data=text.encode(),
        by=staff("finance"), now=now, mapping=CSV_MAPPING,
    )  # fmt: skip
    return brought.statement.lines.get()
