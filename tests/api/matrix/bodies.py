"""What the calls of the table send, where it is more than a line."""

from tests.factories.people import PASSWORD

HOURS = {
    "time_zone": "UTC",
    "weekly": [{"weekday": 0, "start": "09:00", "end": "17:00"}],
    "overrides": [],
    "time_off": [],
    "travel": [],
    "rules": {
        "step_minutes": 30, "gap_minutes": 0, "notice_minutes": 0, "window_days": 60,
        "max_per_day": None, "max_per_week": None,
    },
}  # fmt: skip
SWITCHES = {"reminder_day": True, "reminder_hour": True, "message_digest": False}
CIRCLE = {
    "name": "Circle", "duration_minutes": 60, "price_minor": 2000, "currency": "USD", "capacity": 9,
}  # fmt: skip
SESSION_TYPE = {
    "name": "A first look", "duration_minutes": 30, "price_minor": 5000, "currency": "USD",
}  # fmt: skip
TERMS = {"session_type": "{kind}", "sessions": 5, "price_minor": 40_000, "valid_days": 90}
NEW = {"email": "new@example.com", "password": PASSWORD, "name": "New"}
ONE_START = {"starts_at": "{own.starts_at}"}

ENDPOINT = "/api/webhooks/endpoints/{endpoint}"
OWN = "200 404 404"
