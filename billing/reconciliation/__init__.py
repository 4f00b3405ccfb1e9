"""Compare the gateway's movements with our books, and name every difference.

`run` imports the gateway's rows (calls, outside any transaction), matches them set-wise in SQL,
and keeps the breaks. It changes no money: `heal` asks `settle` to look again at what the
gateway knows better, and people decide the rest.
"""

from billing.reconciliation.matching import differences
from billing.reconciliation.resolving import approve, resolve, withdraw
from billing.reconciliation.rules import apply_rules
from billing.reconciliation.runs import Result, heal, run, run_file
from billing.reconciliation.windows import nightly_window

__all__ = [
    "Result",
    "apply_rules",
    "approve",
    "differences",
    "heal",
    "nightly_window",
    "resolve",
    "run",
    "run_file",
    "withdraw",
]
