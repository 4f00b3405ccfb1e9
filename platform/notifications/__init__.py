"""The outbox of messages to people. Receives primitives; knows no session and no payment."""
