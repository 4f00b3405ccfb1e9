"""Forms that editors make: kept, mailed, cookie-free; robots and other sites get nowhere."""

import csv
import re
from io import StringIO
from typing import Any

import pytest
from django.test import Client as Browser
from wagtail.blocks import StreamBlock
from wagtail.contrib.forms.models import FormSubmission

from accounts import roles
from cms.blocks import page_blocks
from cms.models import FormField, FormPage, HomePage
from notifications.models import Email
from tests.cms.conftest import SignIn, sign_in

__all__ = ["sign_in"]
SAID = {"your_e_mail_address": "chloe@example.com", "your_message": "Who speaks Portuguese?"}


@pytest.fixture
def page() -> FormPage:
    """A live form with an address and a message; what is sent is mailed to the desk."""
    made = FormPage(title="Write to us", slug="contact", notify="desk@example.com")
    HomePage.objects.get().add_child(instance=made)
    kinds = [("Your e-mail address", "email", True), ("Your message", "multiline", True)]
    for label, kind, required in [*kinds, ("Your name", "singleline", False)]:
        FormField.objects.create(page=made, label=label, field_type=kind, required=required)
    return made


def send(page: FormPage, said: dict[str, Any], **headers: str) -> Any:
    browser = Browser(enforce_csrf_checks=True, headers=headers)
    return browser.post(f"/forms/{page.pk}/", said)


def test_what_is_sent_is_kept_mailed_and_thanked_for_without_any_cookie(page: FormPage) -> None:
    browser = Browser(enforce_csrf_checks=True)
    shown = browser.get("/contact/")

    answer = browser.post(f"/forms/{page.pk}/", SAID, headers={"Sec-Fetch-Site": "same-origin"})
    thanked = browser.get(answer["Location"])

    (kept,) = FormSubmission.objects.all()
    assert kept.form_data == {**SAID, "your_name": ""}
    (email,) = Email.objects.filter(template="form_answered")
    assert email.to == "desk@example.com"
    assert "Who speaks Portuguese?" in email.text
    assert (answer.status_code, thanked.status_code) == (303, 200)
    assert page.thanks in thanked.content.decode()
    assert "csrf" not in shown.content.decode()
    for response in (shown, answer, thanked):
        assert not response.cookies
        assert "Cookie" not in response.get("Vary", "")


def test_what_is_wrong_is_said_and_what_was_typed_stays(page: FormPage) -> None:
    answer = send(page, {**SAID, "your_e_mail_address": "nonsense"})

    html = answer.content.decode()
    assert answer.status_code == 422
    assert answer["Cache-Control"] == "no-store"
    assert "One field wants a change" in html
    assert "Who speaks Portuguese?" in html
    assert 'aria-invalid="true"' in html
    assert not FormSubmission.objects.exists()


def test_a_robot_is_thanked_and_nothing_is_kept(page: FormPage) -> None:
    answer = send(page, {**SAID, "website": "https://spam.example"})

    assert answer.status_code == 303
    assert not FormSubmission.objects.exists()
    assert not Email.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
     {"Origin": "https://elsewhere.example"}, {"Origin": "null"}],
)  # fmt: skip
def test_a_form_of_another_site_is_refused(page: FormPage, headers: dict[str, str]) -> None:
    answer = send(page, SAID, **headers)

    assert answer.status_code == 403
    assert "from another site" in answer.content.decode()
    assert not FormSubmission.objects.exists()


@pytest.mark.parametrize("headers", [{}, {"Origin": "http://testserver"}])
def test_a_browser_that_tells_nothing_or_this_site_is_believed(
    page: FormPage, headers: dict[str, str]
) -> None:
    assert send(page, SAID, **headers).status_code == 303
    assert FormSubmission.objects.count() == 1


def test_a_flood_from_one_place_is_stopped_with_its_words_kept(page: FormPage) -> None:
    answers = [send(page, SAID) for _ in range(8)]

    assert [one.status_code for one in answers] == [303] * 6 + [429] * 2
    assert int(answers[-1]["Retry-After"]) > 0
    assert "Who speaks Portuguese?" in answers[-1].content.decode()
    assert FormSubmission.objects.count() == 6


def test_drafts_and_other_pages_take_nothing(page: FormPage) -> None:
    FormPage.objects.update(live=False)

    assert send(page, SAID).status_code == 404
    assert Browser().post(f"/forms/{HomePage.objects.get().pk}/", SAID).status_code == 404
    assert Browser().get(f"/forms/{page.pk}/").status_code == 405


def test_a_page_of_blocks_shows_the_form_and_sends_it_to_the_same_place(page: FormPage) -> None:
    block = StreamBlock(page_blocks()).child_blocks["form"]
    value = block.normalize({"heading": "Ask us", "text": "", "page": page})

    html = str(block.render(value))
    FormPage.objects.update(live=False)

    assert f'action="/forms/{page.pk}/"' in html
    assert len(set(re.findall(r' id="([^"]*)"', html))) == len(re.findall(r' id="', html))
    assert "<form" not in str(block.render(value))


def test_editors_read_and_export_the_answers_and_a_cell_never_runs(
    page: FormPage, sign_in: SignIn
) -> None:
    send(page, {**SAID, "your_message": "=HYPERLINK(1)"})
    url = f"/cms/forms/submissions/{page.pk}/"

    editor, support = sign_in(roles.CONTENT_EDITOR), sign_in(roles.SUPPORT)
    exported: Any = editor.get(f"{url}?export=csv")

    (row,) = csv.DictReader(StringIO(exported.getvalue().decode()))
    assert row["Your message"] == "'=HYPERLINK(1)"
    assert "chloe@example.com" in editor.get(url).content.decode()
    assert support.get(url).status_code == 302
