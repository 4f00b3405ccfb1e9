"""A directory full of mentors: people, hours, session types and published pages, by the thousand.

Written set-wise, because publishing pages one by one takes half an hour for a few thousand; what
the product derives of them it derives itself.
"""

import random

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.utils import timezone
from wagtail.models import Page

from accounts.models import Mentor, User
from cms.models import MentorProfilePage
from cms.operations import publish_profile
from scheduling import tasks
from scheduling.models import Schedule, SessionType, WeeklyRule
from tests.factories.people import MentorFactory
from tests.factories.scheduling import open_mentor

SUBJECTS = ["Careers", "Python", "Design", "Negotiation", "Writing", "Law", "Sales", "Physics"]
PLACES = [("London", "Europe/London"), ("Lagos", "Africa/Lagos"), ("Osaka", "Asia/Tokyo")]


def furnish(count: int) -> None:
    """Make `count` live mentors, open on weekdays from nine to five by their own clock."""
    chance = random.Random(20)
    first = MentorFactory(slug="first", user__name="First Mentor")
    policy = open_mentor(mentor=first).policy
    like = publish_profile(mentor=first, headline="The first", bio="", expertise=["Careers"])
    people = User.objects.bulk_create(
        User(email=f"m{n}@example.com", name=f"Mentor {n} Someone") for n in range(count - 1)
    )
    mentors = Mentor.objects.bulk_create(
        Mentor(
            user=person,
            slug=f"m{number}",
            status=Mentor.Status.LIVE,
            location=PLACES[number % 3][0],
            languages=["en", "fr"],
        )
        for number, person in enumerate(people)
    )
    schedules = Schedule.objects.bulk_create(
        Schedule(mentor=mentor, time_zone=PLACES[number % 3][1])
        for number, mentor in enumerate(mentors)
    )
    WeeklyRule.objects.bulk_create(
        WeeklyRule(schedule=schedule, weekday=weekday, start_minute=540, end_minute=1020)
        for schedule in schedules
        for weekday in range(5)
    )
    SessionType.objects.bulk_create(
        SessionType(
            mentor=mentor,
            name="An hour",
            duration_minutes=60,
            price_minor=chance.randrange(20, 400) * 100,
            currency="USD",
            policy=policy,
        )
        for mentor in mentors
    )
    _publish(mentors, like, chance)
    # What the cluster does of itself: the night's task, and the minute's for what it has marked.
    tasks.rebuild_blocks()
    tasks.refresh_blocks()


def _publish(mentors: list[Mentor], like: MentorProfilePage, chance: random.Random) -> None:
    """Hang a page of each under the parent of one that was published."""
    parent, now = like.get_parent(), timezone.now()
    kind = ContentType.objects.get_for_model(MentorProfilePage)
    steps = parent.get_children().count() + 1
    pages = Page.objects.bulk_create(
        Page(
            path=Page._get_path(parent.path, parent.depth + 1, steps + number),  # noqa: SLF001
            depth=parent.depth + 1,
            title=mentor.user.name,
            draft_title=mentor.user.name,
            slug=mentor.slug,
            url_path=f"{parent.url_path}{mentor.slug}/",
            content_type=kind,
            locale_id=like.locale_id,
            live=True,
            first_published_at=now,
            last_published_at=now,
        )
        for number, mentor in enumerate(mentors)
    )
    Page.objects.filter(pk=parent.pk).update(numchild=steps - 1 + len(pages))
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO cms_mentorprofilepage (page_ptr_id, mentor_id, headline, bio, expertise)"
            " VALUES (%s, %s, %s, %s, %s)",
            [
                (page.pk, mentor.pk, f"{chance.choice(SUBJECTS)} for you", "<p>Years of it.</p>",
                 chance.sample(SUBJECTS, 3))
                for page, mentor in zip(pages, mentors, strict=True)
            ],
        )  # fmt: skip
