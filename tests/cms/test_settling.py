"""Finance's queue of what waits for a person, the dialog behind a row, filters and totals."""

import io
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts import roles
from billing.models import Dispute, Payment, Refund
from kernel.ids import uuid7
from tests.billing.ledger.books import EARLY, LATE, bank_says, dispute, gateway_says, refund
from tests.cms.conftest import SignIn
from tests.cms.rows import add_session
from tests.factories import sessions
from tests.factories.billing import open_payment, paid_session

ALLOWED = [roles.FINANCE_PREPARER, roles.FINANCE_APPROVER, "admin"]
REFUSED = [roles.AUDITOR, roles.SUPPORT, roles.CONTENT_EDITOR, roles.MENTOR_CURATOR]


def failed_refund() -> Refund:
    """A refund of 33.33 of 100.00, refused by the client's bank."""
    _, payment = paid_session()
    row = refund(payment, 3333, bearer="platform", at=EARLY)
    row = gateway_says(row, "failed", at=EARLY)
    row.failure_code = "lost_or_stolen_card"
    row.save(update_fields=["failure_code"])
    return row


def press(browser: Client, url: str, act: str, **given: str) -> Any:
    """Look at the dialog, then press its button with the hash of what was shown."""
    shown = browser.get(url).content.decode()
    found = re.search(rf'name="seen-{act}" value="([0-9a-f]*)"', shown)
    assert found is not None
    return browser.post(url, {"act": act, f"seen-{act}": found[1], **given}, follow=True)


def flagged_payment() -> Payment:
    payment = open_payment(sessions.pending_session())
    payment.state = "pending"
    payment.failure_code = "amount_mismatch"
    payment.save(update_fields=["state", "failure_code"])
    return payment


def owed_payment() -> Payment:
    """Cancelled by the mentor while the bank held the money; the dispute was won since."""
    session, payment = paid_session()
    bank_says(payment, dispute("needs_response", at=EARLY, name=f"dp_{uuid7()}"), at=EARLY)
    sessions.cancel(session, at=LATE, by="mentor", refund_bps=10_000)
    row = Dispute.objects.get(payment=payment)
    won = dispute("won", at=EARLY, name=row.gateway_dispute_id)
    bank_says(payment, won, at=LATE)
    return payment


def test_the_queue_shows_each_kind_with_its_reason(sign_in: SignIn) -> None:
    rows: list[Any] = [failed_refund(), flagged_payment(), owed_payment()]
    refund(paid_session()[1], 100, bearer="platform", at=EARLY)  # on its way: not for people

    html = sign_in(roles.FINANCE_PREPARER).get(reverse("to_settle")).content.decode()

    for row in rows:
        assert html.count(row.public_id) == 1
    assert "Lost or stolen card" in html
    assert "The gateway holds another amount or currency." in html
    assert "$33.33 USD" in html
    assert html.count(">Settle</a>") == 1


def test_an_empty_queue_says_what_would_be_here(sign_in: SignIn) -> None:
    html = sign_in(roles.FINANCE_APPROVER).get(reverse("to_settle")).content.decode()

    assert html.count("None. ") == 4


def test_the_queue_takes_the_same_queries_for_one_row_and_for_three(sign_in: SignIn) -> None:
    browser = sign_in(roles.FINANCE_PREPARER)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(reverse("to_settle")).status_code == 200
        return len(queries)

    def add() -> None:
        failed_refund()
        flagged_payment()
        owed_payment()

    add()
    count()
    one = count()
    add()
    add()

    assert count() == one


@pytest.mark.parametrize("group", ALLOWED)
def test_finance_gives_a_failed_refund_anew(group: str, sign_in: SignIn) -> None:
    row = failed_refund()
    browser = sign_in(group)
    url = reverse("settle_refund", args=[row.pk])

    shown = browser.get(url).content.decode()
    answer = press(browser, url, "reissue", reason="A new card.")

    assert "Refund $33.33 USD again" in shown
    # 33.33 is 27.26 of the mentor, 5.00 of the commission, 1.07 of the fee; the mentor's
    # pending share goes from 81.80 to 54.54.
    for part in ["$27.26 USD", "$5.00 USD", "$1.07 USD", "$81.80 USD", "$54.54 USD"]:
        assert part in shown
    new = Refund.objects.get(reissue_of=row)
    assert (new.amount_minor, new.reason) == (3333, "A new card.")
    assert new.requested_by.startswith("usr_")
    assert f"$33.33 USD is on its way as {new.public_id}." in answer.content.decode()
    old = browser.get(reverse("refunds:inspect", args=[row.pk])).content.decode()
    assert "Given anew as" in old
    assert "Settle this refund" not in old


