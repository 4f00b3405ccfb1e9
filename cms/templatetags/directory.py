"""What the public pages read when they are rendered: search results, facts, drawn portraits."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.core import signing
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from accounts.names import short_name
from cms import directory, featuring, refining
from cms.filtering import Entry, Offer
from cms.forms import DirectoryForm
from cms.models import MentorProfilePage
from cms.portraits import portrait_svg
from kernel import clock
from kernel.ids import public_id
from scheduling import scores
from scheduling.models import Review
from scheduling.terms import policy_words

register = template.Library()
SALT = "cms.directory"
LIMIT = 24
STARS = {
    "Poor": _("Poor"),
    "Fair": _("Fair"),
    "Good": _("Good"),
    "Very good": _("Very good"),
    "Excellent": _("Excellent"),
}  # as `scheduling.scores` says them
CHIPS = ("language", "duration", "currency", "rating", "sort")  # chosen by links, kept by the form


@dataclass(frozen=True, slots=True)
class Shown:
    """The form as it was filled in, what it found, and the ways to the pages around it."""

    form: DirectoryForm
    results: directory.Results
    next: str
    prev: str
    chosen: tuple[refining.Choice, ...]
    groups: tuple[refining.Group, ...]
    orders: refining.Group
    relaxed: tuple[str, ...]
    kept: tuple[tuple[str, str], ...]

    @property
    def is_refined(self) -> bool:
        """Say whether a filter is chosen that only the chips show; an order is none."""
        return any(name != "sort" for name, _value in self.kept)


@register.simple_tag(takes_context=True)
def directory_search(context: dict[str, Any]) -> Shown:
    """Search by the request's query string; a wrong or old cursor begins again."""
    asked = context["request"].GET
    form = DirectoryForm(asked or None, label_suffix="")
    results = directory.search(
        filters=form.filters(),
        now=clock.now(),
        limit=LIMIT,
        after=_position(asked.get("after")),
        before=_position(asked.get("before")),
    )
    return Shown(
        form=form,
        results=results,
        next=_link(asked, "after", results.next),
        prev=_link(asked, "before", results.prev),
        chosen=refining.chosen(form, asked),
        groups=refining.groups(asked, results.facets),
        orders=refining.orders(asked),
        relaxed=tuple(str(refining.RELAXED[family]) for family in results.relaxed),
        kept=tuple((name, asked[name]) for name in CHIPS if asked.get(name)),
    )


def _position(text: str | None) -> list[Any] | None:
    try:
        position: list[Any] | None = signing.loads(text, salt=SALT) if text else None
    except signing.BadSignature:
        return None
    return position


def _link(asked: Any, name: str, position: list[Any] | None) -> str:
    if position is None:
        return ""
    query = asked.copy()
    for cursor in ("after", "before"):
        query.pop(cursor, None)
    query[name] = signing.dumps(position, salt=SALT)
    return f"?{query.urlencode()}"


@register.simple_tag
def some_mentors(count: int) -> list[Entry]:
    """Return a handful of mentors for the front page, those who are featured first."""
    return featuring.shown(now=clock.now(), limit=count)


@register.simple_tag
def mentor_facts(page: MentorProfilePage) -> Entry:
    """Return what may be booked on a mentor's page: offers, prices, the next free time."""
    return directory.bookable(page, now=clock.now())


@register.simple_tag
def mentor_reviews(page: MentorProfilePage) -> list[Review]:
    """Return the newest visible reviews of a mentor, each with its client and reply."""
    return directory.newest_reviews(page)


@register.filter
def stars_in_words(stars: float) -> str:
    """Write a number of stars as a word in the page's language: 4.6 is excellent."""
    return str(STARS[scores.in_words(stars)])


@register.filter
def to_strangers(name: str) -> str:
    """Write a name as strangers read it: Ann Baker is Ann B."""
    return short_name(name)


@register.simple_tag
def book_path(slug: str, offer: Offer) -> str:
    """Return where the app books this session type of this mentor."""
    return f"/app/mentors/{slug}/book?type={public_id('sty', offer.id)}"


@register.filter
def language_name(code: str) -> str:
    """Write a language as its name: `fr` is French."""
    return refining.language_name(code)


@register.simple_tag
def portrait(name: str) -> SafeString:
    """Draw the portrait of a name; the drawing escapes it."""
    return mark_safe(portrait_svg(name))  # noqa: S308 - our own drawing, its one text escaped


@register.filter
def in_words(policy: dict[str, Any]) -> str:
    """Write a cancellation policy as a sentence."""
    return policy_words(policy)
