"""Compare the gateway's movements with our books, and name every difference.

`run` imports the gateway's rows (calls, outside any transaction), matches them set-wise in SQL,
and keeps the breaks. It changes no money: `heal` asks `settle` to look again at what the
gateway knows better, and people decide the rest.
"""

from billing.reconciliation.runs import Result, heal, nightly_window, run

__all__ = ["Result", "heal", "nightly_window", "run"]
