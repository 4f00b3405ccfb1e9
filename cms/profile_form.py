"""The editor's form of a mentor's profile."""

import re
from typing import Any

from django.utils.functional import cached_property
from wagtail.admin.forms import WagtailAdminPageForm

_KEY = re.compile(r' data-block-key="[^"]*"')


class ProfileForm(WagtailAdminPageForm):  # type: ignore[misc]
    """Knows words that were only opened from those that were written.

    Whoever approves in the editor sends the whole form; what seems changed in it makes them the
    author of what they approve, and that is refused. The editor names each paragraph by a key of
    its own, which what came over the API has not. And Django looks for a hidden field with the
    subjects as they were, because their default is a callable; the editor has none.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.show_hidden_initial = False

    @cached_property
    def changed_data(self) -> list[str]:
        """The changed fields, without a biography that says the same."""
        names: list[str] = super().changed_data
        if "bio" not in names or not self.is_bound:
            return names
        sent = self.fields["bio"].widget.value_from_datadict(
            self.data, self.files, self.add_prefix("bio")
        )
        if self._said(sent) != self._said(self.get_initial_for_field(self.fields["bio"], "bio")):
            return names
        return [name for name in names if name != "bio"]

    def _said(self, html: str | None) -> str:
        """Return the HTML as the editor writes it, without the names of paragraphs."""
        converter = self.fields["bio"].widget.converter
        kept = converter.to_database_format(converter.from_database_format(html or ""))
        return _KEY.sub("", kept)
