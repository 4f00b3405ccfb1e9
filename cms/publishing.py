"""What follows a publish, by whomever: an editor, a workflow, many pages at once, the schedule."""

from typing import Any

from django.dispatch import receiver
from wagtail.signals import page_published

from cms.models import MentorProfilePage
from cms.tasks import promise_reading


@receiver(page_published, sender=MentorProfilePage, dispatch_uid="cms: have it read")
def have_it_read(instance: MentorProfilePage, **_more: Any) -> None:
    """Promise that the profile is read for matching."""
    promise_reading(mentor_id=instance.mentor_id)
