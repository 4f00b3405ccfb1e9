"""Every URL of the product; Wagtail's catch-all comes last."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.conf.urls.static import static
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from api import calendar_feed, reference, social_return
from api.api import api
from api.errors import unknown_address
from cms import pictures, stylesheet
from kernel import health
from notifications import unsubscribing
from spa import views as spa
from spa.web_manifest import web_manifest

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/openapi.json", reference.document),
    path("api/", unknown_address),  # before django-ninja's own root, which answers worse
    path("api/", api.urls),
    # Nothing under /api/ may fall through to Wagtail, which answers with pages.
    re_path(r"^api(?:/|$)", unknown_address),
    path("livez", health.livez),
    path("readyz", health.readyz),
    path("calendar/<str:secret>.ics", calendar_feed.serve, name="calendar-feed"),
    path("social/returned", social_return.returned, name="social-returned"),
    path("emails/unsubscribe", unsubscribing.unsubscribe, name="unsubscribe"),
    path("accounts/", include("accounts.staff_urls")),
    # Wagtail's own sign-in knows neither the second factor nor the limit on guesses.
    path("cms/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("cms/", include(wagtailadmin_urls)),
    path("look/<slug:version>.css", stylesheet.serve, name="look"),
    path("portraits/<slug:slug>.svg", pictures.portrait, name="portrait"),
    path("documents/", include(wagtaildocs_urls)),
    re_path(r"^login/?$", spa.to_app, {"address": "/app/login"}),
    re_path(r"^dashboard/?$", spa.to_app, {"address": "/app"}),
    path("app/manifest.webmanifest", web_manifest, name="web-manifest"),
    re_path(r"^app(?:/.*)?$", spa.host_page),
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
    path("", include("cms.urls")),
    # English as ever, German under /de/ (cms/languages.py).
    *i18n_patterns(
        path("", include("cms.spoken_urls")),
        path("", include("cms.page_urls")),
        prefix_default_language=False,
    ),
]
