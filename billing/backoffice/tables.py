"""Tables that several screens of finance show: ledger lines with debit and credit, refunds."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from billing.ledger import chart
from billing.models import Line, Payment, Refund
from kernel.backoffice.components import Lines
from kernel.display import NOTHING, instant_html, money_html, state_html, state_words
from scheduling.models import Session

PAYMENT_TONES = {
    "created": "quiet",
    "pending": "info",
    "succeeded": "success",
    "failed": "danger",
    "cancelled": "quiet",
}
REFUND_TONES = {**PAYMENT_TONES, "created": "warning", "pending": "warning"}


def ledger_lines(lines: Iterable[Line], *, title: str = "Ledger lines") -> Lines:
    """Show lines (with their entries loaded) in the order of posting, debits left of credits."""
    ordered = sorted(lines, key=lambda line: (line.entry.posted_at, line.entry_id, line.pk))
    return Lines(
        title=title,
        headings=["Posted", "Entry", "Account", "Debit", "Credit"],
        rows=[_ledger_row(line) for line in ordered],
        right=(3, 4),
        total=_totals(ordered),
        empty="No money has moved, so nothing is posted.",
    )


def _ledger_row(line: Line) -> Sequence[object]:
    debit, credit = debit_and_credit(line)
    entry = line.entry
    return (
        instant_html(entry.posted_at),
        f"{state_words(entry.source_type)}: {state_words(entry.kind).lower()}",
        f"{line.account_id[:4]} {chart.name_of(line.account_id)}",
        debit,
        credit,
    )


def debit_and_credit(line: Line) -> tuple[SafeString | str, SafeString | str]:
    """Return the amount on its side: a debit is positive, a credit negative in the table."""
    amount = money_html(abs(line.amount_minor), line.currency)
    return (amount, "") if line.amount_minor > 0 else ("", amount)


def _totals(lines: Sequence[Line]) -> Sequence[object]:
    """Sum both sides where all lines share a currency; they are equal, or the books are wrong."""
    currencies = {line.currency for line in lines}
    if len(currencies) != 1:
        return ()
    (currency,) = currencies
    debits = sum(line.amount_minor for line in lines if line.amount_minor > 0)
    credits_ = -sum(line.amount_minor for line in lines if line.amount_minor < 0)
    return ("", "", "Total", money_html(debits, currency), money_html(credits_, currency))


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


def payment_link(payment: Payment | None) -> SafeString | str:
    """Return the payment's reference as a link; whoever sees one of our lists may open it."""
    if payment is None:
        return NOTHING
    url = reverse("payments:inspect", args=[payment.pk])
    return format_html('<a href="{}">{}</a>', url, payment.public_id)


def session_link(session: Session, *, user: Any) -> SafeString | str:
    """Return the session's reference, as a link for those who may open it."""
    if not user.has_perm("scheduling.view_session"):
        return session.public_id
    url = reverse("sessions:inspect", args=[session.pk])
    return format_html('<a href="{}">{}</a>', url, session.public_id)


def or_nothing(value: str | None) -> str:
    """Return the text, or a dash."""
    return value or NOTHING
