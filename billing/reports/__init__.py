"""Reports of finance: read from the ledger alone, as of an instant, written the same each time."""
