"""A mentor is suspended with all that was booked: shown first, done as shown, resumed, lifted."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any
from unittest.mock import patch

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts import roles, suspensions
from accounts.models import Mentor, Suspension, User
from billing import suspensions as acts
from billing.models import Entry, Package, Refund
from billing.own_case import OwnCase
from billing.payouts import eligible
from billing.tasks import end_suspended
from cms import directory
from cms.filtering import Filters
from kernel import clock
from kernel.models import AuditEntry, Job
from notifications.models import Email
from scheduling import booking, groups, waitlist
from scheduling.models import Meeting, Session, WaitlistEntry
from tests.billing.ledger.books import EARLY
from tests.cms.conftest import SignIn, listed_mentor
from tests.cms.dialogs import press, shown
from tests.factories import sessions
from tests.factories.billing import PAID_AT, capture, covered_session, open_payment, paid_session
from tests.factories.packages import paid_package
from tests.factories.people import ClientFactory, MentorFactory, UserFactory
from tests.factories.scheduling import (
    SessionTypeFactory,
    confirmed,
    hold,
    open_group,
    open_mentor,
)
from tests.scheduling.crowds import at_once

pytestmark = pytest.mark.django_db

WHY = {"reason": "Two clients wrote to us."}
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def before_the_sessions() -> Iterator[None]:
    with clock.travel(EARLY):
        yield


def suspend_url(mentor: Mentor) -> str:
    return reverse("suspend_mentor", args=[mentor.pk])


def suspended(mentor: Mentor, **more: Any) -> Suspension:
    return acts.suspend(mentor_id=mentor.pk, by=UserFactory(), reason="x", now=clock.now(), **more)


def another(mentor: Mentor, *, days: int) -> Session:
    """One more paid session of the mentor's, so many days later."""
    session = sessions.pending_session(
        mentor=mentor, starts_at=sessions.STARTS_AT + timedelta(days=days)
    )
    capture(open_payment(session))
    sessions.confirm(session)
    return session


def test_what_is_shown_is_what_ends(sign_in: SignIn) -> None:
    session, _ = paid_session()
    mentor = session.mentor
    later = another(mentor, days=1)
    browser = sign_in(roles.MENTOR_CURATOR)
    entries = Entry.objects.count()

    page = shown(browser, suspend_url(mentor), **WHY)
    assert (Entry.objects.count(), Suspension.objects.count()) == (entries, 0)
    answer = press(browser, suspend_url(mentor), "suspend", page=page, **WHY)

    assert f">Suspend {mentor.user.name} and give $200.00 USD back</button>" in page
    for words in (session.public_id, later.public_id, "2300 Refunds payable", "4020 Gateway fee"):
        assert words in page, words
    assert answer.headers["Location"] == reverse("mentor-list:inspect", args=[mentor.pk])
    mentor.refresh_from_db()
    assert mentor.status == "suspended"
    job = Job.objects.get(name="billing.suspensions.end")
    acts.end(**job.arguments)
    told = Session.objects.filter(mentor=mentor).values_list("state", "cancelled_by")
    assert set(told) == {("cancelled", "platform")}
    given = Refund.objects.values_list("amount_minor", "cause", "bearer")
    assert list(given) == [(10_000, "platform_cancelled", "platform")] * 2
    clients = [session.client.user.email, later.client.user.email]
    mails = Email.objects.filter(template="session_cancelled", to__in=clients)
    assert sorted(mails.values_list("to", flat=True)) == sorted(clients)
    to_mentor = Email.objects.get(template="mentor_suspended")
    assert (to_mentor.to, WHY["reason"] in to_mentor.text) == (mentor.user.email, True)
    assert not any(WHY["reason"] in mail.text for mail in mails)  # the reason is the mentor's
    entry = AuditEntry.objects.get(action="mentor.suspended")
    assert (entry.object_id, entry.data["reason"]) == (mentor.public_id, WHY["reason"])
    assert Suspension.objects.get().ended_at is not None


def test_another_booking_meanwhile_is_shown_first(sign_in: SignIn) -> None:
    session, _ = paid_session()
    browser = sign_in(roles.MENTOR_CURATOR)
    page = shown(browser, suspend_url(session.mentor), **WHY)
    another(session.mentor, days=1)

    answer = press(browser, suspend_url(session.mentor), "suspend", page=page, **WHY)

    assert answer.status_code == 409
    assert "The world has moved: look again." in answer.content.decode()
    assert not Suspension.objects.exists()


