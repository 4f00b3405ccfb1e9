"""Examples of the document: a body for each operation that takes one, and answers put together.

The bodies are sent by a test (`tests/api/test_examples.py`) to the operation that they stand at,
with the ids and tokens of that moment in the place of those here. The answers are composed from
what each member is called, and hold to their schemas.
"""

from collections.abc import Mapping
from typing import Any

from api.sign_in_examples import EMAIL, REFRESH_TOKEN, SIGN_IN

_TAIL = "01jdq4zv8m3w5x6y7z8a9b0c1d"


def an_id(prefix: str) -> str:
    """Return an id of that kind, as examples show it."""
    return f"{prefix}_{_TAIL}"


SLOT_TOKEN = "WzEsInN0eV8wMWpkcTR6djhtM3c1eDZ5N3o4YTliMGMxZCJd:1tHq2x:Zb0T9"  # noqa: S105 - shown
START = "2027-03-01T09:00:00Z"
LATER = "2027-03-01T11:00:00Z"
REFERRAL = "ANN-7K2Q"
# A white picture, 240 pixels wide and high.
PHOTO = (
    "iVBORw0KGgoAAAANSUhEUgAAAPAAAADwAQAAAAAWLtQ/AAAAL0lEQVR42u3JsQ0AAAgDoOr/P+sH7iaw"
    "UpNLR2uttdZaa6211lprrbXWWmutn/YCUUkC34ixuzwAAAAASUVORK5CYII="
)

REQUESTS: Mapping[str, Mapping[str, Any]] = {
    **SIGN_IN,
    "users_notifications_replace": {
        "reminder_day": True,
        "reminder_hour": True,
        "message_digest": False,
    },
    "users_consents_agree": {"versions": [an_id("lgv")]},
    "mentors_me_payout_account_open": {"gateway": "stripe", "country": "GB"},
    "mentors_me_availability_replace": {
        "time_zone": "Europe/London",
        "weekly": [{"weekday": 0, "start": "09:00", "end": "17:00"}],
        "overrides": [
            {"date": "2027-03-04", "start": "10:00", "end": "24:00"},
            {"date": "2027-03-05", "closed": True},
        ],
        "time_off": [
            {
                "starts_at": "2027-03-08T10:00:00Z",
                "ends_at": "2027-03-12T10:00:00Z",
                "reason": "A journey",
            }
        ],
        "travel": [{"from_date": "2027-04-01", "to_date": "2027-04-09", "time_zone": "Asia/Tokyo"}],
        "rules": {
            "step_minutes": 30,
            "gap_minutes": 15,
            "notice_minutes": 120,
            "window_days": 60,
            "max_per_day": 4,
            "max_per_week": None,
        },
    },
    "mentors_me_calendars_add": {
        "name": "Home",
        "file": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//EN\r\nEND:VCALENDAR\r\n",
    },
    "mentors_me_group_types_create": {
        "name": "Interview practice",
        "duration_minutes": 60,
        "price_minor": 2000,
        "currency": "USD",
        "capacity": 10,
        "minimum": 3,
        "cutoff_minutes": 1440,
    },
    "mentors_me_page_change": {
        "headline": "Careers in engineering, from the first job on",
        "bio": "<p>Twenty years of <b>hiring</b> engineers.</p>",
        "expertise": ["careers", "interviews"],
        "photo": PHOTO,
        "location": "London",
        "languages": ["en", "fr"],
    },
    "mentors_me_offers_create": {
        "name": "A first look",
        "description": "We look at where you are, and you leave with two things to try.",
        "duration_minutes": 30,
        "price_minor": 5000,
        "currency": "USD",
    },
    "mentors_me_offers_change": {"price_minor": 5500},
    "mentors_me_application_apply": {
        "headline": "Careers in engineering, from the first job on",
        "bio": "Twenty years of hiring engineers.",
        "expertise": ["careers"],
        "message": "Ann Brown and Ben Cole know my work.",
    },
    "mentors_me_application_answer": {
        "headline": "Careers in engineering, from the first job on",
        "bio": "Twenty years of hiring engineers.",
        "expertise": ["careers"],
        "message": "Here is the second reference: Ben Cole.",
    },
    "mentors_me_meetings_offer": {"session_type": an_id("sty"), "starts_at": START},
    "mentors_me_meetings_withdraw": {"reason": "I am ill."},
    "sessions_create": {"slot_token": SLOT_TOKEN, "goals": "A new job"},
    "sessions_reschedule": {"slot_token": SLOT_TOKEN},
    "sessions_cancel": {"reason": "My train does not run."},
    "sessions_review": {
        "rating": 5,
        "preparation": 5,
        "clarity": 4,
        "usefulness": 5,
        "comment": "I left with a plan.",
    },
    "sessions_proposals_make": {"starts_at": [START, LATER], "message": "Could we meet later?"},
    "sessions_proposals_accept": {"starts_at": START},
    "series_create": {"slot_token": SLOT_TOKEN, "count": 3, "every_weeks": 1, "goals": "Grow"},
    "series_cancel": {"since": 2, "reason": "I have found one."},
    "sessions_incidents_report": {"kind": "absence", "reason": "Nobody came."},
    "waitlist_join": {"session_type": an_id("sty"), "starts_at": START},
    "waitlist_leave": {},
    "goals_create": {"title": "A new job"},
    "goals_milestones_add": {"title": "Write the first application"},
    "goals_progress": {"percent": 40, "note": "Three applications are out."},
    "goals_complete": {"note": "I begin in May."},
    "reviews_reply": {"text": "Thank you, and all the best!"},
    "reviews_report": {"part": "review", "reason": "untrue", "words": "We never met."},
    "conversations_begin": {"mentor": "ada", "text": "Do you also help with interviews?"},
    "conversations_send": {"text": "Thank you!"},
    "conversations_read": {"up_to": 1},
    "conversations_report": {"reason": "spam", "words": "The same text to everybody."},
    "payments_create_intent": {"session_id": an_id("ses"), "gateway": "stripe"},
    "payments_cover": {"session_id": an_id("ses")},
    "payments_confirm": {"payment_id": an_id("pay")},
    "packages_offer": {
        "session_type": an_id("sty"),
        "sessions": 5,
        "price_minor": 45_000,
        "valid_days": 180,
    },
    "packages_buy": {"offer_id": an_id("pko"), "gateway": "stripe"},
    "packages_use": {"session_id": an_id("ses")},
    "credit_referral": {"code": REFERRAL},
    "mentors_match": {
        "goal": "I was passed over for promotion and want to know what is missing.",
        "price_max": 15_000,
        "currency": "USD",
        "time_zone": "Europe/London",
    },
    "webhooks_endpoints_create": {
        "url": "https://hooks.example.org/counterfoil",
        "description": "Our own books",
        "kinds": ["session.confirmed", "session.cancelled"],
    },
    "webhooks_endpoints_change": {"status": "disabled"},
    "webhooks_endpoints_replay": {"since": START},
}

