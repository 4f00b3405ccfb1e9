"""One of everything that an address of the back office can be about, and who asks for it.

Pages, pictures and documents are there twice: `own`, of mentor A, and `other`, of mentor B.
"""

import io
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db.models import Model
from django.test import Client as Browser
from PIL import Image as Pillow
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    UploadedFile,
    Workflow,
    WorkflowTask,
)

from accounts import roles
from accounts.models import Mentor, User
from billing import costs, reserves, write_offs
from billing.ledger import periods
from billing.models import MentorBalance
from cms.models import MentorIndexPage, MentorProfilePage
from kernel.ids import uuid7
from kernel.models import SavedView
from tests.billing.ledger.books import refund
from tests.billing.ledger.test_periods import NOW as IN_MARCH
from tests.billing.ledger.test_periods import reconciled
from tests.billing.payouts import world as payouts
from tests.cms.conftest import listed_mentor
from tests.cms.matrix.routes import Route
from tests.cms.rows import add_rows
from tests.factories.billing import covered_session, paid_session
from tests.factories.people import ClientFactory, UserFactory

ANONYMOUS, CLIENT, SUPERUSER = "anonymous", "client", "superuser"
GUEST = roles.MENTOR_IN_CMS
ROLES = (ANONYMOUS, CLIENT, roles.MENTOR, GUEST, *roles.STAFF_GROUPS, SUPERUSER)

# What stands in the first part of an address, and whose row its `pk` is.
LISTED = {
    "sessions": "scheduling.Session",
    "incidents": "scheduling.Incident",
    "reviews": "scheduling.Review",
    "review-reports": "scheduling.ReviewReport",
    "message-reports": "messaging.Report",
    "e-mails": "notifications.Email",
    "webhook-endpoints": "webhooks.Endpoint",
    "webhook-deliveries": "webhooks.Delivery",
    "payments": "billing.Payment",
    "packages": "billing.Package",
    "purchases": "billing.Purchase",
    "refunds": "billing.Refund",
    "to-settle": "billing.Refund",
    "disputes": "billing.Dispute",
    "discounts": "billing.Discount",
    "credit": "billing.ClientCredit",
    "payout-runs": "billing.PayoutRun",
    "payouts": "billing.Payout",
    "payout-accounts": "billing.PayoutAccount",
    "mentor-balances": "billing.MentorBalance",
    "debts": "billing.MentorBalance",
    "write-offs": "billing.WriteOff",
    "reserves": "billing.Reserve",
    "ledger": "billing.Entry",
    "costs": "billing.Cost",
    "periods": "billing.PeriodClose",
    "breaks": "billing.Break",
    "gateway-payouts": "billing.GatewayPayout",
    "bank-statements": "billing.BankStatement",
    "bank-accounts": "billing.BankAccount",
    "gateway-events": "billing.GatewayEvent",
    "jobs": "kernel.Job",
    "mentor-list": "accounts.Mentor",
    "applications": "accounts.Application",
    "erasures": "accounts.Erasure",
    "erasures/person": "accounts.User",
    "saved-views": "kernel.SavedView",
    "categories": "accounts.Category",
    "legal-versions": "cms.LegalVersion",
    "collections": "wagtailcore.Collection",
    "sites": "wagtailcore.Site",
    "users": "accounts.User",
    "groups": "auth.Group",
    "workflows": "wagtailcore.Workflow",
    "workflows/tasks": "wagtailcore.Task",
}
# Parameters that are words, by the part of the address before them where they differ.
WORDS: dict[str, object] = {
    "action": "delete",
    "app_label": "wagtailcore",
    "check": "photo",
    "content_type_app_name": "cms",
    "content_type_model_name": "articlepage",
    "filter_spec": "width-100",
    "gateway": "stripe",
    "intent": "pi_1",
    "kind": "minimum",
    "part": "review",
    "revision_id_a": "earliest",
    "revision_id_b": "latest",
    "session_id": 1,
    "token": uuid7(),
    "uidb64": "x",
    "app_name": "cms",
    "model_name": "page",
}
EXCEPT: dict[str, dict[str, object]] = {
    "api/main/": {"action_name": "publish"},
    "pages/workflow": {"action_name": "approve"},
    "pages/create": {"app_label": "cms", "model_name": "articlepage"},
    "tag-autocomplete": {"app_name": "taggit", "model_name": "tag"},
    "translation/": {"pk": "1"},
    "workflows/tasks/add": {"app_label": "wagtailcore", "model_name": "groupapprovaltask"},
}


@dataclass(slots=True)
class World:
    """The objects that addresses name, and a signed-in browser for each role."""

    own: dict[str, object]
    other: dict[str, object]
    browsers: dict[str, Browser]

    def address(self, route: Route, *, side: str = "other") -> str:
        """Return the route's address about an object of that side (`own` or `other`)."""
        values = {**WORDS, **(self.own if side == "own" else self.other)}
        first = route.pattern.partition("/")[0]
        for start in (first, "/".join(route.pattern.split("/")[:2])):
            if start in LISTED and "pk" in route.parameters():
                values["pk"] = row(LISTED[start]).pk
        if first in {"images", "documents"}:
            values["pk"] = values["image_id" if first == "images" else "document_id"]
            values["uploaded_file_id"] = values[f"{first}_upload"]
        if first in {"api", "pages"}:
            values["pk"] = values["page_id"]
        if route.pattern.startswith(("api/main/images", "api/main/documents")):
            values["pk"] = values["image_id" if "images" in route.pattern else "document_id"]
        for start, given in EXCEPT.items():
            if route.pattern.startswith(start):
                values |= given
        return route.filled(values)


