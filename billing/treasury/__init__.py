"""Money between the gateways and the platform's own bank: payouts, bank statements, arrivals.

`settle` books what a gateway says of one payout; `statements` brings the bank's own lines in.
"""

from billing.treasury.outcome import apply, look, settle

__all__ = ["apply", "look", "settle"]
