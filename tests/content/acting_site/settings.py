"""The tests' settings, with the acts beside the product's own addresses."""

from config.settings.test import *  # noqa: F403

ROOT_URLCONF = "tests.content.acting_site.urls"
