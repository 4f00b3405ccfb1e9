"""Standing queries give what the ORM gives, and ask nothing of the ORM a second time."""

from datetime import UTC, datetime
from typing import Any
from unittest import mock
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.test.utils import CaptureQueriesContext

from accounts.models import Mentor, User
from kernel.standing import Given, GivenAll, Standing
from scheduling.models import CancellationPolicy, Review, SessionType
from tests.factories.people import MentorFactory
from tests.factories.reviews import reviewed
from tests.factories.scheduling import open_mentor

pytestmark = pytest.mark.django_db

AT = datetime(2027, 3, 1, 9, tzinfo=UTC)


def fields(one: Any) -> dict[str, Any]:
    return {field.attname: getattr(one, field.attname) for field in one._meta.concrete_fields}


def kinds(mentor_id: Any) -> QuerySet[SessionType]:
    found = SessionType.objects.filter(mentor_id=mentor_id, is_active=True)
    return found.select_related("mentor__user", "policy").order_by("price_minor")


def test_it_gives_the_objects_that_the_orm_gives() -> None:
    ada, bea = MentorFactory(), MentorFactory()
    standing = Standing(lambda: kinds(Given("mentor")))
    for mentor, price in ((ada, 5_000), (bea, 7_700)):
        SessionType.objects.filter(pk=open_mentor(mentor=mentor).pk).update(price_minor=price)

    for mentor in (ada, bea):
        [wanted], [found] = kinds(mentor.pk), standing.all(mentor=mentor.pk)
        with CaptureQueriesContext(connection) as asked:
            assert fields(found) == fields(wanted)
            assert fields(found.policy) == fields(wanted.policy)
            assert fields(found.mentor.user) == fields(wanted.mentor.user)
            assert isinstance(found.policy, CancellationPolicy)
            assert found == wanted
        assert not asked.captured_queries
        found.name = "Renamed"
        found.save()
        assert SessionType.objects.get(pk=wanted.pk).name == "Renamed"
    assert standing.all(mentor=UUID(int=1)) == []
    assert standing.first(mentor=UUID(int=1)) is None


def test_what_is_not_there_is_none_and_related_ones_are_found_from_the_other_side() -> None:
    review = reviewed(session_type=open_mentor(), rating=4, starts_at=AT)
    standing = Standing(lambda: Review.objects.select_related("reply").filter(pk=Given("id")))

    found = standing.first(id=review.pk)

    assert found is not None
    with CaptureQueriesContext(connection) as asked:
        assert getattr(found, "reply", None) is None
    assert not asked.captured_queries
    assert found.created_at == review.created_at
    assert found.created_at.tzinfo is not None


def test_columns_lists_and_what_is_computed() -> None:
    ada, bea = MentorFactory(slug="ada"), MentorFactory(slug="bea", languages=["de", "fr"])
    open_mentor(mentor=ada)
    slugs = GivenAll("slugs")
    offers = Exists(SessionType.objects.filter(mentor=OuterRef("pk")))
    columns = Standing(
        lambda: Mentor.objects.filter(slug__in=slugs).values_list("slug", "languages")
    )
    annotated = Standing(
        lambda: Mentor.objects.filter(slug__in=slugs).annotate(offers=offers).order_by("slug")
    )
    grouped = Standing(lambda: User.objects.annotate(mentors=Count("mentor")).filter(mentors=1))

    assert columns.rows(slugs=["bea", "nobody"]) == [["bea", ["de", "fr"]]]
    assert columns.rows(slugs=[]) == []
    assert [(one.slug, one.offers) for one in annotated.all(slugs=["bea", "ada"])] == [
        ("ada", True),
        ("bea", False),
    ]
    assert {one.pk for one in grouped.all()} == {ada.user_id, bea.user_id}


def test_the_question_is_put_into_sql_once_and_told_to_whoever_listens() -> None:
    ask = mock.Mock(side_effect=lambda: Mentor.objects.filter(slug=Given("slug")))
    standing = Standing(ask)
    ada, bea = MentorFactory(slug="ada"), MentorFactory(slug="bea")
    assert standing.first(slug="ada") == ada

    with (
        mock.patch.object(SQLCompiler, "as_sql", side_effect=AssertionError),
        CaptureQueriesContext(connection) as asked,
    ):
        assert standing.first(slug="bea") == bea

    ask.assert_called_once_with()
    [query] = asked.captured_queries
    assert 'FROM "accounts_mentor"' in query["sql"]


def test_nothing_is_remembered_but_the_question() -> None:
    mentor = MentorFactory(slug="ada")
    standing = Standing(lambda: Mentor.objects.filter(slug=Given("slug")))
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        Mentor.objects.update(location="Nowhere")
        found = standing.first(slug="ada")
        assert found is not None
        assert found.location == "Nowhere"
        raise ZeroDivisionError

    assert fields(standing.first(slug="ada")) == fields(Mentor.objects.get(pk=mentor.pk))
    with pytest.raises(KeyError, match="slug"):
        standing.first()
