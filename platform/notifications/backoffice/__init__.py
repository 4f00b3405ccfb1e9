"""The staff's screens of the outbox."""
