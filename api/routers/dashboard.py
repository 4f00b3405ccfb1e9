"""The dashboards over HTTP: all that a client's and a mentor's first page shows, in one call.

Each floor answers for its own; here their answers are put together. The number of queries is
fixed for a role, whatever there is.
"""

from datetime import datetime

from django.http import HttpRequest
from ninja import Router

from accounts.models import Client, Mentor, User
from api.lookups import SESSION_RELATIONS
from api.permissions import allowed
from api.principal import user_of
from api.schemas.base import MoneyOut, problems
from api.schemas.dashboard import (
    AvailabilityInBrief,
    CalendarInBrief,
    ClientDashboard,
    DashboardOut,
    EarningsInBrief,
    GoalInBrief,
    GoalsInBrief,
    MentorCard,
    MentorDashboard,
    MentorMetCard,
    PackageInBrief,
    PaymentInBrief,
    PaymentsInBrief,
    ProfileInBrief,
    ReviewDue,
    ReviewsDue,
    ReviewsInBrief,
    SessionsInBrief,
)
from api.schemas.earnings import CurrencyEarnings, PayoutAccountOut
from billing import client_credit, packages, payout_accounts, statements
from billing.queries import payments_for_sessions, payments_made, spent
from billing.states import PayoutAccountState
from cms import checklist, suggesting
from cms.models import MentorProfilePage
from kernel import clock
from messaging.queries import unread_for
from scheduling import external_calendars, overviews
from scheduling.models import Session, SessionType
from scheduling.queries import ratings, reviews_of

router = Router(tags=["dashboard"])

MENTORS = 3
REVIEWS = 3


@router.get(
    "",
    operation_id="dashboard_get",
    auth=allowed("dashboard_get"),
    response={200: DashboardOut, **problems(422)},
    summary="Read the own dashboard",
)
def dashboard_get(request: HttpRequest) -> DashboardOut:
    """The first few of everything, for each role that the person has."""
    reader, now = user_of(request), clock.now()
    client = Client.objects.filter(user=reader).first()
    mentor = Mentor.objects.filter(user=reader).first()
    return DashboardOut(
        unread_messages=unread_for(reader).messages,
        client=_of_client(client, reader, now) if client else None,
        mentor=_of_mentor(mentor, reader, now) if mentor else None,
    )


def _of_client(client: Client, reader: User, now: datetime) -> ClientDashboard:
    own = Session.objects.filter(client=client).select_related(*SESSION_RELATIONS)
    upcoming, past = overviews.to_come(own, now=now), overviews.gone_by(own, now=now)
    payments = payments_for_sessions(sessions=[*upcoming.items, *past.items])
    due = overviews.reviews_due(own, now=now)
    goals = overviews.goals_in_brief(client=client)
    again, new = _mentors_for(client)
    made = payments_made(client=client, limit=overviews.SHOWN)
    return ClientDashboard(
        upcoming=SessionsInBrief.of(upcoming, reader, payments),
        past=SessionsInBrief.of(past, reader, payments),
        reviews_due=ReviewsDue(
            items=[ReviewDue.of(session) for session in due.items], total=due.total
        ),
        goals=GoalsInBrief(items=[GoalInBrief.of(goal) for goal in goals.items], total=goals.total),
        mentors_again=again,
        mentors_new=new,
        payments=PaymentsInBrief(
            items=[PaymentInBrief.of(payment) for payment in made.items],
            total=made.total,
            spent=[MoneyOut.of(money) for money in spent(client=client)],
        ),
        packages=[
            PackageInBrief.of(package, left)
            for package, left in packages.usable_by(client, now=now)
        ],
        credit=[
            MoneyOut.minor(row.balance_minor, row.currency)
            for row in client_credit.balances(client=client)
        ],
    )


def _mentors_for(client: Client) -> tuple[list[MentorMetCard], list[MentorCard]]:
    met = overviews.mentors_met(client=client, limit=MENTORS)
    new = suggesting.new_to(client=client)
    cards = suggesting.cards([*(one.mentor_id for one in met), *new])
    return (
        [MentorMetCard.of_met(cards[one.mentor_id], one) for one in met if one.mentor_id in cards],
        [
            MentorCard.of(card)
            for card in suggesting.best([cards[pk] for pk in new if pk in cards], limit=MENTORS)
        ],
    )


def _of_mentor(mentor: Mentor, reader: User, now: datetime) -> MentorDashboard:
    own = Session.objects.filter(mentor=mentor).select_related(*SESSION_RELATIONS)
    upcoming = overviews.to_come(own, now=now)
    money = statements.earnings(mentor_id=mentor.pk, now=now)
    account = payout_accounts.in_use(mentor_id=mentor.pk)
    page = MentorProfilePage.objects.filter(mentor=mentor).first()
    hours = overviews.hours_of(mentor=mentor, now=now)
    away = overviews.next_time_off(mentor=mentor, now=now)
    steps = checklist.steps(
        mentor=mentor,
        page=page,
        offers=SessionType.objects.filter(mentor=mentor, is_active=True).count(),
        open_minutes=hours.weekly_minutes if hours else 0,
        payable=account is not None and account.state == PayoutAccountState.ACTIVE,
    )
    return MentorDashboard(
        upcoming=SessionsInBrief.of(
            upcoming, reader, payments_for_sessions(sessions=upcoming.items)
        ),
        earnings=EarningsInBrief(
            balances=[CurrencyEarnings.of(one) for one in money],
            next_payout_on=statements.next_payout_on(now=now),
            payout_account=PayoutAccountOut.of(account).account,
        ),
        profile=ProfileInBrief.of(mentor, steps, public=checklist.is_public(mentor, page)),
        reviews=ReviewsInBrief.of(
            ratings([mentor.pk])[mentor.pk],
            list(reviews_of(mentor_id=mentor.pk)[:REVIEWS]),
            overviews.reviews_to_answer(mentor=mentor, limit=REVIEWS),
        ),
        availability=AvailabilityInBrief.of(hours, away) if hours else None,
        calendars=[
            CalendarInBrief.of(calendar)
            for calendar in external_calendars.calendars_of(mentor=mentor)
        ],
    )
