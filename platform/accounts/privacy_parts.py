"""Parts of the screens about a person's data: what stands in the way, what becomes of what."""

import re
from collections.abc import Sequence

from accounts.models import User
from kernel import personal
from kernel.backoffice.components import Lines
from kernel.personal import Hindrance


def in_the_way(found: Sequence[Hindrance]) -> Lines:
    """Return what is to be done before an erasure, and what is lost by it."""
    return Lines(
        title="To do first",
        headings=["What is open", "What to do", "Stops it"],
        rows=[(one.what, one.do, "yes" if one.block else "no, it is lost") for one in found],
        empty="Nothing is open: it can be carried out.",
    )


def what_becomes(user: User) -> Lines:
    """Return what is deleted, pseudonymised and kept of the person, table by table, and why."""
    return Lines(
        title="What becomes of what is kept",
        headings=["What", "Rows", "Is", "Because"],
        rows=[
            (
                _plural(str(table.of._meta.verbose_name_plural)),  # noqa: SLF001
                count,
                table.fate.value,
                table.why or "It is of use to nobody else.",
            )
            for table, count in personal.preview(user)
        ],
        right=[1],
        cards=True,
    )


def _plural(name: str) -> str:
    """Return what Django calls many of a kind, where it only put an s behind one: `Deliveries`."""
    name = re.sub(r"([^aeiou])ys$", r"\1ies", name)
    return re.sub(r"(x|ch|sh)s$", r"\1es", name).capitalize()
