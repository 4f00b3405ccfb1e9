"""What this floor keeps of people, for exports and erasures."""

from django.db.models import Case, Value, When

from kernel.personal import ERASED, Fate, Table, keep

INDEX = "Made of the hours that are in the section of hours; nothing besides."
BOTH = ("client__user", "mentor__user")
OF_SESSION = ("session__client__user", "session__mentor__user")
HISTORY = "The other person's session refers to it, and so does the ledger."


def said(column: str) -> Case:
    """Return what stands instead of a person's words; nothing where there were none."""
    return Case(When(**{column: ""}, then=Value("")), default=Value(ERASED))


def tell() -> None:
    """Name the tables; called once, at the start."""
    keep(*_HOURS, *_SESSIONS, *_AFTER, *_INDEXES)


_HOURS: list[Table] = [
    Table(
        model="scheduling.schedule",
        whose=("mentor__user",),
        section="hours",
        says="Under which rules your time can be booked.",
        shown=(
            "time_zone",
            "step_minutes",
            "gap_minutes",
            "notice_minutes",
            "window_days",
            "max_per_day",
            "max_per_week",
        ),
        fate=Fate.KEPT,
        stays=("time_zone",),
        why="Booked sessions were checked by it; without hours and calendars it says nothing.",
    ),
    Table(
        model="scheduling.weeklyrule",
        whose=("schedule__mentor__user",),
        section="weekly_hours",
        says="Your hours of a week.",
        shown=("weekday", "start_minute", "end_minute", "valid_from", "valid_to"),
        fate=Fate.DELETED,
    ),
    Table(
        model="scheduling.dateoverride",
        whose=("schedule__mentor__user",),
        section="hours_of_a_day",
        says="Days on which your hours were others.",
        shown=("date", "start_minute", "end_minute"),
        fate=Fate.DELETED,
    ),
    Table(
        model="scheduling.timeoff",
        whose=("schedule__mentor__user",),
        section="times_off",
        says="When you were away, and why.",
        shown=("during", "reason"),
        fate=Fate.DELETED,
    ),
    Table(
        model="scheduling.travelzone",
        whose=("schedule__mentor__user",),
        section="journeys",
        says="Days on which you lived by another clock.",
        shown=("from_date", "to_date", "time_zone"),
        fate=Fate.DELETED,
    ),
    Table(
        model="scheduling.externalbusy",
        whose=("calendar__schedule__mentor__user",),
        section="busy_times",
        says="Times that your calendars from elsewhere say you are busy.",
        shown=("calendar_id", "during"),
        fate=Fate.DELETED,
    ),
    Table(
        model="scheduling.externalcalendar",
        whose=("schedule__mentor__user",),
        section="calendars",
        says="Calendars from elsewhere that you connected.",
        shown=("id", "name", "url", "entries", "received_at", "checked_at"),
        fate=Fate.DELETED,
    ),
    Table(
        model="scheduling.calendarfeed",
        whose=("user",),
        section="calendar_feed",
        says="That you have a calendar address of your own; its secret is not kept.",
        shown=("created_at",),
        fate=Fate.DELETED,
    ),
]


