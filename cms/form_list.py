"""The answers to a form, as staff read and export them: Wagtail's list, whose cells cannot run."""

from wagtail.contrib.forms.views import SubmissionsListView

from kernel.backoffice.exports import safe_cell


class Answers(SubmissionsListView):  # type: ignore[misc]
    """What strangers wrote never begins a formula in a spreadsheet."""

    def preprocess_field_value(self, field: str, value: object, export_format: str) -> object:
        return safe_cell(super().preprocess_field_value(field, value, export_format))
