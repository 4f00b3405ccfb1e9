"""An application over HTTP: what the applicant sees of it, and what stays with the curators."""

from typing import Any

import pytest

from accounts.models import Application
from accounts.states import Check
from cms import vetting
from kernel import clock
from tests.api.callers import Caller
from tests.cms.test_profile_changes import curator
from tests.factories.people import ClientFactory

pytestmark = pytest.mark.django_db

URL = "/api/mentors/me/application"
BODY = {"headline": "Interviews", "bio": "Ten years.", "expertise": ["Go"], "message": "Ask Bea."}


def test_an_applicant_sees_the_curators_checklist_and_what_is_meant_for_them() -> None:
    ann, by = Caller(ClientFactory().user), curator(name="Curtis Vale")
    made = ann.post(URL, BODY)
    assert (made.status_code, made.json()["status"]) == (201, "submitted")
    application = Application.objects.get()
    common: dict[str, Any] = {"application_id": application.pk, "by": by, "now": clock.now()}
    vetting.tick(check=Check.PHOTO, done=True, evidence="A secret source.", **common)
    vetting.comment(text="Odd, is it not?", for_applicant=False, **common)
    vetting.comment(text="Nearly there.", for_applicant=True, **common)

    answer = ann.get(URL)

    body, text = answer.json(), answer.content.decode()
    assert (body["status"], body["answer_by"]) == ("in_vetting", None)
    done = {point["check"]: point["done"] for point in body["checklist"]}
    assert done == {check.value: check is Check.PHOTO for check in Check}
    assert [step["comment"] for step in body["steps"]] == ["Ask Bea.", "", "Nearly there."]
    assert [step["by"] for step in body["steps"]] == ["applicant", "curator", "curator"]
    for hidden in ("Curtis", "A secret source.", "Odd, is it not?"):
        assert hidden not in text


def test_asked_answered_and_withdrawn() -> None:
    ann, by = Caller(ClientFactory().user), curator()
    ann.post(URL, BODY)
    assert ann.post(f"{URL}/answer", BODY).json()["code"] == "application_stands"
    application = Application.objects.get()
    vetting.ask(application_id=application.pk, text="A photo, please.", by=by, now=clock.now())

    asked = ann.get(URL).json()
    assert asked["status"] == "changes_asked"
    assert asked["answer_by"] is not None
    assert ann.post(f"{URL}/answer", BODY).json()["status"] == "submitted"
    assert ann.post(URL, BODY).json()["code"] == "already_applied"
    assert ann.post(f"{URL}/withdraw").json()["status"] == "withdrawn"
    assert ann.post(f"{URL}/withdraw").status_code == 409


def test_another_persons_application_is_nobodys_here() -> None:
    Caller(ClientFactory().user).post(URL, BODY)
    other = Caller(ClientFactory().user)

    assert other.get(URL).status_code == 404
    assert other.post(f"{URL}/withdraw").status_code == 404
