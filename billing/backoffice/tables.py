"""Tables that several screens of finance show: ledger lines with debit and credit, refunds."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from billing.ledger import chart
from billing.ledger.sources import event_name
from billing.models import Dispute, Line, Payment, Purchase, Refund
from kernel.backoffice.components import Happening, Lines
from kernel.display import (
    NOTHING,
    instant_html,
    money_html,
    money_text,
    state_html,
    state_words,
)

PAYMENT_TONES = {
    "created": "quiet",
    "pending": "info",
    "succeeded": "success",
    "failed": "danger",
    "cancelled": "quiet",
}
REFUND_TONES = {**PAYMENT_TONES, "created": "warning", "pending": "warning"}
DISPUTE_TONES = {
    "inquiry_needs_response": "warning",
    "inquiry_under_review": "info",
    "inquiry_closed": "quiet",
    "needs_response": "danger",
    "under_review": "info",
    "won": "success",
    "lost": "danger",
}


def ledger_lines(lines: Iterable[Line], *, title: str = "Ledger lines", opens: str = "") -> Lines:
    """Show lines (with their entries loaded) in the order of posting, debits left of credits.

    Each leads to its entry, and their total to the explorer where `opens` lists just these.
    """
    ordered = sorted(lines, key=lambda line: (line.entry.posted_at, line.entry_id, line.pk))
    return Lines(
        title=title,
        headings=["Posted", "Entry", "Account", "Debit", "Credit"],
        rows=[_ledger_row(line) for line in ordered],
        right=(3, 4),
        total=_totals(ordered, opens=opens),
        empty="No money has moved, so nothing is posted.",
    )


def _ledger_row(line: Line) -> Sequence[object]:
    debit, credit = debit_and_credit(line)
    entry = line.entry
    return (
        instant_html(entry.posted_at),
        format_html(
            '<a href="{}">{}</a>',
            reverse("ledger:inspect", args=[line.entry_id]),
            event_name(entry.source_type, entry.kind),
        ),
        f"{line.account_id[:4]} {chart.name_of(line.account_id)}",
        debit,
        credit,
    )


def debit_and_credit(line: Line) -> tuple[SafeString | str, SafeString | str]:
    """Return the amount on its side: a debit is positive, a credit negative in the table."""
    amount = money_html(abs(line.amount_minor), line.currency)
    return (amount, "") if line.amount_minor > 0 else ("", amount)


def _totals(lines: Sequence[Line], *, opens: str) -> Sequence[object]:
    """Sum both sides where all lines share a currency; they are equal, or the books are wrong."""
    currencies = {line.currency for line in lines}
    if len(currencies) != 1:
        return ()
    (currency,) = currencies
    debits = sum(line.amount_minor for line in lines if line.amount_minor > 0)
    credits_ = -sum(line.amount_minor for line in lines if line.amount_minor < 0)
    total = format_html('<a href="{}">Total</a>', opens) if opens else "Total"
    return ("", "", total, money_html(debits, currency), money_html(credits_, currency))


def refunds_table(refunds: Sequence[Refund]) -> Lines:
    """Show refunds with who bears the gateway's fee and what each side gives back."""
    return Lines(
        title="Refunds",
        headings=["Reference", "Status", "Cause", "From mentor", "From commission",
                  "From fee", "To client"],
        rows=[
            (
                format_html(
                    '<a href="{}">{}</a>',
                    reverse("refunds:inspect", args=[refund.pk]),
                    refund.public_id,
                ),
                state_html(refund.state, tone=REFUND_TONES[refund.state]),
                refund.get_cause_display(),
                money_html(refund.mentor_minor, refund.currency),
                money_html(refund.commission_minor, refund.currency),
                money_html(refund.fee_minor, refund.currency),
                money_html(refund.amount_minor, refund.currency),
            )
            for refund in refunds
        ],
        right=(3, 4, 5, 6),
        empty="Nothing was refunded.",
    )  # fmt: skip


def disputes_table(disputes: Sequence[Dispute]) -> Lines:
    """Show disputes with what the bank took and gave back."""
    return Lines(
        title="Disputes",
        headings=["Reference", "Status", "Opened", "Disputed", "Withdrawn", "Fee", "Given back"],
        rows=[
            (
                format_html(
                    '<a href="{}">{}</a>',
                    reverse("disputes:inspect", args=[dispute.pk]),
                    dispute.public_id,
                ),
                state_html(dispute.state, tone=DISPUTE_TONES[dispute.state]),
                instant_html(dispute.opened_at),
                money_html(dispute.amount_minor, dispute.currency),
                maybe_money(dispute.withdrawn_minor, dispute.currency),
                maybe_money(dispute.fee_minor, dispute.currency),
                maybe_money(dispute.reinstated_minor, dispute.currency),
            )
            for dispute in disputes
        ],
        right=(3, 4, 5, 6),
        empty="Nobody disputed it.",
    )


