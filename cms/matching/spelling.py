"""Mend a goal's spelling, one letter a word, by the words that an encoder knows whole. Pure.

A model that reads pieces of words makes little of `promtoion`. So a word that it does not know
whole, and no profile has, is taken for the most frequent known word that is one letter away, if
there is one: a letter too many, too few, another one, or two that changed places.
"""

import re
from collections.abc import Collection, Mapping
from string import ascii_lowercase

SHORTEST = 5  # letters: shorter words have too many neighbours
LONGEST = 30  # and longer ones too many: a thousand letters have 55,000

_WORD = re.compile(rf"\b[A-Za-z]{{{SHORTEST},{LONGEST}}}\b")
_ENDINGS = ("s", "es", "d", "ed", "ing", "r", "er", "rs", "ers", "ly", "able")


def mended(text: str, *, vocabulary: Mapping[str, int], known: Collection[str] = ()) -> str:
    """Return the text with what looks misspelt set right; `known` words (lower-case) stay.

    `vocabulary`: the words and their numbers, which grow as words get rare.
    """

    def right(found: re.Match[str]) -> str:
        word = found[0].lower()
        if word in known or _is_word(word, vocabulary):
            return found[0]
        near = [other for other in neighbours(word) if other in vocabulary]
        return min(near, key=vocabulary.__getitem__) if near else found[0]

    return _WORD.sub(right, text)


def neighbours(word: str) -> set[str]:
    """Return whatever is one letter away from the word."""
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    return {
        *(left + right[1:] for left, right in cuts if right),
        *(left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1),
        *(left + letter + right[1:] for left, right in cuts if right for letter in ascii_lowercase),
        *(left + letter + right for left, right in cuts for letter in ascii_lowercase),
    }


def _is_word(word: str, vocabulary: Mapping[str, int]) -> bool:
    """Whether it is known, or a known one with a common ending (`recruiter`, `earns`)."""
    stems = [word[: -len(end)] for end in _ENDINGS if word.endswith(end)]
    return word in vocabulary or any(
        stem in vocabulary or f"{stem}e" in vocabulary for stem in stems
    )
