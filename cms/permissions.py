"""Who may see which list and edit which page: one table, granted by a migration.

Lists are read-only for everybody (`kernel.backoffice.policies`); what is granted is to look,
to curators to vet applicants, to hide and show reviews, to name the categories that mentors are in
and who is featured, to support and
finance to cancel and complete sessions, to support to send e-mails and webhooks again, and to
finance the dialogs of its desk. The site's webhook endpoints are told of everybody: whoever is to
manage them is given `webhooks.manage_endpoint` by hand.
Works on live and on historical models alike, like `cms.site`.
"""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from accounts import roles
from cms.site import Models

SESSIONS = (
    "scheduling.view_session",
    "scheduling.view_incident",
    "scheduling.view_cancellationpolicy",
)
# What support and finance do to sessions, each step with its postings shown first.
MOVING = ("scheduling.move_session",)
MENTORS = ("accounts.view_mentor", "accounts.view_category")
APPLICATIONS = ("accounts.view_application",)
# Ticking, asking for changes, accepting, refusing; and who is shown before others.
VETTING = (*APPLICATIONS, "accounts.vet_application", "cms.change_featuring")
# To take a mentor off the market and let one back, with what was booked.
SUSPENDING = ("accounts.suspend_mentor",)
PLACING = ("accounts.add_category", "accounts.change_category", "accounts.place_mentor")
MONEY = (
    "billing.view_payment",
    "billing.view_package",
    "billing.view_refund",
    "billing.view_dispute",
    "billing.view_discount",
    "billing.view_clientcredit",
    "billing.view_entry",
    "billing.view_break",
    "billing.view_gatewaypayout",
    "billing.view_bankstatement",
    "billing.view_bankaccount",
    "billing.view_gatewayevent",
    "billing.view_payoutrun",
    "billing.view_payout",
    "billing.view_payoutaccount",
    "billing.view_mentorbalance",
    "billing.view_line",
    "billing.view_cost",
    "billing.view_periodclose",
)
# What finance does. Who approves may prepare as well, but never both of one (four eyes).
DESK = (
    "billing.reissue_refund",
    "billing.give_refund",
    "billing.answer_dispute",
    "billing.settle_payment",
    "billing.prepare_payoutrun",
    "billing.place_payouthold",
    "billing.replay_gatewayevent",
    "billing.request_writeoff",
    "billing.resolve_break",
    "billing.import_bankstatement",
    "billing.add_cost",
    "billing.add_discount",
    "billing.add_creditmovement",
    "billing.add_reserve",
    "billing.add_periodclose",
)
APPROVING = (
    "scheduling.add_cancellationpolicy",
    "billing.approve_payoutrun",
    "billing.approve_writeoff",
    "billing.set_commissionrule",
    "billing.change_cutoff",
    "billing.approve_breakresolution",
    "billing.approve_periodclose",
)
MODERATION = (
    "scheduling.view_review",
    "scheduling.view_reviewreport",
    "scheduling.moderate_review",
)
TRUST = ("scheduling.view_review", "scheduling.view_reviewreport", "messaging.view_report")
MESSAGES = ("messaging.view_report", "messaging.decide_report")
MAIL = ("notifications.view_email",)
OUTBOX = (*MAIL, "notifications.retry_email")
WEBHOOKS = ("webhooks.view_endpoint", "webhooks.view_delivery")
SENDING = (*WEBHOOKS, "webhooks.replay_delivery")
# What staff do with people's own data: have it written out, ask for an erasure, carry out one that
# somebody else has asked for. What stands in an export is the person's alone.
PRIVACY = ("accounts.view_erasure", "accounts.view_personalexport")
PRIVACY_DESK = (
    *PRIVACY,
    "accounts.add_erasure",
    "accounts.add_personalexport",
    "accounts.perform_erasure",
)
DOCUMENTS = ("cms.view_legalversion",)
AUDIT = ("kernel.view_auditentry",)
JOBS = ("kernel.view_job", "django_q.view_schedule", "django_q.view_failure")
TRANSLATING = ("simple_translation.submit_translation",)  # a page, into another language
SITE = ("cms.change_sitelook",)  # the site's name, menu and foot

