"""An editor begins the other language in the back office, page by page."""

from typing import Any

import pytest
from django.test import Client as Browser
from wagtail.models import Locale, Page

from accounts import roles
from cms.models import ArticleIndexPage, FaqPage, HomePage, MentorIndexPage
from tests.cms.conftest import SignIn, listed_mentor, sign_in

__all__ = ["sign_in"]


def translate(browser: Browser, page: Page, **more: str) -> Any:
    locale = Locale.objects.get(language_code="de")
    return browser.post(
        f"/cms/translation/submit/page/{page.pk}/", {"locales": [locale.pk], **more}
    )


def german(model: Any) -> Any:
    return model.objects.filter(locale__language_code="de").first()


def test_an_editor_translates_the_fixed_pages_and_publishes_them(sign_in: SignIn) -> None:
    listed_mentor("Ada Byron")
    editor = sign_in(roles.CONTENT_EDITOR)

    for model in (HomePage, MentorIndexPage, ArticleIndexPage, FaqPage):
        page = model.objects.get()
        assert translate(editor, page).status_code == 302
        made = german(model)
        assert editor.get(f"/cms/pages/{made.pk}/edit/").status_code == 200
        assert not made.live
        made.get_latest_revision().publish()

    assert german(MentorIndexPage).url == "/de/mentoren/"
    assert german(ArticleIndexPage).url == "/de/artikel/"
    assert "Ada Byron" in Browser().get("/de/mentoren/ada/").content.decode()


def test_a_mentors_page_is_translated_by_nobody(sign_in: SignIn) -> None:
    _, _, page = listed_mentor("Ada Byron")
    editor = sign_in(roles.CONTENT_EDITOR)
    translate(editor, HomePage.objects.get())
    translate(editor, MentorIndexPage.objects.get())

    answer = translate(editor, page)

    assert answer.status_code in {302, 403}
    assert page.get_translations().count() == 0


@pytest.mark.parametrize("role", [roles.MENTOR_CURATOR, roles.SUPPORT])
def test_who_is_no_editor_translates_nothing(role: str, sign_in: SignIn) -> None:
    translate(sign_in(role), HomePage.objects.get())

    assert HomePage.objects.count() == 1
