"""Who sees which payment, and what it is made of."""

import pytest
from django.contrib.auth.models import AnonymousUser, Permission

from billing import queries
from billing.models import Payment
from kernel.money import Money
from tests.billing.gateway.journey import confirmed, held, start
from tests.factories.people import UserFactory
from tests.standin import StandIn


def test_each_sees_the_own_payments_and_finance_sees_all(standin: StandIn) -> None:
    first, second = confirmed(standin), confirmed(standin)
    auditor = UserFactory()
    auditor.user_permissions.add(
        Permission.objects.get(content_type__app_label="billing", codename="view_payment")
    )

    def seen(user: object) -> set[Payment]:
        return set(queries.payments_visible_to(user))  # type: ignore[arg-type]

    assert seen(first.purchase.client.user) == {first}
    assert seen(first.purchase.mentor.user) == {first}
    assert seen(second.purchase.client.user) == {second}
    assert seen(auditor) == {first, second}
    assert seen(UserFactory()) == set()
    assert seen(AnonymousUser()) == set()
    assert seen(UserFactory(is_superuser=True, is_active=False)) == set()


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_takes_one_query_whatever_its_length(
    standin: StandIn, count: int, django_assert_num_queries: object
) -> None:
    for _ in range(count):
        confirmed(standin)
    everybody = UserFactory(is_superuser=True)

    with django_assert_num_queries(1):  # type: ignore[operator]
        rows = [
            (p.purchase.booked.state, p.purchase.client.user.name, p.purchase.mentor.user.name)
            for p in queries.payments_visible_to(everybody)
        ]

    assert len(rows) == count


def test_the_breakdown_is_the_split_to_the_cent(standin: StandIn) -> None:
    payment = confirmed(standin)

    parts = queries.breakdown(purchase=payment.purchase)

    assert parts.price == Money(10_000, "USD")
    assert parts.gateway_fee == Money(320, "USD")
    assert parts.commission == Money(1_500, "USD")
    assert parts.mentor_share == Money(8_180, "USD")


def test_a_sessions_payment_is_the_paid_one_or_the_latest_attempt(standin: StandIn) -> None:
    session = held()
    assert queries.payment_for_session(session=session) is None

    first = start(session).payment
    standin.stripe.v1.payment_intents.cancel(first.gateway_intent_id or "")
    second = start(session).payment

    assert queries.payment_for_session(session=session) == second


def test_the_entries_of_a_purchase_come_in_the_order_of_events(standin: StandIn) -> None:
    payment = confirmed(standin)

    entries = list(queries.entries_of(purchase=payment.purchase))

    assert [entry.kind for entry in entries] == ["captured", "gateway_fee"]
    assert [sum(line.amount_minor for line in entry.lines.all()) for entry in entries] == [0, 0]
