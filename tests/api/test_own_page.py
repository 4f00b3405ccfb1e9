"""A mentor's own page over HTTP: words wait for somebody else, facts are public at once."""

from base64 import b64encode
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client as Browser
from django.urls import reverse
from PIL import Image
from wagtail.models import TaskState

from accounts.models import Mentor, User
from accounts.roles import MENTOR_CURATOR, add_to_group
from cms.models import MentorProfilePage
from cms.operations import publish_profile
from kernel import clock
from kernel.models import AuditEntry
from tests.api.callers import Caller
from tests.api.market import Market, open_market
from tests.factories.people import MentorFactory, UserFactory

# The storage in memory leaves a file of its own open while Wagtail writes a rendition.
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:.*SpooledTemporaryFile"),
]

PAGE = "/api/mentors/me/page"
NEW = {"headline": "Leading teams", "bio": "<p>New <b>words</b>.</p>", "expertise": ["teams"]}


@pytest.fixture
def market() -> Market:
    return open_market(listed=True)


def change(caller: Caller, body: dict[str, Any], tag: str | None = None) -> Any:
    return caller.patch(PAGE, body, match=tag or caller.get(PAGE)["ETag"])


def changed(caller: Caller, body: dict[str, Any]) -> dict[str, Any]:
    answer = change(caller, body)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def public() -> str:
    return Browser().get("/mentors/ada/").content.decode()


def curator() -> User:
    user = UserFactory.create(name="Cara")
    add_to_group(user=user, group=MENTOR_CURATOR)
    return User.objects.get(pk=user.pk)


def waiting_step() -> TaskState:
    return MentorProfilePage.objects.get(mentor__slug="ada").current_workflow_task_state


def decide(action: str, by: User, **more: Any) -> None:
    step = waiting_step()
    step.task.specific.on_action(step, by, action, **more)


def photo(colour: str = "red", kind: str = "PNG") -> str:
    out = BytesIO()
    Image.new("RGB", (300, 300), colour).save(out, kind)
    return b64encode(out.getvalue()).decode()


def preview_of(caller: Caller) -> str:
    answer = caller.post(f"{PAGE}/preview", key=None)
    assert answer.status_code == 200, answer.content
    address: str = answer.json()["url"]
    return address.removeprefix("http://127.0.0.1:8000")


def test_the_page_says_what_visitors_see_and_what_is_reviewed(market: Market) -> None:
    found = market.ada.get(PAGE).json()

    assert (found["state"], found["pending"], found["differing"]) == ("public", None, [])
    assert found["live"]["headline"] == "Careers"
    assert found["live"]["bio"] == "Twenty years."
    assert found["live"]["portrait_url"] == "/portraits/ada.svg"
    assert found["reviewed"] == ["headline", "bio", "expertise", "portrait"]
    assert found["instant"] == ["location", "languages"]
    assert found["languages"] == ["en"]


def test_words_wait_for_somebody_else_and_are_public_when_approved(market: Market) -> None:
    found = changed(market.ada, NEW)

    assert found["state"] == "waiting"
    assert found["differing"] == ["headline", "bio", "expertise"]
    assert found["live"]["headline"] == "Careers"
    assert found["pending"]["bio"] == NEW["bio"]
    assert "Leading teams" not in public()
    assert market.ann.get("/api/mentors/ada").json()["headline"] == "Careers"
    assert market.ann.get("/api/mentors").json()["items"][0]["headline"] == "Careers"
    with pytest.raises(PermissionDenied):
        decide("approve", market.mentor.user)

    decide("approve", curator())

    assert "Leading teams" in public()
    assert "New <b>words</b>." in public()
    found = market.ada.get(PAGE).json()
    assert (found["state"], found["pending"]) == ("public", None)
    assert found["live"]["expertise"] == ["teams"]


def test_what_the_reviewer_asks_for_is_read_and_answered(market: Market) -> None:
    changed(market.ada, NEW)
    decide("reject", curator(), comment="Say which teams.")

    found = market.ada.get(PAGE).json()

    assert found["state"] == "changes_asked"
    assert found["review"]["comment"] == "Say which teams."
    assert found["review"]["answer_by"] > found["review"]["since"]
    answered = changed(market.ada, {"headline": "Leading platform teams"})
    assert (answered["state"], answered["review"]["comment"]) == ("waiting", "")
    assert answered["pending"]["bio"] == NEW["bio"]  # what else waited is still in it
    decide("approve", curator())
    assert "Leading platform teams" in public()


def test_a_newer_change_takes_the_place_of_what_was_looked_at(market: Market) -> None:
    changed(market.ada, NEW)
    looked_at = waiting_step()
    changed(market.ada, {"headline": "Something else"})

    with pytest.raises(PermissionDenied):
        looked_at.task.specific.on_action(looked_at, curator(), "approve")

    assert "Something else" not in public()
    assert market.ada.get(PAGE).json()["state"] == "waiting"


