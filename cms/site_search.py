"""One search over what the site says in a language: articles, questions and answers, other pages,
mentors.

Pages are found by Wagtail's index (kept at every publish; `manage.py update_index` makes it anew),
mentors by the directory, which knows slips of the finger. All words must be there; where nothing
has all of them, one is enough. A few results of each kind: it leads on, it is no list.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.html import strip_tags
from django.utils.text import slugify
from wagtail.models import Locale, Page

from cms import directory, languages
from cms.filtering import Entry, Filters
from cms.models import (
    ArticleIndexPage,
    ArticlePage,
    FaqPage,
    HomePage,
    MentorIndexPage,
    MentorProfilePage,
)

LONGEST = 120  # characters of a query
ARTICLES, ANSWERS, PAGES, MENTORS = 8, 6, 5, 6
_WORD = re.compile(r"\w+")
_SHORTEST = 2  # letters of a word that counts
_COMMON = frozenset(
    ("an", "and", "are", "as", "at", "be", "by", "do", "for", "how", "if", "in", "is", "it", "my",
     "of", "on", "or", "the", "to", "what",
     "das", "der", "die", "ein", "ich", "ist", "und", "was", "wie", "wenn", "zu")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """A question that fits, its answer in plain words, and the address of both."""

    question: str
    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a query found, of each kind the best first. `corrected`: what mentors were found by."""

    articles: Sequence[ArticlePage] = ()
    answers: Sequence[Answer] = ()
    pages: Sequence[Page] = ()
    mentors: Sequence[Entry] = ()
    corrected: str = ""

    def __len__(self) -> int:
        return sum(map(len, (self.articles, self.answers, self.pages, self.mentors)))


def cleaned(text: str) -> str:
    """Return a query as it is searched and shown: one line, without what no column keeps."""
    return " ".join(text.replace("\x00", "").split())[:LONGEST]


def search(query: str, *, now: datetime) -> Found:
    """Return what fits a cleaned query; nothing fits an empty one."""
    if not _WORD.search(query):
        return Found()
    mentors = directory.search(filters=Filters(q=query), now=now, limit=MENTORS)
    fits = "q" not in mentors.relaxed  # else these are mentors who do not fit the words
    return Found(
        articles=_articles(query),
        answers=answers(query),
        pages=_pages(query),
        mentors=mentors.items if fits else (),
        corrected=mentors.corrected if fits else "",
    )


def _articles(query: str) -> list[ArticlePage]:
    live = _spoken(ArticlePage.objects).select_related("hero")
    return _best(live, query, ARTICLES)


def _pages(query: str) -> list[Page]:
    """Pages of the other kinds, each as what it is, with its own words under the title; the lists
    of mentors, articles and questions have their own."""
    others = _spoken(Page.objects).filter(depth__gt=1)
    kinds = (MentorProfilePage, ArticlePage, HomePage, MentorIndexPage, ArticleIndexPage, FaqPage)
    found = _best(others.not_type(*kinds), query, PAGES)
    known = {
        page.pk: page for page in Page.objects.filter(pk__in=[one.pk for one in found]).specific()
    }
    return [known[page.pk] for page in found]


def _spoken(pages: Any) -> Any:
    return pages.live().public().filter(locale=Locale.get_active())


def _best(pages: Any, query: str, most: int) -> list[Any]:
    for operator in ("and", "or"):
        if found := list(pages.search(query, operator=operator)[:most]):
            return found
    return []


def answers(query: str) -> list[Answer]:
    """Return the questions that fit. One page holds all of them, so they are read and compared."""
    words = _telling(query)
    page = _spoken(FaqPage.objects).first()
    if page is None or not words:
        return []
    home = languages.home_path()
    known = [
        (
            Answer(
                item["question"], strip_tags(item["answer"].source), f"{home}{page.slug}/#{anchor}"
            )
        )
        for anchor, item in _questions(page)
    ]
    ranked = sorted(((fit(words, one), -at) for at, one in enumerate(known)), reverse=True)
    least = len(words) if ranked and ranked[0][0][0] == len(words) else 1
    return [known[-at] for (hit, _), at in ranked if hit >= least][:ANSWERS]


def fit(words: Iterable[str], one: Answer) -> tuple[int, int]:
    """Return how many of the words are in an answer, and how many of those in its question."""
    question, text = _letters(one.question), _letters(f"{one.question} {one.words}")
    words = list(words)
    return sum(f" {word}" in text for word in words), sum(f" {word}" in question for word in words)


def _questions(page: FaqPage) -> Iterable[tuple[str, Any]]:
    for block in page.body:
        for item in block.value["questions"]:
            yield slugify(block.value["heading"]), item


def _telling(query: str) -> list[str]:
    words = [word.casefold() for word in _WORD.findall(query) if len(word) >= _SHORTEST]
    return [word for word in words if word not in _COMMON] or words


def _letters(text: str) -> str:
    return " " + " ".join(_WORD.findall(text.casefold()))
