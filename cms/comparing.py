"""How what waits is compared with what is public: in words, for a curator to read.

Wagtail shows a list as Python writes it, and sets the paragraphs of a text one behind the other.
"""

import re

from django.contrib.postgres.fields import ArrayField
from django.utils.safestring import SafeString
from wagtail.admin.compare import FieldComparison, diff_text, register_comparison_class
from wagtail.fields import RichTextField
from wagtail.utils.text import text_from_html

ENDS = re.compile(r"(</(?:p|li|h[1-6]|blockquote)>|<br\s*/?>)")


class ListComparison(FieldComparison):  # type: ignore[misc]
    """Entries of a list, separated by commas."""

    def htmldiff(self) -> SafeString:
        return _diff(", ".join(self.val_a or ()), ", ".join(self.val_b or ()))


class ParagraphsComparison(FieldComparison):  # type: ignore[misc]
    """Formatted text, each paragraph on a line of its own."""

    def htmldiff(self) -> SafeString:
        return _diff(_lines(self.val_a), _lines(self.val_b))


def _lines(html: str | None) -> str:
    return str(text_from_html(ENDS.sub(r"\n\1", html or "")))


def _diff(before: str, after: str) -> SafeString:
    escaped = diff_text(before, after).to_html()
    return SafeString(escaped.replace("\n", "<br>"))


register_comparison_class(ArrayField, comparison_class=ListComparison)
register_comparison_class(RichTextField, comparison_class=ParagraphsComparison)
