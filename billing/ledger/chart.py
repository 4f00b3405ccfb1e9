"""The chart of accounts: what each code is called and which side it grows on. Pure.

A debit is positive and a credit negative everywhere in this code base. docs/money.md tells what
each account is for; a test holds the two together.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache


class Kind(StrEnum):
    """Which statement an account belongs to, and on which side it grows."""

    ASSET = "asset"
    LIABILITY = "liability"
    INCOME = "income"
    EXPENSE = "expense"
    TRADING = "trading"

    @property
    def grows_by_credit(self) -> bool:
        return self in {Kind.LIABILITY, Kind.INCOME}


class Code(StrEnum):
    """The codes that postings name."""

    BANK = "1010"
    GATEWAY_CLEARING = "1100"
    GATEWAY_PAYOUTS_IN_TRANSIT = "1120"
    DISPUTES_RECEIVABLE = "1130"
    SUSPENSE = "1900"
    MENTOR_PENDING = "2110"
    MENTOR_AVAILABLE = "2120"
    MENTOR_RESERVE = "2130"
    MENTOR_PAYOUTS_IN_TRANSIT = "2140"
    MENTOR_PAYOUTS_RETURNED = "2150"
    DEFERRED_COMMISSION = "2200"
    REFUNDS_PAYABLE = "2300"
    TAX_PAYABLE = "2400"
    CLIENT_CREDIT = "2500"
    PREPAID = "2600"
    COMMISSION = "4010"
    FEE_RECOVERY = "4020"
    BREAKAGE = "4030"
    COMMISSION_REFUNDS = "4090"
    GATEWAY_FEES = "5010"
    DISPUTE_FEES = "5020"
    DISPUTE_LOSSES = "5030"
    BAD_DEBT = "5040"
    FX_DIFFERENCES = "5050"
    DISCOUNTS = "5060"
    REFERRAL_REWARDS = "5070"
    SERVERS = "5100"
    DEVELOPMENT = "5110"
    MARKETING = "5120"
    SUPPORT = "5130"
    OTHER_OPERATIONS = "5190"
    FX_TRADING = "6000"


@dataclass(frozen=True, slots=True)
class Account:
    """One row of the chart. `per_gateway`: there is one such account for each gateway."""

    code: Code
    name: str
    kind: Kind
    per_gateway: bool = False


_ROWS = (
    Account(Code.BANK, "Bank", Kind.ASSET),
    Account(Code.GATEWAY_CLEARING, "Gateway clearing", Kind.ASSET, per_gateway=True),
    Account(Code.GATEWAY_PAYOUTS_IN_TRANSIT, "Gateway payouts in transit", Kind.ASSET, True),
    Account(Code.DISPUTES_RECEIVABLE, "Disputes receivable", Kind.ASSET),
    Account(Code.SUSPENSE, "Suspense", Kind.ASSET),
    Account(Code.MENTOR_PENDING, "Mentor payable, pending", Kind.LIABILITY),
    Account(Code.MENTOR_AVAILABLE, "Mentor payable, available", Kind.LIABILITY),
    Account(Code.MENTOR_RESERVE, "Mentor payable, reserve", Kind.LIABILITY),
    Account(Code.MENTOR_PAYOUTS_IN_TRANSIT, "Mentor payouts in transit", Kind.LIABILITY),
    Account(Code.MENTOR_PAYOUTS_RETURNED, "Mentor payouts returned", Kind.LIABILITY),
    Account(Code.DEFERRED_COMMISSION, "Deferred commission", Kind.LIABILITY),
    Account(Code.REFUNDS_PAYABLE, "Refunds payable", Kind.LIABILITY),
    Account(Code.TAX_PAYABLE, "Tax payable", Kind.LIABILITY),
    Account(Code.CLIENT_CREDIT, "Client credit", Kind.LIABILITY),
    Account(Code.PREPAID, "Prepaid packages and periods", Kind.LIABILITY),
    Account(Code.COMMISSION, "Commission", Kind.INCOME),
    Account(Code.FEE_RECOVERY, "Gateway fee recovery", Kind.INCOME),
    Account(Code.BREAKAGE, "Breakage", Kind.INCOME),
    Account(Code.COMMISSION_REFUNDS, "Commission refunds (contra)", Kind.INCOME),
    Account(Code.GATEWAY_FEES, "Gateway fees", Kind.EXPENSE),
    Account(Code.DISPUTE_FEES, "Dispute fees", Kind.EXPENSE),
    Account(Code.DISPUTE_LOSSES, "Dispute losses borne by the platform", Kind.EXPENSE),
    Account(Code.BAD_DEBT, "Bad debt, mentors", Kind.EXPENSE),
    Account(Code.FX_DIFFERENCES, "FX differences", Kind.EXPENSE),
    Account(Code.DISCOUNTS, "Discounts borne by the platform", Kind.EXPENSE),
    Account(Code.REFERRAL_REWARDS, "Referral rewards", Kind.EXPENSE),
    Account(Code.SERVERS, "Servers", Kind.EXPENSE),
    Account(Code.DEVELOPMENT, "Development", Kind.EXPENSE),
    Account(Code.MARKETING, "Marketing", Kind.EXPENSE),
    Account(Code.SUPPORT, "Support", Kind.EXPENSE),
    Account(Code.OTHER_OPERATIONS, "Other operations", Kind.EXPENSE),
    Account(Code.FX_TRADING, "FX trading", Kind.TRADING),
)
CHART: dict[Code, Account] = {row.code: row for row in _ROWS}


@cache
def key(code: Code, *, currency: str, gateway: str = "") -> str:
    """Return the natural key of an account, such as `2110:USD` or `1100:stripe:USD`.

    Raises ValueError where a gateway is missing, or named for an account that has none.
    """
    if CHART[code].per_gateway != bool(gateway):
        raise ValueError(f"{code} ({CHART[code].name}) and gateway {gateway!r} do not go together")
    return f"{code}:{gateway}:{currency}" if gateway else f"{code}:{currency}"


@cache
def family_of(account_key: str) -> list[tuple[str, str, str, str]]:
    """Return (key, code, gateway, currency) of every account of this one's currency and gateway.

    Itself is among them, and those that belong to no gateway.
    """
    gateway, currency = account_key[5:-4], account_key[-3:]
    codes = [row.code for row in _ROWS if gateway or not row.per_gateway]
    own = [(code, gateway if CHART[code].per_gateway else "") for code in codes]
    return [(key(code, currency=currency, gateway=at), code, at, currency) for code, at in own]


def code_of(account_key: str) -> Code:
    """Return the code of a key."""
    return Code(account_key[:4])


def name_of(account_key: str) -> str:
    """Return what people call the account, such as `Gateway clearing (stripe)`."""
    name = CHART[code_of(account_key)].name
    gateway = account_key[5:-4]
    return f"{name} ({gateway})" if gateway else name
