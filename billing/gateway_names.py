"""What people call the gateways."""

NAMES = {"stripe": "Stripe", "paypal": "PayPal"}


def gateway_name(name: str) -> str:
    """Return the name as the gateway writes it itself."""
    return NAMES.get(name, name.capitalize())
