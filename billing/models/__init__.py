"""The tables of money. Other rooms import them from here."""

from billing.models.bank import BankAccount, BankLine, BankMatch, BankStatement
from billing.models.books import PeriodClose, PeriodTotal, Seal
from billing.models.conversion import Conversion
from billing.models.cost import COST_ACCOUNTS, Cost, CostDocument
from billing.models.credit import (
    ClientCredit,
    CreditMovement,
    Referral,
    ReferralCode,
    ReferralReward,
    Unwinding,
)
from billing.models.discount import Discount
from billing.models.dispute import Dispute, DisputeLoss, DisputeMovement
from billing.models.evidence import AnswerDocument, DisputeAnswer
from billing.models.gateway_event import GatewayEvent
from billing.models.ledger import Entry, LedgerAccount, Line
from billing.models.package import (
    BreakageRule,
    Keeper,
    Package,
    PackageCredit,
    PackageExpiry,
    PackageOffer,
)
from billing.models.payment import Payment
from billing.models.payout import Payout, PayoutExclusion, PayoutLine, PayoutRun
from billing.models.payout_account import (
    MentorBalance,
    PayoutAccount,
    PayoutHold,
    PayoutMinimum,
)
from billing.models.purchase import CommissionRule, FeeSchedule, Purchase
from billing.models.reconciliation import (
    Break,
    CutOff,
    GatewayTransaction,
    ReconciliationRun,
    SeenAgain,
)
from billing.models.refund import Refund
from billing.models.reserve import Reserve, ReserveMove, ReserveRule
from billing.models.resolution import BreakResolution, CategoryAccount, ResolutionLimit
from billing.models.surplus import Surplus
from billing.models.treasury import GatewayPayout, GatewayPayoutItem, GatewayPayoutRecord
from billing.models.write_off import WriteOff, WriteOffRecovery

__all__ = [
    "COST_ACCOUNTS",
    "AnswerDocument",
    "BankAccount",
    "BankLine",
    "BankMatch",
    "BankStatement",
    "Break",
    "BreakResolution",
    "BreakageRule",
    "CategoryAccount",
    "ClientCredit",
    "CommissionRule",
    "Conversion",
    "Cost",
    "CostDocument",
    "CreditMovement",
    "CutOff",
    "Discount",
    "Dispute",
    "DisputeAnswer",
    "DisputeLoss",
    "DisputeMovement",
    "Entry",
    "FeeSchedule",
    "GatewayEvent",
    "GatewayPayout",
    "GatewayPayoutItem",
    "GatewayPayoutRecord",
    "GatewayTransaction",
    "Keeper",
    "LedgerAccount",
    "Line",
    "MentorBalance",
    "Package",
    "PackageCredit",
    "PackageExpiry",
    "PackageOffer",
    "Payment",
    "Payout",
    "PayoutAccount",
    "PayoutExclusion",
    "PayoutHold",
    "PayoutLine",
    "PayoutMinimum",
    "PayoutRun",
    "PeriodClose",
    "PeriodTotal",
    "Purchase",
    "ReconciliationRun",
    "Referral",
    "ReferralCode",
    "ReferralReward",
    "Refund",
    "Reserve",
    "ReserveMove",
    "ReserveRule",
    "ResolutionLimit",
    "Seal",
    "SeenAgain",
    "Surplus",
    "Unwinding",
    "WriteOff",
    "WriteOffRecovery",
]
