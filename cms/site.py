"""The site and its fixed pages, made once: the front page and, under it, the directory, the
articles and the questions.

Works on live and on historical models alike, so that the migration and the demo share it.
"""

from typing import Any, Protocol
from urllib.parse import urlsplit

from django.utils.http import int_to_base36

from accounts import roles

HOME_SLUG = "home"
INDEX_SLUG = "mentors"
# What stands under the front page besides: model, slug, title.
SHELVES = (
    ("ArticleIndexPage", "articles", "Articles"),
    ("FaqPage", "faq", "Questions"),
)


class Models(Protocol):
    """What `django.apps.apps` and a migration's `apps` have in common."""

    def get_model(self, app_label: str, model_name: str) -> Any: ...


def ensure_site(models: Models, *, public_url: str) -> None:
    """Make the root, the front page, the mentor index and the default site where they miss."""
    home = _home(models)
    _index(models, home)
    site_model = models.get_model("wagtailcore", "Site")
    address = urlsplit(public_url)
    site_model.objects.update_or_create(
        is_default_site=True,
        defaults={
            "hostname": address.hostname or "localhost",
            "port": address.port or (443 if address.scheme == "https" else 80),
            "root_page_id": home.pk,
            "site_name": "Counterfoil",
        },
    )


def ensure_shelves(models: Models) -> None:
    """Make the articles' index and the page of questions where they miss; needs the site."""
    home = first_of(models, "HomePage")
    pages = models.get_model("wagtailcore", "Page").objects
    for name, slug, title in SHELVES:
        model = models.get_model("cms", name)
        if model.objects.exists():
            continue
        children = pages.filter(depth=home.depth + 1, path__startswith=home.path)
        last = children.order_by("-path").values_list("path", flat=True).first() or "0000"
        step = int_to_base36(int(last[-4:], 36) + 1).upper().zfill(4)
        _add(
            models,
            model,
            parent=home,
            path=f"{home.path}{step}",
            slug=slug,
            title=title,
            url_path=f"{home.url_path}{slug}/",
            show_in_menus=True,
        )
        pages.filter(pk=home.pk).update(numchild=children.count())


def ensure_moderation(models: Models) -> None:
    """Have changes of mentors' profiles reviewed by curators where nothing reviews them yet."""
    links = models.get_model("wagtailcore", "WorkflowPage").objects
    index = first_of(models, "MentorIndexPage")
    if links.filter(page_id=index.pk).exists():
        return
    workflow = models.get_model("wagtailcore", "Workflow").objects.create(
        name="Mentor profiles", active=True
    )
    task = models.get_model("cms", "ProfileReview").objects.create(
        name="Review by a mentor curator",
        active=True,
        content_type_id=_content_type(models, "cms", "profilereview").pk,
    )
    groups = models.get_model("auth", "Group").objects
    task.groups.add(groups.get_or_create(name=roles.MENTOR_CURATOR)[0])
    models.get_model("wagtailcore", "WorkflowTask").objects.create(
        workflow_id=workflow.pk, task_id=task.pk, sort_order=0
    )
    links.create(workflow_id=workflow.pk, page_id=index.pk)


def first_of(models: Models, name: str) -> Any:
    """Return the page of a kind that is there once, in the site's first language."""
    return models.get_model("cms", name).objects.get(locale__language_code="en")


def _home(models: Models) -> Any:
    home_model = models.get_model("cms", "HomePage")
    if home := home_model.objects.first():
        return home
    page_model = models.get_model("wagtailcore", "Page")
    root = page_model.objects.filter(depth=1).first() or page_model.objects.create(
        path="0001",
        depth=1,
        slug="root",
        title="Root",
        draft_title="Root",
        url_path="/",
        locale_id=_locale(models).pk,
        content_type_id=_content_type(models, "wagtailcore", "page").pk,
    )
    # Wagtail's own first migration leaves a welcome page where ours goes.
    welcome = page_model.objects.filter(depth=2, content_type__model="page")
    welcome.delete()
    home = _add(
        models,
        home_model,
        parent=root,
        path=f"{root.path}0001",
        slug=HOME_SLUG,
        title="Time with people who have done it",
        url_path=f"/{HOME_SLUG}/",
    )
    page_model.objects.filter(pk=root.pk).update(numchild=1)
    return home


def _index(models: Models, home: Any) -> Any:
    index_model = models.get_model("cms", "MentorIndexPage")
    if index := index_model.objects.first():
        return index
    index = _add(
        models,
        index_model,
        parent=home,
        path=f"{home.path}0001",
        slug=INDEX_SLUG,
        title="Mentors",
        url_path=f"{home.url_path}{INDEX_SLUG}/",
        show_in_menus=True,
    )
    models.get_model("wagtailcore", "Page").objects.filter(pk=home.pk).update(numchild=1)
    return index


def _add(models: Models, model: Any, *, parent: Any, title: str, **fields: Any) -> Any:
    return model.objects.create(
        title=title,
        draft_title=title,
        depth=parent.depth + 1,
        live=True,
        locale_id=_locale(models).pk,
        content_type_id=_content_type(models, "cms", model.__name__.lower()).pk,
        **fields,
    )


def _locale(models: Models) -> Any:
    locale_model = models.get_model("wagtailcore", "Locale")
    return locale_model.objects.get_or_create(language_code="en")[0]


def _content_type(models: Models, app_label: str, model: str) -> Any:
    types = models.get_model("contenttypes", "ContentType").objects
    return types.get_or_create(app_label=app_label, model=model)[0]
