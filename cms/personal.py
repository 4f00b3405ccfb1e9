"""What pages, pictures and the back office keep of people, for exports and erasures."""

from typing import Any

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from wagtail.contrib.forms.models import FormSubmission

from cms.models import FormPage, SiteLook
from kernel.personal import Fate, Table, keep

STAFF = "What somebody did on the site's pages as staff is written down, under a reference."
INDEX = "Made of the page that is in the section of the page, and gone with it."


def tell() -> None:
    """Name the tables; called once, at the start."""
    keep(*_PAGE, *_OFFICE, *_STAFF)


def answers_with(address: str) -> QuerySet[Any]:
    """Return the answers to the site's forms in which an e-mail address stands."""
    text = Cast("form_data", TextField())
    found: QuerySet[Any] = FormSubmission.objects.annotate(text=text).filter(
        text__icontains=address
    )
    return found


def answers_of(user: Any) -> QuerySet[Any]:
    return answers_with(user.email)


def forms_to(user: Any) -> QuerySet[Any]:
    found: QuerySet[Any] = FormPage.objects.filter(notify__iexact=user.email)
    return found


def looks_with(user: Any) -> QuerySet[Any]:
    found: QuerySet[Any] = SiteLook.objects.filter(email__iexact=user.email)
    return found


_PAGE: list[Table] = [
    Table(
        model="wagtailforms.formsubmission",
        rows=answers_of,
        section="form_answers",
        says="What was sent from the site's forms with your e-mail address in it.",
        shown=("page__title", "submit_time", "form_data"),
        fate=Fate.DELETED,
    ),
    Table(
        model="cms.featuring",
        whose=("mentor__user", "by"),
        mine=("mentor__user",),
        section="featured",
        says="That your profile is shown before others.",
        shown=("place", "since", "until"),
        fate=Fate.DELETED,
    ),
    Table(
        model="cms.mentorprofilepage",
        whose=("mentor__user",),
        section="page",
        says="Your public page, as it is or as a draft.",
        shown=(
            "title",
            "draft_title",
            "slug",
            "live",
            "headline",
            "bio",
            "expertise",
            "seo_title",
            "search_description",
            "first_published_at",
            "last_published_at",
        ),
        fate=Fate.DELETED,
    ),
    Table(model="cms.listing", whose=("mentor__user",), says=INDEX, fate=Fate.DELETED),
    Table(model="cms.profilevector", whose=("mentor__user",), says=INDEX, fate=Fate.DELETED),
    Table(
        model="cms.consent",
        whose=("user",),
        section="consents",
        says="Which versions of which documents you agreed to, and when.",
        shown=("version__title", "version__version", "version__digest", "at", "source"),
        fate=Fate.KEPT,
        why="It shows what a contract was made under; it names nobody.",
    ),
    Table(
        model="wagtailimages.image",
        whose=("uploaded_by_user",),
        section="pictures",
        says="Pictures that you uploaded.",
        shown=("title", "file", "created_at"),
        fate=Fate.KEPT,
        stays=("title", "file", "description", "file_hash"),
        why="A portrait is deleted with its page; pictures of the site's pages are the site's.",
    ),
    Table(
        model="wagtaildocs.document",
        whose=("uploaded_by_user",),
        section="documents",
        says="Documents that you uploaded.",
        shown=("title", "file", "created_at"),
        fate=Fate.KEPT,
        stays=("title", "file", "file_hash"),
        why="Documents of the site's pages are the site's.",
    ),
]


_OFFICE: list[Table] = [
    Table(
        model="cms.formpage",
        rows=forms_to,
        says="The address that a form of the site is answered to.",
        fate=Fate.KEPT,
        stays=("lead", "button", "thanks", "notify"),
        why="It is the site's; editors name another address.",
    ),
    Table(
        model="cms.sitelook",
        rows=looks_with,
        says="The address that the site names as its own.",
        fate=Fate.KEPT,
        stays=("name", "about", "email", "phone", "address", "elsewhere", "menu"),
        why="It is the site's; editors name another address.",
    ),
    Table(
        model="cms.profilereviewstate",
        whose=("first_by",),
        says=STAFF,
        fate=Fate.KEPT,
        why="Those of a mentor's own page go with it.",
    ),
    Table(
        model="wagtailusers.userprofile",
        whose=("user",),
        section="back_office",
        says="How the back office looks for you.",
        shown=("preferred_language", "current_time_zone", "theme", "contrast", "density"),
        fate=Fate.DELETED,
    ),
    Table(
        model="wagtailadmin.editingsession",
        whose=("user",),
        says="That a page is open in somebody's browser; gone within the hour.",
        fate=Fate.DELETED,
    ),
    Table(
        model="wagtailadmin.formstate",
        whose=("user",),
        says="What was typed on a page's form and not saved yet.",
        fate=Fate.DELETED,
    ),
    Table(
        model="wagtailcore.apitoken",
        whose=("user",),
        says="Holds nothing but a digest that lets its owner in.",
        fate=Fate.DELETED,
    ),
    Table(
        model="wagtailcore.pagesubscription",
        whose=("user",),
        says="Of which pages' comments somebody on the staff is told.",
        fate=Fate.DELETED,
    ),
    Table(
        model="wagtailcore.comment",
        whose=("user", "resolved_by"),
        mine=("user",),
        section="comments",
        says="Comments that you wrote on pages.",
        shown=("text", "created_at"),
        fate=Fate.DELETED,
    ),
    Table(
        model="wagtailcore.commentreply",
        whose=("user",),
        section="replies_to_comments",
        says="Replies that you wrote to such comments.",
        shown=("text", "created_at"),
        fate=Fate.DELETED,
    ),
    Table(
        model="wagtailcore.uploadedfile",
        whose=("uploaded_by_user",),
        says="An upload that was not finished.",
        fate=Fate.DELETED,
    ),
]


_STAFF: list[Table] = [
        Table(
            model=f"wagtailcore.{name}",
            whose=whose,
            says=STAFF,
            fate=Fate.KEPT,
            stays=stays,
            why=why,
        )
        for name, whose, stays, why in (
            ("page", ("owner", "locked_by"),
             ("path", "title", "draft_title", "slug", "url_path", "seo_title",
              "search_description"),
             "A mentor's own page is deleted; the site's pages are the site's."),
            ("revision", ("user",), ("object_id", "object_str", "content"),
             "Those of a mentor's own page are deleted; the others are the site's."),
            ("modellogentry", ("user",), ("object_id", "action", "label", "data"),
             "Labels that name the person are taken out."),
            ("pagelogentry", ("user",), ("action", "label", "data"),
             "Labels that name the person are taken out."),
            ("workflowstate", ("requested_by",), ("object_id",),
             "Those of a mentor's own page go with it."),
            ("taskstate", ("finished_by",), ("comment",),
             "Those of a mentor's own page go with it."),
        )
]  # fmt: skip
