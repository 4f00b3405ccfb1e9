"""One circle of the market lived through: an agenda of tellings, woken in order of time."""

import heapq
from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from demo.year.market import Market
from demo.year.plan import Story
from demo.year.stories import Telling, tell
from kernel import clock


class Circle:
    """Wakes each telling at the instant that it asked for."""

    def __init__(self, market: Market, stories: Iterable[Story]) -> None:
        self._market = market
        self._agenda: list[tuple[datetime, int, Story | None, Telling]] = []
        self._woken = 0
        for story in stories:
            self._sleep(story.booked_at, story, tell(story, market))

    def live_until(self, end: datetime) -> Counter[str]:
        """Let everything happen that is due before `end`; return which stories began."""
        begun: Counter[str] = Counter()
        while self._agenda and self._agenda[0][0] < end:
            at, _, story, telling = heapq.heappop(self._agenda)
            if story is not None:
                begun[story.kind] += 1
            with clock.travel(at):
                wish = next(telling, None)
            if wish is not None:
                self._sleep(max(wish, at), None, telling)
        return begun

    def _sleep(self, at: datetime, story: Story | None, telling: Telling) -> None:
        self._woken += 1
        heapq.heappush(self._agenda, (at, self._woken, story, telling))