def test_facts_are_public_at_once_and_leave_nothing_waiting(market: Market) -> None:
    found = changed(market.ada, {"location": " Leeds ", "languages": ["en", "fr"]})

    assert (found["state"], found["location"]) == ("public", "Leeds")
    assert "Leeds" in public()
    assert market.ann.get("/api/mentors", {"location": "Leeds"}).json()["total"] == 1
    assert market.ann.get("/api/mentors", {"language": "fr"}).json()["relaxed"] == []
    entry = AuditEntry.objects.get(action="mentor.facts_changed")
    assert entry.data["languages"] == [["en"], ["en", "fr"]]
    assert entry.actor == market.mentor.user.public_id


def test_what_waits_can_be_taken_back(market: Market) -> None:
    changed(market.ada, NEW)

    answers = [market.ada.post(f"{PAGE}/withdraw", key=None) for _ in range(2)]

    for answer in answers:
        assert (answer.status_code, answer.json()["state"]) == (200, "public")
        assert answer.json()["pending"] is None
    assert MentorProfilePage.objects.get().current_workflow_state is None
    assert AuditEntry.objects.filter(action="profile.withdrawn").count() == 1
    assert "Leading teams" not in public()
    # What was taken back is not in the next change.
    assert changed(market.ada, {"headline": "Third"})["pending"]["bio"] == "Twenty years."


def test_to_write_what_visitors_see_takes_back_what_waits(market: Market) -> None:
    before = market.ada.get(PAGE).json()["live"]
    changed(market.ada, {"headline": "Leading teams"})

    found = changed(market.ada, {"headline": before["headline"]})

    assert (found["state"], found["pending"]) == ("public", None)
    assert changed(market.ada, {"headline": before["headline"]})["state"] == "public"
    assert MentorProfilePage.objects.get().current_workflow_state is None


def test_a_biography_is_cleaned_before_it_is_kept(market: Market) -> None:
    hostile = (
        '<p onclick="steal()">Hello <a href="javascript:steal()">you</a>'
        '<script>steal()</script><img src=x onerror="steal()"></p>'
    )

    found = changed(market.ada, {"bio": hostile})

    assert found["pending"]["bio"] == "<p>Hello you</p>"
    kept = MentorProfilePage.objects.get().get_latest_revision_as_object().bio
    assert kept == "<p>Hello you</p>"
    decide("approve", curator())
    assert "steal" not in public()


