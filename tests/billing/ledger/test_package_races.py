"""Two at once on one package: what is there once is used once, and the books stay sound."""

from datetime import timedelta
from functools import partial

import pytest

from billing import packages, prepaid
from billing.ledger.checks import check_books
from billing.models import Package, PackageExpiry, Purchase, Refund
from billing.packages import NothingUnused
from billing.prepaid import PackageUnusable
from tests.billing.ledger.books import EARLY, HOLD_OVER
from tests.billing.ledger.test_races import at_once
from tests.factories.billing import PAID_AT
from tests.factories.packages import VALID_DAYS, drawn_session, held_session, paid_package
from tests.factories.sessions import STARTS_AT

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_sessions_one_gets_the_last_credit() -> None:
    package = Package.objects.get(purchase__payments=paid_package(sessions_in_it=2))
    drawn_session(package)
    held = [held_session(package, starts_at=STARTS_AT + timedelta(days=day)) for day in (1, 2)]

    results = at_once(
        *(
            partial(
                packages.use,
                package_id=package.pk,
                session_id=session.pk,
                client=package.client,
                now=PAID_AT,
            )
            for session in held
        )
    )

    assert {type(result) for result in results} == {Purchase, PackageUnusable}
    package.refresh_from_db()
    assert package.unused_minor == 0
    assert check_books(now=HOLD_OVER).ok


def test_what_a_session_draws_is_not_given_back_as_well() -> None:
    package = Package.objects.get(purchase__payments=paid_package())
    session = held_session(package)

    drawn, given = at_once(
        partial(
            packages.use,
            package_id=package.pk,
            session_id=session.pk,
            client=package.client,
            now=PAID_AT,
        ),
        partial(
            packages.give_back,
            package_id=package.pk,
            client=package.client,
            actor="usr_1",
            now=PAID_AT,
        ),
    )

    assert isinstance(given, Refund)
    used = drawn.prepaid_minor if isinstance(drawn, Purchase) else 0
    assert given.amount_minor + used == 10_000
    assert check_books(now=HOLD_OVER).ok


def test_two_who_want_the_rest_get_it_once() -> None:
    package = Package.objects.get(purchase__payments=paid_package())
    want = partial(
        packages.give_back, package_id=package.pk, client=package.client, actor="usr_1", now=EARLY
    )

    results = at_once(want, want)

    assert {type(result) for result in results} == {Refund, NothingUnused}
    assert Refund.objects.get().amount_minor == 10_000


def test_two_sweeps_expire_it_once() -> None:
    paid_package()
    over = PAID_AT + timedelta(days=VALID_DAYS)

    at_once(partial(prepaid.expire, now=over), partial(prepaid.expire, now=over))

    assert PackageExpiry.objects.get().amount_minor == 10_000
    assert check_books(now=over).ok
