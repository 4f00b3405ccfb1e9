"""Make the demo's pages: front page, articles, the page for mentors, questions, documents; and the
German ones beside them (`demo.german`).

Each is made once; a page that is there already keeps what an editor made of it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.core.files.base import ContentFile
from django.db import transaction
from wagtail.images.models import Image
from wagtail.models import Page

from accounts.models import User
from cms import versions
from cms.art.drawing import png
from cms.models import (
    ArticlePage,
    Consent,
    FormField,
    FormPage,
    LandingPage,
    LegalPage,
    MentorProfilePage,
)
from cms.site import first_of
from demo.german import make_german
from demo.texts import asking, giving, pages
from demo.texts.documents import DOCUMENTS
from demo.texts.parts import DemoArticle, DemoDocument, Part

PICTURES = {
    "calendar": ("A month", "A month on a sheet of paper, one of its days stamped."),
    "letter": ("A letter", "A written note coming out of an envelope, stamped with a tick."),
}
EDITOR, SUPPORT = "editor@example.com", "support@example.com"


@transaction.atomic
def make_content(*, now: datetime) -> int:
    """Make what is missing; return how many articles there are. Needs the site and the mentors."""
    editor: User | None = User.objects.with_email(EDITOR)
    pictures = make_pictures()
    home = first_of(apps, "HomePage")
    if not home.body:
        home.title, home.lead = pages.HOME_TITLE, pages.HOME_LEAD
        _publish(home, pages.HOME, pictures, by=editor)
    _landing(home, pictures, by=editor)
    questions = first_of(apps, "FaqPage")
    if not questions.body:
        questions.lead = pages.FAQ_LEAD
        _publish(questions, pages.FAQ, pictures, by=editor)
    _form(home, by=editor)
    for document in DOCUMENTS:
        _document(home, document, by=editor)
    index = first_of(apps, "ArticleIndexPage")
    for article in (*asking.ARTICLES, *giving.ARTICLES):
        _article(index, article, pictures, now=now, by=editor)
    make_german(pictures, by=editor, publish=_publish)
    return int(ArticlePage.objects.count())


def agree_to_documents(*, now: datetime) -> None:
    """Have everybody in the demo agree to what is in force, as whoever registers does."""
    documents = versions.in_force(now=now)
    Consent.objects.bulk_create(
        [
            Consent(user_id=user, version=one, at=now, source=Consent.Source.REGISTRATION)
            for user in User.objects.values_list("pk", flat=True)
            for one in documents
        ],
        ignore_conflicts=True,
    )


def make_pictures() -> dict[str, int]:
    """Return the images by motif, drawn anew where a row or its file is missing."""
    found: dict[str, int] = {}
    for motif, (title, description) in PICTURES.items():
        image = Image.objects.filter(title=title).order_by("pk").first() or Image(title=title)
        if not image.file or not image.file.storage.exists(image.file.name):
            image.description = description
            image.file = ContentFile(png(motif), name=f"{motif}.png")
            image.save()
        found[motif] = image.pk
    return found


def _landing(home: Page, pictures: Mapping[str, int], *, by: User | None) -> None:
    if LandingPage.objects.child_of(home).filter(slug="become-a-mentor").exists():
        return
    page = LandingPage(
        slug="become-a-mentor",
        title=pages.MENTORS_TITLE,
        lead=pages.MENTORS_LEAD,
        show_in_menus=True,
    )
    _add(home, page, by=by)
    _publish(page, pages.MENTORS, pictures, by=by)


def _form(home: Page, *, by: User | None) -> None:
    if FormPage.objects.child_of(home).filter(slug=pages.CONTACT_SLUG).exists():
        return
    page = FormPage(
        slug=pages.CONTACT_SLUG,
        title=pages.CONTACT_TITLE,
        lead=pages.CONTACT_LEAD,
        notify=SUPPORT,
        show_in_menus=True,
    )
    page.form_fields = [
        FormField(sort_order=at, **field) for at, field in enumerate(pages.CONTACT_FIELDS)
    ]
    _add(home, page, by=by)
    page.save_revision(user=by).publish(user=by)


def _document(home: Page, told: DemoDocument, *, by: User | None) -> None:
    if LegalPage.objects.child_of(home).filter(slug=told.slug).exists():
        return
    page = LegalPage(
        slug=told.slug,
        title=told.title,
        summary=told.summary,
        version=told.version,
        effective_from=told.effective_from,
        requires_acceptance=told.requires_acceptance,
        body=told.body.strip(),
        show_in_menus=True,
    )
    _add(home, page, by=by)
    page.save_revision(user=by).publish(user=by)


def _article(
    index: Page,
    told: DemoArticle,
    pictures: Mapping[str, int],
    *,
    now: datetime,
    by: User | None,
) -> None:
    if ArticlePage.objects.child_of(index).filter(slug=told.slug).exists():
        return
    profile = MentorProfilePage.objects.filter(mentor__user__email=told.mentor).first()
    page = ArticlePage(
        slug=told.slug,
        title=told.title,
        lead=told.lead,
        author=told.author,
        mentor=profile,
        published_on=(now - timedelta(days=told.days_ago)).date(),
        motif=told.motif,
    )
    _add(index, page, by=by)
    _publish(page, told.body, pictures, by=by)


def _add(parent: Page, page: Page, *, by: User | None) -> None:
    page.owner, page.live = by, False
    parent.refresh_from_db()  # the tree counts its children in the row
    parent.add_child(instance=page)


def _publish(
    page: Page, parts: Sequence[Part], pictures: Mapping[str, int], *, by: User | None
) -> None:
    raw = [{"type": name, "value": _raw(name, value, pictures)} for name, value in parts]
    page.body = page.body.stream_block.to_python(raw)
    page.save_revision(user=by).publish(user=by)


def _raw(name: str, value: Any, pictures: Mapping[str, int]) -> Any:
    if name == "picture":
        return value | {"image": pictures[value["image"]]}
    if name == "hero" and value.get("mentors"):
        found = dict(
            MentorProfilePage.objects.filter(mentor__user__email__in=value["mentors"]).values_list(
                "mentor__user__email", "pk"
            )
        )
        return value | {"mentors": [found[one] for one in value["mentors"] if one in found]}
    return value
