"""Wagtail's public addresses, with our own way to the pages (`cms.serving`)."""

from django.urls import re_path
from wagtail import urls

from cms import serving

urlpatterns = [
    *(one for one in urls.urlpatterns if one.name != "wagtail_serve"),
    re_path(urls.serve_pattern, serving.serve, name="wagtail_serve"),
]
