"""What people paste into a search box: a public reference, an e-mail, a gateway's id."""

from uuid import UUID

from django.db.models import Case, Q, Value, When

from kernel.ids import BadPublicId, parse_public_id

NOTHING = Q(pk__in=())
NAMED, BEGINS, FAR = range(3)  # a person's whole name or e-mail, its beginning, neither


def named(prefix: str, query: str) -> UUID | None:
    """Return the id inside a public id of this kind; None where the text is no such id."""
    try:
        return parse_public_id(prefix, query.strip().lower())
    except BadPublicId:
        return None


def by_reference(prefix: str, query: str, *, field: str = "pk") -> Q:
    """Match the row that a public id names; nothing where the text is no such id."""
    found = named(prefix, query)
    return NOTHING if found is None else Q(**{field: found})


def by_text(query: str, *fields: str) -> Q:
    """Match any of the fields that contains the text, without regard to case."""
    condition = Q()
    for field in fields:
        condition |= Q(**{f"{field}__icontains": query})
    return condition


def nearness(person: str, query: str) -> Case:
    """Return how near the user at the path `person` is to what was typed: NAMED, BEGINS or FAR."""
    name, email = f"{person}__name", f"{person}__email"
    same = Q(**{f"{name}__iexact": query}) | Q(**{f"{email}__iexact": query})
    begins = Q(**{f"{name}__istartswith": query}) | Q(**{f"{email}__istartswith": query})
    begins |= Q(**{f"{name}__icontains": f" {query}"})
    return Case(When(same, then=Value(NAMED)), When(begins, then=Value(BEGINS)), default=Value(FAR))
