"""Django's ways to answer the same list: JSON by PostgreSQL, ninja, DRF. One WSGI application.

Environment: BENCH_DSN as libpq's key=value text, MIDDLEWARES (0 or 6).
"""

import os
from typing import Any

import django
import orjson
from cards import JSON
from django.conf import settings

NAMES = ("dbname", "user", "password", "host", "port")
dsn = dict(part.split("=", 1) for part in os.environ["BENCH_DSN"].split() if "=" in part)
SIX = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


def with_length(get_response: Any) -> Any:
    """Say how long an answer is, as CommonMiddleware would; else it is sent in chunks."""

    def middleware(request: Any) -> Any:
        response = get_response(request)
        response["Content-Length"] = str(len(response.content))
        return response

    return middleware


settings.configure(
    SECRET_KEY="bench",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    TIME_ZONE="UTC",
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "rest_framework"],
    MIDDLEWARE=SIX if os.environ["MIDDLEWARES"] == "6" else [f"{__name__}.with_length"],
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    REST_FRAMEWORK={
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "DEFAULT_PERMISSION_CLASSES": [],
    },
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "CONN_MAX_AGE": None,
            **{key.upper(): dsn.get(old, "") for key, old in zip(
                ("name", "user", "password", "host", "port"), NAMES, strict=True)},
        }
    },
)  # fmt: skip
django.setup()

from django.contrib.postgres.fields import ArrayField  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402
from ninja import NinjaAPI, Schema  # noqa: E402
from rest_framework import generics, serializers  # noqa: E402


class Card(models.Model):
    standing = models.IntegerField()
    slug = models.TextField(primary_key=True)
    name = models.TextField()
    headline = models.TextField()
    expertise = ArrayField(models.TextField())
    price_minor = models.BigIntegerField(null=True)
    currency = models.TextField(null=True)  # noqa: DJ001
    rating = models.FloatField(null=True)
    reviews_count = models.IntegerField()
    location = models.TextField()
    languages = ArrayField(models.TextField())
    time_zone = models.TextField()
    next_free_at = models.DateTimeField(null=True)
    portrait_url = models.TextField()

    class Meta:
        app_label = "bench"
        managed = False
        db_table = '"bench"."card"'

    @property
    def price(self) -> dict[str, Any] | None:
        if self.price_minor is None:
            return None
        return {"amount": self.price_minor, "currency": self.currency}


def cards() -> Any:
    return Card.objects.order_by("standing", "slug")[:20]


def by_postgresql(_request: Any) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(JSON)
        (text,) = cursor.fetchone()
    return HttpResponse(text.encode(), content_type="application/json")


class PriceOut(Schema):
    amount: int
    currency: str


class CardOut(Schema):
    slug: str
    name: str
    headline: str
    expertise: list[str]
    price: PriceOut | None
    rating: float | None
    reviews_count: int
    location: str
    languages: list[str]
    time_zone: str
    next_free_at: django.utils.timezone.datetime | None
    portrait_url: str


class PageOut(Schema):
    items: list[CardOut]


api = NinjaAPI()


@api.get("/schema", response=PageOut)
def by_schema(request: Any) -> dict[str, Any]:  # noqa: ARG001
    return {"items": list(cards())}


@api.get("/values")
def by_values(request: Any) -> HttpResponse:  # noqa: ARG001
    rows = list(cards().values())
    for row in rows:
        minor, currency = row.pop("price_minor"), row.pop("currency")
        row["price"] = None if minor is None else {"amount": minor, "currency": currency}
        del row["standing"]
    body = orjson.dumps({"items": rows}, option=orjson.OPT_UTC_Z)
    return HttpResponse(body, content_type="application/json")


class CardSerializer(serializers.ModelSerializer):
    price = serializers.DictField(read_only=True, allow_null=True)

    class Meta:
        model = Card
        exclude = ("standing", "price_minor", "currency")


class Listed(generics.ListAPIView):
    serializer_class = CardSerializer

    def get_queryset(self) -> Any:
        return cards()

    def list(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().list(request, *args, **kwargs)
        answer.data = {"items": answer.data}
        return answer


urlpatterns = [
    path("json", by_postgresql),
    path("drf", Listed.as_view()),
    path("ninja/", api.urls),
]
application = get_wsgi_application()