def refund_happenings(refund: Refund) -> list[Happening]:
    """Return what happened to a refund: promised, ended, given up."""
    sent = money_text(refund.amount_minor, refund.currency)
    found = [
        Happening(at=refund.created_at, what=f"Refund of {sent} created", detail=refund.reason)
    ]
    if refund.settled_at:
        what = f"Refund of {sent} {refund.state}"
        found.append(Happening(at=refund.settled_at, what=what, detail=refund.failure_code))
    if refund.dropped_at:
        what = f"Refund of {sent} is owed no more"
        found.append(Happening(at=refund.dropped_at, what=what, detail=refund.dropped_reason))
    return found


def surplus_happenings(payment: Payment) -> list[Happening]:
    """Return what happened to money of a payment that was not asked for."""
    found = []
    for row in payment.surpluses.order_by("created_at", "pk"):
        amount = money_text(row.amount_minor, row.currency)
        what = f"{amount} that was not asked for goes back"
        found.append(Happening(at=row.created_at, what=what, detail=row.reason))
        if row.settled_at:
            what = f"{amount} that was not asked for: {row.state}"
            found.append(Happening(at=row.settled_at, what=what, detail=row.failure_code))
    return found


def dispute_happenings(dispute: Dispute) -> list[Happening]:
    """Return what happened in a dispute: opened, money taken, given back, decided."""
    disputed = money_text(dispute.amount_minor, dispute.currency)
    found = [
        Happening(
            at=dispute.opened_at,
            what=f"Dispute of {disputed} opened",
            detail=state_words(dispute.reason),
        )
    ]
    if dispute.withdrawn_at and dispute.withdrawn_minor is not None:
        taken = money_text(dispute.withdrawn_minor, dispute.currency)
        fee = money_text(dispute.fee_minor or 0, dispute.currency)
        what = f"{taken} withdrawn, and a fee of {fee}"
        found.append(Happening(at=dispute.withdrawn_at, what=what))
    if dispute.reinstated_at and dispute.reinstated_minor is not None:
        given = money_text(dispute.reinstated_minor, dispute.currency)
        fee = money_text(dispute.fee_returned_minor or 0, dispute.currency)
        what = f"{given} given back, and {fee} of the fee"
        found.append(Happening(at=dispute.reinstated_at, what=what))
    for moved in dispute.movements.order_by("occurred_at", "pk"):
        amount = money_text(moved.amount_minor, dispute.currency)
        fee = money_text(moved.fee_minor, dispute.currency)
        found.append(Happening(at=moved.occurred_at, what=f"{amount} moved, and a fee of {fee}"))
    if dispute.closed_at:
        found.append(
            Happening(at=dispute.closed_at, what=f"Dispute: {state_words(dispute.state).lower()}")
        )
    return found


def maybe_money(amount_minor: int | None, currency: str) -> SafeString | str:
    """Return the amount, or a dash where there is none."""
    return NOTHING if amount_minor is None else money_html(amount_minor, currency)


def link_to(url_name: str, words: str, *names: object) -> SafeString:
    """Return a link to one of our screens."""
    return format_html('<a href="{}">{}</a>', reverse(url_name, args=names), words)


def payment_link(payment: Payment | None) -> SafeString | str:
    """Return the payment's reference as a link; whoever sees one of our lists may open it."""
    if payment is None:
        return NOTHING
    url = reverse("payments:inspect", args=[payment.pk])
    return format_html('<a href="{}">{}</a>', url, payment.public_id)


def bought(purchase: Purchase, *, user: Any) -> tuple[str, SafeString | str]:
    """Return what was bought, as a fact: a session is a link for those who may open it."""
    if purchase.session_id is None:
        if not user.has_perm("billing.view_package"):
            return "Package", purchase.reference
        url = reverse("packages:inspect", args=[purchase.package_id])
        return "Package", format_html('<a href="{}">{}</a>', url, purchase.reference)
    if not user.has_perm("scheduling.view_session"):
        return "Session", purchase.reference
    url = reverse("sessions:inspect", args=[purchase.session_id])
    return "Session", format_html('<a href="{}">{}</a>', url, purchase.reference)


def or_nothing(value: str | None) -> str:
    """Return the text, or a dash."""
    return value or NOTHING
