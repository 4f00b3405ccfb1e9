"""What an operation will post, seen before it is done: by doing it, and rolling all of it back.

So the preview is made by the very function that posts, guards of the database included. Knows
no screen and no operation; a gateway that is asked for inside is refused (`kernel.offline`).
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Sum

from billing.ledger import entries
from billing.ledger.chart import Code, code_of
from billing.ledger.posting import Draft
from billing.models import Line
from kernel.errors import Refusal
from kernel.offline import offline

# In these accounts a mentor's money is one sum; in the others it is kept by purchase.
OF_MENTORS = frozenset(
    {
        Code.MENTOR_PENDING,
        Code.MENTOR_AVAILABLE,
        Code.MENTOR_RESERVE,
        Code.MENTOR_PAYOUTS_IN_TRANSIT,
        Code.MENTOR_PAYOUTS_RETURNED,
        Code.BAD_DEBT,
    }
)


type Facts[T] = Mapping[str, Any] | Callable[[T], Mapping[str, Any]]


class WorldMoved(Refusal):
    """What would be posted is no longer what was shown."""

    code = "world_moved"


@dataclass(frozen=True, slots=True)
class Movement:
    """One line that would be posted, and the balance that it changes (debit positive).

    The balance is the mentor's in the accounts of mentors; else the purchase's, where the line
    names one; else the whole account's.
    """

    kind: str
    source_type: str
    account: str
    mentor_id: UUID | None
    purchase_id: UUID | None
    amount_minor: int
    currency: str
    before_minor: int

    @property
    def after_minor(self) -> int:
        return self.before_minor + self.amount_minor

    @property
    def whose(self) -> tuple[str, UUID | None]:
        """Return whose balance it is: (mentor, id), (purchase, id) or (account, None)."""
        if self.mentor_id is not None and code_of(self.account) in OF_MENTORS:
            return ("mentor", self.mentor_id)
        if self.purchase_id is not None:
            return ("purchase", self.purchase_id)
        return ("account", None)


@dataclass(frozen=True, slots=True)
class Preview[T]:
    """What the operation returned (its rows are gone), and what it would post."""

    result: T
    movements: tuple[Movement, ...]
    resting_on: Mapping[str, Any]

    @property
    def content_hash(self) -> str:
        """Return the SHA-256 of the movements, the balances they change, and the facts.

        The balance of a whole account is left out: everybody's money moves it.
        """
        content = {
            "movements": [
                [
                    move.kind,
                    move.source_type,
                    move.account,
                    *map(str, move.whose),
                    str(move.purchase_id),
                    move.amount_minor,
                    move.currency,
                    None if move.whose[0] == "account" else move.before_minor,
                ]
                for move in self.movements
            ],
            "resting_on": self.resting_on,
        }
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), default=str)
        return hashlib.sha256(canonical.encode()).hexdigest()


def rehearse[T](operation: Callable[[], T], *, resting_on: Facts[T] | None = None) -> Preview[T]:
    """Do the operation, its deferred constraints too, see what it posted, and undo all of it.

    Rows, jobs and e-mails that it wrote go with the transaction; its locks are held as long as
    it takes. `resting_on` are further values that the person relies on, or a function that reads
    them off the result; they join the hash.
    Raises whatever the operation raises, and ReachedOut where it calls a gateway.
    """
    with transaction.atomic():
        found = _watched(operation, resting_on or {})
        connection.check_constraints()
        transaction.set_rollback(True)
    return found


def carry_out[T](
    operation: Callable[[], T], *, expecting: str, resting_on: Facts[T] | None = None
) -> T:
    """Do the operation if it posts what `expecting`, the hash of a preview, stands for.

    Compared is what was posted, in the transaction that posted it: nothing can come in between.
    An operation that posts nothing and rests on nothing needs no agreement: it was done before.
    Raises WorldMoved (then nothing was done), and whatever the operation raises.
    """
    with transaction.atomic():
        done = _watched(operation, resting_on or {})
        if (done.movements or done.resting_on) and done.content_hash != expecting:
            raise WorldMoved(
                "The world has moved: look again. Below is what it would do now; nothing was done."
            )
        return done.result


def _watched[T](operation: Callable[[], T], resting_on: Facts[T]) -> Preview[T]:
    with offline(), entries.watching() as written:
        result = operation()
    facts = resting_on(result) if callable(resting_on) else resting_on
    return Preview(result, movements_of(written), facts)


def movements_of(written: Iterable[Draft]) -> tuple[Movement, ...]:
    """Return the lines of entries that are written already, each on the balance before it.

    Three queries at most, however many lines.
    """
    moves = [
        Movement(
            kind=draft.kind,
            source_type=draft.source_type,
            account=line.account,
            mentor_id=line.mentor_id,
            purchase_id=line.purchase_id,
            amount_minor=line.amount_minor,
            currency=line.currency,
            before_minor=0,
        )
        for draft in written
        for line in draft.lines
    ]
    running = _balances(moves)
    for move in moves:
        running[_of(move)] -= move.amount_minor
    found = []
    for move in moves:
        found.append(replace(move, before_minor=running[_of(move)]))
        running[_of(move)] += move.amount_minor
    return tuple(found)


type _Balance = tuple[str, str, UUID | None]


def _of(move: Movement) -> _Balance:
    return (move.account, *move.whose)


def _balances(moves: Iterable[Movement]) -> dict[_Balance, int]:
    """Return what the books hold now of each balance that the moves are part of."""
    wanted = {_of(move) for move in moves}
    found = dict.fromkeys(wanted, 0)
    for kind, field in (("mentor", "mentor_id"), ("purchase", "purchase_id"), ("account", None)):
        keys = [key for key in wanted if key[1] == kind]
        if not keys:
            continue
        lines = Line.objects.filter(account__in={key[0] for key in keys})
        if field is not None:
            lines = lines.filter(**{f"{field}__in": {key[2] for key in keys}})
        names = ["account_id", *([field] if field else [])]
        for row in lines.order_by().values(*names).annotate(total=Sum("amount_minor")):
            key = (row["account_id"], kind, row[field] if field else None)
            if key in found:
                found[key] = row["total"]
    return found
