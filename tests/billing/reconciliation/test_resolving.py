"""Breaks are answered by people, two of them above a limit; each answer stays, with its posting."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import Error, connection, transaction
from django.db.models import Sum

from billing import reconciliation
from billing.ledger.checks import check_books
from billing.models import Break, BreakResolution, CategoryAccount, Line, Payment, ResolutionLimit
from billing.reconciliation import resolving
from billing.reconciliation.suggesting import Facts, Suggestion, suggest, within_tolerance
from kernel.errors import Invalid
from kernel.models import AuditEntry
from tests.billing.payouts.world import staff
from tests.billing.reconciliation.test_matching import NOW, SINCE, UNTIL, Listing, listing
from tests.factories import billing as make

__all__ = ["listing"]

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def stage(db: None) -> Iterator[None]:
    yield
    assert [each.breaches for each in check_books(now=LATER).findings if each.breaches] == []


def run() -> reconciliation.Result:
    return reconciliation.run(gateway="stripe", since=SINCE, until=UNTIL, now=NOW)


def paid(listing: Listing, *, fee: int = 320) -> Payment:
    _, payment = make.paid_session()
    listing.charge(payment, fee_minor=fee, net_minor=payment.amount_minor - fee)
    return payment


def levy(listing: Listing, *, net: int = -1_234) -> None:
    charge = next(iter(listing.rows.values()))
    listing.add(
        replace(charge, id="txn_levy", category="lunar_levy", source_id=None, amount_minor=net,
                fee_minor=0, net_minor=net, metadata={}, intent_id=None)
    )  # fmt: skip


def answer(broken: Break, action: str = "post", **more: object) -> BreakResolution:
    given = {"reason": "Agreed with the gateway", "by": staff(), **more}
    return resolving.resolve(break_id=broken.pk, action=action, now=LATER, **given)  # type: ignore[arg-type]


def posted(answer: BreakResolution) -> dict[str, int]:
    lines = Line.objects.filter(
        entry__source_type="break_resolution", entry__source_id=str(answer.pk)
    )
    return {line.account_id: line.amount_minor for line in lines}


def test_a_fee_is_answered_by_its_variance_and_the_break_keeps_who_and_why(
    listing: Listing,
) -> None:
    paid(listing, fee=350)
    run()
    broken = Break.objects.get()
    assert resolving.suggestion_for(broken) == Suggestion(
        "Post the variance of the fee.", "post", "5010", "1100", 30
    )
    by = staff()

    done = answer(broken, by=by)

    broken.refresh_from_db()
    assert (broken.state, broken.resolved_by) == ("resolved", by.public_id)
    assert broken.resolution == "Agreed with the gateway"
    assert posted(done) == {"5010:USD": 30, "1100:stripe:USD": -30}
    assert run().resolved == 1


def test_a_break_that_says_something_new_is_open_again_and_only_the_rest_is_posted(
    listing: Listing,
) -> None:
    payment = paid(listing, fee=350)
    run()
    answer(Break.objects.get())
    listing.charge(payment, fee_minor=360, net_minor=9_640)

    assert run().breaks == {"fee": 1}

    broken = Break.objects.get()
    assert resolving.suggestion_for(broken).amount_minor == 10
    assert posted(answer(broken)) == {"5010:USD": 10, "1100:stripe:USD": -10}
    assert BreakResolution.objects.count() == 2


def test_a_fee_within_the_tolerance_is_posted_by_rule(listing: Listing) -> None:
    paid(listing, fee=322)
    paid(listing, fee=324)

    reconciliation.heal(result=run(), now=NOW)

    by_rule = BreakResolution.objects.get()
    assert (by_rule.prepared_by, by_rule.amount_minor) == (None, 2)
    assert by_rule.reason == "By rule: Post the variance of the fee."
    assert {each.state for each in Break.objects.all()} == {"resolved", "open"}
    result = run()
    assert (result.breaks, result.resolved) == ({"fee": 1}, 1)


@pytest.mark.parametrize(
    ("ours", "theirs", "within"),
    [(320, 322, True), (320, 323, True), (320, 324, False), (59, 61, True), (59, 62, False),
     (3_610, 3_574, True), (3_610, 3_573, False)],
)  # fmt: skip
def test_the_tolerance_is_two_minor_units_or_one_percent(
    ours: int, theirs: int, within: bool
) -> None:
    assert within_tolerance(ours, theirs) is within


def heal() -> None:
    reconciliation.heal(result=run(), now=NOW)


def test_an_unknown_movement_is_parked_in_suspense_and_waits_for_a_person(
    listing: Listing,
) -> None:
    paid(listing)
    levy(listing, net=-9_000)  # above the limit of one person: suspense decides nothing

    heal()
    heal()

    parked = BreakResolution.objects.get()
    assert posted(parked) == {"1900:USD": 9_000, "1100:stripe:USD": -9_000}
    broken = Break.objects.get()
    assert (broken.state, parked.prepared_by) == ("open", None)
    assert resolving.suggestion_for(broken).credit == "1900"
    done = answer(broken, account="5030")
    reconciliation.approve(resolution_id=done.pk, by=staff("Anton Approver"), now=LATER)
    assert posted(done) == {"5030:USD": 9_000, "1900:USD": -9_000}
    broken.refresh_from_db()
    assert broken.state == "resolved"


def test_what_is_added_to_a_parked_movement_is_moved_with_it(listing: Listing) -> None:
    paid(listing)
    levy(listing, net=-1_000)
    heal()
    levy(listing, net=-1_250)
    run()

    done = answer(Break.objects.get(), account="5010")

    assert posted(done) == {"5010:USD": 1_250, "1900:USD": -1_250}
    assert Line.objects.filter(account_id="1900:USD").aggregate(sum=Sum("amount_minor")) == {
        "sum": 0
    }
    with pytest.raises(Invalid, match="A rule parks"):
        answer(Break.objects.get(), "park")


def test_what_is_in_suspense_is_not_posted_there_again(listing: Listing) -> None:
    paid(listing)
    levy(listing)
    heal()

    with pytest.raises(Invalid, match="in suspense"):
        answer(Break.objects.get(), account="1900")


def test_a_rule_for_a_category_is_made_by_two_people_whatever_the_amount(
    listing: Listing,
) -> None:
    paid(listing)
    levy(listing, net=-1)
    run()
    preparer, approver = staff(), staff("Anton Approver")

    asked = answer(Break.objects.get(), account="5010", remember=True, by=preparer)

    assert (asked.needs_approval, asked.done_at) == (True, None)
    assert not CategoryAccount.objects.exists()
    with pytest.raises(resolving.SamePerson):
        reconciliation.approve(resolution_id=asked.pk, by=preparer, now=LATER)
    reconciliation.approve(resolution_id=asked.pk, by=approver, now=LATER)
    assert posted(asked) == {"5010:USD": 1, "1100:stripe:USD": -1}
    rule = CategoryAccount.objects.get()
    assert (rule.category, rule.code, rule.resolution) == ("lunar_levy", "5010", asked)
    said = AuditEntry.objects.get(action="category_account.set")
    assert (said.actor, said.object_id) == (approver.public_id, "stripe:lunar_levy")
    assert said.data == {
        "account": "5010",
        "before": "",
        "prepared_by": preparer.public_id,
        "resolution": asked.public_id,
    }
    charge = listing.rows["txn_levy"]
    listing.add(replace(charge, id="txn_next", amount_minor=-77, net_minor=-77))
    heal()
    by_rule = BreakResolution.objects.get(prepared_by=None)
    assert posted(by_rule) == {"5010:USD": 77, "1100:stripe:USD": -77}


def test_a_rule_stays_until_another_one_is_approved(listing: Listing) -> None:
    paid(listing)
    levy(listing, net=-100)
    run()
    first = answer(Break.objects.get(), account="5010", remember=True)
    reconciliation.approve(resolution_id=first.pk, by=staff("Anton Approver"), now=LATER)
    charge = listing.rows["txn_levy"]
    listing.add(replace(charge, id="txn_next", amount_minor=-77, net_minor=-77))
    run()
    broken = Break.objects.get(key="txn_next")

    other = answer(broken, account="5030", remember=True)

    assert CategoryAccount.objects.get().code == "5010"
    reconciliation.approve(resolution_id=other.pk, by=staff("Anton Approver"), now=LATER)
    assert CategoryAccount.objects.get().code == "5030"
    assert AuditEntry.objects.filter(data__before="5010", data__account="5030").count() == 1


def test_the_database_takes_no_rule_that_nobody_approved(listing: Listing) -> None:
    paid(listing)
    levy(listing)
    run()
    asked = answer(Break.objects.get(), account="5010", remember=True)
    rule = {"gateway": "stripe", "category": "lunar_levy", "code": "5010", "created_at": NOW}

    for resolution in (None, asked):
        with pytest.raises(Error, match="another person approved"), transaction.atomic():
            CategoryAccount.objects.create(**rule, resolution=resolution)
    reconciliation.approve(resolution_id=asked.pk, by=staff("Anton Approver"), now=LATER)
    with pytest.raises(Error, match="another person approved"), transaction.atomic():
        CategoryAccount.objects.update(code="5190")


def test_a_mapped_movement_above_the_limit_waits_in_suspense(listing: Listing) -> None:
    paid(listing)
    levy(listing, net=-1)
    run()
    asked = answer(Break.objects.get(), account="5010", remember=True)
    reconciliation.approve(resolution_id=asked.pk, by=staff("Anton Approver"), now=LATER)
    charge = listing.rows["txn_levy"]
    listing.add(replace(charge, id="txn_next", amount_minor=-9_000, net_minor=-9_000))

    heal()

    broken = Break.objects.get(key="txn_next")
    assert broken.state == "open"
    assert posted(broken.resolutions.get()) == {"1900:USD": 9_000, "1100:stripe:USD": -9_000}
    assert resolving.suggestion_for(broken).debit == "5010"


def test_a_rule_answers_what_was_answered_and_withdrawn_before(listing: Listing) -> None:
    payment = paid(listing, fee=350)
    run()
    broken = Break.objects.get()
    ResolutionLimit.objects.create(currency="USD", limit_minor=0, effective_from=SINCE)
    reconciliation.withdraw(resolution_id=answer(broken).pk, by=staff(), now=LATER)
    ResolutionLimit.objects.create(currency="USD", limit_minor=5_000, effective_from=NOW)
    answer(broken)
    listing.charge(payment, fee_minor=322, net_minor=9_678)

    heal()

    broken.refresh_from_db()
    assert (broken.state, broken.resolved_by) == ("resolved", "rule")


def test_a_break_that_a_person_answers_meanwhile_stops_no_other(
    listing: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    paid(listing, fee=321)
    paid(listing, fee=322)
    result = run()
    first, second = Break.objects.order_by("occurred_at", "pk")
    look = resolving.facts_of

    def slowly(broken: Break) -> Facts:
        facts = look(broken)
        if broken.pk == first.pk and not broken.resolutions.exists():
            monkeypatch.setattr(resolving, "facts_of", look)
            answer(broken)
        return facts

    monkeypatch.setattr(resolving, "facts_of", slowly)

    assert reconciliation.apply_rules(run_id=result.run.pk, now=NOW) == 1

    by_whom = [
        each.prepared_by is None for each in (first.resolutions.get(), second.resolutions.get())
    ]
    assert by_whom == [False, True]


def test_above_the_limit_nothing_is_posted_before_another_person_approves(
    listing: Listing,
) -> None:
    paid(listing)
    levy(listing, net=-5_001)
    run()
    broken, preparer = Break.objects.get(), staff()

    waiting = answer(broken, by=preparer)

    assert (waiting.needs_approval, waiting.done_at, posted(waiting)) == (True, None, {})
    broken.refresh_from_db()
    assert broken.state == "open"
    with pytest.raises(resolving.AnswerWaits):
        answer(broken)
    with pytest.raises(resolving.SamePerson):
        reconciliation.approve(resolution_id=waiting.pk, by=preparer, now=LATER)
    approver = staff("Anton Approver")
    reconciliation.approve(resolution_id=waiting.pk, by=approver, now=LATER)
    assert posted(waiting) == {"1900:USD": 5_001, "1100:stripe:USD": -5_001}
    broken.refresh_from_db()
    assert broken.resolved_by == f"{preparer.public_id}, {approver.public_id}"
    with pytest.raises(resolving.AnswerDecided):
        reconciliation.approve(resolution_id=waiting.pk, by=approver, now=LATER)


def test_at_the_limit_one_person_is_enough_and_a_row_moves_it(listing: Listing) -> None:
    paid(listing)
    levy(listing, net=-5_000)
    run()
    assert resolving.limit("USD", now=NOW) == 5_000
    assert resolving.limit("JPY", now=NOW) == 0
    ResolutionLimit.objects.create(currency="USD", limit_minor=4_999, effective_from=LATER)

    assert answer(Break.objects.get()).needs_approval

    assert resolving.limit("USD", now=NOW) == 5_000


def test_an_answer_may_be_withdrawn_and_another_given(listing: Listing) -> None:
    paid(listing)
    levy(listing, net=-9_000)
    run()
    broken = Break.objects.get()
    first = answer(broken)

    reconciliation.withdraw(resolution_id=first.pk, by=staff(), now=LATER)

    assert answer(broken, "accept", reason="It was ours").needs_approval
    with pytest.raises(resolving.AnswerDecided):
        reconciliation.approve(resolution_id=first.pk, by=staff(), now=LATER)


def test_an_answer_to_what_was_said_before_is_not_approved(listing: Listing) -> None:
    paid(listing)
    levy(listing, net=-9_000)
    run()
    waiting = answer(Break.objects.get())
    levy(listing, net=-9_001)
    run()

    with pytest.raises(Invalid, match="something else"):
        reconciliation.approve(resolution_id=waiting.pk, by=staff(), now=LATER)

    assert posted(waiting) == {}


@pytest.mark.parametrize(
    ("action", "more", "said"),
    [
        ("post", {"reason": "  "}, "Say why"),
        ("post", {"account": "2120"}, "not posted to this account"),
        ("match", {}, "which payout"),
        ("steal", {}, "nothing to post"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_the_break_stays(
    listing: Listing, action: str, more: dict[str, str], said: str
) -> None:
    paid(listing, fee=350)
    run()
    broken = Break.objects.get()

    with pytest.raises(Invalid, match=said):
        answer(broken, action, **more)

    broken.refresh_from_db()
    assert (broken.state, BreakResolution.objects.count()) == ("open", 0)


def test_a_break_that_closed_itself_meanwhile_is_not_answered(listing: Listing) -> None:
    payment = paid(listing, fee=350)
    run()
    broken = Break.objects.get()
    listing.charge(payment)
    run()

    with pytest.raises(resolving.BreakNotOpen, match="closed by itself"):
        answer(broken)


def test_the_database_wants_another_person_whoever_types_the_sql(listing: Listing) -> None:
    paid(listing)
    levy(listing, net=-9_000)
    run()
    preparer = staff()
    waiting = answer(Break.objects.get(), by=preparer)

    def sql(change: str) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE billing_breakresolution SET {change} WHERE id = %s", [waiting.pk]
            )

    with pytest.raises(Error, match="approved_where_it_must"):
        sql("done_at = now()")
    with pytest.raises(Error, match="does not approve"):
        sql(f"approved_by_id = '{preparer.pk}', done_at = now()")
    with pytest.raises(Error, match="never changed"):
        sql("needs_approval = false")
    with pytest.raises(Error, match="never changed"):
        sql("amount_minor = 1")
    with pytest.raises(Error, match="history"), transaction.atomic():
        waiting.delete()


@pytest.mark.parametrize(
    ("facts", "action", "says"),
    [
        (Facts("A", "charge_missing_here", None, 100, of_ours=True), "accept", "settle"),
        (Facts("A", "charge_missing_here", None, 100), "accept", "who charged"),
        (Facts("A", "duplicate_charge", None, 100, of_ours=True), "accept", "Give the second"),
        (Facts("A", "currency", 100, 100, of_ours=True), "accept", "which currency"),
        (Facts("B", "payout_sum", 90, 100), "accept", "remainder"),
        (Facts("C", "bank_line_missing", 100, None), "accept", "statement"),
        (Facts("C", "bank_line_unknown", None, 100, candidates=1), "match", "match them"),
        (Facts("C", "bank_line_unknown", None, 100, candidates=2), "post", "suspense"),
        (Facts("A", "amount", 100, 90, of_ours=True), "post", "Compare"),
        (Facts("A", "amount", 100, 90, of_ours=True, unbooked=True), "accept", "give it back"),
    ],
)
def test_each_type_has_its_suggestion(facts: Facts, action: str, says: str) -> None:
    found = suggest(facts)

    assert (found.action, found.automatic) == (action, False)
    assert says in found.says
