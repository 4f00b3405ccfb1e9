"""A package in the back office: what is left of it, which session each credit pays for."""

import pytest
from django.urls import reverse

from accounts import roles
from billing.models import Package
from tests.cms.conftest import SignIn
from tests.factories.packages import drawn_session, paid_package

pytestmark = pytest.mark.django_db


def test_a_package_shows_its_credits_and_where_its_money_is(sign_in: SignIn) -> None:
    payment = paid_package()
    package = Package.objects.get(purchase__payments=payment)
    session, _ = drawn_session(package)

    page = sign_in(roles.AUDITOR).get(reverse("packages:inspect", args=[package.pk]))
    text = page.content.decode()

    for part in ("3 × Coaching", "$100.00 USD", "$66.66 USD", "$33.34 USD", "$27.27 USD"):
        assert part in text
    for said in (session.public_id, payment.public_id, "2600 Prepaid packages and periods"):
        assert said in text


def test_a_package_is_found_once_by_whatever_belongs_to_it(sign_in: SignIn) -> None:
    payment = paid_package()
    package = Package.objects.get(purchase__payments=payment)
    session, _ = drawn_session(package)
    paid_package()
    browser = sign_in("admin")

    for typed in (
        package.public_id,
        payment.public_id,
        session.public_id,
        package.client.user.email,
    ):
        html = browser.get("/cms/packages/", {"q": typed}).content.decode()
        assert package.public_id in html, typed
        assert "There is 1 match" in html, typed
    unused = browser.get("/cms/packages/", {"what": "unused"}).content.decode()
    assert package.public_id in unused
    assert package.public_id not in browser.get("/cms/packages/?what=expired").content.decode()


def test_a_packages_payment_and_refund_name_it(sign_in: SignIn) -> None:
    payment = paid_package()
    package = Package.objects.get(purchase__payments=payment)

    page = sign_in(roles.AUDITOR).get(reverse("payments:inspect", args=[payment.pk]))

    assert reverse("packages:inspect", args=[package.pk]) in page.content.decode()
