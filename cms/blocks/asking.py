"""A form of the site's, inside of a page."""

from wagtail import blocks


class FormBlock(blocks.StructBlock):  # type: ignore[misc]
    """The form of a form page; without one, or while it is a draft, nothing is shown."""

    heading = blocks.CharBlock(max_length=90)
    text = blocks.TextBlock(required=False, max_length=240)
    page = blocks.PageChooserBlock(
        page_type="cms.FormPage", label="Form", help_text="Its fields are edited on its own page."
    )

    class Meta:
        label = "Form"
        icon = "form"
        template = "blocks/form.html"
        preview_template = "blocks/form_preview.html"
        description = "A form that visitors send from this page, such as a question to the staff."
