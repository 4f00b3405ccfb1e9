"""Invented facts for every message, so that all of them can be looked at and compared. Data."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from notifications.models import Kind

SITE = {"site_name": "Counterfoil", "public_url": "https://counterfoil.example"}
AT = datetime(2026, 11, 24, 18, 4, tzinfo=UTC)
RESET = "https://counterfoil.example/app/forgot"

_SESSION = {
    "name": "Chloe Client",
    "role": "client",
    "other": "Ada Winterbourne",
    "kind": "Career session",
    "day": "Tuesday, 24 November 2026",
    "from_time": "13:00",
    "when": "Tuesday, 24 November 2026, 13:00 – 14:00 New York",
    "link": "https://counterfoil.example/app/sessions/ses_01jdm3k4x8w2v",
    "price": "$100.00 USD",
    "goals": "Decide between two offers.\nPlan the first month.",
    "session_id": "ses_01jdm3k4x8w2v",
    "cancelled_by": None,
    "by_reader": False,
    "reason": "",
}

_SWITCH_LINK = "https://counterfoil.example/emails/unsubscribe?token=WyI5ZDVlIl0:Yq3"

SAMPLES: Mapping[str, Mapping[str, Any]] = {
    "account_verify": {
        **SITE,
        "name": "Chloe Client",
        "code": "K7QD3M",
        "expires_at": AT,
        "link": "https://counterfoil.example/app/verify#code=K7QD3M",
    },
    "account_reset": {
        **SITE,
        "name": "Chloe Client",
        "code": "K7QD3M",
        "expires_at": AT,
        "link": "https://counterfoil.example/app/reset#code=K7QD3M",
    },
    "account_exists": {
        **SITE,
        "name": "Chloe Client",
        "sign_in_link": "https://counterfoil.example/app/login",
        "reset_link": RESET,
    },
    "account_password_changed": {**SITE, "name": "Chloe Client", "at": AT, "reset_link": RESET},
    "account_token_reused": {
        **SITE,
        "name": "Chloe Client",
        "at": AT,
        "signed_in_at": AT,
        "device": "Firefox on Linux",
        "reset_link": RESET,
    },
    "account_email_change_asked": {
        **SITE,
        "name": "Chloe Client",
        "new_address": "chloe@example.net",
        "at": AT,
        "link": "https://counterfoil.example/app/undo-email#token=und_Yq3",
    },
    "account_email_change": {
        **SITE,
        "name": "Chloe Client",
        "code": "K7QD3M",
        "expires_at": AT,
        "link": "https://counterfoil.example/app/email#code=K7QD3M",
    },
    "account_address_wanted": {
        **SITE,
        "name": "Chloe Client",
        "sign_in_link": "https://counterfoil.example/app/login",
    },
    "account_email_changed": {
        **SITE,
        "name": "Chloe Client",
        "new_address": "chloe@example.net",
        "at": AT,
        "asked_at": AT,
    },
    "account_sign_in_changed": {
        **SITE,
        "name": "Chloe Client",
        "at": AT,
        "change": "passkey_added",
        "passkey": "Chloe's telephone",
        "reset_link": RESET,
    },
    "account_plain": {
        **SITE,
        "subject": "Your sign-in code",
        "body": "Your code is 123456.\n\nSee https://counterfoil.example/cms/.",
    },
    "session_confirmed": _SESSION,
    "session_reminder": {
        **_SESSION,
        "price": "",
        "switch": {"label": Kind.REMINDER_DAY.label, "link": _SWITCH_LINK},
    },
    "session_cancelled": {
        **_SESSION,
        "cancelled_by": "mentor",
        "reason": "I have to be in court that day.",
        "paid": True,
        "goals": "",
        "price": "",
    },
    "session_decided": {
        **_SESSION,
        "decided": "nobody",
        "rest": True,
        "minutes": "35 of 60 minutes",
        "reason": "The line broke down and did not come back.",
        "goals": "",
        "price": "",
    },
    "incident_reported": {
        **_SESSION,
        "emergency": False,
        "reason": "I waited in the room for twenty minutes.",
        "goals": "",
        "price": "",
    },
    "incident_withdrawn": {**_SESSION, "emergency": False, "goals": "", "price": ""},
    "session_moved": {
        **_SESSION,
        "was": "Monday, 23 November 2026, 13:00 – 14:00 New York",
        "by_reader": True,
        "agreed": False,
        "at_most": "50 %",
        "goals": "",
        "price": "",
    },
    "review_moderated": {
        "name": "Chloe Client",
        "other": "Ada Winterbourne",
        "role": "client",
        "part": "review",
        "own": True,
        "shown": False,
        "reason": "It names your colleague, who is no part of this.",
        "link": _SESSION["link"],
    },
    "account_warned": {
        "name": "Ada Winterbourne",
        "warning": "Please do not ask clients to pay you outside of Counterfoil.",
    },
    "calendar_failing": {
        "name": "Ada Winterbourne",
        "calendar": "Family & friends",
        "host": "calendar.example.org",
        "since": "Monday, 23 November 2026, 09:04 London",
        "received": "Monday, 23 November 2026, 08:04 London",
        "reason": "calendar.example.org answered 404.",
    },
    "calendar_works": {
        "name": "Ada Winterbourne",
        "calendar": "Family & friends",
        "host": "calendar.example.org",
        "since": "Monday, 23 November 2026, 09:04 London",
        "received": "",
    },
    "webhook_disabled": {
        "name": "Ada Winterbourne",
        "host": "hooks.example.org",
        "endpoint": "whk_01jdm3k4x8w2v",
        "reason": "Every attempt of five days failed",
        "at": "Monday, 23 November 2026, 09:04 London",
    },
    "message_digest": {
        "name": "Chloe Client",
        "first": "Ada Winterbourne",
        "others": 3,
        "count": 6,
        "items": [
            {
                "other": "Ada Winterbourne",
                "unread": 3,
                "text": "Tuesday suits me. Send me the two offers, and what each asks of you "
                "in the first year: then we need not read them together.",
            },
            {
                "other": "Ben Ito",
                "unread": 1,
                "text": "Write to me at [hidden until a session is paid].",
            },
        ],
        "more": 2,
        "link": "https://counterfoil.example/app/messages",
        "switch": {"label": Kind.MESSAGE_DIGEST.label, "link": _SWITCH_LINK},
    },
    "session_proposed": {
        **_SESSION,
        "role": "client",
        "times": [
            "Wednesday, 25 November 2026, 13:00 – 14:00 New York",
            "Thursday, 26 November 2026, 09:30 – 10:30 New York",
        ],
        "message": "I have to be in court that day. Would one of these do?",
        "goals": "",
        "price": "",
    },
    "proposal_declined": {**_SESSION, "goals": "", "price": ""},
    "waitlist_place": {
        **_SESSION,
        "kind": "Interview circle",
        "until": "Monday, 23 November 2026, 18:34 New York",
        "goals": "",
        "price": "$40.00 USD",
    },
    "waitlist_closed": {
        "name": "Chloe Client",
        "other": "Ada Winterbourne",
        "kind": "Interview circle",
        "when": "Tuesday, 24 November 2026, 13:00 – 14:00 New York",
        "why": "No place became free in time.",
        "link": "https://counterfoil.example/app/mentors/ada-winterbourne",
    },
    "session_mentor_absent": {**_SESSION, "goals": "", "price": ""},
    "payment_too_late": {
        "client": "Chloe Client",
        "mentor": "Ada Winterbourne",
        "amount": "$100.00 USD",
        "starts_at": "Tuesday, 24 November 2026, 13:00 New York",
        "cancelled": False,
        "alternatives": ["Tuesday, 24 November 2026, 14:00", "Tuesday, 24 November 2026, 15:00"],
        "zone": "New York time",
        "session": "ses_01jdm3k4x8w2v",
        "payment": "pay_01jdm3k6t40qa",
        "url": "https://counterfoil.example/app/mentors/ada-winterbourne",
    },
    "refund_succeeded": {
        "name": "Chloe Client",
        "mentor": "Ada Winterbourne",
        "amount": "$50.00 USD",
        "refund": "rfd_01jdm3k9c1z7n",
        "session": "ses_01jdm3k4x8w2v",
        "starts_at": "Tuesday, 24 November 2026, 13:00 New York",
    },
    "package_refunded": {
        "name": "Chloe Client",
        "mentor": "Ada Winterbourne",
        "amount": "$250.00 USD",
        "refund": "rfd_01jdm3k9c1z7n",
        "package": "pkg_01jdm3k4x8w2v",
    },
    "payout_exchanged": {
        "name": "Ada Winterbourne",
        "gateway": "PayPal",
        "account": "pya_01jdm3kc2v8xq",
    },
    "payout_destination": {
        "name": "Ada Winterbourne",
        "gateway": "Stripe",
        "account": "pya_01jdm3kc2v8xq",
        "usable_from": "2026-11-27 18:00 UTC",
    },
    "payout_paid": {
        "name": "Ada Winterbourne",
        "amount": "$1,240.75 USD",
        "payout": "po_01jdm3kb7r5hd",
        "count": 17,
    },
}
