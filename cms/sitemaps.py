"""The map of the site: every page that a visitor can open, and no other."""

from typing import Any

from wagtail.contrib.sitemaps import Sitemap

from accounts.models import Mentor
from cms.models import MentorProfilePage


class SiteMap(Sitemap):  # type: ignore[misc]
    """All live pages; the profiles of mentors who are not live answer 404 and are left out."""

    def items(self) -> Any:
        hidden = MentorProfilePage.objects.exclude(mentor__status=Mentor.Status.LIVE)
        return super().items().exclude(pk__in=hidden.values("pk"))
