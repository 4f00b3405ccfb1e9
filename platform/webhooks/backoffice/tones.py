"""The colours of a delivery's states."""

DELIVERY_TONES = {
    "waiting": "info",
    "delivered": "success",
    "failed": "danger",
    "missed": "warning",
}
