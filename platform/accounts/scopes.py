"""Of whom a report tells: everybody, one mentor, or the mentors of one category."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Scope:
    """None is everybody. A category holds the mentors who are in it now."""

    mentor_id: UUID | None = None
    category_id: UUID | None = None

    @property
    def narrow(self) -> bool:
        return self.mentor_id is not None or self.category_id is not None

    @property
    def values(self) -> dict[str, UUID | None]:
        """Return what `of_mentors` refers to."""
        return {"scope_mentor": self.mentor_id, "scope_category": self.category_id}


EVERYBODY = Scope()


def of_mentors(column: str) -> str:
    """Return SQL that is true where `column` (a constant of ours) names a mentor of the scope."""
    return f"""
        (%(scope_mentor)s::uuid IS NULL OR {column} = %(scope_mentor)s)
        AND (%(scope_category)s::uuid IS NULL OR {column} IN (
            SELECT id FROM accounts_mentor WHERE category_id = %(scope_category)s))
    """  # noqa: S608 - a constant