def test_the_mentor_is_off_the_market_at_once_and_back_when_it_is_lifted(sign_in: SignIn) -> None:
    mentor, kind, page = listed_mentor("Ada Byron")
    client = sign_in(roles.MENTOR_CURATOR)

    def found() -> tuple[int, int]:
        listed = directory.search(filters=Filters(), now=clock.now()).items
        return len(listed), client.get(page.get_url()).status_code

    assert found() == (1, 200)
    suspended(mentor)
    assert found() == (0, 404)
    kind.mentor.refresh_from_db()
    with pytest.raises(booking.MentorNotLive):
        hold(session_type=kind, starts_at=sessions.STARTS_AT, now=clock.now())

    lift = reverse("lift_suspension", args=[mentor.pk])
    assert (
        "Lift the suspension"
        in client.get(reverse("mentor-list:inspect", args=[mentor.pk])).content.decode()
    )
    press(client, lift, "lift", **WHY)

    assert found() == (1, 200)
    assert Email.objects.filter(template="mentor_reinstated", to=mentor.user.email).exists()
    assert press(client, lift, "lift", **WHY).status_code == 409
    actions = AuditEntry.objects.filter(object_id=mentor.public_id).values_list("action", flat=True)
    assert list(actions.order_by("id"))[-2:] == ["mentor.suspended", "mentor.suspension_lifted"]


def test_a_second_suspension_is_refused_in_words(sign_in: SignIn) -> None:
    mentor = MentorFactory(user__name="Ada Byron")
    suspended(mentor)

    answer = press(sign_in(roles.MENTOR_CURATOR), suspend_url(mentor), "suspend", **WHY)

    assert answer.status_code == 409
    assert "Ada Byron was suspended by" in answer.content.decode()
    assert Suspension.objects.count() == 1


def test_cancelled_sessions_stay_cancelled_and_none_is_left_half_way() -> None:
    session, _ = paid_session()
    suspended(session.mentor)
    lift = partial(
        acts.lift, mentor_id=session.mentor_id, by=UserFactory(), reason="x", now=clock.now()
    )

    with pytest.raises(acts.StillEnding, match="1 session of"):
        lift()
    end_suspended()
    lift()

    session.refresh_from_db()
    assert session.state == "cancelled"
    assert end_suspended() == 0


def test_what_a_killed_process_left_is_done_by_the_next_run_and_nothing_twice() -> None:
    session, _ = paid_session()
    for days in (1, 2):
        another(session.mentor, days=days)
    suspended(session.mentor)
    genuine, calls = acts._cancel, []

    def killed(*arguments: Any) -> object:
        calls.append(arguments)
        if len(calls) == 2:
            raise SystemExit
        return genuine(*arguments)

    with patch.object(acts, "_cancel", killed), pytest.raises(SystemExit):
        end_suspended()
    assert Session.objects.filter(state="cancelled").count() == 1
    assert Suspension.objects.get().ended_at is None

    assert end_suspended() == 2
    assert end_suspended() == 0
    assert Refund.objects.count() == 3
    assert Session.objects.filter(state="cancelled").count() == 3


def test_one_session_that_fails_holds_up_none_of_the_others() -> None:
    session, _ = paid_session()
    another(session.mentor, days=1)
    suspended(session.mentor)
    genuine = acts._cancel

    def cancel(session_id: object, *more: Any) -> object:
        if session_id == session.pk:
            raise RuntimeError
        return genuine(session_id, *more)  # type: ignore[arg-type]

    with patch.object(acts, "_cancel", cancel):
        assert end_suspended() == 1
    assert Suspension.objects.get().ended_at is None
    assert end_suspended() == 1


def test_holds_groups_lines_packages_and_credit_go_back_as_well() -> None:
    group = open_group(capacity=2)
    mentor, starts = group.mentor, sessions.STARTS_AT + 3 * DAY
    meeting = groups.offer(session_type=group, starts_at=starts, now=clock.now())
    seats = [
        confirmed(session_type=group, starts_at=starts, now=clock.now(), client=ClientFactory())
        for _ in range(2)
    ]
    waiting = waitlist.join(
        session_type=group, starts_at=starts, client=ClientFactory(), now=clock.now()
    )
    alone = hold(
        session_type=SessionTypeFactory(mentor=mentor),
        starts_at=sessions.STARTS_AT + 4 * DAY,
        now=clock.now(),
    )
    outlook = acts.look(mentor=mentor, now=clock.now())
    assert (len(outlook.endings), outlook.meetings, outlook.waiting) == (3, 1, 1)

    suspended(mentor)
    end_suspended()
    waitlist.offer_due(now=clock.now())

    meeting = Meeting.objects.get(pk=meeting.pk)
    assert (meeting.live, meeting.withdrawn_by) == (False, "platform")
    states = {(one.state, one.cancelled_by) for one in Session.objects.filter(mentor=mentor)}
    assert states == {("cancelled", "platform")}
    assert Session.objects.filter(pk__in=[alone.pk, *(one.pk for one in seats)]).count() == 3
    entry = WaitlistEntry.objects.get(pk=waiting.pk)
    assert (entry.state, entry.reason) == ("closed", "withdrawn")
    assert Email.objects.filter(template="waitlist_closed").count() == 1


