"""Money: purchases, payments, refunds, the ledger, the gateways and reconciliation."""