_SESSIONS: list[Table] = [
    Table(
        model="scheduling.offeredday",
        whose=("mentor__user",),
        section="offered_days",
        says="How many minutes you offered on each day.",
        shown=("day", "minutes"),
        fate=Fate.KEPT,
        why="Reports of past months count it; it names nobody.",
    ),
    Table(
        model="scheduling.sessiontype",
        whose=("mentor__user",),
        section="session_types",
        says="What you offer.",
        shown=(
            "id",
            "name",
            "description",
            "duration_minutes",
            "price_minor",
            "currency",
            "is_active",
            "capacity",
        ),
        fate=Fate.CHANGED,
        blank={"is_active": False, "description": ""},
        stays=("name", "currency"),
        why="What was sold stands on clients' bookings; your name and address are taken out.",
    ),
    Table(
        model="scheduling.meeting",
        whose=("mentor__user",),
        section="meetings",
        says="When you met, or meant to meet, clients.",
        shown=("id", "during", "capacity", "seats_taken", "withdrawn_at", "withdraw_reason"),
        fate=Fate.CHANGED,
        blank={"withdraw_reason": said("withdraw_reason")},
        stays=("withdrawn_by",),
        why=HISTORY,
    ),
    Table(
        model="scheduling.daycount",
        whose=("mentor__user",),
        says="How many sessions a day has: counted from the section of sessions.",
        fate=Fate.KEPT,
        why="It is a number.",
    ),
    Table(
        model="scheduling.weekcount",
        whose=("mentor__user",),
        says="How many sessions a week has: counted from the section of sessions.",
        fate=Fate.KEPT,
        why="It is a number.",
    ),
    Table(
        model="scheduling.series",
        whose=BOTH,
        section="series",
        says="Sessions that were booked together.",
        shown=(
            "id",
            "client_id",
            "mentor_id",
            "starts_at",
            "time_zone",
            "every_weeks",
            "count",
            "created_at",
        ),
        fate=Fate.KEPT,
        stays=("time_zone", "left_out"),
        why=HISTORY,
    ),
    Table(
        model="scheduling.session",
        whose=BOTH,
        mine=("client__user",),
        section="sessions",
        says="Sessions that you booked or sold, with what you wrote about them.",
        shown=(
            "id",
            "client_id",
            "mentor_id",
            "session_type__name",
            "state",
            "starts_at",
            "ends_at",
            "price_minor",
            "currency",
            "goals",
            "cancelled_by",
            "cancel_reason",
            "outcome",
            "created_at",
            "confirmed_at",
            "completed_at",
            "cancelled_at",
        ),
        fate=Fate.CHANGED,
        blank={"goals": said("goals")},
        stays=("currency", "policy", "cancelled_by", "cancel_reason"),
        why="Payments and the ledger refer to it, and it is the other person's session too.",
    ),
    Table(
        model="scheduling.sessionevent",
        whose=OF_SESSION,
        section="what_happened",
        says="What happened to your sessions, by whom.",
        shown=("session_id", "at", "actor", "event", "from_state", "to_state", "reason"),
        fate=Fate.CHANGED,
        stays=("actor", "event", "from_state", "to_state", "reason", "data"),
        why="That it happened is history; what you wrote of it is taken out.",
    ),
    Table(
        model="scheduling.proposal",
        whose=OF_SESSION,
        section="proposals",
        says="Other times that you or the other person proposed.",
        shown=("id", "session_id", "side", "starts", "message", "state", "created_at"),
        fate=Fate.CHANGED,
        stays=("message",),
        why=HISTORY,
    ),
    Table(
        model="scheduling.reminder",
        whose=OF_SESSION,
        says="That a reminder was due: the letters themselves are in the section of e-mails.",
        fate=Fate.KEPT,
        stays=("role",),
        why="It keeps a reminder from being sent twice.",
    ),
    Table(
        model="scheduling.incident",
        whose=OF_SESSION,
        section="incidents",
        says="What you or the other person reported of a session, and what became of it.",
        shown=("id", "session_id", "kind", "side", "reason", "created_at", "state"),
        fate=Fate.CHANGED,
        stays=("reported_by", "reason", "decided_by", "decision"),
        why="Money moved by its decision.",
    ),
    Table(
        model="scheduling.roomvisit",
        whose=("user",),
        section="room_visits",
        says="When you entered and left the video rooms.",
        shown=("room__meeting_id", "move", "at", "provider"),
        fate=Fate.KEPT,
        stays=("provider", "event_id"),
        why="It shows that a session was held, for as long as its payment may be disputed.",
    ),
    Table(
        model="scheduling.waitlistentry",
        whose=("client__user",),
        section="waiting",
        says="Full meetings that you waited for.",
        shown=("id", "meeting_id", "state", "reason", "created_at", "ended_at"),
        fate=Fate.KEPT,
        why="The order of a line is history.",
    ),
]


_AFTER: list[Table] = [
    Table(
        model="scheduling.goal",
        whose=("client__user",),
        section="goals",
        says="Goals that you set yourself.",
        shown=("id", "title", "session_id", "created_at", "completed_at"),
        fate=Fate.CHANGED,
        blank={"title": ERASED},
        why="Its progress is appended to it; the words are taken out.",
    ),
    Table(
        model="scheduling.milestone",
        whose=("goal__client__user",),
        section="milestones",
        says="Steps on the way to your goals.",
        shown=("id", "goal_id", "title", "reached_at"),
        fate=Fate.CHANGED,
        blank={"title": ERASED},
    ),
    Table(
        model="scheduling.goalprogress",
        whose=("goal__client__user",),
        section="progress",
        says="How far you were, and what you noted.",
        shown=("goal_id", "at", "percent", "note"),
        fate=Fate.CHANGED,
        blank={"note": said("note")},
    ),
    Table(
        model="scheduling.review",
        whose=BOTH,
        mine=("client__user",),
        section="reviews",
        says="Reviews that you wrote, or that were written of you.",
        shown=(
            "id",
            "session_id",
            "client_id",
            "mentor_id",
            "rating",
            "preparation",
            "clarity",
            "usefulness",
            "comment",
            "visible",
            "created_at",
        ),
        fate=Fate.CHANGED,
        blank={"comment": said("comment")},
        why="The stars count for the mentor; the words are taken out.",
    ),
    Table(
        model="scheduling.reviewreply",
        whose=("review__mentor__user", "review__client__user"),
        mine=("review__mentor__user",),
        section="replies",
        says="What you replied to reviews, or what was replied to yours.",
        shown=("review_id", "text", "visible", "created_at"),
        fate=Fate.CHANGED,
        blank={"text": ERASED},
    ),
    Table(
        model="scheduling.reviewmoderation",
        whose=("by",),
        says="What somebody decided on reviews for the site; the log has it.",
        fate=Fate.KEPT,
        stays=("reason",),
        why="Staff words on a decision; a review's writer was told them.",
    ),
    Table(
        model="scheduling.reviewreport",
        whose=("reporter", "decided_by"),
        mine=("reporter",),
        section="reports_of_reviews",
        says="Reviews that you reported.",
        shown=("id", "review_id", "part", "reason", "words", "made_at", "decision"),
        fate=Fate.CHANGED,
        blank={"words": said("words")},
        stays=("decision_reason",),
        why="A decision rests on it; what you wrote is taken out.",
    ),
]


_INDEXES: list[Table] = [
    Table(
        model=f"scheduling.{name}",
        whose=("mentor__user",),
        says=INDEX,
        fate=Fate.KEPT,
        stays=stays,
        why="It follows the hours, and is empty without them.",
    )
    for name, stays in (
        ("blockbasis", ("zone_data",)),
        ("blockmark", ()),
        ("openblock", ()),
        ("freeblock", ()),
        ("startmark", ()),
        ("startset", ()),
        ("firststart", ("zone_data",)),
    )
]
