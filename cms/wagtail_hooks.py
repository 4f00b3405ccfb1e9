"""What content adds to the back office: a mentor's public page on the mentor's screen."""

from collections.abc import Sequence
from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.ui.components import Component

from accounts.models import Mentor
from cms.models import MentorProfilePage
from cms.portraits import portrait_data_url
from kernel.backoffice.components import Lines
from kernel.backoffice.contributions import add_sections
from kernel.display import state_html


def page_of_mentor(mentor: Mentor, user: Any) -> Sequence[Component]:
    """Add the public page to a mentor's screen; the link to edit it for those who may."""
    pages = MentorProfilePage.objects.filter(mentor=mentor)
    return [
        Lines(
            title="Public page",
            headings=["Title", "Status", "Headline"],
            rows=[
                (
                    _title(page, user),
                    state_html(page.status_string, tone="success" if page.live else "quiet"),
                    page.headline,
                )
                for page in pages
            ],
            empty="This mentor has no page yet.",
        )
    ]


def _title(page: MentorProfilePage, user: Any) -> str:
    if not page.permissions_for_user(user).can_edit():
        return str(page.title)
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    return format_html('<a href="{}">{}</a>', url, page.title)


add_sections(Mentor, page_of_mentor)


@hooks.register("get_avatar_url")  # type: ignore[untyped-decorator]
def drawn_avatar(user: Any, _size: int) -> str | None:
    """Draw a member of staff who has uploaded no picture; Wagtail would show a grey silhouette.

    Of what the program itself has done, `user` is None: that carries the mark.
    """
    if user is None or user.is_anonymous:
        return static("brand/icon.svg")
    profile = getattr(user, "wagtail_userprofile", None)
    return None if profile is not None and profile.avatar else portrait_data_url(str(user.name))
