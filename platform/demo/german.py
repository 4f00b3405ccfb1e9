"""Make the demo's German pages: translations of the English ones, in a tree of their own.

Made by Wagtail's own means, as an editor makes one with *Translate*; each is made once. All but
words is the English page's: author, picture, version of a document.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from wagtail.models import Locale, Page

from accounts.models import User
from cms.models import (
    ArticleIndexPage,
    ArticlePage,
    FaqPage,
    FormField,
    FormPage,
    HomePage,
    LandingPage,
    LegalPage,
    MentorIndexPage,
)
from demo.texts.german import articles, documents, pages

type Publish = Callable[..., None]


def make_german(pictures: Mapping[str, int], *, by: User | None, publish: Publish) -> None:
    """Make what is missing. `publish` fills a page with parts and publishes it (`demo.content`)."""
    maker = _Maker(Locale.objects.get(language_code="de"), pictures, by, publish)
    maker.make(HomePage, "home-de", pages.HOME, title=pages.HOME_TITLE, lead=pages.HOME_LEAD)
    maker.make(MentorIndexPage, "mentoren", title="Mentoren", lead=pages.MENTORS_LEAD)
    maker.make(ArticleIndexPage, "artikel", title=pages.ARTICLES_TITLE, lead=pages.ARTICLES_LEAD)
    maker.make(FaqPage, "fragen", pages.FAQ, title=pages.FAQ_TITLE, lead=pages.FAQ_LEAD)
    maker.make(
        LandingPage,
        "mentor-werden",
        pages.MENTORS,
        of="become-a-mentor",
        title=pages.MENTORS_TITLE,
        lead=pages.MENTORS_TO_BE_LEAD,
    )
    maker.make(
        FormPage,
        "kontakt",
        of="contact",
        title=pages.CONTACT_TITLE,
        lead=pages.CONTACT_LEAD,
        button=pages.CONTACT_BUTTON,
        thanks=pages.CONTACT_THANKS,
        form_fields=[
            FormField(sort_order=at, **field) for at, field in enumerate(pages.CONTACT_FIELDS)
        ],
    )
    for document in documents.DOCUMENTS:
        maker.make(
            LegalPage,
            document.slug,
            of=document.of,
            title=document.title,
            summary=document.summary,
            body=document.body.strip(),
        )
    for told in articles.ARTICLES:
        maker.make(ArticlePage, told.slug, told.body, of=told.of, title=told.title, lead=told.lead)


@dataclass(frozen=True, slots=True)
class _Maker:
    locale: Locale
    pictures: Mapping[str, int]
    by: User | None
    publish: Publish

    def make(
        self, model: type[Page], slug: str, parts: Any = None, *, of: str = "", **words: Any
    ) -> None:
        """Translate the English page of a kind, or the one that is called `of`, if none has yet."""
        english = model.objects.filter(locale__language_code="en")
        page = english.get(slug=of) if of else english.get()
        if page.has_translation(self.locale):
            return
        made = page.copy_for_translation(self.locale)
        # Read anew: an object of a person keeps what they might do before this page was there.
        by = User.objects.get(pk=self.by.pk) if self.by is not None else None
        for name, value in ({"slug": slug, "owner": by} | words).items():
            setattr(made, name, value)
        if parts is not None:
            self.publish(made, parts, self.pictures, by=by)
        else:
            made.save_revision(user=by).publish(user=by)
