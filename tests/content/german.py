"""A German tree beside the English one, as an editor makes it, with a word or two on each page."""

from typing import Any

from wagtail.models import Locale, Page

from cms.models import ArticleIndexPage, FaqPage, HomePage, MentorIndexPage

QUESTIONS = [
    {
        "type": "faq",
        "value": {
            "heading": "Buchen",
            "questions": [{"question": "Wie geht es?", "answer": "<p>Ganz leicht.</p>"}],
        },
    }
]


def translated(page: Page, slug: str, **words: Any) -> Any:
    """Return the published translation of a page into German."""
    made = page.copy_for_translation(Locale.objects.get(language_code="de"))
    for name, value in ({"slug": slug} | words).items():
        setattr(made, name, value)
    made.save_revision().publish()
    made.refresh_from_db()
    return made


def add_german() -> HomePage:
    """Make the German front page, directory, articles and questions; return the first."""
    home: HomePage = translated(
        HomePage.objects.get(), "home-de", title="Zeit mit Menschen", lead="Buchen Sie eine Stunde."
    )
    translated(MentorIndexPage.objects.get(), "mentoren", title="Mentoren", lead="Alles ist frei.")
    translated(ArticleIndexPage.objects.get(), "artikel", title="Artikel", lead="Notizen.")
    faq = FaqPage.objects.get()
    body = faq.body.stream_block.to_python(QUESTIONS)
    translated(faq, "fragen", title="Fragen", lead="Kurz.", body=body)
    return home