# What ids are of, by the member or by the schema whose `id` it is.
_KINDS: Mapping[str, str] = {
    "session_id": "ses",
    "endpoint_id": "whk",
    "event_id": "evt",
    "object_id": "ses",
    "payment_id": "pay",
    "package_id": "pkg",
    "conversation_id": "cnv",
    "review_id": "rev",
    "DocumentOut": "lgv",
    "DocumentVersionOut": "lgv",
    "message": "msg",
    "replaced_by": "ses",
    "SessionOut": "ses",
    "SessionState": "ses",
    "CancelledSession": "ses",
    "UserOut": "usr",
    "MentorOfUser": "mtr",
    "SignInOut": "sgn",
    "CalendarOut": "cal",
    "CalendarInBrief": "cal",
    "GoalOut": "goa",
    "GoalInBrief": "goa",
    "MilestoneOut": "mst",
    "PackageOut": "pkg",
    "PackageInBrief": "pkg",
    "PaymentOut": "pay",
    "PaymentRef": "pay",
    "PaymentState": "pay",
    "PaymentInBrief": "pay",
    "PayoutAccountItem": "gpo",
    "PasskeyOut": "pky",
    "EndpointOut": "whk",
    "EndpointFacts": "whk",
    "SessionFacts": "ses",
    "PaymentFacts": "pay",
    "RefundedPaymentFacts": "pay",
    "RefundFacts": "rfd",
    "PayoutFacts": "po",
    "MessageFacts": "msg",
    "EndpointWithSecret": "whk",
    "DeliveryOut": "whd",
    "DeliveryWithLog": "whd",
    "SoldTypeOut": "sty",
    "ReviewOut": "rev",
    "SeriesOut": "srs",
    "SeriesRef": "srs",
    "SessionTypeOut": "sty",
    "SessionTypeRef": "sty",
    "GroupTypeOut": "sty",
    "OwnOffer": "sty",
    "StatementOut": "po",
    "StatementItem": "po",
    "MeetingOut": "mtg",
    "RefundOut": "rfd",
    "ProposalOut": "prp",
    "IncidentOut": "inc",
    "ApplicationOut": "app",
    "WaitOut": "wtl",
    "ReviewReportOut": "rrp",
    "ConversationOut": "cnv",
    "MessageOut": "msg",
    "ReportOut": "rpt",
    "OfferOut": "pko",
}
_MEMBERS: Mapping[str, Any] = {
    "name": "Ada Lovelace",
    "with_name": "Ada Lovelace",
    "email": EMAIL,
    "slug": "ada-lovelace",
    "mentor": "ada-lovelace",
    "author": "Ann B.",
    "client": "Ann Brown",
    "headline": "Careers in engineering, from the first job on",
    "bio": "Twenty years of hiring engineers.",
    "expertise": "careers",
    "languages": "en",
    "location": "London",
    "time_zone": "Europe/London",
    "currency": "USD",
    "amount": 10_000,
    "gateway": "stripe",
    "gateway_fee": 320,
    "commission": 1_000,
    "mentor_share": 8_680,
    "rating": 4.8,
    "reviews_count": 31,
    "duration_minutes": 60,
    "capacity": 10,
    "seats_left": 4,
    "count": 3,
    "total": 1,
    "status": 409,
    "expires_in": 600,
    "refund_bps": 10_000,
    "refund_cap_bps": 10_000,
    "code": "slot_taken",
    "type": "https://counterfoil.example/api/problems/slot_taken",
    "title": "Slot taken",
    "detail": "The slot at 2027-03-01 09:00 UTC has just been taken.",
    "description": "The slot has just been taken.",
    "pointer": "#/slot_token",
    "parameter": "limit",
    "request_id": "req_01jd0000000000000000000000",
    "text": "Thank you!",
    "last_text": "Thank you!",
    "comment": "I left with a plan.",
    "note": "Three applications are out.",
    "goals": "A new job",
    "reason": "My train does not run.",
    "rule": "Full refund until 24 hours before the start.",
    "url": "https://counterfoil.example/a/place",
    "webcal_url": "webcal://counterfoil.example/calendar/4fX0uW2c.ics",
    "onboarding_url": "https://connect.stripe.com/setup/e/acct_1/4fX0",
    "portrait_url": "/portraits/ada-lovelace.svg",
    "token": "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ1c3JfMDEifQ.c2ln",
    "refresh_token": REFRESH_TOKEN,
    "client_secret": "pi_3Q_secret_4fX0",
    "publishable_key": "pk_live_4fX0uW2c",
    "order_id": "5O190127TN364715T",
    "client_id": "AZDxjDScFpQtjWTOUtWKbyN",
    "start": "09:00",
    "end": "17:00",
    "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
    "browser": "Firefox",
    "system": "Linux",
    "source": "203.0.113.7",
    "host": "calendar.example.com",
    "number": an_id("pay"),
    "referral_code": REFERRAL,
    "session_type": "One hour",
    "kind": "referral",
    "cause": "cancelled_by_client",
    "late_bearer": "platform",
    "advice": "Open that hour in your week.",
    "decision": "",
    "relaxed": "location",
    "left_out": "Two entries repeat for ever.",
}


