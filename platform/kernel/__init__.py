"""What every floor stands on: money, transitions, jobs, audit, idempotency, clock, ids, errors."""
