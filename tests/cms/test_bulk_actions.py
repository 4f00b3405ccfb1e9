"""Bulk actions: each registered one, forged by whoever may not, and the holes of Wagtail's own."""

from typing import Any
from unittest.mock import patch

import pytest
from django.apps import apps
from django.test import Client as Browser
from wagtail.admin.views.bulk_action import BulkAction
from wagtail.admin.views.bulk_action.registry import bulk_action_registry
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import Collection, Page

from accounts import roles
from billing.models import Payment
from cms import bulk
from cms.bulk import GuardedBulkAction, asks_each_row
from cms.models import MentorIndexPage
from tests.cms.conftest import SignIn, listed_mentor
from tests.cms.matrix.world import picture
from tests.factories.billing import paid_session
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db

EDITOR, CURATOR = roles.CONTENT_EDITOR, roles.MENTOR_CURATOR
# Who may, of those who are no superuser. Nobody may act on many people.
MAY = {
    ("wagtailcore", "page", "delete"): {EDITOR, CURATOR},
    ("wagtailcore", "page", "move"): {EDITOR, CURATOR},
    ("wagtailcore", "page", "publish"): {EDITOR, CURATOR},
    ("wagtailcore", "page", "unpublish"): {EDITOR, CURATOR},
    ("wagtailimages", "image", "add_tags"): {EDITOR},
    ("wagtailimages", "image", "add_to_collection"): {EDITOR},
    ("wagtailimages", "image", "delete"): {EDITOR},
    ("wagtaildocs", "document", "add_tags"): set(),
    ("wagtaildocs", "document", "add_to_collection"): set(),
    ("wagtaildocs", "document", "delete"): set(),
    ("accounts", "user", "assign_role"): set(),
    ("accounts", "user", "delete"): set(),
    ("accounts", "user", "set_active_state"): set(),
}
ASKING = (roles.MENTOR, roles.MENTOR_IN_CMS, *roles.STAFF_GROUPS)


def registered() -> dict[tuple[str, str, str], type[BulkAction]]:
    bulk_action_registry._scan_for_bulk_actions()
    return {
        (label, model, action): found
        for label, models in bulk_action_registry.actions.items()
        for model, actions in models.items()
        for action, found in actions.items()
    }


def rows_of(model: str) -> Any:
    """Two rows of the model, as every role but their owner finds them."""
    if model == "page":
        return [listed_mentor("Ada Byron")[2].page_ptr, listed_mentor("Bob Noyce")[2].page_ptr]
    if model == "image":
        return [Image.objects.create(title=f"P{n}", file=picture()) for n in (1, 2)]
    if model == "document":
        return [Document.objects.create(title=f"D{n}", file=picture()) for n in (1, 2)]
    return [UserFactory(), UserFactory()]


def state_of(rows: Any) -> list[Any]:
    """What the database says of the rows, and of what hangs on them."""
    model = type(rows[0])
    pks = [row.pk for row in rows]
    tags = [sorted(row.tags.names()) for row in rows] if hasattr(model, "tags") else []
    return [*model._default_manager.filter(pk__in=pks).order_by("pk").values(), *tags]


def form_for(action: str) -> dict[str, object]:
    extra = Collection.get_first_root_node().add_child(name=f"For {action}")
    index = MentorIndexPage.objects.get()
    return {
        "tags": "forged",
        "collection": extra.pk,
        "chooser": index.get_parent().pk,
        "mark_as_active": "False",
        "role": 1,
    }


def test_every_registered_action_has_a_line_and_none_reaches_a_business_row() -> None:
    assert set(registered()) == set(MAY)
    for (label, model, _), action in registered().items():
        wagtails = action.__module__.startswith("wagtail.")
        assert wagtails or issubclass(action, GuardedBulkAction), action
        assert apps.get_model(label, model)._meta.app_label not in {"billing", "scheduling"}


