"""What a mentor's page says, as a page type with fields, and the setting around it."""

from typing import ClassVar

from django.db import models
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import RichTextField
from wagtail.models import Orderable, Page


class FrontPage(Page):  # type: ignore[misc]
    lead = models.CharField(max_length=240, blank=True)
    content_panels: ClassVar = [*Page.content_panels, FieldPanel("lead")]


class IndexPage(Page):  # type: ignore[misc]
    lead = models.CharField(max_length=240, blank=True)
    content_panels: ClassVar = [*Page.content_panels, FieldPanel("lead")]


class MentorPage(Page):  # type: ignore[misc]
    headline = models.CharField(max_length=140)
    bio = RichTextField(blank=True)
    location = models.CharField(max_length=80, blank=True)
    subjects = models.CharField(max_length=240, blank=True)
    content_panels: ClassVar = [
        *Page.content_panels,
        FieldPanel("headline"),
        FieldPanel("bio"),
        FieldPanel("location"),
        FieldPanel("subjects"),
        InlinePanel("offers"),
    ]


class Offer(Orderable):  # type: ignore[misc]
    page = ParentalKey(MentorPage, on_delete=models.CASCADE, related_name="offers")
    name = models.CharField(max_length=80)
    minutes = models.PositiveSmallIntegerField()
    price = models.DecimalField(max_digits=10, decimal_places=2)
    currency = models.CharField(max_length=3)


@register_setting
class Look(BaseSiteSetting):  # type: ignore[misc]
    name = models.CharField(max_length=40, default="Mentors")
    about = models.CharField(max_length=240, blank=True)
    email = models.EmailField(blank=True)
