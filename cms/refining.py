"""Filters as chips that live in the address: what is chosen, what may be chosen, the ways there.

Works on the query string and the directory's facets; it runs no search.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from cms.filtering import RATINGS
from cms.forms import SORTS, DirectoryForm, at_least
from kernel import written

CURSORS = ("after", "before")
NAMES = frozenset(DirectoryForm.base_fields).union(CURSORS)  # what an address may ask for
MACRO = {  # not Django's
    "zh": _("Chinese"),
    "no": _("Norwegian"),
    "yo": _("Yoruba"),
    "tl": _("Tagalog"),
}
MOST = 8  # choices of one kind; rarer ones are found by the form

# What `directory.Results.relaxed` names, as a visitor would say it.
RELAXED = {
    "free": _("the day"),
    "duration": _("the length"),
    "language": _("the language"),
    "location": _("the location"),
    "price": _("the price"),
    "currency": _("the currency"),
    "rating": _("the rating"),
    "q": _("your words"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A chip. `url` takes the choice, or gives it back where it is chosen already."""

    label: str
    url: str
    count: int | None = None
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Chips of one kind, of which one may be chosen."""

    label: str
    choices: tuple[Choice, ...]


def language_name(code: str) -> str:
    """Return `French` for `fr`, as the page says it; the code where Django has no name for it."""
    try:
        return str(MACRO.get(code) or get_language_info(code)["name_translated"])
    except KeyError:
        return code


def length(minutes: int) -> str:
    """Return `45 min`, `1 h`, `1 h 30 min`."""
    hours, rest = divmod(minutes, 60)
    return " ".join(([f"{hours} h"] if hours else []) + ([f"{rest} min"] if rest else []))


def groups(asked: QueryDict, facets: Mapping[str, Mapping[str, int]]) -> tuple[Group, ...]:
    """Return the kinds of chips that have something to choose, with the counts of the facets."""
    every = (
        _counted(asked, gettext("Language"), "language", facets["language"], language_name),
        _counted(
            asked,
            gettext("Length"),
            "duration",
            dict(sorted(facets["duration"].items(), key=lambda item: int(item[0]))),
            lambda minutes: length(int(minutes)),
        ),
        _counted(asked, gettext("Currency"), "currency", facets["currency"], str),
        Group(
            gettext("Rating"),
            tuple(_choice(asked, "rating", f"{at:g}", at_least(at)) for at in RATINGS),
        ),
    )
    return tuple(group for group in every if len(group.choices) > 1 or _chosen(group))


def orders(asked: QueryDict) -> Group:
    """Return the ways to order the results; the first is what stands when none is asked for."""
    now = asked.get("sort") or next(iter(SORTS))
    return Group(
        gettext("Order"),
        tuple(
            Choice(
                str(label), _with(asked, "sort", "" if at == 0 else sort.value), chosen=sort == now
            )
            for at, (sort, label) in enumerate(SORTS.items())
        ),
    )


def chosen(form: DirectoryForm, asked: QueryDict) -> tuple[Choice, ...]:
    """Return one chip for each filter that is in force, in words, with the way to lose it."""
    if not form.is_bound:
        return ()
    form.is_valid()
    return tuple(
        Choice(words, _with(asked, name, ""), chosen=True)
        for name, words in _in_words(form.cleaned_data)
    )


def _in_words(data: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    words: Mapping[str, Callable[[object], str]] = {
        "q": lambda q: gettext("“%(words)s”") % {"words": q},
        "location": lambda place: gettext("in %(place)s") % {"place": place},
        "language": lambda code: (
            gettext("speaks %(language)s") % {"language": language_name(str(code))}
        ),
        "duration": lambda minutes: length(int(str(minutes))),
        "price_max": lambda most: (
            gettext("up to %(price)s") % {"price": f"{most} {data.get('currency') or 'USD'}"}
        ),
        "currency": lambda code: gettext("priced in %(currency)s") % {"currency": code},
        "rating": lambda least: gettext("rated %(stars)s") % {"stars": at_least(float(str(least)))},
        "day": lambda day: gettext("free on %(day)s") % {"day": written.weekday(day)},  # type: ignore[arg-type]
    }
    for name, say in words.items():
        value = data.get(name)
        if value not in {None, ""}:
            yield name, say(value)


def _counted(
    asked: QueryDict,
    label: str,
    name: str,
    counts: Mapping[str, int],
    say: Callable[[str], str],
) -> Group:
    frequent = sorted(counts, key=lambda value: -counts[value])[:MOST]
    return Group(
        label,
        tuple(
            _choice(asked, name, value, say(value), counts[value])
            for value in counts
            if value in frequent
        ),
    )


def _choice(
    asked: QueryDict, name: str, value: str, label: str, count: int | None = None
) -> Choice:
    held = asked.get(name, "").casefold() == value.casefold()
    return Choice(label, _with(asked, name, "" if held else value), count=count, chosen=held)


def _chosen(group: Group) -> bool:
    return any(choice.chosen for choice in group.choices)


def _with(asked: QueryDict, name: str, value: str) -> str:
    """Return the address with `name` set, or without it; paging begins anew."""
    query = asked.copy()
    for gone in (*CURSORS, name):
        query.pop(gone, None)
    for blank in [key for key in query if not query[key]]:
        query.pop(blank)
    if value:
        query[name] = value
    return f"?{query.urlencode()}" if query else "."
