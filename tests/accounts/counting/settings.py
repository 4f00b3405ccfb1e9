"""The tests' settings, with the counting application and keys that the test shares."""

import os
from pathlib import Path

from config.settings.test import *  # noqa: F403
from config.settings.test import INSTALLED_APPS as PRODUCT

INSTALLED_APPS = [*PRODUCT, "tests.accounts.counting.apps.CountingConfig"]
DEMO_MFA = True
TOKEN_KEY_DIR = Path(os.environ["TOKEN_KEYS"])
