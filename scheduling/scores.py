"""What stars say about a mentor: the mean that is shown, the score that ranks. Pure.

Three reviews of five stars say less than forty of 4.8. The score is therefore the mean of a
mentor's reviews *and* of PRIOR_REVIEWS imagined ones of PRIOR_STARS each (a Bayesian average):
it starts at the prior, and the mentor's own reviews outweigh it as they come. The prior is a
constant and not the average of the day, so that nobody's place moves for what others receive.
"""

from dataclasses import dataclass

PRIOR_REVIEWS = 5
PRIOR_STARS = 4

WORDS = {1: "Poor", 2: "Fair", 3: "Good", 4: "Very good", 5: "Excellent"}


@dataclass(frozen=True, slots=True)
class Rating:
    """How many visible reviews a mentor has, and the sum of their stars."""

    count: int = 0
    stars: int = 0

    @property
    def mean(self) -> float | None:
        """The mean to a tenth, halves up, as it is shown and filtered by; None without reviews."""
        return (20 * self.stars + self.count) // (2 * self.count) / 10 if self.count else None

    @property
    def score(self) -> float:
        """The Bayesian average, which orders mentors; the prior itself without reviews."""
        return (PRIOR_REVIEWS * PRIOR_STARS + self.stars) / (PRIOR_REVIEWS + self.count)


def in_words(stars: float) -> str:
    """Return the word for a number of stars, to the nearest, halves up."""
    return WORDS[min(5, max(1, int(stars + 0.5)))]
