"""Tables that the screens of payouts share: payouts, exclusions, what a payout is made of."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from billing.backoffice.filters import gateway_name
from billing.models import Line, Payout, PayoutAccount, PayoutExclusion, PayoutRun
from kernel.backoffice.components import Lines
from kernel.display import NOTHING, instant_html, money_html, state_html, state_words
from kernel.ids import public_id

RUN_TONES = {
    "draft": "quiet",
    "frozen": "warning",
    "approved": "info",
    "sending": "info",
    "done": "success",
    "discarded": "quiet",
}
PAYOUT_TONES = {
    "created": "quiet",
    "approved": "info",
    "sent": "info",
    "paid": "success",
    "cleared": "success",
    "failed": "danger",
    "returned": "danger",
    "reassigned": "quiet",
    "discarded": "quiet",
}
ACCOUNT_TONES = {
    "onboarding": "info",
    "active": "success",
    "restricted": "danger",
    "closed": "quiet",
}


def run_link(run: PayoutRun) -> SafeString:
    """Return the run's reference as a link."""
    url = reverse("payout-runs:inspect", args=[run.pk])
    return format_html('<a href="{}">{}</a>', url, run.public_id)


def payout_link(payout: Payout | None) -> SafeString | str:
    """Return the payout's reference as a link; whoever sees one of our lists may open it."""
    if payout is None:
        return NOTHING
    url = reverse("payouts:inspect", args=[payout.pk])
    return format_html('<a href="{}">{}</a>', url, payout.public_id)


def payouts_table(payouts: Sequence[Payout], *, empty: str, drafts: bool = False) -> Lines:
    """Show payouts with their mentors, what became of each, and their sum.

    The amount opens the ledger lines that the payout is made of. `drafts` are not written yet.
    """
    total: Sequence[object] = ()
    if payouts:
        amount = sum(payout.amount_minor for payout in payouts)
        total = ("", "", "", "Total", money_html(amount, payouts[0].currency))
    return Lines(
        title="Would be paid" if drafts else "Payouts",
        headings=["Reference", "Status", "Mentor", "What came of it", "Amount"],
        rows=[
            (
                NOTHING if drafts else payout_link(payout),
                state_html(payout.state, tone=PAYOUT_TONES[payout.state]),
                payout.mentor.user.name,
                outcome_of(payout),
                money_html(payout.amount_minor, payout.currency)
                if drafts
                else format_html(
                    '<a href="{}#made-up-of">{}</a>',
                    reverse("payouts:inspect", args=[payout.pk]),
                    money_html(payout.amount_minor, payout.currency),
                ),
            )
            for payout in payouts
        ],
        right=(4,),
        total=total,
        empty=empty,
    )


def outcome_of(payout: Payout) -> object:
    """Return in a few words what the gateway said of a payout, or that it has not yet."""
    match payout.state:
        case "failed":
            return f"{state_words(payout.failure_code)}. The money is available again."
        case "returned":
            return "The money came back. Pay it out again once the account works."
        case "approved":
            return "Waits to be sent."
        case "sent":
            return "The gateway works on it."
        case "paid" | "cleared":
            return instant_html(payout.paid_at)
        case _:
            return NOTHING


def exclusions_table(excluded: Iterable[PayoutExclusion]) -> Lines:
    """Show who has a balance and was left out of the run, with the reason."""
    return Lines(
        title="Left out",
        headings=["Mentor", "Reason", "In words", "Balance"],
        rows=[
            (
                one.mentor.user.name,
                one.get_reason_display(),
                one.detail or NOTHING,
                balance_link(one),
            )
            for one in excluded
        ],
        right=(3,),
        empty="Everybody with a balance is paid.",
    )


def balance_link(one: PayoutExclusion) -> SafeString:
    """Return the balance of a mentor who was left out, leading to its ledger lines."""
    url = reverse("mentor-balances:inspect", args=[f"{one.mentor_id}-{one.currency}"])
    return format_html('<a href="{}">{}</a>', url, money_html(one.amount_minor, one.currency))


def made_of(lines: Iterable[Line], payout: Payout) -> Lines:
    """Show the available money that a payout consists of, from the mentor's side."""
    return Lines(
        title="Made up of",
        headings=["Occurred", "What", "Purchase", "Amount"],
        rows=[
            (
                instant_html(line.entry.occurred_at),
                f"{state_words(line.entry.source_type)}: {state_words(line.entry.kind).lower()}",
                _purchase(line.purchase_id),
                money_html(-line.amount_minor, line.currency),
            )
            for line in lines
        ],
        right=(3,),
        total=("", "", "Payout", money_html(payout.amount_minor, payout.currency)),
    )


def accounts_table(accounts: Iterable[PayoutAccount]) -> Lines:
    """Show a mentor's destinations and what the gateway still asks for."""
    return Lines(
        title="Payout accounts",
        headings=["Reference", "Status", "Gateway", "Currency", "Payee", "Asked for"],
        rows=[
            (
                account.public_id,
                state_html(account.state, tone=ACCOUNT_TONES[account.state]),
                gateway_name(account.gateway),
                account.currency,
                account.gateway_account_id or NOTHING,
                account.asked_for or NOTHING,
            )
            for account in accounts
        ],
        empty="The mentor has not opened an account.",
    )


def _purchase(purchase_id: UUID | None) -> str:
    return NOTHING if purchase_id is None else public_id("pur", purchase_id)
