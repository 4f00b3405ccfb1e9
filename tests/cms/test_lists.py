"""The business lists: who may look, how many queries they take, what they find and export."""

import csv
import io
import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_q.models import Failure, Schedule
from wagtail.admin.views.bulk_action.registry import bulk_action_registry

from accounts import roles
from accounts.models import Application, Category, Erasure, Mentor, User
from billing.models import (
    BankAccount,
    BankStatement,
    Break,
    ClientCredit,
    Discount,
    Dispute,
    Entry,
    GatewayEvent,
    GatewayPayout,
    MentorBalance,
    Package,
    Payment,
    Payout,
    PayoutAccount,
    PayoutRun,
    Refund,
)
from cms.models import LegalVersion
from kernel.models import Job
from messaging.models import Report
from notifications.models import Email
from scheduling.models import Incident, Review, ReviewReport, Session
from tests.cms.conftest import SignIn, listed_mentor
from tests.cms.rows import add_rows, add_session
from webhooks.models import Delivery, Endpoint

LISTS = {
    "sessions": Session,
    "reviews": Review,
    "review-reports": ReviewReport,
    "message-reports": Report,
    "incidents": Incident,
    "e-mails": Email,
    "webhook-endpoints": Endpoint,
    "webhook-deliveries": Delivery,
    "erasures": Erasure,
    "legal-versions": LegalVersion,
    "payments": Payment,
    "packages": Package,
    "refunds": Refund,
    "disputes": Dispute,
    "discounts": Discount,
    "credit": ClientCredit,
    "payout-runs": PayoutRun,
    "payouts": Payout,
    "payout-accounts": PayoutAccount,
    "mentor-balances": MentorBalance,
    "ledger": Entry,
    "breaks": Break,
    "gateway-payouts": GatewayPayout,
    "bank-statements": BankStatement,
    "bank-accounts": BankAccount,
    "gateway-events": GatewayEvent,
    "jobs": Job,
    "schedules": Schedule,
    "queue-failures": Failure,
    "applications": Application,
    "mentor-list": Mentor,
    "categories": Category,
}
WITHOUT_DETAIL = {"schedules", "queue-failures"}
MONEY = {
    *("discounts", "credit"),
    *("payments", "packages", "refunds", "disputes", "payout-runs", "payouts", "mentor-balances"),
    *("ledger", "breaks", "gateway-events", "gateway-payouts"),
    *("bank-statements", "bank-accounts", "payout-accounts"),
}
SESSIONS = {"sessions", "incidents"}
WEBHOOKS = {"webhook-endpoints", "webhook-deliveries"}
JOBS = {"jobs", "schedules", "queue-failures"}
MAY_SEE = {
    roles.CONTENT_EDITOR: {"legal-versions"},
    roles.MENTOR_CURATOR: {
        *("applications", "mentor-list", "categories"),
        *("reviews", "review-reports"),
    },
    roles.SUPPORT: SESSIONS | WEBHOOKS | {"message-reports", "e-mails", "erasures"},
    roles.FINANCE_PREPARER: MONEY | JOBS | SESSIONS,
    roles.FINANCE_APPROVER: MONEY | JOBS | SESSIONS,
    roles.AUDITOR: set(LISTS),
    "admin": set(LISTS),
}


def details() -> Iterator[str]:
    for name, model in LISTS.items():
        row = model._default_manager.order_by("pk").first()
        if name not in WITHOUT_DETAIL and row is not None:
            yield reverse(f"{name}:inspect", args=[row.pk])


@pytest.mark.parametrize("group", MAY_SEE)
def test_a_group_opens_its_own_lists_and_details_and_no_others(group: str, sign_in: SignIn) -> None:
    add_rows()
    browser = sign_in(group)

    opened = {
        name
        for name in LISTS
        if browser.get(reverse(f"{name}:index")).status_code == 200
        and browser.get(reverse(f"{name}:index_results")).status_code == 200
    }
    seen = {url for url in details() if browser.get(url).status_code == 200}

    assert opened == MAY_SEE[group]
    assert seen == {url for url in details() if any(f"/{name}/" in url for name in MAY_SEE[group])}


@pytest.mark.parametrize("group", [roles.MENTOR, "nobody"])
def test_mentors_and_clients_do_not_enter_the_back_office(group: str, sign_in: SignIn) -> None:
    listed_mentor("Ada Byron")
    browser = sign_in(group)

    for url in ["/cms/", "/cms/pages/", "/cms/sessions/", "/cms/payments/", "/cms/reports/"]:
        response = browser.get(url)
        assert response.status_code == 302, url
        assert "Ada Byron" not in response.content.decode()


