"""What comes along when a page is translated: who may do something with it."""

from typing import Any

from django.dispatch import receiver
from wagtail.models import GroupPagePermission
from wagtail.signals import copy_for_translation_done


@receiver(copy_for_translation_done, dispatch_uid="cms: translated, same hands")
def give_alike(source_obj: Any, target_obj: Any, **_more: Any) -> None:
    """Give every group on the translation what it was given on the page.

    Rights go down the tree from where they are given, and a language's front page stands beside the
    first one's and not below.
    """
    given = GroupPagePermission.objects.filter(page_id=source_obj.pk)
    GroupPagePermission.objects.bulk_create(
        [
            GroupPagePermission(
                group_id=one.group_id, page_id=target_obj.pk, permission_id=one.permission_id
            )
            for one in given
        ],
        ignore_conflicts=True,
    )
