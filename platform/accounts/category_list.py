"""Categories in the back office: the list, the words, and which of them a mentor is in."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, cast

from django import forms
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import Button, HeaderButton

from accounts import categories
from accounts.models import Category, Mentor, User
from kernel.backoffice.columns import InstantColumn, ReferenceColumn
from kernel.backoffice.components import Lines
from kernel.backoffice.dialogs import DialogView, Done, Offer
from kernel.backoffice.search import by_reference, by_text
from kernel.backoffice.viewsets import ReadOnlyIndexView, ReadOnlyInspectView, ReadOnlyViewSet
from kernel.display import NOTHING, instant_html, state_words

MAY_ADD = "accounts.add_category"
MAY_RENAME = "accounts.change_category"
MAY_PLACE = "accounts.place_mentor"
MOST = 200


class CategoryIndexView(ReadOnlyIndexView):
    queryset = Category.objects.annotate(count=Count("mentors"))
    empty = "No categories. Add one to give its mentors a commission of their own."
    search_hint = "Name or cat_…"
    default_ordering = "name"
    list_display: ClassVar[list[Any]] = [
        ReferenceColumn("name", url_name="categories:inspect", label="Name", classname=""),
        Column("count", label="Mentors", classname="cf-right"),
        InstantColumn("created_at", label="Since", sort_key="created_at"),
    ]
    exports: ClassVar[dict[str, Any]] = {
        "Reference": "public_id",
        "Name": "name",
        "Mentors": "count",
        "Since": "created_at",
    }

    @property
    def header_buttons(self) -> list[Button]:
        if not self.request.user.has_perm(MAY_ADD):
            return []
        return [HeaderButton("Add a category", url=reverse("add_category"), icon_name="plus")]

    def find(self, query: str) -> Q:
        return by_reference("cat", query) | by_text(query, "name")


class CategoryInspectView(ReadOnlyInspectView):
    @property
    def header_buttons(self) -> list[Button]:
        if not self.request.user.has_perm(MAY_RENAME):
            return []
        url = reverse("rename_category", args=[self.object.pk])
        return [HeaderButton("Rename", url=url, icon_name="edit")]

    def facts(self) -> Sequence[tuple[str, object]]:
        category = self.object
        return [
            ("Reference", category.public_id),
            ("Name", category.name),
            ("Since", instant_html(category.created_at)),
        ]

    def sections(self) -> Sequence[Component]:
        mentors = Mentor.objects.filter(category=self.object).select_related("user")
        return [
            Lines(
                title="Its mentors",
                headings=["Name", "Status", "Location"],
                rows=[
                    (_link(mentor), state_words(mentor.status), mentor.location or NOTHING)
                    for mentor in mentors.order_by("user__name", "pk")[:MOST]
                ],
                empty="Nobody is in it yet. A mentor's own screen has “Choose a category”.",
            )
        ]


class CategoryViewSet(ReadOnlyViewSet):
    model = Category
    name = "categories"
    icon = "tag"
    menu_label = "Categories"
    menu_order = 30
    index_view_class = CategoryIndexView
    inspect_view_class = CategoryInspectView


class NameForm(forms.Form):
    name = forms.CharField(max_length=60, help_text="Such as Career, Leadership or Languages.")


class AddCategoryView(DialogView):
    """A new category, under a name that no other has."""

    permission = MAY_ADD
    form_class = NameForm
    page_title = "Add a category"
    header_icon = "tag"
    intro = "Finance can then give its mentors a commission of their own, under Rates."

    def trail(self) -> Sequence[dict[str, Any]]:
        return [_list()]

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        return [Offer("add", "Add the category")]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        added = categories.add(name=given["name"], by=_person(self))
        return Done(f"Added: {added}.", reverse("categories:inspect", args=[added.pk]))


class RenameCategoryView(DialogView):
    """Other words for the same category."""

    permission = MAY_RENAME
    form_class = NameForm
    page_title = "Rename a category"
    header_icon = "tag"
    intro = "Its mentors and its rates stay as they are."
    category: Category

    def find(self, **kwargs: Any) -> None:
        self.category = get_object_or_404(Category, pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return self.category.name

    def trail(self) -> Sequence[dict[str, Any]]:
        return [_list()]

    def initial(self) -> Mapping[str, Any]:
        return {"name": self.category.name}

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        return [Offer("rename", "Rename it")]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        done = categories.rename(category_id=self.category.pk, name=given["name"], by=_person(self))
        return Done(f"It is called {done} now.", reverse("categories:inspect", args=[done.pk]))


class PlaceForm(forms.Form):
    category = forms.ModelChoiceField(
        Category.objects.order_by("name"), required=False, empty_label="None"
    )


class PlaceMentorView(DialogView):
    """Which category a mentor is in."""

    permission = MAY_PLACE
    form_class = PlaceForm
    page_title = "Choose a category"
    header_icon = "tag"
    intro = (
        "What the mentor sells from now on takes the category's commission, where it has one and "
        "the mentor has none; what is sold keeps its own."
    )
    mentor: Mentor

    def find(self, **kwargs: Any) -> None:
        rows = Mentor.objects.select_related("user", "category")
        self.mentor = get_object_or_404(rows, pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return str(self.mentor)

    def trail(self) -> Sequence[dict[str, Any]]:
        url = reverse("mentor-list:inspect", args=[self.mentor.pk])
        return [{"url": url, "label": str(self.mentor)}]

    def facts(self) -> Sequence[tuple[str, object]]:
        return [("Mentor", _link(self.mentor)), ("Now in", str(self.mentor.category or NOTHING))]

    def initial(self) -> Mapping[str, Any]:
        return {"category": self.mentor.category_id}

    def offers(self, given: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002
        return [Offer("place", "Put the mentor there")]

    def carry_out(self, act: str, given: Mapping[str, Any], *, seen: str) -> Done:  # noqa: ARG002
        chosen = given["category"]
        done = categories.place(
            mentor_id=self.mentor.pk, category_id=chosen.pk if chosen else None, by=_person(self)
        )
        where = f"in {done.category}" if done.category else "in no category"
        return Done(f"{done} is {where} now.", reverse("mentor-list:inspect", args=[done.pk]))


def _person(view: DialogView) -> User:
    return cast("User", view.request.user)


def _list() -> dict[str, Any]:
    return {"url": reverse("categories:index"), "label": "Categories"}


def _link(mentor: Mentor) -> str:
    return format_html(
        '<a href="{}">{}</a>', reverse("mentor-list:inspect", args=[mentor.pk]), mentor
    )