def test_finance_says_that_it_is_owed_no_more(sign_in: SignIn) -> None:
    row = failed_refund()
    url = reverse("settle_refund", args=[row.pk])

    sign_in(roles.FINANCE_APPROVER).post(url, {"act": "drop", "reason": "Paid in cash."})

    row.refresh_from_db()
    assert row.dropped_reason == "Paid in cash."
    assert Refund.objects.count() == 1


@pytest.mark.parametrize("group", REFUSED)
@pytest.mark.parametrize("act", ["reissue", "drop"])
def test_nobody_else_does_not_even_with_a_forged_form(
    group: str, act: str, sign_in: SignIn
) -> None:
    row = failed_refund()
    browser = sign_in(group)
    url = reverse("settle_refund", args=[row.pk])

    seen, posted = browser.get(url), browser.post(url, {"act": act, "reason": "x"})

    assert 200 not in (seen.status_code, posted.status_code)
    row.refresh_from_db()
    assert row.dropped_at is None
    assert Refund.objects.count() == 1
    if group == roles.AUDITOR:
        queue = browser.get(reverse("to_settle")).content.decode()
        assert row.public_id in queue
        assert ">Settle</a>" not in queue


def test_when_the_world_moved_since_it_was_shown_nothing_is_given(sign_in: SignIn) -> None:
    row = failed_refund()
    browser = sign_in(roles.FINANCE_PREPARER)
    url = reverse("settle_refund", args=[row.pk])
    seen = re.findall(r'name="seen-reissue" value="(\w+)"', browser.get(url).content.decode())
    refund(row.payment, 1000, bearer="platform", at=EARLY)

    answer = browser.post(url, {"act": "reissue", "seen-reissue": seen[0], "reason": "A new card."})

    html = answer.content.decode()
    assert answer.status_code == 409
    assert "The world has moved: look again." in html
    assert "A new card." in html  # what was written is kept
    again = re.findall(r'name="seen-reissue" value="(\w+)"', html)
    assert again != seen
    assert Refund.objects.filter(reissue_of=row).count() == 0


def test_the_form_cannot_be_sent_without_having_looked(sign_in: SignIn) -> None:
    row = failed_refund()

    answer = sign_in("admin").post(
        reverse("settle_refund", args=[row.pk]), {"act": "reissue", "reason": "x"}
    )

    assert answer.status_code == 409
    assert Refund.objects.filter(reissue_of=row).count() == 0


@pytest.mark.parametrize("reason", ["", "  ", "\x00"])
def test_a_form_without_a_reason_changes_nothing_and_says_so(reason: str, sign_in: SignIn) -> None:
    row = failed_refund()

    answer = sign_in("admin").post(
        reverse("settle_refund", args=[row.pk]), {"act": "reissue", "reason": reason}
    )

    assert answer.status_code == 422
    assert "cf-field--wrong" in answer.content.decode()
    assert Refund.objects.count() == 1


def test_while_a_dispute_holds_the_money_the_button_is_off_and_says_why(sign_in: SignIn) -> None:
    row = failed_refund()
    bank_says(row.payment, dispute("needs_response", amount_minor=4000, at=EARLY), at=EARLY)
    browser = sign_in("admin")
    url = reverse("settle_refund", args=[row.pk])

    shown = browser.get(url).content.decode()
    answer = browser.post(url, {"act": "reissue", "reason": "x"})

    assert "It cannot be given anew now." in shown
    assert "holds USD 40.00 until it has decided" in shown
    assert answer.status_code == 409
    assert Refund.objects.count() == 1


