"""Production: every secret comes from the environment, and the demo's are refused."""

from secrets import token_urlsafe

from config.env import BadSetting
from config.settings.base import *  # noqa: F403
from config.settings.base import (
    JITSI_APP_SECRET,
    JITSI_WEBHOOK_SECRETS,
    LIVEKIT_API_SECRET,
    OUTBOUND_LOOPBACK,
    PAYPAL_CLIENT_ID,
    PAYPAL_CLIENT_SECRET,
    PAYPAL_PARTNER_ID,
    PAYPAL_WEBHOOK_IDS,
    PUBLIC_URL,
    ROOM_PROVIDER,
    STRIPE_SECRET_KEY,
    STRIPE_WEBHOOK_SECRETS,
    env,
)

DEBUG = False
DEMO = False
DEMO_MFA = True
SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
STRIPE_API_BASE = env.text("STRIPE_API_BASE", "https://api.stripe.com")
PAYPAL_API_BASE = env.text("PAYPAL_API_BASE", "https://api-m.paypal.com")
STREAM_URL = env.text("STREAM_URL", PUBLIC_URL).rstrip("/")  # the proxy tells the two apart
PAYPAL_WEBHOOK_CA = None  # the public authorities

if len(SECRET_KEY) < 50 or SECRET_KEY.startswith("demo-only"):
    raise BadSetting("SECRET_KEY must be at least 50 random characters and not the demo's.")
if not ALLOWED_HOSTS:
    raise BadSetting("ALLOWED_HOSTS is empty. Name the host names that this site answers to.")
if "counterfoil_demo" in STRIPE_SECRET_KEY:
    raise BadSetting("STRIPE_SECRET_KEY is the demo's. Set the key of your own account.")
if any("counterfoil_demo" in secret for secret in STRIPE_WEBHOOK_SECRETS):
    raise BadSetting("STRIPE_WEBHOOK_SECRETS holds the demo's. Set your endpoint's secrets.")
if "counterfoil_demo" in PAYPAL_CLIENT_ID + PAYPAL_CLIENT_SECRET:
    raise BadSetting("PAYPAL_CLIENT_ID or PAYPAL_CLIENT_SECRET is the demo's. Set your app's own.")
if "WHCOMMANDLINE0001" in PAYPAL_WEBHOOK_IDS or PAYPAL_PARTNER_ID == "CTRFE2TSANDBX":
    raise BadSetting(
        "PAYPAL_WEBHOOK_IDS or PAYPAL_PARTNER_ID is the demo's. Set your webhook's id and the "
        "merchant id of your own account."
    )
if OUTBOUND_LOOPBACK:
    raise BadSetting("OUTBOUND_LOOPBACK opens this machine to its mentors. Leave it out.")

# Rooms stay at the provider where they were opened, so both may be set, and reports of both are
# taken. Nobody knows the secrets of one that is not: the demo's would let anybody report for it.
if ROOM_PROVIDER == "jitsi" or env.optional("JITSI_URL"):
    JITSI_URL = env.text("JITSI_URL")
    if any("counterfoil_demo" in secret for secret in [JITSI_APP_SECRET, *JITSI_WEBHOOK_SECRETS]):
        raise BadSetting("JITSI_APP_SECRET or JITSI_WEBHOOK_SECRETS is the demo's. Set your own.")
else:
    JITSI_APP_SECRET, JITSI_WEBHOOK_SECRETS = token_urlsafe(), []
if ROOM_PROVIDER == "livekit" or env.optional("LIVEKIT_URL"):
    LIVEKIT_URL = env.text("LIVEKIT_URL")
    if "counterfoil_demo" in LIVEKIT_API_SECRET:
        raise BadSetting("LIVEKIT_API_SECRET is the demo's. Set the secret of your own project.")
else:
    LIVEKIT_API_SECRET = token_urlsafe()

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "spa.static.StaticStorage"},
}

SECURE_SSL_REDIRECT = env.boolean("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]  # asked from inside, without TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True

MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": env.text("SMTP_HOST"),
            "port": env.integer("SMTP_PORT", 587, low=1, high=65535),
            "username": env.text("SMTP_USER", "none"),
            "password": env.text("SMTP_PASSWORD", "none"),
            "use_tls": env.boolean("SMTP_TLS", default=True),
            "timeout": env.integer("SMTP_TIMEOUT_SECONDS", 20, low=1, high=50),
        },
    }
}
