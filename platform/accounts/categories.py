"""What the operator calls the kinds of mentoring, and which of them a mentor is in.

A category is renamed, never taken away: rates and sales refer to it.
"""

from typing import ClassVar
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import Category, Mentor, User
from kernel import audit
from kernel.errors import Invalid, NotFound, Refusal


class CategoryKnown(Refusal):
    """Another category has that name."""

    code: ClassVar[str] = "category_known"


def add(*, name: str, by: User) -> Category:
    """Add a category. Raises Invalid without a name, CategoryKnown."""
    return _save(Category(), name=name, by=by, action="category.added")


def rename(*, category_id: UUID, name: str, by: User) -> Category:
    """Give a category another name; its mentors and rates stay. Raises as `add`, and NotFound."""
    with transaction.atomic():
        category = Category.objects.select_for_update().filter(pk=category_id).first()
        if category is None:
            raise NotFound(f"There is no category {category_id}.")
        return _save(category, name=name, by=by, action="category.renamed")


def place(*, mentor_id: UUID, category_id: UUID | None, by: User) -> Mentor:
    """Say which category a mentor is in, or none; what is sold from now on follows its rates.

    Raises NotFound.
    """
    with transaction.atomic():
        mentor = Mentor.objects.select_for_update(no_key=True).filter(pk=mentor_id).first()
        if mentor is None:
            raise NotFound(f"There is no mentor {mentor_id}.")
        before = mentor.category
        if (before.pk if before else None) == category_id:
            return mentor
        after = Category.objects.filter(pk=category_id).first() if category_id else None
        if category_id and after is None:
            raise NotFound(f"There is no category {category_id}.")
        mentor.category = after
        mentor.save(update_fields=["category"])
        audit.record(
            actor=by.public_id,
            action="mentor.placed",
            object_type="mentor",
            object_id=mentor.public_id,
            data={"from": before.public_id if before else None,
                  "to": after.public_id if after else None},
        )  # fmt: skip
    return mentor


def _save(category: Category, *, name: str, by: User, action: str) -> Category:
    before, category.name = category.name, " ".join(name.split())
    if not category.name:
        raise Invalid("A category needs a name.", pointer="/name")
    try:
        with transaction.atomic():
            category.save()
            audit.record(
                actor=by.public_id,
                action=action,
                object_type="category",
                object_id=category.public_id,
                data={"name": category.name} | ({"before": before} if before else {}),
            )
    except IntegrityError as error:
        if "accounts_category_name_once" not in str(error):
            raise
        raise CategoryKnown(f"There is a category “{category.name}” already.") from None
    return category
