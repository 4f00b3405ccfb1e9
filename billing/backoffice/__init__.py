"""Finance's screens: payments, refunds, the ledger, breaks, gateway events. They only look."""