def test_what_is_unused_of_a_package_goes_back_by_our_doing() -> None:
    payment = paid_package(at=PAID_AT)
    package = Package.objects.get(purchase=payment.purchase)
    mentor = package.offer.session_type.mentor
    outlook = acts.look(mentor=mentor, now=clock.now())
    assert [one.pk for one in outlook.packages] == [package.pk]
    assert acts.postings(outlook, now=clock.now())
    package.refresh_from_db()
    assert package.closed_at is None  # looked at only

    suspended(mentor)
    end_suspended()

    package.refresh_from_db()
    refund = Refund.objects.get()
    assert (package.closed_at is not None, package.unused_minor) == (True, 0)
    assert (refund.amount_minor, refund.cause) == (10_000, "platform_cancelled")


def test_what_credit_paid_goes_back_as_credit() -> None:
    purchase = covered_session()
    session = purchase.session
    assert session
    (ending,) = acts.look(mentor=session.mentor, now=clock.now()).endings
    assert (ending.refund_minor, ending.credit_minor) == (0, 10_000)

    suspended(session.mentor)
    assert end_suspended() == 1

    assert not Refund.objects.exists()


def test_what_runs_goes_on() -> None:
    session, _ = paid_session()
    sessions.begin(session)
    with clock.travel(session.starts_at + timedelta(minutes=5)):
        suspended(session.mentor)
        end_suspended()

    session.refresh_from_db()
    assert session.state == "in_progress"


def test_what_was_earned_stays_payable_unless_it_is_kept_back() -> None:
    paid, kept_back, by_account = MentorFactory(), MentorFactory(), MentorFactory()
    suspended(paid)
    suspended(kept_back, holds_payouts=True)
    User.objects.filter(pk=by_account.user_id).update(is_active=False)

    held = eligible.holds(mentor_ids=[paid.pk, kept_back.pk, by_account.pk])

    assert set(held) == {kept_back.pk, by_account.pk}


def test_nobody_decides_about_themselves_or_their_own_session() -> None:
    session, _ = paid_session()
    do = partial(acts.suspend, mentor_id=session.mentor_id, reason="x", now=clock.now())

    with pytest.raises(suspensions.OwnSuspension):
        do(by=session.mentor.user)
    with pytest.raises(OwnCase):
        do(by=session.client.user)
    assert not Suspension.objects.exists()


def test_no_other_way_leads_out_of_a_suspension() -> None:
    """Not an approval, not an account that is let in again; and a row is never taken back."""
    mentor = MentorFactory()
    row = suspended(mentor)
    for change in (
        lambda: Mentor.objects.filter(pk=mentor.pk).update(status="live"),
        lambda: Suspension.objects.filter(pk=row.pk).update(reason="y"),
        lambda: Suspension.objects.filter(pk=row.pk).delete(),
        lambda: suspended_twice(mentor),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    for active in (False, True):
        User.objects.filter(pk=mentor.user_id).update(is_active=active)

    mentor.refresh_from_db()
    assert mentor.status == "suspended"


def suspended_twice(mentor: Mentor) -> None:
    Suspension.objects.create(
        mentor=mentor, was="live", reason="x", by=UserFactory(), at=clock.now()
    )


def test_nobody_offers_or_books_behind_the_back_of_the_operations() -> None:
    group = open_group()
    suspended(group.mentor)

    with pytest.raises(booking.MentorNotLive):
        groups.offer(session_type=group, starts_at=sessions.STARTS_AT + 3 * DAY, now=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        sessions.pending_session(mentor=group.mentor)


@pytest.mark.parametrize("group", [roles.SUPPORT, roles.FINANCE_APPROVER, roles.AUDITOR])
def test_others_may_not(group: str, sign_in: SignIn) -> None:
    mentor = MentorFactory()
    browser = sign_in(group)

    for name in ("suspend_mentor", "lift_suspension"):
        url = reverse(name, args=[mentor.pk])
        assert browser.get(url).status_code in {302, 403}
        assert browser.post(url, {**WHY, "act": "suspend"}).status_code in {302, 403}
    assert not Suspension.objects.exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_booking_in_flight_is_refused_or_cancelled() -> None:
    """Whichever comes first behind the schedule: no session of a suspended mentor stands."""
    by = UserFactory()
    for _ in range(4):
        kind = open_mentor()

        def book(kind: Any, client: Any, hours: int) -> object:
            starts = sessions.STARTS_AT + timedelta(hours=hours)
            return hold(session_type=kind, client=client, starts_at=starts, now=EARLY)

        jobs: list[Callable[[], object]] = [
            partial(book, kind, ClientFactory(), 2 * at) for at in range(6)
        ]
        jobs.insert(
            3, partial(acts.suspend, mentor_id=kind.mentor_id, by=by, reason="x", now=EARLY)
        )
        results = at_once(jobs)

        booked = [one for one in results if isinstance(one, Session)]
        refused = [one for one in results if isinstance(one, booking.MentorNotLive)]
        assert len(booked) + len(refused) == 6, results
        acts.sweep(now=EARLY)
        assert not acts.coming(kind.mentor_id, now=EARLY).exists()
