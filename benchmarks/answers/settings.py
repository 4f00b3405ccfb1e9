"""The product's settings, with the operations to be measured beside its own."""

from config.settings.test import *  # noqa: F403

ROOT_URLCONF = "benchmarks.answers.urls"
