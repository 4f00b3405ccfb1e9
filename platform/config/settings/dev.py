"""A developer's machine and the demo: loopback, the gateway stand-in, mail in files."""

from config.settings.base import *  # noqa: F403
from config.settings.base import DATA_DIR, env

DEBUG = env.boolean("DEBUG", default=False)
DEMO = True
DEMO_MFA = env.boolean("DEMO_MFA", default=True)
SECRET_KEY = env.text("SECRET_KEY", "demo-only-not-secret-counterfoil-development-key")

MAILERS = {
    "default": {
        "BACKEND": "notifications.mail_files.EmailBackend",
        "OPTIONS": {"file_path": str(DATA_DIR / "mail")},
    }
}

# No collectstatic: the files are served from where they lie, and looked for when they are asked
# for, so that a new build of the app is served without a restart.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
