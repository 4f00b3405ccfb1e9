"""The acts, and the product's own addresses."""

import os
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from accounts.models import Mentor, User
from accounts.operations import deactivate
from cms.models import MentorProfilePage
from config.urls import urlpatterns as site_patterns
from kernel import clock
from kernel.page_memory import mark, watch
from scheduling import reviews
from scheduling.models import Review, Session, SessionType

if os.environ.get("UNPURGED") == "1":
    mark.Mark.change = lambda self: None  # type: ignore[method-assign]
    watch.LEASE, watch.PAUSE = 600.0, 600.0


def _publish(slug: str) -> None:
    page = MentorProfilePage.objects.get(slug=slug)
    page.headline = "Published a moment ago"
    page.save_revision().publish()


def _draft(slug: str) -> None:
    page = MentorProfilePage.objects.get(slug=slug)
    page.headline = "Only a draft"
    page.save_revision()


def _price(slug: str) -> None:
    kind = SessionType.objects.get(mentor__slug=slug)
    kind.price_minor = 12_345
    kind.save()


def _review(slug: str) -> None:
    session = Session.objects.get(mentor__slug=slug)
    reviews.leave(
        session_id=session.pk,
        client=session.client,
        rating=5,
        comment="Left a moment ago.",
        now=clock.now(),
    )


def _hide(slug: str) -> None:
    reviews.hide(
        review_id=Review.objects.get(mentor__slug=slug).pk,
        by=User.objects.get(is_superuser=True),
        reason="Names somebody.",
        now=clock.now(),
    )


def _deactivate(slug: str) -> None:
    user = User.objects.get(mentor__slug=slug)
    deactivate(user=user, actor="system", reason="asked", now=clock.now())


def _suspend(slug: str) -> None:
    Mentor.objects.filter(slug=slug).update(status=Mentor.Status.SUSPENDED)


def _unpublish(slug: str) -> None:
    MentorProfilePage.objects.get(slug=slug).unpublish()


ACTS: dict[str, Callable[[str], None]] = {
    "publish": _publish,
    "draft": _draft,
    "price": _price,
    "review": _review,
    "hide": _hide,
    "deactivate": _deactivate,
    "suspend": _suspend,
    "unpublish": _unpublish,
}


@csrf_exempt
def act(_request: HttpRequest, name: str, slug: str) -> HttpResponse:
    """Do it, and answer once it is committed."""
    ACTS[name](slug)
    return HttpResponse(f"{name} {os.getpid()}")


urlpatterns = [path("act/<str:name>/<str:slug>", act), *site_patterns]
