"""Categories: curators name them and put mentors in them; finance gives them rates."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts import categories, roles
from accounts.models import Category, Mentor
from billing import pricing, rates
from billing.models import CommissionRule, Purchase
from kernel import clock
from kernel.errors import Invalid, NotFound
from kernel.ids import uuid7
from kernel.models import AuditEntry
from scheduling.models import Session
from tests.cms.conftest import SignIn
from tests.cms.dialogs import press, shown
from tests.factories import sessions
from tests.factories.billing import PAID_AT
from tests.factories.people import MentorFactory, UserFactory

pytestmark = pytest.mark.django_db

CURATOR, APPROVER = roles.MENTOR_CURATOR, roles.FINANCE_APPROVER


def category(name: str = "Languages") -> Category:
    return categories.add(name=name, by=UserFactory())


def rule(rate_bps: int, *, days: int, **scope: object) -> CommissionRule:
    """A rule that began so many days before the sales of these tests."""
    begins = PAID_AT - timedelta(days=days)
    return CommissionRule.objects.create(rate_bps=rate_bps, effective_from=begins, **scope)


def sell(mentor: Mentor) -> Purchase:
    """Price another session of 100.00 as a checkout does."""
    day = timedelta(days=Session.objects.count())
    made = sessions.pending_session(
        mentor=Mentor.objects.get(pk=mentor.pk), starts_at=sessions.STARTS_AT + day
    )
    session = Session.objects.get(pk=made.pk)
    return pricing.purchase(
        session, gateway="stripe", discount_code="", use_credit=False, now=PAID_AT
    )


def test_the_closest_rule_counts_and_a_sale_keeps_its_own() -> None:
    mentor, of = MentorFactory(), category()
    categories.place(mentor_id=mentor.pk, category_id=of.pk, by=UserFactory())
    plain = sell(mentor)
    rule(1_000, scope="category", category=of, days=5)
    rule(1_100, scope="category", category=category("Careers"), days=1)  # another's
    rule(900, scope="category", category=of, days=-1)  # to come
    rule(1_400, scope="default", days=1)  # newer, and further away
    by_category = sell(mentor)
    rule(500, scope="mentor", mentor=mentor, days=30)  # older, and closest
    own = sell(mentor)
    elsewhere = sell(MentorFactory())

    assert [one.commission_bps for one in (plain, by_category, own, elsewhere)] == [
        1_500, 1_000, 500, 1_400,
    ]  # fmt: skip
    assert (by_category.commission_minor, by_category.mentor_minor) == (1_000, 8_680)
    categories.place(mentor_id=mentor.pk, category_id=None, by=UserFactory())
    by_category.refresh_from_db()
    assert by_category.commission_minor == 1_000


@pytest.mark.parametrize(
    "scope",
    [
        {"scope": "category"},
        {"scope": "default", "category": "a category"},
        {"scope": "mentor", "category": "a category"},
    ],
)
def test_the_database_refuses_a_rule_whose_scope_names_another_thing(
    scope: dict[str, object],
) -> None:
    if "category" in scope:
        scope = {**scope, "category": category()}

    with (
        pytest.raises(IntegrityError, match="billing_commissionrule_scope_named"),
        transaction.atomic(),
    ):
        rule(1_000, days=1, **scope)


def test_a_rule_is_for_a_category_or_a_mentor_and_for_one_that_exists() -> None:
    begins, by = clock.now() + timedelta(days=1), UserFactory()
    mentor, of = MentorFactory(), category()
    before = CommissionRule.objects.count()

    def add(**whose: object) -> CommissionRule:
        given = {"rate_bps": 1_000, "begins": begins, "by": by, "now": clock.now()}
        return rates.add_commission(**given, **whose)  # type: ignore[arg-type]

    with pytest.raises(Invalid, match="not for both"):
        add(mentor_id=mentor.pk, category_id=of.pk)
    with pytest.raises(NotFound):
        add(category_id=uuid7())
    assert CommissionRule.objects.count() == before
    assert add(category_id=of.pk).category == of
    with pytest.raises(rates.RateBeginsThen):
        add(category_id=of.pk)
    assert add(category_id=category("Careers").pk).scope == "category"


def test_a_curator_names_renames_and_places(sign_in: SignIn) -> None:
    browser, mentor = sign_in(CURATOR), MentorFactory(user__name="Ada Byron")

    added = press(browser, reverse("add_category"), "add", name="  Career   coaching ")
    one = Category.objects.get()
    press(browser, reverse("rename_category", args=[one.pk]), "rename", name="Careers")
    place = reverse("place_mentor", args=[mentor.pk])
    done = press(browser, place, "place", category=str(one.pk))

    assert added.headers["Location"] == reverse("categories:inspect", args=[one.pk])
    assert done.headers["Location"] == reverse("mentor-list:inspect", args=[mentor.pk])
    one.refresh_from_db()
    mentor.refresh_from_db()
    assert (one.name, mentor.category) == ("Careers", one)
    assert "Ada Byron" in shown(browser, reverse("categories:inspect", args=[one.pk]))
    assert "Careers" in shown(browser, reverse("mentor-list:inspect", args=[mentor.pk]))
    told = AuditEntry.objects.filter(object_type__in=["category", "mentor"]).order_by("pk")
    assert [(entry.action, entry.data) for entry in told] == [
        ("category.added", {"name": "Career coaching"}),
        ("category.renamed", {"name": "Careers", "before": "Career coaching"}),
        ("mentor.placed", {"from": None, "to": one.public_id}),
    ]
    press(browser, place, "place", category=str(one.pk))
    assert AuditEntry.objects.filter(action="mentor.placed").count() == 1


def test_a_name_is_taken_once_and_never_empty(sign_in: SignIn) -> None:
    category("Careers")
    browser, url = sign_in(CURATOR), reverse("add_category")

    taken = press(browser, url, "add", name="careers")
    empty = press(browser, url, "add", name="   ")

    assert (taken.status_code, empty.status_code) == (409, 422)
    assert "There is a category “careers” already." in taken.content.decode()
    assert Category.objects.count() == 1


def test_an_approver_gives_a_category_its_rate(sign_in: SignIn) -> None:
    of = category("Careers")
    later = f"{clock.now() + timedelta(days=30):%Y-%m-%d} 00:00"
    url = reverse("add_rate", args=["commission"])
    browser = sign_in(APPROVER)

    done = press(browser, url, "add", rate_bps="800", category_id=str(of.pk), begins=later)

    assert done.status_code == 302
    assert CommissionRule.objects.get(category=of).rate_bps == 800
    page = shown(browser, reverse("rates"))
    assert "Category Careers" in page
    assert "8 %" in page


def test_whoever_forges_the_forms_changes_nothing(sign_in: SignIn) -> None:
    of, mentor = category("Careers"), MentorFactory()
    forms = {
        reverse("add_category"): ("add", {"name": "Others"}),
        reverse("rename_category", args=[of.pk]): ("rename", {"name": "Others"}),
        reverse("place_mentor", args=[mentor.pk]): ("place", {"category": str(of.pk)}),
    }
    pages = {url: shown(sign_in(CURATOR), url) for url in forms}

    for group in set(roles.STAFF_GROUPS) - {CURATOR} | {roles.MENTOR}:
        browser = sign_in(group)
        for url, (act, given) in forms.items():
            answer = press(browser, url, act, page=pages[url], **given)
            assert answer.status_code == 302, (group, url)
            assert answer.headers["Location"].partition("?")[0] in {"/cms/", "/accounts/login/"}

    mentor.refresh_from_db()
    assert (list(Category.objects.values_list("name", flat=True)), mentor.category) == (
        ["Careers"], None,
    )  # fmt: skip
