"""A letter in its reader's language: `templates/emails/<name>`, in German `…/de/<name>`.

Each language has whole letters of its own, because a letter is translated as a letter: what is one
sentence with three cases in English may be three sentences elsewhere (ADR 39).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from accounts.models import Language


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent: a subject of one line, and the same facts as plain text and as HTML."""

    subject: str
    text: str
    html: str


def render(name: str, context: Mapping[str, Any], *, language: str) -> Letter:
    """Return the letter, its dates and amounts written as its language writes them.

    Raises TemplateDoesNotExist where the language lacks it; a test knows every one.
    """
    folder = "emails" if language == Language.ENGLISH else f"emails/{language}"
    with translation.override(language):
        parts = {
            part: render_to_string(f"{folder}/{name}.{part}", dict(context))
            for part in ("subject", "text", "html")
        }
    return Letter(
        subject=" ".join(parts["subject"].split()), text=parts["text"], html=parts["html"]
    )
