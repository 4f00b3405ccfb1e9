"""The public pages; the back office is not what is measured."""

from django.urls import include, path
from wagtail import urls

urlpatterns = [path("", include(urls))]
