"""Outgoing webhooks: what happens here, told to addresses that people and the site name."""