def test_every_list_takes_the_same_queries_for_one_row_and_for_three(
    sign_in: SignIn, subtests: pytest.Subtests
) -> None:
    browser = sign_in("admin")
    lists = [reverse(f"{name}:index") for name in LISTS]
    addresses = [f"{url}{query}" for url in lists for query in ["", "?export=csv"]]

    def count(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            response = browser.get(address)
            body = b"".join(response) if response.streaming else response.content
        assert response.status_code == 200
        assert body
        return len(queries)

    add_rows()
    for url in lists:
        browser.get(url)  # warms what is read once per process
    one = {address: count(address) for address in addresses}
    add_rows()
    add_rows()

    for address in addresses:
        with subtests.test(address):
            assert count(address) == one[address]


def test_a_detail_takes_the_same_queries_whatever_hangs_on_it(sign_in: SignIn) -> None:
    browser = sign_in("admin")
    _, payment = add_session()
    url = reverse("payments:inspect", args=[payment.pk])

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(url).status_code == 200
        return len(queries)

    count()
    few = count()
    for number in range(3):
        GatewayEvent.objects.create(
            gateway="stripe",
            event_id=f"evt_{number}",
            type="charge.updated",
            object_type="charge",
            payload={},
            created_at=payment.created_at,
            received_at=payment.created_at,
            payment=payment,
        )

    assert count() == few


def test_a_payment_shows_its_split_refunds_and_ledger_lines(sign_in: SignIn) -> None:
    session, payment = add_session()

    html = sign_in(roles.AUDITOR).get(reverse("payments:inspect", args=[payment.pk]))
    text = html.content.decode()

    # 100.00 = 2.9 % + 0.30 | 15 % | the rest
    for part in ["2.9 % + $0.30", "$3.20 USD", "$15.00 USD", "$81.80 USD", "$100.00 USD"]:
        assert part in text
    for account in ["1100 Gateway clearing (stripe)", "2110 Mentor payable, pending"]:
        assert account in text
    assert payment.public_id in text
    assert session.public_id in text
    assert payment.gateway_intent_id is not None
    assert payment.gateway_intent_id in text
    assert "The client cancelled" in text
    # Debits equal credits: 100.00 + 3.20 on either side.
    assert text.count("$103.20 USD") == 2


def test_a_session_shows_its_timeline_and_to_finance_its_payments(sign_in: SignIn) -> None:
    session, payment = add_session()
    url = reverse("sessions:inspect", args=[session.pk])

    support = sign_in(roles.SUPPORT).get(url).content.decode()
    auditor = sign_in(roles.AUDITOR).get(url).content.decode()

    assert "Confirm → Confirmed" in support
    assert payment.public_id not in support
    assert payment.public_id in auditor


def test_lists_find_by_reference_by_mail_and_by_the_gateways_id(sign_in: SignIn) -> None:
    session, payment = add_session()
    add_session(client_name="Another Person")
    browser = sign_in("admin")
    typed = [session.public_id, session.client.user.email, str(payment.gateway_intent_id)]

    for name, shown in [("sessions", session.public_id), ("payments", payment.public_id)]:
        for query in [*typed, payment.public_id]:
            html = browser.get(f"/cms/{name}/", {"q": query}).content.decode()
            assert shown in html, (name, query)
            assert "There is 1 match" in html, (name, query)
        nothing = browser.get(f"/cms/{name}/", {"q": "ses_00000000000000000000000000"})
        assert f"No {name} match" in nothing.content.decode()


@pytest.mark.parametrize("query", ["\x00", "ses_zzzz", "%", "'", "x" * 5000, "ses_" + "z" * 26])
@pytest.mark.parametrize("name", sorted(set(LISTS) - {"schedules"}))
def test_no_search_breaks_a_list(name: str, query: str, sign_in: SignIn) -> None:
    assert sign_in("admin").get(f"/cms/{name}/", {"q": query}).status_code == 200


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_an_exported_cell_never_begins_a_formula(name: str, sign_in: SignIn) -> None:
    add_session(client_name=name)

    response = sign_in("admin").get("/cms/payments/", {"export": "csv"})
    row = next(csv.DictReader(io.StringIO(b"".join(response).decode(), newline="")))

    assert row["Client"] == f"'{name}"
    assert row["Amount"] == "100.00"
    assert row["Mentor's share"] == "81.80"


def test_a_cell_carries_its_heading_for_a_phone_and_says_if_it_is_empty(sign_in: SignIn) -> None:
    _, payment = add_session(client_name="Chloe <b>Client</b>")
    browser = sign_in("admin")

    def table(name: str) -> tuple[list[str], list[tuple[str, str, str]]]:
        html = browser.get(f"/cms/{name}/").content.decode()
        (row,) = re.findall(r'<tr role="row">\s*(<td.*?)</tr>', html, re.S)
        marks = r'<td role="cell" data-heading="([^"]*)"( data-none)?[^>]*>\s*(.*?)\s*</td>'
        cells = re.findall(marks, row, re.S)
        assert row.count("<td") == len(cells)
        headings = re.findall(r'<th role="columnheader" scope="col"[^>]*>(.*?)</th>', html, re.S)
        return [" ".join(re.sub("<[^>]*>", "", one).split()) for one in headings], cells

    headings, cells = table("payments")
    assert [heading for heading, _, _ in cells] == headings
    assert headings[:3] == ["Reference", "Status", "Created"]
    assert payment.public_id in cells[0][2]
    assert "Chloe &lt;b&gt;Client&lt;/b&gt;" in cells[3][2]
    assert not any(none for _, none, _ in cells)
    _, cells = table("mentor-balances")
    assert {shown for _, none, shown in cells if none} == {"–"}


def test_an_export_honours_search_and_filters(sign_in: SignIn) -> None:
    session, _ = add_session()
    add_session()
    browser = sign_in("admin")

    searched = b"".join(browser.get("/cms/sessions/", {"export": "csv", "q": session.public_id}))
    filtered = b"".join(browser.get("/cms/sessions/", {"export": "csv", "state": "expired"}))

    assert searched.decode().count("ses_") == 1
    assert filtered.decode().count("ses_") == 0


def test_no_list_has_a_form_behind_it_not_even_for_a_superuser(
    sign_in: SignIn, subtests: pytest.Subtests
) -> None:
    add_rows()
    browser = sign_in("admin")

    for name, model in LISTS.items():
        with subtests.test(name):
            row = model._default_manager.order_by("pk").first()
            assert row is not None
            base = reverse(f"{name}:index")
            for path in [f"{base}new/", f"{base}edit/{row.pk}/", f"{base}delete/{row.pk}/"]:
                assert browser.post(path, {}).status_code == 404
            assert f"{base}new/" not in browser.get(base).content.decode()


def test_no_bulk_action_reaches_a_person_or_a_business_row(sign_in: SignIn) -> None:
    bulk_action_registry._scan_for_bulk_actions()
    reached = {
        (label, model, action)
        for label, models in bulk_action_registry.actions.items()
        for model, actions in models.items()
        for action in actions
    }
    business = {
        "accounts",
        "scheduling",
        "billing",
        "kernel",
        "django_q",
        "notifications",
        "messaging",
    }
    browser = sign_in("admin")
    session, _ = add_session()
    person = session.client.user

    # What Wagtail registers for users is refused whoever asks; for other rows nothing exists.
    assert {item[:2] for item in reached if item[0] in business} == {("accounts", "user")}
    form = {"mark_as_active": "False", "role": Group.objects.get(name=roles.AUDITOR).pk}
    for action in ["delete", "set_active_state", "assign_role"]:
        path = f"/cms/bulk/accounts/user/{action}/?id={person.pk}"
        assert browser.post(path, form).status_code == 302
    person.refresh_from_db()
    assert person.is_active
    assert list(person.groups.all()) == []
    for label in sorted(business):
        for model in apps.get_app_config(label).get_models():
            if model is User:
                continue
            path = f"/cms/bulk/{label}/{model._meta.model_name}/delete/?id={session.pk}"
            assert browser.post(path).status_code == 404, path


@pytest.mark.parametrize("name", sorted(set(LISTS) - {"schedules"}))
def test_an_empty_list_says_what_would_be_here(name: str, sign_in: SignIn) -> None:
    html = sign_in("admin").get(f"/cms/{name}/").content.decode()

    assert "to display" not in html
    assert re.search(r"No\w* [\w ]+\. |Nothing is posted yet|No failures", html)
