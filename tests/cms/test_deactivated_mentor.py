"""Who is shut out sells nothing more, whichever way it was done; who comes back applies anew."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts import roles
from accounts.models import Mentor, User
from accounts.operations import deactivate
from cms import directory
from cms.filtering import Filters
from kernel import clock
from messaging.models import Report
from scheduling import booking, queries
from tests.cms.conftest import SignIn, listed_mentor
from tests.cms.dialogs import press, shown
from tests.cms.rows import add_message_report
from tests.cms.test_directory import NOW
from tests.factories.scheduling import confirmed, hold, open_mentor

DAY = timedelta(days=1)


def by_operation(user: User) -> None:
    deactivate(user=user, actor="system", reason="x", now=NOW)


def by_hand(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


@pytest.mark.parametrize("shut_out", [by_operation, by_hand])
def test_a_deactivated_mentor_is_neither_listed_nor_bookable(
    shut_out: Callable[[User], None],
) -> None:
    mentor, kind, _ = listed_mentor("Ada Byron")
    booked = confirmed(session_type=kind, starts_at=NOW + 2 * DAY)

    def seen() -> tuple[int, int]:
        kind.mentor.refresh_from_db()
        listed = directory.search(filters=Filters(), now=NOW).items
        return len(listed), len(
            queries.open_slots(session_type=kind, start=NOW, end=NOW + 3 * DAY, now=NOW)
        )

    assert min(seen()) > 0

    shut_out(mentor.user)

    assert seen() == (0, 0)
    with pytest.raises(booking.MentorNotLive):
        hold(session_type=kind, starts_at=NOW + DAY, now=NOW - DAY)
    booked.refresh_from_db()
    assert booked.state == "confirmed"


def test_who_is_let_in_again_applies_anew() -> None:
    mentor, _, _ = listed_mentor("Ada Byron")
    other, _, _ = listed_mentor("Bea Byron")
    Mentor.objects.filter(pk=other.pk).update(status=Mentor.Status.SUSPENDED)
    by_operation(mentor.user)

    User.objects.update(is_active=True)

    mentor.refresh_from_db()
    other.refresh_from_db()
    assert (mentor.status, other.status) == ("applied", "suspended")


def test_the_dialog_lists_what_is_to_come_and_takes_the_mentor_off(sign_in: SignIn) -> None:
    report: Report = add_message_report()
    mentor = report.about.mentor
    coming = confirmed(
        session_type=open_mentor(mentor=mentor),
        starts_at=(clock.now() + 2 * DAY).replace(minute=0, second=0, microsecond=0),
    )
    support = sign_in(roles.SUPPORT)
    url = reverse("decide_message_report", args=[report.pk])

    page = shown(support, url)
    press(support, url, "deactivate", page=page, reason="Takes money outside.")

    assert reverse("sessions:inspect", args=[coming.pk]) in page
    mentor.refresh_from_db()
    assert mentor.status == Mentor.Status.SUSPENDED
