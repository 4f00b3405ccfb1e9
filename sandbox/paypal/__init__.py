"""PayPal's wire protocol under `/paypal`, after its published descriptions of 2026."""

GATEWAY = "paypal"
PREFIX = "/paypal"
