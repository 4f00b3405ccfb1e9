"""Stripe's wire protocol, as the official SDK 16.1 (API 2026-10-28) speaks it."""

API_VERSION = "2026-10-28.endive"
GATEWAY = "stripe"