def compose(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str, owner: str) -> Any:
    """Return a value that holds to an answer's schema, by what its members are called."""
    if "$ref" in schema:
        target = schema["$ref"].rpartition("/")[2]
        return compose(schemas[target], schemas, name, target)
    for keyword in ("examples", "enum"):
        if schema.get(keyword):
            return schema[keyword][0]
    choices = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")
    if choices:
        return compose(choices[0], schemas, name, owner)
    match schema.get("type"):
        case _ if "const" in schema:
            return schema["const"]
        case "object":
            return _compose_object(schema, schemas, name, owner)
        case "array":
            return [compose(schema["items"], schemas, name, owner)]
        case "string":
            return _compose_text(schema, name, owner)
        case "integer" | "number":
            return _compose_number(schema, name)
        case _:
            return True


def _compose_number(schema: Mapping[str, Any], name: str) -> float:
    known = _MEMBERS.get(name)
    number: float = known if isinstance(known, int | float) else 1
    within: float = max(schema.get("minimum", number), min(number, schema.get("maximum", number)))
    return round(within) if schema["type"] == "integer" else within


def _compose_object(
    schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str, owner: str
) -> dict[str, Any]:
    members = schema.get("properties", {})
    found = {one: compose(inner, schemas, one, owner) for one, inner in members.items()}
    more = schema.get("additionalProperties")
    if isinstance(more, dict) and not found:
        found["careers"] = compose(more, schemas, name, owner)
    return found


def _compose_text(schema: Mapping[str, Any], name: str, owner: str) -> str:
    if schema.get("format") == "date-time":
        return START
    if schema.get("format") == "date":
        return START[:10]
    kind = _KINDS.get(name) or (_KINDS.get(owner) if name == "id" else None)
    if kind:
        return an_id(kind)
    if name in {"next", "prev"}:
        return "WyJuZXh0IiwiOWYiXQ:1tHq2x:Zb0T9"
    known = _MEMBERS.get(name)
    return known if isinstance(known, str) else name.replace("_", " ").capitalize()
