"""The Django application of content: pages, the directory, the staff's screens of both."""

from django.apps import AppConfig


class CMSConfig(AppConfig):
    name = "cms"
    verbose_name = "Content"
