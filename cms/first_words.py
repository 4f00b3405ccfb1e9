"""What the app's pages say of mentors before their scripts are there (`spa.first`).

Nothing that the public pages do not show to everybody: the document is the same for whoever asks.
"""

from collections.abc import Mapping

from accounts.models import Mentor
from cms import directory
from cms.filtering import Filters
from cms.models import MentorProfilePage
from cms.pictures import portrait_path
from kernel import clock
from spa.first import Words, give_words

# As the app asks for the list, so that both are the same remembered answer.
PAGE = 12
SHOWN = 3  # a phone's first screen


def tell() -> None:
    """Give the first words of the search and of a booking."""
    give_words("mentors", _of_search)
    give_words("book", _of_booking)


def _of_search(_parts: Mapping[str, str]) -> Words | None:
    found = directory.search(filters=Filters(), now=clock.now(), limit=PAGE).items[:SHOWN]
    mentors = [
        {"name": entry.name, "headline": entry.headline, "portrait": portrait_path(entry.slug)}
        for entry in found
    ]
    return {"mentors": mentors} if mentors else None


def _of_booking(parts: Mapping[str, str]) -> Words | None:
    live = MentorProfilePage.objects.live().filter(
        mentor__slug=parts["slug"], mentor__status=Mentor.Status.LIVE
    )
    name = live.values_list("title", flat=True).first()
    return {"name": name} if name else None
