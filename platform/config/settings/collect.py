"""Collecting the static files while an image is built: no secret, no database is read."""

from config.settings.dev import *  # noqa: F403

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "spa.static.StaticStorage"},
}
