"""Whoever forges the form of a finance dialog changes nothing, whoever they are.

Every address of finance that takes POST has a row here: what it is about, and what is sent. A new
one without a row fails. The forger has the very page that finance sees, hash and token included.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts import roles
from accounts.models import Mentor
from billing import discounts, payouts, reserves, suspensions, write_offs
from billing.gateways.payees import TransferSnapshot, TransferStatus
from billing.models import (
    Discount,
    Dispute,
    GatewayEvent,
    MentorBalance,
    Payout,
    PayoutAccount,
    PayoutRun,
    Reserve,
    WriteOff,
)
from billing.states import PayoutAccountEvent
from kernel import clock
from scheduling import incidents
from scheduling.models import Incident, Session
from scheduling.states import IncidentKind, Side
from tests.billing.ledger.books import EARLY, bank_says, dispute, refund
from tests.billing.payouts import world
from tests.cms import test_bank_dialogs, test_books, test_break_dialogs, test_surplus_dialog
from tests.cms.conftest import SignIn
from tests.cms.dialogs import press, shown
from tests.cms.test_settling import failed_refund
from tests.factories import sessions
from tests.factories.billing import covered_session, paid_session
from tests.factories.people import ClientFactory, MentorFactory

pytestmark = pytest.mark.django_db

GROUPS = [roles.MENTOR, roles.CONTENT_EDITOR, roles.MENTOR_CURATOR, roles.SUPPORT, roles.AUDITOR]
FORGERS = ["nobody signed in", "client", *GROUPS]


@pytest.fixture(autouse=True)
def at_payout_time() -> Iterator[None]:
    with clock.travel(world.NOW):
        yield


def payable(*, currency: str = "USD") -> Payout:
    """A drafted run that pays one mentor, whose account is verified; no gateway is asked."""
    mentor = MentorFactory()
    world.earned(mentor=mentor, currency=currency)
    account = PayoutAccount.objects.create(
        mentor=mentor, gateway="stripe", currency=currency, created_at=world.NOW
    )
    account.gateway_account_id = f"acct_{account.pk.hex}"
    account.transition(PayoutAccountEvent.ACTIVATE)
    account.save()
    return Payout.objects.get(run=world.built(currency=currency), mentor=mentor)


def frozen(*, currency: str = "USD") -> Payout:
    payout = payable(currency=currency)
    payouts.freeze(run_id=payout.run_id, by=payout.run.built_by, now=world.NOW)
    return payout


def approved(*, currency: str = "USD") -> Payout:
    payout = frozen(currency=currency)
    payouts.approve(run_id=payout.run_id, by=world.staff("Adam Approver"), now=world.NOW)
    return payout


def returned(*, currency: str = "USD") -> Payout:
    payout = approved(currency=currency)
    seen = TransferSnapshot(
        id=f"tr_{payout.pk.hex}",
        status=TransferStatus.RETURNED,
        amount_minor=payout.amount_minor,
        returned_minor=payout.amount_minor,
        currency=payout.currency,
        payee_id=payout.account.gateway_account_id or "",
        failure_code="",
        created_at=world.NOW,
        returned_at=world.NOW,
        metadata={},
    )
    return payouts.apply(payout.pk, seen, now=world.NOW)


def to_build() -> Sequence[object]:
    """Money that a run could be built of; the address has no arguments."""
    payout = payable()
    payouts.discard(run_id=payout.run_id, by=payout.run.built_by, now=world.NOW)
    return []


def balance() -> MentorBalance:
    return MentorBalance.objects.get(mentor=world.earned().purchase.mentor)


def held() -> MentorBalance:
    row = balance()
    payouts.hold(mentor_id=row.mentor_id, reason="x", by=world.staff(), now=world.NOW)
    return row


def kept_by_hand() -> Reserve:
    return reserves.keep(
        mentor_id=balance().mentor_id,
        amount_minor=500,
        currency="USD",
        reason="x",
        by=world.staff(),
        now=world.NOW,
    )


def owing() -> MentorBalance:
    """The mentor of a sale that was refunded in full, who bears the fee: 3.20 are owed."""
    payment = world.earned()
    refund(payment, 10_000, bearer="mentor", at=world.NOW)
    return MentorBalance.objects.get(mentor=payment.purchase.mentor)


def to_write_off() -> WriteOff:
    row = owing()
    return write_offs.ask(
        mentor_id=row.mentor_id,
        amount_minor=320,
        currency="USD",
        reason="x",
        by=world.staff(),
        now=world.NOW,
    )


def overdue_session() -> Session:
    """A paid session that began, and whose end the clock has not come to."""
    session, _ = paid_session()
    sessions.begin(session)
    return session


def reported_absence() -> Incident:
    """The client of a session that ended reports that its mentor did not come."""
    session = overdue_session()
    return incidents.report(
        session_id=session.pk,
        side=Side.CLIENT,
        kind=IncidentKind.ABSENCE,
        reason="Nobody came.",
        by=session.client.user.public_id,
        now=world.NOW,
    )


def suspended() -> Mentor:
    mentor = MentorFactory()
    suspensions.suspend(mentor_id=mentor.pk, by=world.staff(), reason="x", now=world.NOW)
    return mentor


def running_discount() -> Discount:
    return discounts.add(
        name="Spring",
        code="SPRING",
        bearer="platform",
        percent_bps=2_000,
        starts_at=world.NOW,
        by=world.staff(),
        now=world.NOW,
    )


def client_by_mail() -> Sequence[object]:
    """A client whose e-mail the form names; the address has no arguments."""
    ClientFactory(user__email="chloe@forged.example")
    return []


def disputed() -> Dispute:
    _, payment = paid_session()
    bank_says(payment, dispute("needs_response", at=EARLY), at=EARLY)
    return Dispute.objects.get(payment=payment)


def event() -> GatewayEvent:
    """One that waits; it speaks of nothing of ours, so nothing is asked at the gateway."""
    return GatewayEvent.objects.create(
        gateway="stripe",
        event_id="evt_forged",
        type="customer.created",
        object_type="customer",
        object_id="cus_1",
        payload={},
        created_at=world.NOW,
        received_at=world.NOW,
    )


@dataclass(frozen=True)
class Row:
    """What an address is about (its arguments), the button, and what the form says."""

    about: Callable[[], Sequence[object]]
    act: str
    given: dict[str, str] = field(default_factory=dict)
    finance: str = roles.FINANCE_PREPARER
    besides: str = ""  # a group that may do it as well, and so is none of the forgers


WHY = {"reason": "Because."}
ROWS = {
    "settle_refund": Row(lambda: [failed_refund().pk], "drop", WHY),
    "refund_payment": Row(
        lambda: [paid_session()[1].pk], "refund", {"share": "10", "cause": "goodwill", **WHY}
    ),
    "give_covered_back": Row(
        lambda: [covered_session().pk], "give", {"share": "10", "cause": "goodwill", **WHY}
    ),
    "cancel_session": Row(
        lambda: [paid_session()[0].pk],
        "cancel",
        {"fault": "mentor", **WHY},
        besides=roles.SUPPORT,
    ),
    "complete_session": Row(lambda: [overdue_session().pk], "complete", WHY, besides=roles.SUPPORT),
    "decide_incident": Row(
        lambda: [reported_absence().pk], "mentor_absent", WHY, besides=roles.SUPPORT
    ),
    "suspend_mentor": Row(
        lambda: [paid_session()[0].mentor_id],
        "suspend",
        WHY,
        finance=roles.MENTOR_CURATOR,
        besides=roles.MENTOR_CURATOR,
    ),
    "lift_suspension": Row(
        lambda: [suspended().pk],
        "lift",
        WHY,
        finance=roles.MENTOR_CURATOR,
        besides=roles.MENTOR_CURATOR,
    ),
    "add_policy": Row(
        list,
        "add",
        {"name": "Kind", "tiers": "2: 100", "late_bearer": "platform"},
        finance=roles.FINANCE_APPROVER,
    ),
    "answer_dispute": Row(
        lambda: [disputed().pk], "answer", {"statement": "It was held as agreed."}
    ),
    "replay_event": Row(lambda: [event().pk], "replay"),
    "build_run": Row(to_build, "build", {"currency": "USD", "gateway": "stripe"}),
    "freeze_run": Row(lambda: [payable().run_id], "freeze"),
    "approve_run": Row(lambda: [frozen().run_id], "approve", finance=roles.FINANCE_APPROVER),
    "discard_run": Row(lambda: [payable().run_id], "discard"),
    "send_run_again": Row(lambda: [approved().run_id], "send"),
    "reassign_payout": Row(lambda: [returned().pk], "reassign"),
    "place_hold": Row(lambda: [balance().pk], "hold", WHY),
    "add_discount": Row(
        list,
        "add",
        {
            "name": "Spring",
            "code": "SPRING",
            "bearer": "platform",
            "percent": "20",
            "begins": "2027-03-05 00:00",
        },
    ),
    "switch_discount_off": Row(lambda: [running_discount().pk], "switch", WHY),
    "grant_credit": Row(
        client_by_mail,
        "grant",
        {"client": "chloe@forged.example", "amount": "5.00", "currency": "USD", **WHY},
    ),
    "keep_reserve": Row(lambda: [balance().pk], "keep", {"amount": "5.00", **WHY}),
    "let_reserve_go": Row(lambda: [kept_by_hand().pk], "release"),
    "add_limit": Row(
        list,
        "add",
        {"currency": "USD", "limit_minor": "2500", "begins": "2027-04-01 00:00"},
        finance=roles.FINANCE_APPROVER,
    ),
    "set_cut_off": Row(
        lambda: ["paypal"],
        "set",
        {"age_hours": "6", "overlap_days": "3"},
        finance=roles.FINANCE_APPROVER,
    ),
    "lift_hold": Row(lambda: [held().pk], "lift"),
    "add_rate": Row(
        lambda: ["minimum"],
        "add",
        {"currency": "USD", "minimum_minor": "2500", "begins": "2027-04-01 00:00"},
        finance=roles.FINANCE_APPROVER,
    ),
    "ask_write_off": Row(lambda: [owing().pk], "ask", {"amount": "3.20", **WHY}),
    "decide_write_off": Row(lambda: [to_write_off().pk], "approve", finance=roles.FINANCE_APPROVER),
}


# Forged beside the other tests of the same screens: their rows take more than a form to make.
ELSEWHERE: dict[str, Any] = {
    "give_surplus_back": test_surplus_dialog.test_others_are_refused_whatever_they_send,
    "give_charge_back": test_surplus_dialog.test_others_are_refused_whatever_they_send,
    "ask_gateway": test_break_dialogs.test_others_are_refused_whatever_they_send,
    "decide_answer": test_break_dialogs.test_others_are_refused_whatever_they_send,
    "resolve_break": test_break_dialogs.test_others_are_refused_whatever_they_send,
    "add_bank_account": test_bank_dialogs.test_others_are_refused_whatever_they_send,
    "bring_in_statement": test_bank_dialogs.test_others_are_refused_whatever_they_send,
    "look_statement": test_bank_dialogs.test_others_are_refused_whatever_they_send,
    "enter_cost": test_books.test_nobody_else_enters_costs_or_closes_even_with_a_forged_form,
    "reverse_cost": test_books.test_nobody_else_enters_costs_or_closes_even_with_a_forged_form,
    "propose_period": test_books.test_nobody_else_enters_costs_or_closes_even_with_a_forged_form,
    "close_period": test_books.test_nobody_else_enters_costs_or_closes_even_with_a_forged_form,
}


def test_every_address_of_finance_that_takes_post_has_a_row() -> None:
    found = {pattern.name for pattern in patterns(get_resolver()) if takes_post(pattern)}

    assert found == {*ROWS, *ELSEWHERE}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_is_forged_elsewhere_is_forged_by_the_same_people(name: str) -> None:
    marks = [mark for mark in ELSEWHERE[name].pytestmark if mark.name == "parametrize"]
    forgers = {who for mark in marks for who in mark.args[1]}

    assert forgers >= {*GROUPS}


def patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from patterns(one)
        else:
            yield one


def takes_post(pattern: URLPattern) -> bool:
    """Say if a screen of billing is behind it that has an answer to POST."""
    view = getattr(pattern.callback, "view_class", None)
    return view is not None and view.__module__.startswith("billing.") and hasattr(view, "post")


@pytest.mark.parametrize("name", ROWS)
def test_a_forged_form_changes_nothing_and_the_same_form_works_for_finance(
    name: str, sign_in: SignIn
) -> None:
    row = ROWS[name]
    url = reverse(name, args=row.about())
    finance = sign_in(row.finance)
    page = shown(finance, url, **row.given)
    forgers = {who: browser_of(who, sign_in) for who in FORGERS if who != row.besides}
    before = everything()

    looked = {who: browser.get(url) for who, browser in forgers.items()}
    posted = {who: press(browser, url, row.act, page=page, **row.given)
              for who, browser in forgers.items()}  # fmt: skip

    refused = {"/accounts/login/", "/cms/"}
    for answers in (looked, posted):
        for who, answer in answers.items():
            assert answer.status_code == 302, (who, answer.status_code)
            assert answer.headers["Location"].partition("?")[0] in refused, (who, answer)
    assert everything() == before
    done = press(finance, url, row.act, page=page, **row.given)
    assert done.status_code == 302
    assert done.headers["Location"].startswith("/cms/")
    assert done.headers["Location"] not in {"/cms/", url}
    assert everything() != before


def test_who_may_prepare_may_not_approve(sign_in: SignIn) -> None:
    url = reverse("approve_run", args=[frozen().run_id])
    page = shown(sign_in(roles.FINANCE_APPROVER), url)
    before = everything()

    answer = press(sign_in(roles.FINANCE_PREPARER), url, "approve", page=page)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/cms/")
    assert everything() == before
    assert PayoutRun.objects.get().state == "frozen"


def browser_of(who: str, sign_in: SignIn) -> Client:
    return Client() if who == "nobody signed in" else sign_in(who)


def everything() -> dict[str, str]:
    """What stands in each table that a dialog could write to."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND (relname LIKE 'billing\\_%%' "
            "OR relname LIKE 'scheduling\\_%%' OR relname IN "
            "('kernel_job', 'kernel_auditentry', 'notifications_email')) ORDER BY 1"
        )
        found = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) "
                           f'FROM "{table}" t')  # fmt: skip
            found[table] = cursor.fetchone()[0]
    return found
