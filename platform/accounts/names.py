"""What people are called: to strangers, and as the `actor` of a history."""

from collections.abc import Iterable
from uuid import UUID

from accounts.models import User
from kernel.ids import BadPublicId, parse_public_id


def short_name(name: str) -> str:
    """Return the name as strangers read it: the first name and the last one's initial."""
    first, *rest = name.split() or [name]
    return f"{first} {rest[-1][0]}." if rest else first


def names_of(actors: Iterable[str]) -> dict[str, str]:
    """Return a name for each actor (`system` or a public user id); one query at most."""
    wanted = set(actors)
    known: dict[str, UUID] = {}
    for actor in wanted:
        try:
            known[actor] = parse_public_id("usr", actor)
        except BadPublicId:
            continue
    users = User.objects.in_bulk(list(known.values())) if known else {}
    return {
        actor: users[known[actor]].name if known.get(actor) in users else actor for actor in wanted
    }
