"""A mentor's money: what there is, line by line, the statements of payouts, the destination."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.pagination import DEFAULT_LIMIT, Cursor, Limit
from api.schemas.base import Body, MoneyOut, Out
from billing.models import Payout, PayoutAccount, Purchase
from billing.payouts import Outlook
from billing.statements import Earnings, StatementLine

What = Literal[
    "sale",
    "refund",
    "refund_came_back",
    "dispute_lost",
    "dispute_won",
    "reserve_taken",
    "reserve_released",
    "debt_written_off",
    "debt_recovered",
    "package_expired",
    "paid_before",
    "came_back",
    "other",
]
PayoutStatus = Literal["approved", "sent", "paid", "cleared", "failed", "returned", "reassigned"]
AccountStatus = Literal["onboarding", "active", "restricted", "closed"]


class SaleOut(Out):
    """A sale in its exact parts: `price` − `gateway_fee` − `commission` − `went_back` = amount."""

    session_id: str
    title: str
    price: MoneyOut
    gateway_fee: MoneyOut
    commission: MoneyOut
    went_back: Annotated[
        MoneyOut, Field(description="What of the share was refunded before it was available.")
    ]


class EarningLine(Out):
    """One movement of available money; what the mentor gets is positive."""

    at: datetime
    what: What
    session_id: str | None
    amount: MoneyOut
    sale: SaleOut | None

    @classmethod
    def of(cls, line: StatementLine) -> "EarningLine":
        purchase, currency = line.purchase, line.currency
        sale = None
        if line.sale is not None:
            sold = line.sale.purchase
            sale = SaleOut(
                session_id=sold.booked.public_id,
                title=sold.booked.session_type.name,
                price=MoneyOut.minor(sold.price_minor, currency),
                gateway_fee=MoneyOut.minor(sold.fee_minor, currency),
                commission=MoneyOut.minor(sold.commission_minor, currency),
                went_back=MoneyOut.minor(line.sale.went_back_minor, currency),
            )
        return cls(
            at=line.at,
            what=line.what,  # type: ignore[arg-type]
            session_id=_session_id(purchase),
            amount=MoneyOut.minor(line.amount_minor, currency),
            sale=sale,
        )


def _session_id(purchase: Purchase | None) -> str | None:
    """A line of no sale, or of a package's, names no session."""
    session = purchase.session if purchase else None
    return session.public_id if session else None


class NextPayout(Out):
    """What the next payout would bring as of now, and why it would not.

    With an `objection`, none of `amount` is paid: the mentor owes (then it is negative), the money
    is kept back by the staff, a refund of it has to be mended first, there is no account that can
    be paid in this currency, a new account's safety period, or it is less than `least`. Where
    `least` is null nothing is paid out in this currency yet. The share of sales whose money a
    client's bank holds waits besides.
    """

    amount: MoneyOut
    disputed: MoneyOut
    least: MoneyOut | None
    objection: (
        Literal[
            "negative",
            "on_hold",
            "refund_failed",
            "no_account",
            "cool_off",
            "below_minimum",
        ]
        | None
    )

    @classmethod
    def of(cls, found: Outlook) -> "NextPayout":
        currency, least = found.currency, found.minimum_minor
        return cls(
            amount=MoneyOut.minor(found.amount_minor, currency),
            disputed=MoneyOut.minor(found.disputed_minor, currency),
            least=None if least is None else MoneyOut.minor(least, currency),
            objection=found.objection,  # type: ignore[arg-type]
        )


class CurrencyEarnings(Out):
    """A mentor's money in one currency; `available` is negative where the mentor owes."""

    currency: str
    pending: MoneyOut
    available: MoneyOut
    reserve: MoneyOut
    on_its_way: MoneyOut
    came_back: Annotated[
        MoneyOut,
        Field(description="Was paid out and came back; paid again once the account is mended."),
    ]
    paid: MoneyOut
    next_payout: NextPayout

    @classmethod
    def of(cls, money: Earnings) -> "CurrencyEarnings":
        row, currency = money.balance, money.balance.currency
        return cls(
            currency=currency,
            pending=MoneyOut.minor(row.pending_minor, currency),
            available=MoneyOut.minor(row.available_minor, currency),
            reserve=MoneyOut.minor(row.reserve_minor, currency),
            on_its_way=MoneyOut.minor(row.in_transit_minor, currency),
            came_back=MoneyOut.minor(row.returned_minor, currency),
            paid=MoneyOut.minor(money.paid_minor, currency),
            next_payout=NextPayout.of(money.following),
        )


class EarningsOut(Out):
    """What the mentor has, when the next payout is due, and a page of what made it up."""

    earnings: list[CurrencyEarnings]
    next_payout_on: date
    lines: list[EarningLine]
    next: str | None
    prev: str | None


class MoneyPageQuery(BaseModel):
    """Which page."""

    cursor: Cursor | None = None
    limit: Limit = DEFAULT_LIMIT


class StatementItem(Out):
    """A payout as a line of the list."""

    id: str
    status: PayoutStatus
    amount: MoneyOut
    created_at: datetime
    paid_at: datetime | None

    @classmethod
    def of(cls, payout: Payout) -> "StatementItem":
        return cls(
            id=payout.public_id,
            status=payout.state,  # type: ignore[arg-type]
            amount=MoneyOut.minor(payout.amount_minor, payout.currency),
            created_at=payout.created_at,
            paid_at=payout.paid_at,
        )


class StatementPage(Out):
    """A page of statements, the newest first."""

    items: list[StatementItem]
    next: str | None
    prev: str | None


class StatementOut(StatementItem):
    """A payout and everything that it is made of: the lines sum to its amount."""

    lines: list[EarningLine]


class PayoutAccountItem(Out):
    """A destination. Bank and identity are the gateway's to know."""

    id: str
    gateway: str
    status: AccountStatus
    currency: str
    asked_for: Annotated[str, Field(description="What the gateway still wants, in its words.")]
    usable_from: Annotated[
        datetime | None, Field(description="A changed destination is paid from then on.")
    ]


class PayoutAccountOut(Out):
    """The destination in use, if there is one."""

    account: PayoutAccountItem | None

    @classmethod
    def of(cls, account: PayoutAccount | None) -> "PayoutAccountOut":
        if account is None:
            return cls(account=None)
        return cls(
            account=PayoutAccountItem(
                id=account.public_id,
                gateway=account.gateway,
                status=account.state,  # type: ignore[arg-type]
                currency=account.currency,
                asked_for=account.asked_for,
                usable_from=account.usable_from,
            )
        )


class PayoutAccountRequest(Body):
    """Open the destination, or go on with the gateway's form; or change to another."""

    gateway: Literal["stripe", "paypal"] = "stripe"
    country: Annotated[
        str, Field(pattern=r"^([A-Z]{2})?$", max_length=2, description="ISO 3166; default ours.")
    ] = ""
    replace: Annotated[
        bool, Field(description="Close the one in use and open another; send If-Match.")
    ] = False


class PayoutAccountStarted(PayoutAccountOut):
    """The destination, and the gateway's page on which the mentor gives the details."""

    onboarding_url: Annotated[str, Field(description="Good for minutes and for one visit.")]