def test_a_photograph_waits_too_and_is_made_anew(market: Market) -> None:
    found = changed(market.ada, {"photo": photo()})

    assert found["differing"] == ["portrait"]
    assert found["pending"]["has_photo"] is True
    assert "portrait-" in found["pending"]["portrait_url"]
    assert found["live"]["portrait_url"] == "/portraits/ada.svg"
    assert Browser().get("/portraits/ada.svg").status_code == 200  # the drawing still
    decide("approve", curator())
    page = MentorProfilePage.objects.get()
    assert page.portrait is not None
    assert page.portrait.filename.endswith(".jpg")
    assert page.portrait.uploaded_by_user == market.mentor.user
    assert Browser().get("/portraits/ada.svg").status_code == 302

    gone = changed(market.ada, {"photo": None})
    assert (gone["differing"], gone["pending"]["has_photo"]) == (["portrait"], False)
    decide("approve", curator())
    assert Browser().get("/portraits/ada.svg").status_code == 200


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"headline": "x" * 141}, "#/headline"),
        ({"headline": "   "}, "#/headline"),
        ({"bio": "x" * 20_001}, "#/bio"),
        ({"expertise": ["x"] * 13}, "#/expertise"),
        ({"expertise": ["x" * 41]}, "#/expertise/0"),
        ({"languages": ["English please"]}, "#/languages/0"),
        ({"photo": "not base64!"}, "#/photo"),
        ({"photo": b64encode(b"<svg xmlns='http://www.w3.org/2000/svg'/>").decode()}, "#/photo"),
        ({"photo": photo(kind="GIF")}, "#/photo"),
        ({"title": "Somebody else"}, "#/title"),
        ({"mentor": "bob"}, "#/mentor"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_changes_nothing(
    market: Market, body: dict[str, Any], pointer: str
) -> None:
    before = market.ada.get(PAGE)

    refused = change(market.ada, {"location": "Leeds", **body})

    assert refused.status_code == 422, refused.content
    assert refused.json()["errors"][0]["pointer"] == pointer
    assert market.ada.get(PAGE)["ETag"] == before["ETag"]


def test_a_change_is_made_on_what_was_read(market: Market) -> None:
    old = market.ada.get(PAGE)["ETag"]
    changed(market.ada, NEW)

    lost = change(market.ada, {"headline": "Lost"}, tag=old)
    none = market.ada.patch(PAGE, {"headline": "Lost"})

    assert (lost.status_code, none.status_code) == (412, 428)
    assert market.ada.get(PAGE).json()["pending"]["headline"] == "Leading teams"
    # A curator's decision is a change as well.
    seen = market.ada.get(PAGE)["ETag"]
    decide("reject", curator(), comment="No.")
    assert change(market.ada, {"headline": "Lost"}, tag=seen).status_code == 412


def test_a_mentor_without_a_page_writes_one_that_is_not_public(market: Market) -> None:
    Mentor.objects.filter(slug="bob").update(status=Mentor.Status.APPLIED)
    assert market.bob.get(PAGE).json()["state"] == "unwritten"

    found = changed(market.bob, {"headline": "Law", "bio": "<p>Ten years.</p>"})

    assert (found["state"], found["live"]) == ("waiting", None)
    assert found["differing"] == ["headline", "bio", "expertise", "portrait"]
    assert Browser().get("/mentors/bob/").status_code == 404
    assert "Ten years." in Browser().get(preview_of(market.bob)).content.decode()
    left = market.bob.post(f"{PAGE}/withdraw", key=None).json()
    assert (left["state"], left["pending"]["headline"]) == ("draft", "Law")


def test_the_preview_shows_what_waits_without_a_sign_in(market: Market) -> None:
    assert market.ada.post(f"{PAGE}/preview", key=None).status_code == 409
    changed(market.ada, {**NEW, "photo": photo()})
    address = preview_of(market.ada)

    answer = Browser().get(address)

    html = answer.content.decode()
    assert answer.status_code == 200
    assert "Leading teams" in html
    assert "New <b>words</b>." in html
    assert "/media/images/portrait-" in html
    assert "Career coaching" in html
    assert "not public" in html
    assert 'name="robots" content="noindex' in html
    assert "ld+json" not in html
    assert answer["Cache-Control"] == "no-store"
    assert "noindex" in answer["X-Robots-Tag"]
    assert answer["Referrer-Policy"] == "no-referrer"


def test_a_preview_opens_nothing_else_and_not_for_long(market: Market) -> None:
    changed(market.ada, NEW)
    address = preview_of(market.ada)
    bob = MentorFactory(user__name="Bo", slug="bo")
    publish_profile(mentor=bob, headline="Bo")
    token = address.removesuffix("/").rpartition("/")[2]

    assert Browser().get(address).status_code == 200
    for other in (token[:-1], f"{token}x", token.swapcase(), "x", "x" * 5_000):
        forged = reverse("profile_preview", args=[other])
        assert Browser().get(forged).status_code == 404, other
    assert Browser().post(address).status_code == 405
    with clock.travel(clock.now() + timedelta(minutes=59)):
        assert Browser().get(address).status_code == 200
    with clock.travel(clock.now() + timedelta(minutes=60)):
        assert Browser().get(address).status_code == 404


@pytest.mark.parametrize("end", ["withdrawn", "replaced", "published", "suspended"])
def test_a_preview_ends_with_what_it_showed(market: Market, end: str) -> None:
    changed(market.ada, NEW)
    address = preview_of(market.ada)

    if end == "withdrawn":
        market.ada.post(f"{PAGE}/withdraw", key=None)
    elif end == "replaced":
        changed(market.ada, {"headline": "Newer"})
    elif end == "published":
        decide("approve", curator())
    else:
        Mentor.objects.filter(slug="ada").update(status=Mentor.Status.SUSPENDED)

    assert Browser().get(address).status_code == 404


def test_a_mentor_finds_no_trace_of_another(market: Market) -> None:
    publish_profile(mentor=Mentor.objects.get(slug="bob"), headline="Law", bio="Bob's")
    changed(market.ada, {**NEW, "photo": photo()})
    before = MentorProfilePage.objects.get(mentor__slug="ada")

    bobs = market.bob.get(PAGE)
    for answer in (
        bobs,
        change(market.bob, {"headline": "Tax"}),
        market.bob.post(f"{PAGE}/withdraw", key=None),
        market.bob.get("/api/mentors/ada"),
        market.bob.get("/api/mentors"),
    ):
        text = answer.content.decode()
        assert answer.status_code == 200, text
        assert "Leading teams" not in text
        assert "New <b>" not in text
        assert "portrait-" not in text
    assert bobs.json()["live"]["headline"] == "Law"
    assert market.bob.post(f"{PAGE}/preview", key=None).status_code == 409
    after = MentorProfilePage.objects.get(mentor__slug="ada")
    assert after.latest_revision_id == before.latest_revision_id
    assert market.ada.get(PAGE).json()["state"] == "waiting"
    assert [market.ann.get(PAGE).status_code, Caller().get(PAGE).status_code] == [403, 401]


def test_reading_it_is_a_fixed_number_of_queries(
    market: Market, django_assert_max_num_queries: Any
) -> None:
    def queries() -> int:
        with django_assert_max_num_queries(40) as counted:
            assert market.ada.get(PAGE).status_code == 200
        return len(counted)

    changed(market.ada, NEW)
    queries()
    with_one = queries()
    for number in range(3):
        changed(market.ada, {"headline": f"Version {number}"})

    assert queries() == with_one
