"""Every table that leads to a person is exported, or says why not; and so it is with erasing."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from accounts.models import Client, Mentor, User
from kernel import personal
from kernel.personal import Fate, Table

pytestmark = pytest.mark.django_db

PEOPLE = (User, Client, Mentor)
WORDS = (models.TextField, models.JSONField, models.BinaryField, models.FileField)


def leads_to_a_person(model: type[models.Model]) -> bool:
    return any(
        isinstance(one, models.EmailField)
        or (one.is_relation and one.related_model in PEOPLE and model not in (Client, Mentor))
        for one in model._meta.local_fields
    )


def of_people() -> Iterator[type[models.Model]]:
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.proxy and leads_to_a_person(model):
            yield model


def missing(known: set[str]) -> set[str]:
    return {model._meta.label_lower for model in of_people()} - known


def test_every_table_of_people_is_named() -> None:
    assert missing({table.model.lower() for table in personal.tables()}) == set()


def test_a_table_that_nobody_named_is_found() -> None:
    known = {table.model.lower() for table in personal.tables()} - {"scheduling.goal"}

    assert missing(known) == {"scheduling.goal"}


@pytest.mark.parametrize("table", personal.tables(), ids=lambda table: table.model)
def test_a_table_is_exported_or_says_why_not(table: Table) -> None:
    assert table.says
    assert bool(table.section) == bool(table.shown)
    assert table.rows or table.whose
    list(table.rows_of(User()).values(*table.shown or ("pk",))[:1])


@pytest.mark.parametrize("table", personal.tables(), ids=lambda table: table.model)
def test_what_an_erasure_leaves_is_said(table: Table) -> None:
    """Each column that can hold words is erased, goes with its row, or stays for a reason."""
    columns = {one.attname: one for one in table.of._meta.local_fields}
    assert set(table.blank) <= set(columns)
    assert set(table.stays) <= set(columns)
    if table.fate is not Fate.DELETED:
        left = {name for name, one in columns.items() if may_hold_words(one)}
        assert left - set(table.blank) - set(table.stays) - STEPS.get(table.model, set()) == set()
    if table.fate is Fate.KEPT or table.stays:
        assert table.why


# What an erasure's steps write over, each in words of its own (`personal.add_step`).
STEPS: dict[str, set[str]] = {
    "kernel.auditentry": {"actor", "action", "object_type", "object_id", "data", "source"},
    "accounts.applicationstep": {"comment"},
    "accounts.applicationtick": {"evidence"},
    "accounts.suspension": {"reason", "lift_reason"},
    "accounts.user": {"password", "email", "name", "time_zone"},
    "accounts.mentor": {"slug"},
    "notifications.email": {
        "key", "template", "to", "subject", "text", "html", "ics", "ics_method", "condition",
        "condition_arguments", "last_error", "withdrawn_reason",
    },
    "webhooks.endpoint": {"url", "description", "kinds", "secret", "previous_secret"},
}  # fmt: skip


def may_hold_words(column: Any) -> bool:
    if column.choices or column.is_relation:
        return False
    return isinstance(column, (models.CharField, *WORDS)) or (
        column.get_internal_type() == "ArrayField"
        and isinstance(column.base_field, models.CharField)
    )


def test_sections_have_names_of_their_own() -> None:
    names = [table.section for table in personal.tables() if table.section]

    assert len(names) == len(set(names))
