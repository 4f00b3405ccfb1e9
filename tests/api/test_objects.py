"""Who reaches which object: own, another's, missing. One table, every role.

Another's object answers exactly like a missing one; staff see what their group's lists show, and
act in the back office, not here.
"""

from collections.abc import Callable
from typing import Any

import pytest

from accounts import roles
from accounts.models import User
from accounts.roles import add_to_group
from scheduling.models import Session
from tests.api.callers import Caller
from tests.api.market import Market, open_market
from tests.factories.people import ClientFactory, MentorFactory, UserFactory
from tests.standin import StandIn

pytestmark = pytest.mark.django_db

MISSING = "0" * 26


def member(group: str) -> Callable[[Market], Caller]:
    """Return how to make a member of a staff group."""

    def make(_: Market) -> Caller:
        user = UserFactory.create()
        add_to_group(user=user, group=group)
        return Caller(User.objects.get(pk=user.pk))

    return make


# role: (how to make one, reads the session, reads the payment, cancels, confirms)
TABLE: dict[str, tuple[Callable[[Market], Caller], int, int, int, int]] = {
    "anonymous": (lambda _: Caller(), 401, 401, 401, 401),
    "its client": (lambda market: market.ann, 200, 200, 200, 202),
    "its mentor": (lambda market: market.ada, 200, 200, 200, 403),
    "another client": (lambda _: Caller(ClientFactory().user), 404, 404, 404, 404),
    "another mentor": (lambda _: Caller(MentorFactory().user), 404, 404, 404, 403),
    roles.CONTENT_EDITOR: (member(roles.CONTENT_EDITOR), 404, 404, 404, 403),
    roles.MENTOR_CURATOR: (member(roles.MENTOR_CURATOR), 404, 404, 404, 403),
    roles.SUPPORT: (member(roles.SUPPORT), 200, 404, 403, 403),
    roles.FINANCE_PREPARER: (member(roles.FINANCE_PREPARER), 200, 200, 403, 403),
    roles.FINANCE_APPROVER: (member(roles.FINANCE_APPROVER), 200, 200, 403, 403),
    roles.AUDITOR: (member(roles.AUDITOR), 200, 200, 403, 403),
    "superuser": (lambda _: Caller(UserFactory(is_superuser=True)), 200, 200, 403, 403),
    "deactivated": (lambda _: _deactivated(), 401, 401, 401, 401),
}


def _deactivated() -> Caller:
    caller = Caller(ClientFactory().user)
    assert caller.user is not None
    User.objects.filter(pk=caller.user.pk).update(is_active=False)
    return caller


@pytest.fixture
def market(standin: StandIn) -> Market:
    return open_market()


def calls(caller: Caller, session: str, payment: str) -> list[Any]:
    """Read the session, read the payment, cancel, confirm."""
    return [
        caller.get(f"/api/sessions/{session}"),
        caller.get(f"/api/payments/{payment}"),
        caller.post(f"/api/sessions/{session}/cancel", {}),
        caller.post("/api/payments/confirm", {"payment_id": payment}),
    ]


@pytest.mark.parametrize("role", TABLE)
def test_each_role_reaches_exactly_what_the_table_says(market: Market, role: str) -> None:
    make, *expected = TABLE[role]
    session = market.held()
    intent = market.ann.post(
        "/api/payments/create-intent", {"session_id": session, "gateway": "stripe"}
    ).json()
    caller = make(market)

    # Confirm comes before cancel here: a cancelled session has nothing to confirm.
    read, paid, confirm, cancel = (
        caller.get(f"/api/sessions/{session}"),
        caller.get(f"/api/payments/{intent['payment_id']}"),
        caller.post("/api/payments/confirm", {"payment_id": intent["payment_id"]}),
        caller.post(f"/api/sessions/{session}/cancel", {}),
    )

    found = [answer.status_code for answer in (read, paid, cancel, confirm)]
    assert found == expected
    changed = Session.objects.get().state != "pending"
    assert changed == (role in {"its client", "its mentor"})


@pytest.mark.parametrize("role", TABLE)
def test_a_missing_object_and_anothers_are_the_same_to_each_role(market: Market, role: str) -> None:
    make, *expected = TABLE[role]
    session = market.held()
    intent = market.ann.post(
        "/api/payments/create-intent", {"session_id": session, "gateway": "stripe"}
    ).json()
    caller = make(market)

    there = calls(caller, session, intent["payment_id"])
    missing = calls(caller, f"ses_{MISSING}", f"pay_{MISSING}")

    for status, one, other in zip(expected, there, missing, strict=True):
        if status == 404:
            assert _said(one) == _said(other)


def _said(answer: Any) -> Any:
    body = answer.json()
    del body["request_id"]
    return body