LISTS: Mapping[str, Sequence[str]] = {
    roles.CONTENT_EDITOR: (*SITE, *DOCUMENTS, *TRANSLATING),
    roles.MENTOR_CURATOR: (*MENTORS, *PLACING, *VETTING, *SUSPENDING, *MODERATION),
    roles.SUPPORT: (*SESSIONS, *MOVING, *MESSAGES, *OUTBOX, *SENDING, *PRIVACY_DESK),
    roles.FINANCE_PREPARER: (*SESSIONS, *MOVING, *MONEY, *DESK, *JOBS),
    roles.FINANCE_APPROVER: (*SESSIONS, *MOVING, *MONEY, *DESK, *APPROVING, *JOBS),
    roles.AUDITOR: (
        *SESSIONS,
        *MENTORS,
        *APPLICATIONS,
        *TRUST,
        *MAIL,
        *WEBHOOKS,
        *PRIVACY,
        *DOCUMENTS,
        *MONEY,
        *JOBS,
        *AUDIT,
    ),
    roles.MENTOR: (),
}
# Of what a permission is, where its name does not say.
MODELS = {"submit_translation": "simpletranslation"}
# Page permissions go down the tree from the page they are given on.
PAGES: Mapping[str, tuple[str, Sequence[str]]] = {
    roles.CONTENT_EDITOR: ("HomePage", ("add_page", "change_page", "publish_page", "lock_page")),
    roles.MENTOR_CURATOR: ("MentorIndexPage", ("change_page", "publish_page")),
}
IMAGES: Mapping[str, Sequence[str]] = {
    roles.CONTENT_EDITOR: ("add_image", "change_image", "choose_image"),
    roles.MENTOR_CURATOR: ("add_image", "choose_image"),
}


def grant_all(models: Models) -> None:
    """Give every group what the tables above say; what it has besides stays. Idempotent."""
    for name, lists in LISTS.items():
        group = _group(models, name)
        door = [roles.ENTER_BACK_OFFICE] if name in roles.STAFF_GROUPS else []
        for permission in [*door, *lists]:
            app_label, _, codename = permission.partition(".")
            group.permissions.add(_permission(models, app_label, codename))
    _grant_pages(models)
    _grant_images(models)


def _grant_pages(models: Models) -> None:
    given = models.get_model("wagtailcore", "GroupPagePermission").objects
    for name, (page_model, codenames) in PAGES.items():
        pages = models.get_model("cms", page_model).objects.all()  # one for each language
        for page, codename in product(pages, codenames):
            given.get_or_create(
                group_id=_group(models, name).pk,
                page_id=page.pk,
                permission_id=_permission(models, "wagtailcore", codename).pk,
            )


def _grant_images(models: Models) -> None:
    given = models.get_model("wagtailcore", "GroupCollectionPermission").objects
    collections = models.get_model("wagtailcore", "Collection").objects
    root = collections.filter(depth=1).first() or collections.create(
        name="Root", path="0001", depth=1, numchild=0
    )
    for name, codenames in IMAGES.items():
        for codename in codenames:
            given.get_or_create(
                group_id=_group(models, name).pk,
                collection_id=root.pk,
                permission_id=_permission(models, "wagtailimages", codename).pk,
            )


def _group(models: Models, name: str) -> Any:
    return models.get_model("auth", "Group").objects.get_or_create(name=name)[0]


def _permission(models: Models, app_label: str, codename: str) -> Any:
    """Return the permission, made now where Django makes it only after all migrations."""
    model = MODELS.get(codename) or codename.partition("_")[2]
    types = models.get_model("contenttypes", "ContentType").objects
    content_type, _ = types.get_or_create(app_label=app_label, model=model)
    permission, _ = models.get_model("auth", "Permission").objects.get_or_create(
        content_type_id=content_type.pk,
        codename=codename,
        defaults={"name": f"Can {codename.replace('_', ' ')}"},
    )
    return permission
