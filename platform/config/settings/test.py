"""Tests: a fast password hasher, mail in memory, an in-process cache, no demo secrets assumed."""

from config.database import embedded_database
from config.settings.base import *  # noqa: F403
from config.settings.base import DATA_DIR, DATABASE_URL, DATABASES, STATIC_ROOT, env

DEBUG = False
DEMO = True
DEMO_MFA = False
SECRET_KEY = "test-only-secret-key-of-fifty-characters-at-the-least"
if not DATABASE_URL:
    DATABASES["default"] |= embedded_database(DATA_DIR / "test", durable=False)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MEDIA_ROOT = DATA_DIR / "test-media"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns about a missing folder
# A test writes past the web processes, and looks at once.
PAGE_MEMORY_MB = env.integer("PAGE_MEMORY_MB", 0)
