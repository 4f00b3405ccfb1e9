"""What an encoder made of the live profiles: derived, and made anew whenever it is not there.

A row says which model read which text (`digest`). `version` grows with every write, and writers
queue up (`cms.matching.keeping`), so whoever has read up to a version has missed nothing before it.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from accounts.models import Mentor


class RealField(models.FloatField):  # type: ignore[type-arg]
    """Four bytes of floating point: what encoders give, and half of what FloatField keeps."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:  # noqa: ARG002 - Django's signature
        return "real"


class ProfileVector(models.Model):
    """One profile in numbers: the page as a whole, and each of its sentences beside its words."""

    mentor = models.OneToOneField(
        Mentor, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    model = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)
    version = models.BigIntegerField()
    vector = ArrayField(RealField())
    sentences = ArrayField(models.TextField())
    sentence_vectors = ArrayField(ArrayField(RealField()))

    class Meta:
        verbose_name = "profile vector"
        indexes: ClassVar = [models.Index(fields=["model", "version"], name="cms_vector_version")]
