"""How a translation of the demo is told; `demo.german` makes pages of them."""

from dataclasses import dataclass

from demo.texts.parts import Part


@dataclass(frozen=True, slots=True)
class Translated:
    """An article: `of` is the English one's slug, from which all but words is taken."""

    of: str
    slug: str
    title: str
    lead: str
    body: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class TranslatedDocument:
    """A document; its version and day are those of the English one, which alone binds."""

    of: str
    slug: str
    title: str
    summary: str
    body: str
