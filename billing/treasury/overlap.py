"""Which lines of a statement are kept already? Exactly told by the balances, else by a person.

Two exports may overlap, and two lines may be the same word for word: no text tells which. The
bank's balances do: from what the account stood at, the new lines lead to the closing balance.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, Sum

from billing.models import BankAccount, BankLine, BankStatement
from billing.treasury.formats import ParsedLine, ParsedStatement
from kernel.display import money_text
from kernel.errors import Refusal


class Undecided(Refusal):
    """Lines of the file are like lines that are kept, and nothing tells whether they are those."""

    code = "lines_undecided"


class OutOfStep(Refusal):
    """What the account stood at and the new lines do not lead to the file's closing balance."""

    code = "out_of_step"


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person says of the lines that are alike: all are new or all are known, `but` these."""

    new: bool
    but: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Alike:
    """A line of the file, by its place there, and the kept line that it is like.

    `exactly`: word for word. If not, day and amount are the same: another form of the same
    statement says it in other words.
    """

    place: int
    line: ParsedLine
    kept: BankLine
    exactly: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """A file beside what is kept: the places of its lines that are new, and those that are alike.

    `stood_minor` is what the account stood at by what is kept, `closing_minor` where the file
    leads to; None where the bank does not say.
    """

    lines: Sequence[ParsedLine]
    fresh: frozenset[int]
    alike: tuple[Alike, ...]
    stood_minor: int | None
    closing_minor: int | None
    currency: str

    @property
    def told(self) -> frozenset[int] | None:
        """Return the places of the new lines as the balances tell them; None where they do not."""
        if not self.alike:
            return self.fresh
        everything = self.fresh.union(each.place for each in self.alike)
        fitting = [places for places in (self.fresh, everything) if self.meets(places)]
        return fitting[0] if self.checked and len(fitting) == 1 else None

    @property
    def checked(self) -> bool:
        """Tell whether there are balances to go by."""
        return self.stood_minor is not None and self.closing_minor is not None

    def meets(self, places: Collection[int]) -> bool:
        """Tell whether these lines lead to the closing balance; also where nobody can say."""
        if self.stood_minor is None or self.closing_minor is None:
            return True
        return self.stood_minor + self.total(places) == self.closing_minor

    def total(self, places: Collection[int]) -> int:
        """Return what these lines come to."""
        return sum(self.lines[place].amount_minor for place in places)


def compare(parsed: ParsedStatement, *, account: BankAccount) -> Compared:
    """Lay a file beside the kept lines of its days; nothing is decided yet."""
    days = {line.booked_on for line in parsed.lines}
    kept = list(
        account.lines.filter(booked_on__in=days)
        .select_related("statement")
        .order_by("booked_on", "statement__imported_at", "number", "pk")
    )
    pairs = dict(_pairs(parsed.lines, kept))
    return Compared(
        lines=parsed.lines,
        fresh=frozenset(range(len(parsed.lines))) - pairs.keys(),
        alike=tuple(pairs[place] for place in sorted(pairs)),
        stood_minor=_stood(account, until=max(days, default=None)),
        closing_minor=None if parsed.errors else _closing(parsed),
        currency=account.currency,
    )


def decide(
    compared: Compared, *, decision: Decision | None = None, despite: bool = False
) -> frozenset[int]:
    """Return the places of the lines to keep: as a person decided, or as the balances tell it.

    `despite` keeps what the balances contradict. Raises Undecided and OutOfStep.
    """
    alike = frozenset(each.place for each in compared.alike)
    chosen = compared.told
    if decision is not None:
        but = alike & decision.but
        chosen = compared.fresh | (alike - but if decision.new else but)
    if chosen is None:
        raise Undecided(
            f"{len(alike)} of the file's lines are like lines that are kept, and the balances do "
            "not tell whether they are the same. Say which they are; nothing was kept."
        )
    if not despite and not compared.meets(chosen):
        raise OutOfStep(_step(compared, chosen))
    return chosen


def said(line: ParsedLine | BankLine) -> str:
    """Return what the bank says of a line, spacing and case aside."""
    return "|".join(
        (
            line.booked_on.isoformat(),
            str(line.amount_minor),
            line.currency,
            plain(line.text),
            plain(line.reference),
            plain(line.counterparty),
        )
    )


def plain(text: str) -> str:
    """Return letters and digits alone: spacing and case are a bank's own taste."""
    return "".join(sign for sign in text.upper() if sign.isalnum())


def _pairs(lines: Sequence[ParsedLine], kept: Iterable[BankLine]) -> Iterable[tuple[int, Alike]]:
    """Pair lines with kept ones, each at most once: word for word first, then by day and amount."""
    words: dict[str, list[BankLine]] = defaultdict(list)
    for one in kept:
        words[said(one)].append(one)
    rest = []
    for place, line in enumerate(lines):
        if same := words[said(line)]:
            yield place, Alike(place, line, same.pop(0), exactly=True)
        else:
            rest.append((place, line))
    amounts: dict[tuple[date, int], list[BankLine]] = defaultdict(list)
    for left in words.values():
        for one in left:
            amounts[one.booked_on, one.amount_minor].append(one)
    for place, line in rest:
        if like := amounts[line.booked_on, line.amount_minor]:
            yield place, Alike(place, line, like.pop(0), exactly=False)


def _stood(account: BankAccount, *, until: date | None) -> int | None:
    """Return what the account stood at by the newest closing balance up to a day; None: unknown.

    Lines of later days are added, whenever they came, and those of its last day that came since.
    """
    if until is None:
        return None
    closed = account.statements.filter(
        closing_minor__isnull=False, ends_on__lte=until, errors=[]
    ).order_by("ends_on", "imported_at", "pk")
    last: BankStatement | None = closed.last()
    if last is None:
        return None
    since = (
        account.lines.filter(
            Q(booked_on__gt=last.ends_on) | Q(statement__imported_at__gte=last.imported_at),
            booked_on__range=(last.ends_on, until),
        )
        .exclude(statement=last)
        .aggregate(sum=Sum("amount_minor"))
    )
    return int(last.closing_minor or 0) + int(since["sum"] or 0)


def _closing(parsed: ParsedStatement) -> int | None:
    if parsed.closing_minor is not None or parsed.opening_minor is None:
        return parsed.closing_minor
    return parsed.opening_minor + sum(line.amount_minor for line in parsed.lines)


def _step(compared: Compared, chosen: Collection[int]) -> str:
    stood, closing = compared.stood_minor or 0, compared.closing_minor or 0
    by_kept = money_text(stood, compared.currency)
    leads = money_text(stood + compared.total(chosen), compared.currency)
    ends = money_text(closing, compared.currency)
    return (
        f"By what is kept the account stood at {by_kept}; with the {len(chosen)} new lines that is "
        f"{leads}, and the file ends at {ends}. A statement in between is missing, or a line that "
        "is kept was taken for another. Bring the missing one in first, or say that this one is "
        "kept nonetheless; nothing was kept."
    )
