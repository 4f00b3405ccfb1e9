"""What comes along when an editor translates a page: who may change it, and the program's names."""

from typing import Any

from django.dispatch import receiver
from wagtail.models import GroupPagePermission
from wagtail.signals import copy_for_translation_done

from cms import languages
from cms.models import ArticleIndexPage, MentorIndexPage

# What the program calls pages in their addresses, by language.
CALLED = {MentorIndexPage: languages.MENTORS, ArticleIndexPage: languages.ARTICLES}


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


@receiver(copy_for_translation_done, dispatch_uid="cms: translated, called as links say")
def call_as_links_do(target_obj: Any, **_more: Any) -> None:
    """Give the two lists the slug that links of their language lead to."""
    names = CALLED.get(type(target_obj), {})
    slug = names.get(languages.of_page(target_obj))
    if slug:
        target_obj.slug = slug
        target_obj.save()
        target_obj.save_revision()