def row(label: str) -> Model:
    """Return the first row of the model; the world has made one."""
    found: Model | None = apps.get_model(label)._default_manager.order_by("pk").first()
    assert found is not None, label
    return found


def build() -> World:
    """Make everything; the clock stands at payouts' NOW."""
    _proposed_period()
    add_rows()
    SavedView.objects.create(
        owner=UserFactory(), listed="sessions:index", name="Late", query="state=pending"
    )
    _money()
    ada, bob = profile("Ada Byron"), profile("Bob Noyce")
    own, other = Shelf(ada), Shelf(bob)
    shared = _site()
    browsers = {role: browser_of(user) for role, user in people(ada.mentor, bob.mentor).items()}
    return World({**shared, **own.things}, {**shared, **other.things}, browsers)


def _proposed_period() -> None:
    """Before the rows, whose books no close would accept."""
    paid_session()
    reconciled()
    seen = periods.preview(now=IN_MARCH)
    periods.propose(by=payouts.staff(), content_hash=seen.content_hash, now=IN_MARCH)


def _money() -> None:
    covered_session()
    balance = MentorBalance.objects.get(mentor=payouts.earned().purchase.mentor)
    by = payouts.staff()
    reserves.keep(
        mentor_id=balance.mentor_id, amount_minor=500, currency="USD", reason="x", by=by,
        now=payouts.NOW,
    )  # fmt: skip
    payment = payouts.earned()
    refund(payment, 10_000, bearer="mentor", at=payouts.NOW)
    write_offs.ask(
        mentor_id=payment.purchase.mentor_id, amount_minor=320, currency="USD", reason="x", by=by,
        now=payouts.NOW,
    )  # fmt: skip
    costs.enter(
        day=date(2027, 2, 28), account="5100", amount_minor=700, currency="USD",
        supplier="Hetzner", by=by, now=IN_MARCH, paper=costs.Paper("bill.pdf", b"%PDF-1.7 bill"),
    )  # fmt: skip


def profile(name: str) -> MentorProfilePage:
    """A mentor's page, live, with a draft upon it that nobody has published."""
    _, _, page = listed_mentor(name)
    page.owner = page.mentor.user
    page.save()
    page.headline = f"Draft of {name}"
    page.save_revision(user=page.mentor.user)
    return page


def picture() -> ContentFile:
    """A PNG of one pixel."""
    held = io.BytesIO()
    Pillow.new("RGB", (1, 1)).save(held, "PNG")
    return ContentFile(held.getvalue(), name="dot.png")


class Shelf:
    """What hangs on one mentor's page: its revision, a task in its workflow, files of the owner."""

    def __init__(self, page: MentorProfilePage) -> None:
        owner = page.mentor.user
        image = Image.objects.create(
            title=f"Picture of {owner.name}", file=picture(), uploaded_by_user=owner
        )
        document = Document.objects.create(
            title=f"Paper of {owner.name}",
            file=ContentFile(b"words", name="paper.txt"),
            uploaded_by_user=owner,
        )
        state = _workflow().start(page, owner)
        redirect = Redirect.objects.create(old_path=f"/{page.slug}-old", redirect_page=page)
        revision = page.latest_revision
        assert revision is not None
        self.things: dict[str, object] = {
            "page_id": page.pk,
            "page_pk": page.pk,
            "object_id": page.pk,
            "page_to_move_id": page.pk,
            "revision_id": revision.pk,
            "image_id": image.pk,
            "document_id": document.pk,
            "doc_id": document.pk,
            "images_upload": _upload(owner, Image),
            "documents_upload": _upload(owner, Document),
            "workflow_state_id": state.pk,
            "task_state_id": state.current_task_state.pk,
            "redirect_id": redirect.pk,
        }


def _upload(owner: User, model: type[Model]) -> int:
    kept = UploadedFile.objects.create(
        for_content_type=ContentType.objects.get_for_model(model),
        file=picture(),
        uploaded_by_user=owner,
    )
    return int(kept.pk)


def _workflow() -> Any:
    """The site's workflow; one of curators is made where there is none."""
    found = Workflow.objects.filter(name="Curators look").first()
    if found is None:
        found = Workflow.objects.create(name="Curators look")
        task = GroupApprovalTask.objects.create(name="A curator looks")
        task.groups.add(Group.objects.get(name=roles.MENTOR_CURATOR))
        WorkflowTask.objects.create(workflow=found, task=task, sort_order=1)
    return found


def _site() -> dict[str, object]:
    index = MentorIndexPage.objects.get()
    root = Collection.get_first_root_node()
    return {
        "parent_page_id": index.pk,
        "destination_id": index.pk,
        "collection_id": root.pk,
        "workflow_pk": _workflow().pk,
        "task_id": row("wagtailcore.Task").pk,
    }


def people(ada: Mentor, bob: Mentor) -> dict[str, User | None]:
    """Return who asks, by role: of the two mentors, Ada was let into the back office."""
    found: dict[str, User | None] = {ANONYMOUS: None, CLIENT: ClientFactory().user}
    members = {roles.MENTOR: bob.user, GUEST: ada.user}
    members |= {group: UserFactory(name=group) for group in roles.STAFF_GROUPS}
    for group, user in members.items():
        roles.add_to_group(user=user, group=group)
    roles.add_to_group(user=ada.user, group=roles.MENTOR)
    root = UserFactory(name="Root", is_superuser=True)
    return {**found, **members, SUPERUSER: root}


def browser_of(user: User | None) -> Browser:
    browser = Browser()
    if user is not None:
        browser.force_login(User.objects.get(pk=user.pk))
    return browser
