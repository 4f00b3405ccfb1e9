"""Make the mentors: person, page, hours and session types, each once."""

from collections.abc import Mapping

from django.db import transaction

from accounts.demo import ADDRESSES
from accounts.models import Mentor
from billing import packages
from cms import curation
from cms.operations import publish_profile
from demo.mentors import STANDARD, STRICT, TOLD, DemoMentor, crowd
from demo.people import People
from scheduling.models import CancellationPolicy, Schedule, SessionType, WeeklyRule

NOTICE_MINUTES = 60
WINDOW_DAYS = 60
STRICT_TIERS = [
    {"hours_before": 48, "refund_bps": 10_000},
    {"hours_before": 24, "refund_bps": 5_000},
    {"hours_before": 0, "refund_bps": 0},
]


def make_mentors(people: People) -> int:
    """Make every mentor who is missing; return how many there are."""
    policies = make_policies()
    mentors = [*TOLD, *crowd()]
    present = set(
        Mentor.objects.filter(user__email__in=[one.email for one in mentors]).values_list(
            "user__email", flat=True
        )
    )
    for one in mentors:
        if one.email not in present:
            _make(one, people, policies)
    return len(mentors)


def make_policies() -> dict[str, CancellationPolicy]:
    """Return the two policies: the default (the platform bears late fees) and a strict one."""
    standard, _ = CancellationPolicy.objects.get_or_create(
        name=STANDARD, version=1, defaults={"is_default": True}
    )
    strict, _ = CancellationPolicy.objects.get_or_create(
        name=STRICT, version=1, defaults={"tiers": STRICT_TIERS, "late_bearer": "client"}
    )
    return {STANDARD: standard, STRICT: strict}


@transaction.atomic
def _make(one: DemoMentor, people: People, policies: Mapping[str, CancellationPolicy]) -> None:
    user = people.person(
        one.email,
        name=one.name,
        role="mentor",
        zone=one.zone,
        signs_in=one.email in ADDRESSES,
    )
    mentor = curation.accept(mentor=user.mentor, actor="system")
    mentor.location, mentor.languages = one.location, list(one.languages)
    mentor.save(update_fields=["location", "languages"])
    publish_profile(mentor=mentor, headline=one.headline, bio=one.bio, expertise=one.expertise)
    schedule = Schedule(
        mentor=mentor,
        time_zone=one.zone,
        notice_minutes=NOTICE_MINUTES,
        window_days=WINDOW_DAYS,
    )
    schedule.save()
    WeeklyRule.objects.bulk_create(
        WeeklyRule(
            schedule=schedule, weekday=weekday, start_minute=hours.start, end_minute=hours.end
        )
        for hours in one.hours
        for weekday in hours.weekdays
    )
    SessionType.objects.bulk_create(
        SessionType(
            mentor=mentor,
            name=offer.name,
            duration_minutes=offer.minutes,
            price_minor=offer.price_minor,
            currency=offer.currency,
            policy=policies[offer.policy],
        )
        for offer in one.offers
    )
    for bundle in one.packages:
        packages.offer(
            session_type=SessionType.objects.get(mentor=mentor, name=bundle.of),
            sessions=bundle.sessions,
            price_minor=bundle.price_minor,
            valid_days=bundle.valid_days,
            now=people.now,
        )
