"""How many slips of a finger lie between two words. Pure.

A slip is a letter too many, one missing, another one, or two that changed places (Damerau and
Levenshtein's distance, where no letter is touched twice).
"""

from collections.abc import Iterable


def slips_between(one: str, other: str) -> int:
    """Return the number of slips that make one word the other."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, start=1):
        before, last, row = row, before, [at]
        for to, wanted in enumerate(other, start=1):
            best = min(before[to] + 1, row[to - 1] + 1, before[to - 1] + (letter != wanted))
            if at > 1 and to > 1 and letter == other[to - 2] and one[at - 2] == wanted:
                best = min(best, last[to - 2] + 1)
            row.append(best)
    return row[-1]


def likeliest(word: str, known: Iterable[tuple[str, int, bool]], *, most: int) -> list[str]:
    """Return the known words that were meant by `word`, the likeliest first; none that is too far.

    `known` are words, how often they are said, and whether they are telling. Those with the fewest
    slips: of them what is telling, then the same first letter, which people rarely miss, then what
    is said most.
    """
    ranked = sorted(
        (slips_between(word, other), not tells, other[:1] != word[:1], -said, other)
        for other, said, tells in known
    )
    return [other for slips, *_, other in ranked if slips == ranked[0][0] <= most]
