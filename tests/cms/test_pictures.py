"""A mentor's picture has one address: a drawing of the name, or the photograph."""

import pytest
from django.test import Client as Browser
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from accounts.models import Mentor
from cms.models import MentorProfilePage
from tests.cms.conftest import listed_mentor

ADDRESS = "/portraits/ada.svg"


def test_the_drawing_is_public_and_may_be_kept() -> None:
    listed_mentor("Ada Byron")

    answer = Browser().get(ADDRESS)

    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert answer["Cache-Control"] == "public, max-age=3600, stale-while-revalidate=3600"
    assert "Cookie" not in answer.get("Vary", "")
    assert "<title>Ada Byron</title>" in answer.content.decode()


def test_a_kept_drawing_is_not_sent_again_until_the_name_changes() -> None:
    mentor, _, _ = listed_mentor("Ada Byron")
    etag = Browser().get(ADDRESS)["ETag"]

    same = Browser().get(ADDRESS, headers={"If-None-Match": etag})
    MentorProfilePage.objects.filter(mentor=mentor).update(title="Ada Lovelace")
    other = Browser().get(ADDRESS, headers={"If-None-Match": etag})

    assert (same.status_code, same.content) == (304, b"")
    assert other.status_code == 200
    assert other["ETag"] != etag


def test_a_mentor_who_is_not_live_has_no_picture() -> None:
    mentor, _, _ = listed_mentor("Ada Byron")
    Mentor.objects.filter(pk=mentor.pk).update(status=Mentor.Status.SUSPENDED)

    assert Browser().get(ADDRESS).status_code == 404
    assert Browser().get("/portraits/nobody.svg").status_code == 404
    assert Browser().post(ADDRESS).status_code == 405


# The storage in memory leaves a file of its own open while Wagtail writes a rendition.
@pytest.mark.filterwarnings("ignore:.*SpooledTemporaryFile")
def test_a_photograph_takes_the_place_of_the_drawing() -> None:
    mentor, _, _ = listed_mentor("Ada Byron")
    photo = get_image_model().objects.create(title="Ada", file=get_test_image_file())
    MentorProfilePage.objects.filter(mentor=mentor).update(portrait=photo)

    answer = Browser().get(ADDRESS)

    assert answer.status_code == 302
    assert answer["Location"] == photo.get_rendition("fill-384x384").url
