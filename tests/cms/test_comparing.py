"""What a curator reads of a change: words, each paragraph apart, entries as they are written."""

import pytest
from django.urls import reverse

from accounts import roles
from cms.curation import submit
from cms.models import MentorProfilePage
from tests.cms.conftest import SignIn, listed_mentor

pytestmark = pytest.mark.django_db


def test_a_change_is_shown_in_words(sign_in: SignIn) -> None:
    _, _, page = listed_mentor(
        "Ada Byron",
        bio="<p>I led teams.</p><p>Bring one &lt;decision&gt;.</p>",
        expertise=("Interviews", "Career change"),
    )
    page.bio = "<p>I led two teams.</p><p>Bring one &lt;decision&gt;.</p>"
    page.expertise = ["Interviews", "First <b>days</b>"]
    submit(page, by=page.mentor.user)
    url = reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, "live", "latest"])

    html = sign_in(roles.MENTOR_CURATOR).get(url).content.decode()

    assert 'I led<span class="addition"> two</span> teams.<br>Bring one &lt;decision&gt;.' in html
    assert "Interviews, " in html
    assert "First &lt;b&gt;days&lt;/b&gt;" in html
    assert "[&#x27;" not in html
    assert MentorProfilePage.objects.get(pk=page.pk).expertise == ["Interviews", "Career change"]


def test_the_editor_leads_to_what_would_change(sign_in: SignIn) -> None:
    _, _, page = listed_mentor("Ada Byron")
    editor = reverse("wagtailadmin_pages:edit", args=[page.pk])
    compare = reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, "live", "latest"])
    browser = sign_in(roles.MENTOR_CURATOR)
    assert compare not in browser.get(editor).content.decode()

    page.headline = "New words"
    submit(page, by=page.mentor.user)
    html = browser.get(editor).content.decode()

    assert "This change waits for a decision." in html
    assert f'href="{compare}"' in html
    assert "See what would change" in html