FILTERS = [
    ("payments", {"state": "succeeded"}, 1),
    ("payments", {"state": "failed"}, 0),
    ("payments", {"person": "chloe"}, 1),
    ("payments", {"person": "nobody"}, 0),
    ("payments", {"currency": "USD", "gateway": "stripe"}, 1),
    ("payments", {"what": "disputed"}, 1),
    ("payments", {"what": "held"}, 1),
    ("payments", {"what": "late"}, 0),
    ("payments", {"created_at_from": "2027-02-27", "created_at_to": "2027-02-27"}, 1),
    ("payments", {"created_at_from": "2027-02-28"}, 0),
    ("refunds", {"cause": "client_cancelled"}, 1),
    ("refunds", {"cause": "goodwill"}, 0),
    ("refunds", {"what": "stuck"}, 0),
    ("refunds", {"person": "chloe", "gateway": "stripe", "bearer": "platform"}, 1),
    ("disputes", {"what": "open", "person": "chloe"}, 1),
    ("disputes", {"what": "answer", "state": "lost"}, 0),
    ("ledger", {"person": "chloe", "currency": "USD", "account": "1130"}, 1),
    ("ledger", {"person": "nobody"}, 0),
    ("ledger", {"currency": "EUR"}, 0),
    ("breaks", {"person": "x", "whose": "known"}, 0),
    ("gateway-events", {"person": "x"}, 0),
    ("sessions", {"client": "chloe", "currency": "USD"}, 1),
    ("sessions", {"mentor": "nobody"}, 0),
]


@pytest.mark.parametrize(("name", "wanted", "found"), FILTERS)
def test_filters_live_in_the_address_and_reach_list_and_export(
    name: str, wanted: dict[str, str], found: int, sign_in: SignIn
) -> None:
    _, payment = add_session()
    Refund.objects.filter(payment=payment).update(state="succeeded")
    bank_says(payment, dispute("needs_response", amount_minor=5000, at=EARLY), at=EARLY)
    browser = sign_in("admin")
    url = reverse(f"{name}:index")

    html = browser.get(url, wanted).content.decode()
    exported = b"".join(browser.get(url, {**wanted, "export": "csv"})).decode()

    assert (f"There is {found} match" in html) == (found == 1)
    assert (" match. " in html) == (found == 0)
    assert len(exported.strip().splitlines()) == 1 + found
    # Each is a chip that can be taken away.
    chips = {key.removesuffix("_from").removesuffix("_to") for key in wanted}
    assert html.count("w-pill__remove") == len(chips)


def test_a_list_is_totalled_per_currency_over_all_its_pages(sign_in: SignIn) -> None:
    for _ in range(51):
        add_session()
    paid_session()

    html = sign_in(roles.AUDITOR).get(reverse("payments:index")).content.decode()

    assert "Total of 52 listed" in html
    # 52 × 100.00 captured
    assert "$5,200.00 USD" in html


def test_the_ledgers_totals_are_equal_on_both_sides(sign_in: SignIn) -> None:
    paid_session()

    html = sign_in(roles.AUDITOR).get(reverse("ledger:index")).content.decode()

    # 100.00 captured and a fee of 3.20
    assert html.count("$103.20 USD") == 2


def test_a_spreadsheet_of_disputes_has_what_is_listed_and_runs_nothing(sign_in: SignIn) -> None:
    _, payment = add_session(client_name="=HYPERLINK(1)")
    Refund.objects.filter(payment=payment).update(state="succeeded")
    bank_says(payment, dispute("needs_response", amount_minor=5000, at=EARLY), at=EARLY)
    url = reverse("disputes:index")

    answer = sign_in(roles.AUDITOR).get(url, {"export": "xlsx", "state": "needs_response"})
    sheet = load_workbook(io.BytesIO(b"".join(answer))).active

    assert sheet is not None
    headings, row = sheet.iter_rows(values_only=True)
    cells = dict(zip(headings, row, strict=True))
    assert cells["Client"] == "'=HYPERLINK(1)"
    assert (cells["Disputed"], cells["Fee"], cells["Currency"]) == (50, 15, "USD")
    assert cells["Reference"] == Dispute.objects.get().public_id
