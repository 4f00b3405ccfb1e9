"""The books: the chart of accounts, pure postings, entries, balances and their checks."""
