"""The directory as rows to search by: one of each listed mentor, and what words there are.

An index of the pages, session types and reviews, kept by database triggers in the transaction
that changes one of them (migration 0024); `cms.listing` makes it anew. Written by nobody else.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Value
from django.db.models.functions import Cast, Now, NullIf

from accounts.models import Mentor
from scheduling.scores import PRIOR_REVIEWS, PRIOR_STARS

_STARS = models.F("stars")
_REVIEWS = models.F("reviews")


class Listing(models.Model):
    """A live mentor with a live page who offers something, as the directory lists one.

    `prices`, `currencies` and `minutes` are the offers, side by side; `price_minor` in `currency`
    is the lowest as `Entry.price` says it. `place` is the location in plain letters. `document`
    has the words (name A, headline B, expertise C, biography D) and, as `@place:` and `@lang:`,
    what else is looked up whole. `standing` orders: the best score is the lowest.
    """

    mentor = models.OneToOneField(
        Mentor, on_delete=models.CASCADE, primary_key=True, related_name="+", db_constraint=False
    )
    slug = models.CharField(max_length=80, db_collation="C")
    name = models.CharField(max_length=255)
    headline = models.CharField(max_length=140)
    expertise = ArrayField(models.CharField(max_length=40))
    location = models.CharField(max_length=80)
    place = models.CharField(max_length=200, db_collation="C")
    languages = ArrayField(models.CharField(max_length=35))
    time_zone = models.CharField(max_length=64)
    prices = ArrayField(models.BigIntegerField())
    currencies = ArrayField(models.CharField(max_length=3))
    minutes = ArrayField(models.SmallIntegerField())
    price_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3, db_collation="C")
    price_low = models.BigIntegerField()
    price_high = models.BigIntegerField()
    reviews = models.IntegerField()
    stars = models.IntegerField()
    document = SearchVectorField()
    rating = models.GeneratedField(
        expression=Cast((_STARS * 20 + _REVIEWS) / NullIf(_REVIEWS * 2, 0), models.FloatField())
        / Value(10.0),
        output_field=models.FloatField(null=True),
        db_persist=True,
    )
    standing = models.GeneratedField(
        expression=Cast(_STARS + PRIOR_REVIEWS * PRIOR_STARS, models.FloatField())
        / (_REVIEWS + PRIOR_REVIEWS)
        * -1,
        output_field=models.FloatField(),
        db_persist=True,
    )

    class Meta:
        indexes: ClassVar = [
            GinIndex(fields=["document"], name="listing_document", fastupdate=False),
            models.Index(fields=["standing", "slug"], name="listing_by_standing"),
            models.Index(fields=["currency", "price_minor", "slug"], name="listing_by_price"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.slug})"


class Term(models.Model):
    """What is said in listings: a word, a subject of expertise, a place; in plain letters.

    `mentors` counts them as of last night (one that came since counts 1). `telling` is what stands
    in a name, a headline or a subject, and not in biographies alone. `lexeme` is a word's stem;
    `slips` is the term itself and the term with each letter left out, which finds whatever is one
    slip of a finger away.
    """

    class Kind(models.TextChoices):
        WORD = "word", "Word"
        SUBJECT = "subject", "Subject"
        PLACE = "place", "Place"

    pk = models.CompositePrimaryKey("kind", "key")
    kind = models.CharField(max_length=7, choices=Kind)
    key = models.CharField(max_length=200, db_collation="C")
    shown = models.CharField(max_length=200)
    mentors = models.IntegerField(default=1)
    telling = models.BooleanField()
    lexeme = models.CharField(max_length=200, null=True, db_collation="C")  # noqa: DJ001 - none
    slips = ArrayField(models.TextField())

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["lexeme"], name="term_lexeme"),
            GinIndex(fields=["slips"], name="term_slips", fastupdate=False),
            GinIndex(fields=["key"], name="term_letters", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class ListingChange(models.Model):
    """A transaction that changed what the directory is made of: a listing, or a term.

    Written by triggers (migration 0027), by that transaction itself, so whoever sees the change
    sees the row; `transaction` is its number in PostgreSQL. Answers that are kept in memory are
    held against it (`cms.remembering`). Those of days ago are forgotten each night.
    """

    transaction = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"Transaction {self.transaction}, {self.at:%Y-%m-%d %H:%M}"
