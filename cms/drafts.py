"""What waits for editors on the first screen: pages whose draft nobody has published."""

from typing import Any

from django.db.models import Q
from django.urls import reverse
from wagtail.models import Page
from wagtail.permission_policies.pages import PagePermissionPolicy

from accounts.models import Mentor
from cms.profile_list import profiles
from kernel import clock
from kernel.backoffice.today import Queue, Queues, Waiting, age_words, rows_wanted


class Drafts(Queues):
    """One queue, for whoever `may_publish` some page. Two queries of its own."""

    name = "drafts"
    order = 15

    def __init__(self, user: Any) -> None:
        self.user = user

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:  # noqa: ARG002
        own = PagePermissionPolicy().instances_user_has_permission_for(self.user, "publish")
        drafts = own.filter(has_unpublished_changes=True).exclude(pk__in=_in_other_queues())
        return {"queues": [self._queue(drafts)]}

    def _queue(self, drafts: Any) -> Queue:
        now = clock.now()
        return Queue(
            label="drafts to publish",
            count=drafts.count(),
            rows=[
                Waiting(
                    title=page.draft_title or page.title,
                    url=reverse("wagtailadmin_pages:edit", args=[page.pk]),
                    detail="live, with changes" if page.live else "not public yet",
                    aside=age_words(now - page.latest_revision_created_at)
                    if page.latest_revision_created_at
                    else "",
                )
                for page in _newest(drafts)
            ],
            url=reverse("wagtailadmin_reports:aging_pages"),
            empty="Every page shows its latest words.",
        )


def may_publish(user: Any) -> bool:
    """Say whether the person may publish some page."""
    return bool(PagePermissionPolicy().user_has_permission(user, "publish"))


def _in_other_queues() -> Any:
    """Profiles that wait for a curator's decision, as applications or as changes."""
    waiting = Q(pending=True) | ~Q(mentor__status=Mentor.Status.LIVE)
    return profiles().filter(waiting).values("pk")


def _newest(drafts: Any) -> list[Page]:
    ordered = drafts.order_by("-latest_revision_created_at", "-pk")
    return list(ordered[: rows_wanted()])
