"""The dashboards over HTTP: everything of a person in one call, and a fixed number of queries."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test.utils import CaptureQueriesContext

from accounts.models import Client
from billing import client_credit
from billing.models import PayoutAccount
from cms.operations import publish_profile
from kernel import clock
from kernel.money import Money
from messaging import operations as messaging
from scheduling import external_calendars, goals, reviews
from scheduling.models import Schedule, Session, TimeOff
from tests.api.callers import Caller
from tests.api.market import Market, open_market
from tests.factories.billing import capture, open_payment
from tests.factories.packages import paid_package
from tests.factories.people import ClientFactory, MentorFactory, UserFactory
from tests.factories.reviews import completed
from tests.factories.scheduling import confirmed, hold, open_mentor
from tests.scheduling.odd_calendars import at

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def market() -> Market:
    return open_market(listed=True)


def usd(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "USD"}


def hour(days: int, hours: int = 0) -> Any:
    now = clock.now().replace(minute=0, second=0, microsecond=0)
    return now + days * DAY + hours * HOUR


def past(market: Market, *, days: int) -> Session:
    """A session that Ann paid 100.00 for at the gateway and that took place."""
    session = completed(session_type=market.kind, starts_at=hour(-days), client=market.ann_client)
    capture(open_payment(session), at=hour(-days) - DAY)
    return session


def ahead(market: Market, *, days: int) -> Session:
    return confirmed(
        session_type=market.kind,
        starts_at=hour(days),
        now=clock.now(),
        client=market.ann_client,
    )


def goal(client: Client, title: str = "A new job") -> str:
    now = clock.now()
    made = goals.set_goal(client=client, title=title, now=now)
    for step in ("A letter", "An offer"):
        milestone = goals.add_milestone(goal_id=made.pk, client=client, title=step, now=now)
    goals.reach_milestone(milestone_id=milestone.pk, client=client, now=now)
    for percent in (10, 40):
        goals.record_progress(goal_id=made.pk, client=client, percent=percent, now=now)
    return made.public_id


def say(market: Market, *, by: Caller, text: str = "Hello") -> None:
    assert by.user is not None
    messaging.send(
        client_id=market.ann_client.pk,
        mentor_id=market.mentor.pk,
        author=by.user,
        text=text,
        now=clock.now(),
    )


def lived(market: Market, *, times: int) -> None:
    """Have everything of everybody happen so many times."""
    schedule = Schedule.objects.get(mentor=market.mentor)
    for n in range(times):
        mark = len(Session.objects.all())
        past(market, days=20 - n)
        reviewed = past(market, days=40 - n)
        reviews.leave(
            session_id=reviewed.pk,
            client=market.ann_client,
            rating=5,
            comment="Clear.",
            now=reviewed.ends_at + DAY,
        )
        ahead(market, days=10 + n)
        goal(market.ann_client, f"Goal {mark}")
        say(market, by=market.ada)
        say(market, by=market.ann)
        client_credit.grant(
            client=market.ann_client,
            amount=Money(500, ("USD", "EUR", "GBP")[n % 3]),
            by="usr_finance",
            reason="Our fault.",
            key=f"test:{mark}",
            now=clock.now(),
        )
        paid_package(client=market.ann_client, at=clock.now() - DAY)
        external_calendars.bring_in(
            mentor=market.mentor,
            name=f"Work {n}",
            data=at("0308T1000", "0308T1100"),
            now=clock.now(),
        )
        TimeOff.objects.create(
            schedule=schedule, during=DateTimeTZRange(hour(100 + n), hour(101 + n))
        )
        other = open_mentor(mentor=MentorFactory(user__name=f"Other {mark}")).mentor
        publish_profile(mentor=other, headline="Design", bio="", expertise=["design"])
    if times:
        PayoutAccount.objects.create(
            mentor=market.mentor,
            gateway="stripe",
            currency="USD",
            created_at=clock.now(),
        )


def queries_of(caller: Caller) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert caller.get("/api/dashboard").status_code == 200
    return len(captured)


@pytest.mark.parametrize("times", [0, 1, 7])
def test_the_number_of_queries_is_the_same_for_nothing_for_some_and_for_much(
    market: Market, times: int
) -> None:
    other = MentorFactory(user__name="Zoe", slug="zoe")
    publish_profile(mentor=other, headline="Design", bio="", expertise=["design"])
    lived(market, times=times)

    # Beside the sign-in's prepared statement, which is not counted here, who asks takes two (the
    # client, the mentor) and what is unread a third. The next payout is asked for once, and by
    # the currencies of the mentor's money: one here, or none.
    payout = 1 + 3 if times else 0
    assert (queries_of(market.ann), queries_of(market.ada)) == (3 + 14, 3 + 13 + payout)
    Client.objects.create(user=market.mentor.user)
    assert queries_of(market.ada) == 3 + 14 + 13 + payout


def test_a_client_finds_all_of_it_in_one_answer(market: Market) -> None:
    held = hold(
        session_type=market.kind, starts_at=hour(3), now=clock.now(), client=market.ann_client
    )
    booked = ahead(market, days=5)
    over = past(market, days=2)
    goal_id = goal(market.ann_client)
    say(market, by=market.ann)
    say(market, by=market.ada)
    client_credit.grant(
        client=market.ann_client,
        amount=Money(500, "USD"),
        by="usr_finance",
        reason="Our fault.",
        key="test",
        now=clock.now(),
    )
    package = paid_package(client=market.ann_client, at=clock.now() - DAY).purchase.package
    assert package is not None
    zoe = MentorFactory(user__name="Zoe Zeal", slug="zoe")
    publish_profile(mentor=zoe, headline="Design", bio="", expertise=["design"])

    answer = market.ann.get("/api/dashboard").json()

    assert (answer["unread_messages"], answer["mentor"]) == (1, None)
    found = answer["client"]
    assert [item["id"] for item in found["upcoming"]["items"]] == [held.public_id, booked.public_id]
    assert [item["id"] for item in found["past"]["items"]] == [over.public_id]
    assert (found["upcoming"]["total"], found["past"]["total"]) == (2, 1)
    assert found["past"]["items"][0]["payment"]["status"] == "succeeded"
    (due,) = found["reviews_due"]["items"]
    assert (due["session_id"], due["mentor"]["slug"]) == (over.public_id, "ada")
    assert found["goals"] == {
        "items": [
            {
                "id": goal_id,
                "title": "A new job",
                "percent": 40,
                "milestones": 2,
                "reached": 1,
                "completed_at": None,
            }
        ],
        "total": 1,
    }
    (again,) = found["mentors_again"]
    assert (again["slug"], again["sessions"], again["price_from"]) == ("ada", 1, usd(10_000))
    assert [card["slug"] for card in found["mentors_new"]] == ["zoe"]
    assert [paid["amount"] for paid in found["payments"]["items"]] == [usd(10_000)] * 2
    assert (found["payments"]["total"], found["payments"]["spent"]) == (2, [usd(20_000)])
    (prepaid,) = found["packages"]
    assert (prepaid["id"], prepaid["credits_left"]) == (package.public_id, 3)
    assert found["credit"] == [usd(500)]


def test_a_mentor_finds_all_of_it_in_one_answer(market: Market) -> None:
    ahead(market, days=5)
    over = past(market, days=4)
    say(market, by=market.ann)
    review = reviews.leave(
        session_id=over.pk, client=market.ann_client, rating=4, comment="Clear.", now=clock.now()
    )
    external_calendars.bring_in(
        mentor=market.mentor, name="Work", data=at("0308T1000", "0308T1100"), now=clock.now()
    )
    schedule = Schedule.objects.get(mentor=market.mentor)
    TimeOff.objects.create(schedule=schedule, during=DateTimeTZRange(hour(-9), hour(-8)))
    TimeOff.objects.create(
        schedule=schedule, during=DateTimeTZRange(hour(-1), hour(8)), reason="Skiing"
    )

    answer = market.ada.get("/api/dashboard").json()

    assert (answer["unread_messages"], answer["client"]) == (1, None)
    found = answer["mentor"]
    assert (found["upcoming"]["total"], found["upcoming"]["items"][0]["client"]["name"]) == (
        1,
        "Ann",
    )
    # 81.80 of 100.00 is the mentor's, and waits: nothing has been recognised yet.
    (balance,) = found["earnings"]["balances"]
    assert (balance["pending"], balance["available"]) == (usd(8180), usd(0))
    assert found["earnings"]["payout_account"] is None
    assert (found["profile"]["status"], found["profile"]["public"]) == ("live", True)
    assert [step["code"] for step in found["profile"]["steps"] if not step["done"]] == [
        "payout_account"
    ]
    told = found["reviews"]
    assert (told["rating"], told["reviews_count"], told["to_answer_total"]) == (4.0, 1, 1)
    assert [one["id"] for one in told["latest"]] == [review.public_id]
    assert [one["id"] for one in told["to_answer"]] == [review.public_id]
    hours = found["availability"]
    assert (hours["time_zone"], hours["weekly_minutes"]) == ("Europe/London", 7 * 1440)
    assert (hours["weekdays"], hours["next_time_off"]["reason"]) == (list(range(7)), "Skiing")
    assert [(one["name"], one["status"], one["skipped"]) for one in found["calendars"]] == [
        ("Work", "good", 0)
    ]


def test_a_calendar_that_was_never_read_is_told_as_waiting(market: Market) -> None:
    external_calendars.add_address(
        mentor=market.mentor, name="Home", url="https://calendar.example/a.ics", now=clock.now()
    )

    (calendar,) = market.ada.get("/api/dashboard").json()["mentor"]["calendars"]

    assert (calendar["status"], calendar["read_at"]) == ("waiting", None)


def test_an_answered_review_is_not_to_be_answered(market: Market) -> None:
    over = past(market, days=4)
    review = reviews.leave(
        session_id=over.pk, client=market.ann_client, rating=4, comment="", now=clock.now()
    )
    reviews.reply(review_id=review.pk, mentor=market.mentor, text="Thanks.", now=clock.now())

    found = market.ada.get("/api/dashboard").json()["mentor"]["reviews"]

    assert (len(found["latest"]), found["to_answer"], found["to_answer_total"]) == (1, [], 0)


def test_a_new_mentor_is_told_what_is_missing() -> None:
    mentor = MentorFactory(status="applied")

    found = Caller(mentor.user).get("/api/dashboard").json()["mentor"]

    assert (found["profile"]["status"], found["profile"]["public"]) == ("applied", False)
    assert {step["code"] for step in found["profile"]["steps"] if step["needed"]} == {
        "headline",
        "session_type",
        "hours",
        "published",
    }
    assert not any(step["done"] for step in found["profile"]["steps"])
    assert found["availability"] is None


Person = Callable[[Market], Caller]


@pytest.mark.parametrize(
    "person",
    [lambda market: market.ben, lambda market: market.bob],
    ids=["another client", "another mentor"],
)
def test_nobody_sees_anything_of_another(market: Market, person: Person) -> None:
    before = person(market).get("/api/dashboard").json()
    lived(market, times=1)

    after = person(market).get("/api/dashboard").json()

    if after["client"]:  # the market grew by a mentor, whom everybody may find
        del before["client"]["mentors_new"], after["client"]["mentors_new"]
    assert after == before


def test_staff_have_neither_part_and_see_no_session_of_others(market: Market) -> None:
    lived(market, times=1)

    answer = Caller(UserFactory(is_superuser=True)).get("/api/dashboard")

    assert answer.json() == {"unread_messages": 0, "client": None, "mentor": None}


def test_a_mentor_who_books_has_both_parts_and_is_not_suggested(market: Market) -> None:
    Client.objects.create(user=market.mentor.user)

    answer = market.ada.get("/api/dashboard").json()

    assert answer["client"]["mentors_new"] == []
    assert answer["mentor"]["profile"]["slug"] == "ada"
    assert [
        card["slug"] for card in market.ben.get("/api/dashboard").json()["client"]["mentors_new"]
    ] == ["ada"]


def test_the_best_of_the_most_reviewed_is_suggested_first(market: Market) -> None:
    zoe = open_mentor(mentor=MentorFactory(user__name="Zoe", slug="zoe"))
    publish_profile(mentor=zoe.mentor, headline="Design", bio="", expertise=["design"])
    for kind, rating in ((market.kind, 1), (zoe, 5)):
        session = completed(session_type=kind, starts_at=hour(-3), client=ClientFactory())
        reviews.leave(
            session_id=session.pk,
            client=session.client,
            rating=rating,
            comment="",
            now=clock.now(),
        )

    found = market.ben.get("/api/dashboard").json()["client"]["mentors_new"]

    assert [(card["slug"], card["rating"]) for card in found] == [("zoe", 5.0), ("ada", 1.0)]
