"""Forms that an editor makes: fields, where the answers go, and what the sender is told.

The page only shows the form; answers are taken by `cms.form_answers`, which says why they need no
cookie. Answers are rows of Wagtail's, read and exported under `/cms/forms/`.
"""

from typing import Any, ClassVar

from django import forms
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel, Panel
from wagtail.contrib.forms.forms import FormBuilder
from wagtail.contrib.forms.models import AbstractFormField, FormMixin
from wagtail.models import Page
from wagtail.search import index

from cms.models.addresses import TopLevelPage

KINDS = [
    ("singleline", "One line"),
    ("multiline", "Several lines"),
    ("email", "E-mail address"),
    ("number", "Number"),
    ("url", "Address of a page"),
    ("date", "Day"),
    ("dropdown", "One of a list"),
    ("radio", "One of a few, all shown"),
    ("checkboxes", "Several of a few"),
    ("checkbox", "Yes or no"),
]
LONGEST = 4_000
SENT = "sent"  # of the address where the sender is thanked


class Builder(FormBuilder):  # type: ignore[misc]
    """Makes a form of the fields: bounded, and said to be optional where they are."""

    def get_field_options(self, field: Any) -> dict[str, Any]:
        options: dict[str, Any] = super().get_field_options(field)
        if not field.required:
            options["label"] = gettext("%(label)s (optional)") % {"label": options["label"]}
        return options

    def create_multiline_field(self, _field: Any, options: dict[str, Any]) -> forms.Field:
        widget = forms.Textarea(attrs={"rows": 6})
        return forms.CharField(max_length=LONGEST, widget=widget, **options)

    def create_email_field(self, _field: Any, options: dict[str, Any]) -> forms.Field:
        widget = forms.EmailInput(attrs={"autocomplete": "email"})
        return forms.EmailField(max_length=254, widget=widget, **options)

    def create_date_field(self, _field: Any, options: dict[str, Any]) -> forms.Field:
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), **options)


class FormField(AbstractFormField):  # type: ignore[misc]
    """One field of a form."""

    page = ParentalKey("cms.FormPage", on_delete=models.CASCADE, related_name="form_fields")
    field_type = models.CharField("kind", max_length=16, choices=KINDS)


class FormPage(FormMixin, TopLevelPage):  # type: ignore[misc]
    """A page with a form, such as the way to write to the staff."""

    lead = models.CharField(max_length=240, blank=True, help_text="What it is for, in a sentence.")
    button = models.CharField(
        max_length=40, default="Send your message", help_text="A verb and its object."
    )
    thanks = models.CharField(
        max_length=300,
        default="Thank you. We read everything, and answer within two working days.",
        help_text="What the sender is told.",
    )
    notify = models.EmailField(
        blank=True, help_text="Who gets each answer by e-mail. Empty: it is only kept here."
    )

    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        FieldPanel("lead"),
        InlinePanel("form_fields", heading="Fields", label="Field", min_num=1, max_num=20),
        MultiFieldPanel(
            [FieldPanel("button"), FieldPanel("thanks"), FieldPanel("notify")], heading="Sending"
        ),
    ]
    parent_page_types: ClassVar[list[str]] = ["cms.HomePage"]
    subpage_types: ClassVar[list[str]] = []
    template = "cms/form.html"
    landing_page_template = "cms/form.html"
    search_fields: ClassVar[list[Any]] = [*Page.search_fields, index.SearchField("lead")]
    form_builder = Builder

    def asked(self, data: Any = None) -> forms.Form:
        """Return the form, empty or filled in; its ids are this page's own."""
        made: forms.Form = self.get_form(data, auto_id=f"form-{self.pk}-%s")
        return made

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the empty form; nothing but the words of thanks where it was sent."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return {**context, "form": self.asked(), "sent": SENT in request.GET}

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer the page as every other one is: nothing is taken at its address."""
        response: HttpResponse = TopLevelPage.serve(self, request, *args, **kwargs)
        return response

    def render_landing_page(
        self, request: HttpRequest, form_submission: Any = None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show an editor what the sender is told."""
        del form_submission
        context = {**self.get_context(request, *args, **kwargs), "sent": True}
        return TemplateResponse(request, self.template, context)

    def get_submissions_list_view_class(self) -> type:
        """Return the list whose export cannot run."""
        from cms.form_list import Answers  # noqa: PLC0415 - screens load after models

        return Answers
