"""As `wagtail start` writes them, for PostgreSQL; answers are compressed as the others' are."""

import os

from config.database import parse_database_url

SCHEMA = "stock"
SECRET_KEY = "nothing-is-secret-in-a-benchmark-of-a-page-that-everybody-may-read"
DEBUG = False
ALLOWED_HOSTS = ["*"]

INSTALLED_APPS = [
    "benchmarks.peers.stock",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]
ROOT_URLCONF = "benchmarks.peers.stock.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
            ]
        },
    }
]

_database = parse_database_url(os.environ["DATABASE_URL"])
_database["ENGINE"] = "django.db.backends.postgresql"
_database["OPTIONS"]["options"] += f" -c search_path={SCHEMA}"
DATABASES = {"default": _database | {"CONN_MAX_AGE": 60}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Tables come from the models as they are: a hundred migrations take longer than the measurement.
MIGRATION_MODULES = dict.fromkeys(
    [
        *("stock", "auth", "contenttypes", "sessions", "taggit", "wagtailadmin", "wagtailcore"),
        *("wagtaildocs", "wagtailembeds", "wagtailforms", "wagtailimages", "wagtailredirects"),
        *("wagtailsearch", "wagtailusers"),
    ]
)

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "/static/"
WAGTAIL_SITE_NAME = "Mentors"
WAGTAILADMIN_BASE_URL = "http://127.0.0.1"
