"""Nobody approves a run that they prepared: not in the product, not as superuser, not by SQL."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from billing import payouts
from billing.models import PayoutRun
from tests.billing.payouts.world import NOW, approved, books, built, payable, staff
from tests.standin import StandIn

APPROVE = (
    "UPDATE billing_payoutrun SET state = 'approved', approved_at = now(), approved_by_id = %s"
)


@pytest.fixture
def prepared(stage: StandIn) -> tuple[PayoutRun, User, User]:
    """A frozen run with who built and who froze it."""
    payable(stage)
    builder, freezer = staff("Bea Builder"), staff("Frida Freezer")
    run = payouts.freeze(run_id=built(builder).pk, by=freezer, now=NOW)
    return run, builder, freezer


def sql(statement: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def as_application(statement: str, *values: Any) -> None:
    """Run it as a role that has the application's rights and does not own the tables."""
    with transaction.atomic():
        sql("CREATE ROLE counterfoil_payout_app")
        sql("GRANT SELECT, INSERT, UPDATE, DELETE ON billing_payoutrun TO counterfoil_payout_app")
        sql("SET CONSTRAINTS ALL IMMEDIATE")
        sql("SET LOCAL ROLE counterfoil_payout_app")
        sql(statement, *values)
        sql("RESET ROLE")


@pytest.mark.parametrize("by", [sql, as_application], ids=["as the owner", "as the application"])
@pytest.mark.parametrize("role", ["builder", "freezer"])
def test_sql_is_refused_whoever_types_it(
    prepared: tuple[PayoutRun, User, User], by: Callable[..., None], role: str
) -> None:
    run, builder, freezer = prepared
    person = builder if role == "builder" else freezer

    with pytest.raises(IntegrityError, match="billing_payoutrun_four_eyes"):
        by(APPROVE, person.pk)

    run.refresh_from_db()
    assert (run.state, run.approved_by, "2140" in books()) == ("frozen", None, False)


def test_the_trigger_refuses_also_where_the_check_is_gone(
    prepared: tuple[PayoutRun, User, User],
) -> None:
    _, builder, _ = prepared
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("ALTER TABLE billing_payoutrun DROP CONSTRAINT billing_payoutrun_four_eyes")

    with pytest.raises(IntegrityError, match="whoever prepared it does not approve it"):
        sql(APPROVE, builder.pk)


def test_another_person_passes_by_sql_too(prepared: tuple[PayoutRun, User, User]) -> None:
    """The negative control: what is refused above is the person, not the statement."""
    run, _, _ = prepared
    with transaction.atomic():
        as_application(APPROVE, staff("Adam Approver").pk)

        run.refresh_from_db()
        assert run.state == "approved"
        transaction.set_rollback(True)  # no entry was posted: the books would not agree


@pytest.mark.parametrize("column", ["built_by_id", "frozen_by_id", "approved_by_id"])
def test_who_did_what_to_an_approved_run_stands(stage: StandIn, column: str) -> None:
    payable(stage)
    approved()

    with pytest.raises(IntegrityError, match="billing_payoutrun_four_eyes"):
        sql(f"UPDATE billing_payoutrun SET {column} = %s", staff("Someone Else").pk)