@pytest.mark.parametrize("key", MAY, ids=".".join)
def test_a_forged_bulk_action_changes_nothing(
    key: tuple[str, str, str], sign_in: SignIn, subtests: pytest.Subtests
) -> None:
    label, model, action = key
    rows = rows_of(model)
    url = f"/cms/bulk/{label}/{model}/{action}/?" + "&".join(f"id={row.pk}" for row in rows)
    form = form_for(action)
    before = state_of(rows)

    for role in (*set(ASKING) - MAY[key], "nobody"):
        with subtests.test(role):
            browser = Browser() if role == "nobody" else sign_in(role)
            answers = [browser.get(url), browser.post(url, form)]
            if (model, role) != ("image", CURATOR):
                assert [answer.status_code for answer in answers] == [302, 302]
                assert {where(answer) for answer in answers} <= {"/accounts/login/", "/cms/"}
            else:  # who uploads pictures acts on the own ones, and these are none
                assert "permission" in answers[0].content.decode()
            assert state_of(rows) == before
    for role in MAY[key] - ({CURATOR} if action == "move" else set()):
        assert sign_in(role).get(url).status_code == 200


def where(answer: Any) -> str:
    return str(answer.headers["Location"]).partition("?")[0]


@pytest.mark.parametrize("action", ["unpublish", "delete"])
def test_the_same_form_works_for_who_may(action: str, sign_in: SignIn) -> None:
    rows = rows_of("page")
    before = state_of(rows)

    url = f"/cms/bulk/wagtailcore/page/{action}/?id={rows[0].pk}"
    assert sign_in(CURATOR).post(url, {}).status_code == 302

    assert state_of(rows) != before
    assert Page.objects.filter(pk=rows[1].pk, live=True).exists()


class Careless(BulkAction):
    """What Wagtail lets a developer write: it says nothing of permissions."""

    display_name = aria_label = "Pay out"
    action_type = "pay_out"
    template_name = "wagtailadmin/pages/bulk_actions/confirm_bulk_publish.html"
    models = (Payment,)
    done: list[int] = []  # noqa: RUF012 - what was acted on, for the test to see

    @classmethod
    def execute_action(cls, objects: Any, **_: Any) -> tuple[int, int]:
        cls.done.append(len(objects))
        return len(objects), 0


def test_a_careless_action_is_open_to_all_in_wagtail_and_to_nobody_here(sign_in: SignIn) -> None:
    """The hole, and the negative control: without our objection an auditor pays out."""
    _, payment = paid_session()
    url = f"/cms/bulk/billing/payment/pay_out/?id={payment.pk}"
    careless = {"payment": {"pay_out": Careless}}
    auditor, root = sign_in(roles.AUDITOR), sign_in("admin")
    Careless.done.clear()

    with patch.dict(bulk_action_registry.actions, {"billing": careless}):
        with patch.object(bulk, "objection", lambda *_, **__: ""):
            auditor.post(url, {})
        assert Careless.done == [1]
        for browser in (auditor, root):
            assert browser.post(url, {}).headers["Location"] == "/cms/"

    assert Careless.done == [1]
    assert not asks_each_row(Careless)


def test_select_all_would_take_what_the_filter_hides_and_is_refused(sign_in: SignIn) -> None:
    rows = rows_of("page")
    index = rows[0].get_parent()
    shown = f"id=all&childOf={index.pk}&owner={rows[0].owner_id or ''}&slug={rows[0].slug}"
    url = f"/cms/bulk/wagtailcore/page/unpublish/?{shown}"
    editor = sign_in(EDITOR)

    answer = editor.post(url, {}, follow=True)
    assert "select all” takes what a filter hides" in answer.content.decode()
    assert Page.objects.filter(pk__in=[row.pk for row in rows], live=True).count() == 2

    with patch.object(bulk, "objection", lambda *_, **__: ""):
        editor.post(url, {})
    assert not Page.objects.filter(pk__in=[row.pk for row in rows], live=True).exists()
