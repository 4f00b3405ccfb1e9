"""What an upper floor adds to a lower floor's screen, so that the lower need not know it.

Billing adds a session's payments to the session's detail, and finds a session by `pi_…`.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Model, Q
from wagtail.admin.ui.components import Component

type Section = Callable[[Any, Any], Sequence[Component]]  # (object, user) -> parts of its detail
type Lead = Callable[[Any, Any], Sequence[tuple[str, str]]]  # (object, user) -> label, address
type Finder = Callable[[str], Q]  # what was typed -> condition on the model

_sections: dict[type[Model], list[Section]] = defaultdict(list)
_leads: dict[type[Model], list[Lead]] = defaultdict(list)
_finders: dict[type[Model], list[Finder]] = defaultdict(list)


def add_sections(model: type[Model], section: Section) -> None:
    """Show what `section` returns below the detail of each object of `model`."""
    if section not in _sections[model]:
        _sections[model].append(section)


def add_leads(model: type[Model], lead: Lead) -> None:
    """Lead from the detail of each object of `model` to what `lead` says may be done to it."""
    if lead not in _leads[model]:
        _leads[model].append(lead)


def leads_of(instance: Model, user: Any) -> list[tuple[str, str]]:
    """Return (label, address) of all that was added and that `user` may do to this object."""
    return [one for lead in _leads[type(instance)] for one in lead(instance, user)]


def add_finder(model: type[Model], finder: Finder) -> None:
    """Let the search box of `model`'s list also find by `finder`."""
    if finder not in _finders[model]:
        _finders[model].append(finder)


def sections_of(instance: Model, user: Any) -> list[Component]:
    """Return all that was added to this object's detail and that `user` may see."""
    return [part for section in _sections[type(instance)] for part in section(instance, user)]


def conditions_of(model: type[Model], query: str) -> Q:
    """Return the union of the added finders' conditions; empty where there is none."""
    condition = Q()
    for finder in _finders[model]:
        condition |= finder(query)
    return condition
