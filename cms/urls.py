"""Public addresses of content that are no pages; they come before Wagtail's catch-all.

Those of them that speak have an address in each language (`cms.spoken_urls`).
"""

from django.urls import path
from wagtail.contrib.sitemaps.views import sitemap

from cms import previews, public_views, sharing
from cms.sitemaps import SiteMap

urlpatterns = [
    path("art/<slug:motif>.png", public_views.drawn_picture, name="drawn_picture"),
    path("art/pages/<int:page>-<slug:version>.png", sharing.shared_picture, name="shared_picture"),
    path("media/images/<path:name>", public_views.uploaded_picture, name="uploaded_picture"),
    path("previews/<str:token>/", previews.preview, name="profile_preview"),
    path("robots.txt", public_views.robots, name="robots"),
    path("sitemap.xml", sitemap, {"sitemaps": {"wagtail": SiteMap}}, name="sitemap"),
]
