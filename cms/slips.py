"""How many slips of a finger lie between two words. Pure.

A slip is a letter too many, one missing, another one, or two that changed places (Damerau and
Levenshtein's distance, where no letter is touched twice).
"""

from collections.abc import Iterable
from typing import NamedTuple

RARER = 10  # times: a certain wrong letter in a word, than a certain one that is lost


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


class Likely(NamedTuple):
    """A word that may have been meant. `doubts` outweigh `ease`, by which words as near compare."""

    word: str
    doubts: int
    ease: float


def easily(typed: str, meant: str) -> float:
    """Return how easily a finger that meant one word types the other, of words as near.

    A lost letter and two that changed places come out in one way each, a wrong letter or one too
    many in as many ways as there are letters; of those the hand prefers some, so not 25 to 1.
    """
    return 1.0 if len(typed) < len(meant) or sorted(typed) == sorted(meant) else 1 / RARER


def likeliest(word: str, known: Iterable[tuple[str, int, bool]], *, most: int) -> list[Likely]:
    """Return the known words that were meant by `word`, the likeliest first; none that is too far.

    `known` are words, how often they are said, and whether they are telling. Those with the fewest
    slips: of them what is telling, then the same first letter, which people rarely miss, then what
    is said most, as easily as it is typed so.
    """
    found = [
        (slips_between(word, other), said, Likely(other, _doubts(word, other, tells),
                                                  easily(word, other)))
        for other, said, tells in known
    ]  # fmt: skip
    least = min((slips for slips, *_ in found), default=most + 1)
    near = [(said, one) for slips, said, one in found if slips == least <= most]
    near.sort(key=lambda pair: (pair[1].doubts, -pair[0] * pair[1].ease, pair[1].word))
    return [one for _, one in near]


def _doubts(word: str, other: str, tells: bool) -> int:
    return 2 * (not tells) + (other[:1] != word[:1])
