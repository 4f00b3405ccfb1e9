"""What an operation would post, as a table: account, whose money, both sides, before and after."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from accounts.models import Mentor
from billing.backoffice.filters import gateway_name
from billing.ledger import chart
from billing.ledger.preview import Movement
from billing.models import Purchase
from kernel.backoffice.components import Lines
from kernel.display import money_html, state_words

# Whose money an account holds, where it is kept by purchase.
CLIENTS = frozenset({chart.Code.REFUNDS_PAYABLE, chart.Code.CLIENT_CREDIT, chart.Code.PREPAID})


def postings_preview(
    moves: Sequence[Movement],
    *,
    title: str = "What will be posted",
    empty: str = "",
    balances: bool = True,
) -> Lines:
    """Show each line with the balance that it changes; two queries for the names.

    Without `balances` what a mentor or an account has altogether is left out, for those who may
    not see it.
    """
    mentors = _mentor_names(move.mentor_id for move in moves if move.mentor_id)
    clients = _client_names(move.purchase_id for move in moves if move.purchase_id)
    return Lines(
        title=title,
        headings=["Entry", "Account", "Whose money", "Debit", "Credit", "Before", "After"],
        rows=[
            (
                f"{state_words(move.source_type)}: {state_words(move.kind).lower()}",
                f"{move.account[:4]} {chart.name_of(move.account)}",
                _whose(move, mentors, clients),
                money_html(move.amount_minor, move.currency) if move.amount_minor > 0 else "",
                money_html(-move.amount_minor, move.currency) if move.amount_minor < 0 else "",
                *(
                    (_natural(move, move.before_minor), _natural(move, move.after_minor))
                    if balances or move.whose[0] == "purchase"
                    else ("–", "–")
                ),
            )
            for move in moves
        ],
        right=(3, 4, 5, 6),
        total=_total(moves),
        empty=empty or "No money moves, so nothing will be posted.",
    )


def summed_preview(moves: Sequence[Movement], *, title: str = "What will be posted") -> Lines:
    """Show many lines summed by entry and account, with how many mentors each is of."""
    sums: dict[tuple[str, str, str], list[Movement]] = {}
    for move in moves:
        sums.setdefault(
            (f"{move.source_type}: {move.kind}", move.account, move.currency), []
        ).append(move)
    rows = []
    for (what, account, currency), of_account in sums.items():
        minor = sum(move.amount_minor for move in of_account)
        rows.append(
            (
                state_words(what),
                f"{account[:4]} {chart.name_of(account)}",
                len({move.mentor_id for move in of_account if move.mentor_id}),
                money_html(minor, currency) if minor > 0 else "",
                money_html(-minor, currency) if minor < 0 else "",
            )
        )
    return Lines(
        title=title,
        headings=["Entry", "Account", "Mentors", "Debit", "Credit"],
        rows=rows,
        right=(2, 3, 4),
        empty="No money moves, so nothing will be posted.",
    )


def _whose(move: Movement, mentors: dict[UUID, str], clients: dict[UUID, str]) -> str:
    kind, owner = move.whose
    if kind == "mentor":
        return mentors.get(owner, "") if owner else ""
    code = chart.code_of(move.account)
    if code is chart.Code.GATEWAY_CLEARING:
        return f"Held at {gateway_name(move.account.split(':')[1])}"
    if code in CLIENTS:
        return clients.get(move.purchase_id, "The client") if move.purchase_id else "The client"
    return "The platform"


def _natural(move: Movement, minor: int) -> object:
    """Return a balance as people read it: positive on the side on which the account grows."""
    kind = chart.CHART[chart.code_of(move.account)].kind
    return money_html(-minor if kind.grows_by_credit else minor, move.currency)


def _total(moves: Sequence[Movement]) -> Sequence[object]:
    currencies = {move.currency for move in moves}
    if len(currencies) != 1:
        return ()
    (currency,) = currencies
    debits = sum(move.amount_minor for move in moves if move.amount_minor > 0)
    sides = money_html(debits, currency)
    return ("", "", "Total", sides, sides, "", "")


def _mentor_names(ids: Iterable[UUID]) -> dict[UUID, str]:
    return dict(Mentor.objects.filter(pk__in=set(ids)).values_list("pk", "user__name"))


def _client_names(purchase_ids: Iterable[UUID]) -> dict[UUID, str]:
    rows = Purchase.objects.filter(pk__in=set(purchase_ids))
    return dict(rows.values_list("pk", "client__user__name"))
