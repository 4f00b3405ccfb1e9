"""The dashboards' shapes: a client's and a mentor's, each the first few of everything."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field

from accounts.models import Mentor, User
from api.schemas.base import MoneyOut, Out
from api.schemas.calendars import CalendarStatus
from api.schemas.earnings import CurrencyEarnings, PayoutAccountItem
from api.schemas.goals import Percent
from api.schemas.mentors import ReviewOut
from api.schemas.payments import session_type_of
from api.schemas.sessions import MentorRef, SessionOut
from billing.models import Package, Payment
from cms.checklist import Step
from cms.pictures import portrait_path
from cms.suggesting import Card
from kernel.rows import Few
from scheduling.models import ExternalCalendar, Review, Session, TimeOff
from scheduling.overviews import Hours, MentorMet
from scheduling.reviews import REVIEW_WITHIN
from scheduling.scores import Rating

Total = Annotated[int, Field(description="How many there are in all; `items` are the first few.")]


class SessionsInBrief(Out):
    """The first few sessions of a list."""

    items: list[SessionOut]
    total: Total

    @classmethod
    def of(
        cls, found: Few[Session], reader: User, payments: dict[Any, Payment]
    ) -> "SessionsInBrief":
        """Return the shape; load the sessions with `api.lookups.SESSION_RELATIONS`."""
        items = [
            SessionOut.of(session, reader, payment=payments.get(session.pk))
            for session in found.items
        ]
        return cls(items=items, total=found.total)


class ReviewDue(Out):
    """A session that its client may review, and until when."""

    session_id: str
    mentor: MentorRef
    session_type: str
    ended_at: datetime
    review_by: datetime

    @classmethod
    def of(cls, session: Session) -> "ReviewDue":
        ended_at = session.completed_at or session.ends_at
        return cls(
            session_id=session.public_id,
            mentor=MentorRef.of(session.mentor),
            session_type=session.session_type.name,
            ended_at=ended_at,
            review_by=ended_at + REVIEW_WITHIN,
        )


class ReviewsDue(Out):
    """Sessions that can be reviewed, the one whose time ends first before."""

    items: list[ReviewDue]
    total: Total


class GoalInBrief(Out):
    """A goal, how far it is, and how many of its milestones are reached."""

    id: str
    title: str
    percent: Percent
    milestones: int
    reached: int
    completed_at: datetime | None

    @classmethod
    def of(cls, goal: Any) -> "GoalInBrief":
        """Return the shape; read the goal through `scheduling.overviews.goals_in_brief`."""
        return cls(
            id=goal.public_id,
            title=goal.title,
            percent=goal.percent,
            milestones=goal.steps,
            reached=goal.reached,
            completed_at=goal.completed_at,
        )


class GoalsInBrief(Out):
    """The own goals, open ones first."""

    items: list[GoalInBrief]
    total: Total


class MentorCard(Out):
    """A mentor to find, with the lowest price."""

    slug: str
    name: str
    headline: str
    portrait_url: Annotated[str, Field(description="Relative to this host: photo or drawing.")]
    rating: float | None
    reviews_count: int
    price_from: MoneyOut | None

    @classmethod
    def of(cls, card: Card) -> "MentorCard":
        return cls(
            slug=card.slug,
            name=card.name,
            headline=card.headline,
            portrait_url=portrait_path(card.slug),
            rating=card.rating.mean,
            reviews_count=card.rating.count,
            price_from=MoneyOut.of(card.price_from) if card.price_from else None,
        )


class MentorMetCard(MentorCard):
    """A mentor whom the client had sessions with."""

    sessions: int
    last_at: datetime

    @classmethod
    def of_met(cls, card: Card, met: MentorMet) -> "MentorMetCard":
        shown = MentorCard.of(card).model_dump()
        return cls(**shown, sessions=met.sessions, last_at=met.last_at)


class PaymentInBrief(Out):
    """A payment that succeeded. `session_id` is None where a package was bought."""

    id: str
    session_id: str | None
    title: str
    mentor: str
    gateway: str
    amount: MoneyOut
    refunded: MoneyOut
    paid_at: datetime

    @classmethod
    def of(cls, payment: Payment) -> "PaymentInBrief":
        """Return the shape; read the payment through `billing.queries.payments_made`."""
        purchase = payment.purchase
        return cls(
            id=payment.public_id,
            session_id=purchase.session.public_id if purchase.session else None,
            title=session_type_of(purchase).name,
            mentor=purchase.mentor.user.name,
            gateway=payment.gateway,
            amount=MoneyOut.minor(payment.amount_minor, payment.currency),
            refunded=MoneyOut.minor(payment.refunded_minor, payment.currency),
            paid_at=payment.succeeded_at or payment.created_at,
        )


class PaymentsInBrief(Out):
    """The newest payments, and what was paid in all, less what came back, by currency."""

    items: list[PaymentInBrief]
    total: Total
    spent: list[MoneyOut]


class PackageInBrief(Out):
    """A package that can still pay for sessions."""

    id: str
    mentor: MentorRef
    session_type: str
    credits_left: int
    expires_at: datetime | None

    @classmethod
    def of(cls, package: Package, credits_left: int) -> "PackageInBrief":
        kind = package.offer.session_type
        return cls(
            id=package.public_id,
            mentor=MentorRef.of(kind.mentor),
            session_type=kind.name,
            credits_left=credits_left,
            expires_at=package.expires_at,
        )


class ClientDashboard(Out):
    """What a client comes back for."""

    upcoming: SessionsInBrief
    past: Annotated[SessionsInBrief, Field(description="Paid sessions that are over.")]
    reviews_due: ReviewsDue
    goals: GoalsInBrief
    mentors_again: list[MentorMetCard]
    mentors_new: Annotated[
        list[MentorCard], Field(description="The best of those whom the client never booked.")
    ]
    payments: PaymentsInBrief
    packages: list[PackageInBrief]
    credit: list[MoneyOut]


class EarningsInBrief(Out):
    """What a mentor has, and when and where it is paid next."""

    balances: list[CurrencyEarnings]
    next_payout_on: date
    payout_account: PayoutAccountItem | None


class StepOut(Out):
    """A step towards being booked; `needed` where nobody can book without it."""

    code: Annotated[
        str,
        Field(
            description="headline, bio, expertise, languages, session_type, hours, "
            "payout_account or published."
        ),
    ]
    done: bool
    needed: bool


class ProfileInBrief(Out):
    """How the own profile stands."""

    slug: str
    status: Annotated[str, Field(description="applied, live or suspended.")]
    public: Annotated[bool, Field(description="Whether visitors see it.")]
    steps: list[StepOut]

    @classmethod
    def of(cls, mentor: Mentor, steps: list[Step], *, public: bool) -> "ProfileInBrief":
        return cls(
            slug=mentor.slug,
            status=mentor.status,
            public=public,
            steps=[StepOut(code=step.code, done=step.done, needed=step.needed) for step in steps],
        )


class ReviewsInBrief(Out):
    """The own rating, the newest reviews, and those without a reply."""

    rating: float | None
    reviews_count: int
    latest: list[ReviewOut]
    to_answer: list[ReviewOut]
    to_answer_total: int

    @classmethod
    def of(cls, rating: Rating, latest: list[Review], to_answer: Few[Review]) -> "ReviewsInBrief":
        return cls(
            rating=rating.mean,
            reviews_count=rating.count,
            latest=[ReviewOut.of(review) for review in latest],
            to_answer=[ReviewOut.of(review) for review in to_answer.items],
            to_answer_total=to_answer.total,
        )


class TimeOffOut(Out):
    """A time in which the mentor is away."""

    starts_at: datetime
    ends_at: datetime
    reason: str

    @classmethod
    def of(cls, away: TimeOff) -> "TimeOffOut":
        return cls(starts_at=away.during.lower, ends_at=away.during.upper, reason=away.reason)


class AvailabilityInBrief(Out):
    """How much of a week is open, by the rules that hold today, and the next time off."""

    time_zone: str
    weekly_minutes: int
    weekdays: Annotated[list[int], Field(description="Monday is 0.")]
    next_time_off: TimeOffOut | None

    @classmethod
    def of(cls, hours: Hours, away: TimeOff | None) -> "AvailabilityInBrief":
        return cls(
            time_zone=hours.time_zone,
            weekly_minutes=hours.weekly_minutes,
            weekdays=list(hours.weekdays),
            next_time_off=TimeOffOut.of(away) if away else None,
        )


class CalendarInBrief(Out):
    """A calendar kept elsewhere, how it stands and when it was last read (null: never yet)."""

    id: str
    name: str
    status: CalendarStatus
    received_at: datetime | None
    read_at: datetime | None
    skipped: Annotated[int, Field(description="Entries of the file that could not be read.")]

    @classmethod
    def of(cls, calendar: ExternalCalendar) -> "CalendarInBrief":
        return cls(
            id=calendar.public_id,
            name=calendar.name,
            status=calendar.status,
            received_at=calendar.received_at,
            read_at=calendar.read_at,
            skipped=len(calendar.skipped),
        )


class MentorDashboard(Out):
    """What a mentor comes back for."""

    upcoming: SessionsInBrief
    earnings: EarningsInBrief
    profile: ProfileInBrief
    reviews: ReviewsInBrief
    availability: AvailabilityInBrief | None
    calendars: list[CalendarInBrief]


class DashboardOut(Out):
    """One part for each role of the person; staff without one have neither."""

    unread_messages: int
    client: ClientDashboard | None
    mentor: MentorDashboard | None
