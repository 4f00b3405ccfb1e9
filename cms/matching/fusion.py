"""How evidence becomes one score. Pure; the weights are fitted, not guessed.

Fitted by `python -m benchmarks.matching --fit` on the training half of the labelled set
(benchmarks/data/matching/README.md), by itself and with typos; the other half only confirms them.
`NEAR` leaves one goal in fifty without a mentor, and most of those about something else.
"""

from dataclasses import dataclass

# FITTED (written by benchmarks/matching.py --fit)
PAGE = 1.0
NEAREST = 0.3
SUBJECTS = 0.0
BIO = 0.15
TYPOS = 0.0
BIO_ALONE = 0.15
TYPOS_ALONE = 0.15
NEAR = 0.3
# END


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for one mentor. `page` and `nearest` are cosines, None without an encoder; the
    others are shares of the goal's information, 0 to 1 (`cms.matching.lexical`)."""

    subjects: float = 0.0
    bio: float = 0.0
    typos: float = 0.0
    page: float | None = None
    nearest: float | None = None


def is_near(best: Evidence) -> bool:
    """Say whether the best of a goal's mentors has to do with the goal at all.

    Of meanings there is always a nearest one; what shares words with the goal has to do with it.
    """
    return best.page is None or score(best) >= NEAR


def score(evidence: Evidence) -> float:
    """Return the evidence as one number; it orders the mentors of one goal and says no more."""
    if evidence.page is None:
        return evidence.subjects + BIO_ALONE * evidence.bio + TYPOS_ALONE * evidence.typos
    return (
        PAGE * evidence.page
        + NEAREST * (evidence.page if evidence.nearest is None else evidence.nearest)
        + SUBJECTS * evidence.subjects
        + BIO * evidence.bio
        + TYPOS * evidence.typos
    )
