"""What is the same everywhere. A place-specific module imports all of this and adds its own.

Secrets and addresses come from the environment through `config.env`; README.md has the table.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

from config.database import embedded_database, parse_database_url
from config.env import Env
from config.social import social_providers
from spa import policy

env = Env()

ROOT = Path(__file__).resolve().parents[3]
DATA_DIR = Path(env.text("DATA_DIR", str(ROOT / "var"))).resolve()

DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
PORT = env.integer("PORT", 8000, low=1, high=65535)
STREAM_PORT = env.integer("STREAM_PORT", 8002, low=1, high=65535)
SANDBOX_PORT = env.integer("SANDBOX_PORT", 8001, low=1, high=65535)
PUBLIC_URL = env.text("PUBLIC_URL", f"http://127.0.0.1:{PORT}").rstrip("/")

INSTALLED_APPS = [
    "kernel",
    "accounts",
    "notifications",
    "webhooks",
    "scheduling",
    "messaging",
    "billing",
    "cms",
    "api",
    "demo",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.simple_translation",
    "wagtail.embeds",
    "wagtail.sites",
    "accounts.wagtail_users.UsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "ninja",
    "django_filters",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.headless",
    "allauth.socialaccount",
    "django_q",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
]

MIDDLEWARE = [
    "kernel.middleware.RequestIdMiddleware",
    "api.middleware.CorsMiddleware",
    "api.middleware.ProblemMiddleware",
    "django.middleware.security.SecurityMiddleware",
    # `config.pages`: what only pages need, a call of the API passes by.
    "config.pages.Compress",
    "config.pages.Static",
    "config.pages.ContentPolicy",
    "spa.middleware.StaffPolicyMiddleware",
    "config.pages.Language",
    "config.pages.Session",
    "config.pages.Common",
    "config.pages.Csrf",
    "config.pages.Authentication",
    "config.pages.Messages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.pages.StaffSecondFactor",
    "config.pages.BackOfficeDoor",
    "config.pages.Redirects",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
            ]
        },
    }
]

# --- Database ------------------------------------------------------------------------------
DATABASE_URL = env.optional("DATABASE_URL")
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **(parse_database_url(DATABASE_URL) if DATABASE_URL else embedded_database(DATA_DIR)),
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Shared by all processes, whatever they are: limits that count in one process are no limits.
CACHE_URL = env.optional("CACHE_URL")
CACHES: dict[str, dict[str, Any]] = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE_URL}
        if CACHE_URL
        else {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "kernel_cache",
        }
    )
}

# Public pages that each web process keeps in memory (docs/operations.md); 0: none.
PAGE_MEMORY_MB = env.integer("PAGE_MEMORY_MB", 32, high=4096)

# --- Time and words ------------------------------------------------------------------------
USE_TZ = True
TIME_ZONE = "UTC"
# Whose days and months the market's reports count by. The books keep UTC.
MARKET_TIME_ZONE = env.zone("MARKET_TIME_ZONE", "UTC")
LANGUAGE_CODE = "en"
USE_I18N = True
# The public pages speak these; the first part of an address says which (cms/languages.py).
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [ROOT / "locale"]
WAGTAIL_I18N_ENABLED = True
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES

# --- Static and media ----------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(DATA_DIR / "static")))
SPA_DIST = ROOT / "frontend" / "dist"
STATICFILES_DIRS = [ROOT / "static", ("spa", SPA_DIST)]
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"

# --- People --------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
SILENCED_SYSTEM_CHECKS = [
    # The e-mail is unique by a constraint on its lower case, which this check does not see.
    "auth.W004",
    # The app's build is made, not committed; its page says so where it is missing.
    "staticfiles.W004",
]
# One backend (it is a ModelBackend): with two, every wrong password would be hashed twice.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/cms/"
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# How long each kind of the staff's inbox may wait before it is late; others as INBOX_TARGET.
INBOX_TARGET = timedelta(days=2)
INBOX_TARGETS = {
    "applications": timedelta(days=3),
    "profiles": timedelta(days=1),
    "review-reports": timedelta(days=1),
    "message-reports": timedelta(hours=12),
    "incidents": timedelta(days=1),
    "to-settle": timedelta(days=1),
    "disputes": timedelta(days=3),
    "breaks": timedelta(days=2),
    "periods": timedelta(days=3),
    "jobs": timedelta(hours=4),
    "emails": timedelta(hours=4),
    "webhooks": timedelta(hours=12),
    "gateway-events": timedelta(hours=4),
}
# Guesses are counted by accounts.throttle, in rows that the API's sign-in shares.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None, "reset_password": None}
ACCOUNT_FORMS = {"reset_password": "accounts.forms.ResetPasswordForm"}
HEADLESS_ONLY = False
MFA_ADAPTER = "accounts.adapters.MFAAdapter"
MFA_FORMS = {
    "authenticate": "accounts.forms.AuthenticateForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
}
MFA_TOTP_ISSUER = "Counterfoil"
# The codes before and after this one are good too; each once (accounts/second_factor.py).
MFA_TOTP_TOLERANCE = 1
# The back office's pages take codes; passkeys are for the API (accounts/passkeys.py).
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
# Whoever changes how they sign in has proved to be themselves so recently (accounts/proofs.py).
PROOF_LIFETIME = timedelta(minutes=10)

# Other sites to sign in with (README.md); none unless they are named.
SOCIAL_PROVIDERS = social_providers(env)

# --- Tokens (see platform/accounts/tokens.py) ------------------------------------------------
ACCESS_TOKEN_LIFETIME = timedelta(minutes=10)
REFRESH_IDLE_LIFETIME = timedelta(days=7)
REFRESH_ABSOLUTE_LIFETIME = timedelta(days=30)
REFRESH_GRACE = timedelta(seconds=10)
TOKEN_ISSUER = "counterfoil"
TOKEN_AUDIENCE = "counterfoil-api"
TOKEN_KEY_DIR = DATA_DIR / "keys"
# A signing key is replaced after so many days; 0 leaves it to `manage.py rotate_token_keys`.
TOKEN_KEY_DAYS = env.integer("TOKEN_KEY_DAYS", 30, high=3650)
TRUSTED_PROXIES = env.integer("TRUSTED_PROXIES", 0, high=8)

# --- Bookings --------------------------------------------------------------------------------
HOLD_MINUTES = env.integer("HOLD_MINUTES", 15, low=1, high=120)
WAITLIST_OFFER_MINUTES = env.integer("WAITLIST_OFFER_MINUTES", 30, low=5, high=1440)
MAX_UNPAID_HOLDS = 3
SLOT_TOKEN_LIFETIME = timedelta(minutes=30)

# Whether calendars are fetched from this machine too: for a demo or a test, never in production.
OUTBOUND_LOOPBACK = env.boolean("OUTBOUND_LOOPBACK", default=False)

# --- Video rooms (docs/rooms.md) --------------------------------------------------------------
ROOM_PROVIDER = env.choice("ROOM_PROVIDER", "jitsi", ("jitsi", "livekit"))
JITSI_URL = env.text("JITSI_URL", f"http://127.0.0.1:{SANDBOX_PORT}/rooms")
JITSI_DOMAIN = env.text("JITSI_DOMAIN", "*")
JITSI_APP_ID = env.text("JITSI_APP_ID", "counterfoil_demo")
JITSI_APP_SECRET = env.text("JITSI_APP_SECRET", "counterfoil_demo_secret_of_the_rooms")
JITSI_WEBHOOK_SECRETS = env.words("JITSI_WEBHOOK_SECRETS", "counterfoil_demo_rooms_webhooks")
LIVEKIT_URL = env.text("LIVEKIT_URL", "ws://127.0.0.1:7880")
LIVEKIT_MEET_URL = env.text("LIVEKIT_MEET_URL", "https://meet.livekit.io/custom")
LIVEKIT_API_KEY = env.text("LIVEKIT_API_KEY", "counterfoil_demo")
LIVEKIT_API_SECRET = env.text("LIVEKIT_API_SECRET", "counterfoil_demo_secret_of_the_rooms")
# Who waits so long for the other has waited long enough; the room, and what is told late of it,
# counts for so long after the end.
ROOM_PATIENCE = timedelta(minutes=env.integer("ROOM_PATIENCE_MINUTES", 10, low=1, high=60))
ROOM_SETTLING = timedelta(minutes=env.integer("ROOM_SETTLING_MINUTES", 5, low=1, high=60))

# --- Money -----------------------------------------------------------------------------------
DISPUTE_WINDOW = timedelta(days=env.integer("DISPUTE_WINDOW_DAYS", 3, high=120))
# Another destination than before is paid after so many days (billing/payout_accounts.py).
PAYOUT_COOL_OFF = timedelta(days=env.integer("PAYOUT_COOL_OFF_DAYS", 3, high=30))
# The day of the month on which finance pays mentors; they are told the next one.
PAYOUT_DAY = env.integer("PAYOUT_DAY", 1, low=1, high=28)
PAYOUT_RETURN_WINDOW = timedelta(days=env.integer("PAYOUT_RETURN_WINDOW_DAYS", 30, high=365))
STRIPE_SECRET_KEY = env.text("STRIPE_SECRET_KEY", "sk_test_counterfoil_demo")
STRIPE_PUBLISHABLE_KEY = env.text("STRIPE_PUBLISHABLE_KEY", "pk_test_counterfoil_demo")
STRIPE_WEBHOOK_SECRETS = env.words("STRIPE_WEBHOOK_SECRETS", "whsec_counterfoil_demo")
STRIPE_API_BASE = env.text("STRIPE_API_BASE", f"http://127.0.0.1:{SANDBOX_PORT}")
STRIPE_TIMEOUT_SECONDS = env.integer("STRIPE_TIMEOUT_SECONDS", 10, low=1, high=80)

PAYPAL_CLIENT_ID = env.text("PAYPAL_CLIENT_ID", "counterfoil_demo_client")
PAYPAL_CLIENT_SECRET = env.text("PAYPAL_CLIENT_SECRET", "counterfoil_demo_secret")
PAYPAL_API_BASE = env.text("PAYPAL_API_BASE", f"http://127.0.0.1:{SANDBOX_PORT}/paypal")
PAYPAL_WEBHOOK_IDS = env.words("PAYPAL_WEBHOOK_IDS", "WHCOMMANDLINE0001")
# Who vouches for the certificates that sign webhooks: the stand-in's own authority, or the public
# ones where this is None.
PAYPAL_WEBHOOK_CA: Path | None = Path(
    env.text("PAYPAL_WEBHOOK_CA", str(DATA_DIR / "sandbox" / "paypal-ca.pem"))
)
PAYPAL_PARTNER_ID = env.text("PAYPAL_PARTNER_ID", "CTRFE2TSANDBX")
PAYPAL_TIMEOUT_SECONDS = env.integer("PAYPAL_TIMEOUT_SECONDS", 10, low=1, high=80)

# --- Jobs --------------------------------------------------------------------------------------
# The queue is only a clock and a nudge: work itself is a row of kernel.Job (docs/operations.md).
# `retry` exceeds every timeout, or a slow task would run twice.
Q_CLUSTER = {
    "name": "counterfoil",
    "orm": "default",
    "workers": env.integer("WORKERS", 2, low=1, high=64),
    "timeout": 300,
    "retry": 600,
    "max_attempts": 3,
    "ack_failures": True,
    "catch_up": False,
    "poll": 0.5,
    "queue_limit": 50,
    "save_limit": 1000,
    "label": "Jobs",
}

# --- Mail --------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Counterfoil <hello@counterfoil.example>")

# --- Wagtail -----------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = "Counterfoil"
WAGTAILADMIN_BASE_URL = PUBLIC_URL
WAGTAILADMIN_LOGIN_URL = LOGIN_URL
# Passwords are changed in the app and reset there or under /accounts/, never by Wagtail's pages.
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 8 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 40_000_000
# No SVG, for anybody: it is a document that runs (cms/uploads.py).
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_IMAGE_FORM_BASE = "cms.uploads.ImageForm"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "cms.uploads.DocumentForm"
WAGTAILDOCS_EXTENSIONS = ["pdf", "txt", "csv", "docx", "xlsx", "pptx", "odt", "ods"]
WAGTAILDOCS_INLINE_CONTENT_TYPES: list[str] = []  # every document is a download
WAGTAILDOCS_SERVE_METHOD = "serve_view"

# --- Safety ------------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CSP = policy.PUBLIC
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "SAMEORIGIN"
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
API_MAX_BODY_BYTES = 1024 * 1024
# After so long the database stops a statement of the web process (config/wsgi.py).
WEB_STATEMENT_SECONDS = env.integer("WEB_STATEMENT_SECONDS", 15, low=1, high=3600)
API_READS_PER_MINUTE = env.integer("API_READS_PER_MINUTE", 6000, low=1)
API_WRITES_PER_MINUTE = env.integer("API_WRITES_PER_MINUTE", 1200, low=1)
# The discovery flow asks visitors to sign in before they search; a site may open it (ADR 0002).
DIRECTORY_OPEN = env.boolean("DIRECTORY_OPEN", default=False)
CORS_ALLOWED_ORIGINS = env.words("CORS_ALLOWED_ORIGINS")
# Where browsers reach the stream process; behind a proxy it has the site's own origin.
STREAM_URL = env.text("STREAM_URL", f"http://127.0.0.1:{STREAM_PORT}").rstrip("/")
# LISTEN needs a session of its own: past a pooler that shares connections between transactions.
STREAM_DATABASE_URL = env.optional("STREAM_DATABASE_URL")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"redact": {"()": "kernel.logs.RedactSecrets"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["redact"],
        }
    },
    # One line a call to a gateway is noise; what went wrong comes as an exception.
    # So are the steps of a page's publishing, which Wagtail keeps in its own log table.
    "loggers": {
        name: {"level": "WARNING"}
        for name in ("stripe", "httpx", "httpcore", "wagtail", "django_tasks", "fontTools", "fpdf")
    },
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "INFO")},
}
