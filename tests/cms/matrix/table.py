"""THE table: every address of the back office, and who is let in there.

**A new address gets a line** in `wagtail_areas` or `own_areas`, in the area of those who reach it.
Whoever an area does not name is sent away: to the sign-in, or back to the first screen with the
reason. Behind an address stands what it answers to who is let in, where that is no page: `POST` (it
takes no GET), `GONE` (404: it is about what the small world has not got, or is shut to everybody).
In an area that is `own` a guest (a mentor who was let in) reaches the own page as well.
"""

from tests.cms.matrix import own_areas, wagtail_areas
from tests.cms.matrix.rows import Row

AREAS = (*wagtail_areas.AREAS, *own_areas.AREAS)


def rows() -> dict[str, Row]:
    """Return the row of each route."""
    return {
        route: Row(area.name, area.who, answer, area.own)
        for area in AREAS
        for route, answer in area.lines().items()
    }
